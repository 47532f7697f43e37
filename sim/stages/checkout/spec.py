"""Parameters of checkout and the columns it writes; the engines read `numbers` and `draws`."""

from __future__ import annotations

from sim.laws import Law, lognormal, lognormal_mean, uniform
from sim.orderlog import Column
from sim.stages.checkout.payment_spec import Gateway, Payment, default_pin
from sim.stages.checkout.protections_spec import Drills, Protections
from sim.units import Params, par

_USL = "Gunther's Universal Scalability Law; α and β as fitted on a database's hot row, so assumed here"


class OrderService(Params):
    """The service that accepts orders: workers with one queue."""

    servers: int = par(
        20, unit="workers", low=1, high=100_000, grade="A",
        source="WeChat cloud development quotas: 20 concurrent runs in the smallest tier",
        meaning="Calls served at one time.",
    )  # fmt: skip
    waiting_places: int = par(
        2000, unit="calls", low=0, high=10_000_000, grade="assumed",
        source="a usual accept queue",
        meaning="Calls that may wait; a call beyond is told 'busy'.",
    )  # fmt: skip
    service_ms: Law = par(
        lognormal_mean(171.0, 0.98), unit="ms", grade="assumed",
        source="a few database queries a call; with the concurrency law 60 orders/s",
        meaning="Time of a worker for a call, alone.",
    )  # fmt: skip
    alpha: float = par(
        0.014, unit="share", low=0, high=1, grade="assumed", source=_USL,
        meaning="Contention: slowing by each other call in service.",
    )  # fmt: skip
    beta: float = par(
        0.0018, unit="share", low=0, high=1, grade="assumed", source=_USL,
        meaning="Coherency: slowing by each pair of calls in service.",
    )  # fmt: skip


class Client(Params):
    """The shopper and the app in her hand."""

    timeout_s: float = par(
        10.0, unit="s", low=0.1, high=60, grade="A",
        source="wx.request documentation: 60 s at most; 10 s is an app's choice",
        meaning="The app stops waiting for an answer after this time.",
    )  # fmt: skip
    patience_s: Law = par(
        lognormal(8.0, 0.6), unit="s", sweep=(4.0, 20.0), grade="C",
        source="CNBC/Soasta 2016: a third leave after 5 s; developers' remarks: 15 s",
        meaning="A shopper leaves the queue after this time; her own, the same at each try.",
    )  # fmt: skip
    again_share: float = par(
        0.70, unit="share", low=0, high=1, grade="assumed",
        source="Yicai 2022-05 tells of shoppers who clicked for minutes",
        meaning="Share of shoppers who click again after a failure.",
    )  # fmt: skip
    again_s: Law = par(
        uniform(2.0, 5.0), unit="s", grade="assumed",
        source="time to see the message and to click",
        meaning="Time from a failure to the next click.",
    )  # fmt: skip
    tries: int = par(
        4, unit="clicks", low=1, high=60, grade="assumed",
        source="ordinary goods 4; scarce goods 20 (Yicai 2022-05)",
        meaning="Most clicks of a shopper.",
    )  # fmt: skip


class Gift(Params):
    """The gift for the first who pay in the offer."""

    count: int = par(
        100, unit="gifts", low=0, high=10_000_000, grade="claim",
        source="case article: a bottle for the first hundred buyers",
        meaning="Gifts for the first who pay in the offer.",
    )  # fmt: skip
    kg: float = par(
        0.25, unit="kg", low=0, high=100, grade="assumed",
        source="an insulated bottle",
        meaning="Weight of a gift.",
    )  # fmt: skip


class Assignment(Params):
    """Which pickup point an order goes to (自动归属)."""

    nearest: bool = par(
        True, unit="-", grade="claim",
        source="case article: LBS assignment",
        meaning="Whether an order goes to the point nearest by road to the buyer's home, or to the point "
                "of the leader who won her.",
    )  # fmt: skip
    wrong_share: float = par(
        0.01, unit="share", low=0, high=1, grade="assumed",
        source="old addresses and shopping from work; no figure found",
        meaning="Share of buyers whose stored address is wrong, so that the second nearest point is "
                "chosen.",
    )  # fmt: skip


class CheckoutParams(Params):
    """From the click to money moved."""

    jump_loss: float = par(
        0.0, unit="share", low=0, high=1, sweep=(0.0, 0.3), grade="claim",
        source="case article: the shop is embedded in the stream, no jump",
        meaning="Share of shoppers lost where the stream must be left for another app.",
    )  # fmt: skip
    steps: int = par(
        3, unit="steps", low=1, high=12, grade="claim",
        source="case article: at most three steps",
        meaning="Steps from the wish to the payment.",
    )  # fmt: skip
    step_loss: float = par(
        0.03, unit="share", low=0, high=1, grade="assumed",
        source="no figure found; each extra page loses some",
        meaning="Share of shoppers lost at each step beyond the third.",
    )  # fmt: skip
    order_service: OrderService = OrderService()
    client: Client = Client()
    protections: Protections = Protections()
    gateway: Gateway = Gateway()
    payment: Payment = Payment()
    pin_s: Law = par(
        default_pin(), unit="s", sweep=(4.0, 20.0), grade="assumed",
        source="six digits and a glance at the amount",
        meaning="Time to read the amount and enter the PIN; a shopper's own.",
    )  # fmt: skip
    gift: Gift = Gift()
    assignment: Assignment = Assignment()
    drills: Drills = Drills()


def _orders(name: str, dtype: str, unit: str, meaning: str) -> Column:
    return Column("orders", name, dtype, unit, meaning)


def _attempts(name: str, dtype: str, unit: str, meaning: str) -> Column:
    return Column("attempts", name, dtype, unit, meaning)


COLUMNS: tuple[Column, ...] = (
    _orders("person", "int64", "-", "Row of the shopper in `people`."),
    _orders("key", "int64", "-", "Key of the shopper."),
    _orders("community", "int32", "-", "Her community: whose leader won her."),
    _orders("point", "int32", "-", "Pickup point the order is assigned to."),
    _orders("moved", "bool", "-", "Whether that is another leader's point."),
    _orders("wrong", "bool", "-", "Whether a wrong address led to it."),
    _orders("clicked_min", "float64", "min", "First click; NaN: lost on the way to it."),
    _orders("placed_min", "float64", "min", "The server accepted the order."),
    _orders("pay_start_min", "float64", "min", "The payment began."),
    _orders("gateway_start_min", "float64", "min", "The gateway took the payment request (WeChat Pay only)."),
    _orders("gateway_end_min", "float64", "min", "The gateway had handled it."),
    _orders("declined", "bool", "-", "Whether the first payment failed (refused, or the network was down)."),
    _orders("paid_min", "float64", "min", "Money moved."),
    _orders("known_min", "float64", "min", "The shop knew of it."),
    _orders("method", "int8", "-", "0 WeChat Pay, 1 member balance."),
    _orders("tries", "int16", "-", "Clicks."),
    _orders("gift", "bool", "-", "Whether a gift goes with it."),
    _orders("lines_wanted", "int32", "lines", "Lines in the basket."),
    _orders("lines", "int32", "lines", "Lines ordered, after stock and substitution."),
    _orders("sku_lines", "int16", "lines", "Lines ordered of each product (n, K)."),
    _orders("grams", "int64", "g", "Weight, with the gift."),
    _orders("amount_fen", "int64", "fen", "Price of the lines."),
    _orders("list_fen", "int64", "fen", "The same goods at list price."),
    _orders("offer", "bool", "-", "Whether the offer's price applied."),
    _orders("cancelled_min", "float64", "min", "The buyer cancelled."),
    _orders("refunded_min", "float64", "min", "Money went back."),
    _orders("end", "int8", "-", "Where it ended (`sim.states.End`)."),
    _attempts("person", "int64", "-", "Row of the shopper in `people`."),
    _attempts("try", "int16", "-", "0 for the first click."),
    _attempts("arrive_min", "float64", "min",
    "The call reached the order service (or was refused before it)."),
    _attempts("start_min", "float64", "min", "A worker took it."),
    _attempts("end_min", "float64", "min", "The worker was done."),
    _attempts("row_start_min", "float64", "min", "The stock row took it."),
    _attempts("row_end_min", "float64", "min", "The stock row was done."),
    _attempts("outcome", "int8", "-",
              "0 accepted, 1 busy, 2 timeout, 3 left the queue, 4 shed, 5 circuit open, 6 sold out, "
              "7 left the waiting room, 8 left and dropped unserved, 9 over the budget, 10 shop closed."),
)  # fmt: skip
