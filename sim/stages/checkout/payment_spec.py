"""Parameters of paying: gateway, methods, refusals, lost notices, expiry."""

from __future__ import annotations

from sim.laws import Law, lognormal
from sim.units import Params, par

_NOTICE = "WeChat Pay, Payment result notification, pay.weixin.qq.com doc 4013635250, 2025"
_QUERY = "WeChat Pay, How to query orders, pay.weixin.qq.com doc 4013637903, 2025"
_BILL = "WeChat Pay, Download the transaction bill, pay.weixin.qq.com merchant doc 4011987833"


class Gateway(Params):
    """The payment gateway: one line, a fixed time a request."""

    rate_per_s: float = par(
        600.0, unit="requests/s", low=0.1, high=1_000_000, sweep=(30, 600), grade="A",
        source="WeChat Pay developer community, unified order limit, 2022 and 2024: 600 a merchant; "
               "2019–2020: 60, 30 seen",
        meaning="Payment requests the gateway takes a second.",
    )  # fmt: skip


class Notices(Params):
    """How the shop learns that money moved, and what happens when the notice is lost (掉单)."""

    lost_share: float = par(
        0.003, unit="share", low=0, high=1, sweep=(0.0, 0.02), grade="assumed",
        source="GitHub Wei-Shaw/sub2api thread 2569, 2026, shows the mechanism; no rate published",
        meaning="Share of payment notices lost on a quiet evening.",
    )  # fmt: skip
    overload_factor: float = par(
        10.0, unit="share", low=1, high=1000, grade="assumed",
        source="an overloaded shop answers the notice too late",
        meaning="Factor on the loss while the order service is overloaded.",
    )  # fmt: skip
    overload_waiting: int = par(
        60, unit="calls", low=1, high=10_000_000, grade="assumed",
        source="a second of work waiting",
        meaning="Calls waiting at the order service from which it counts as overloaded.",
    )  # fmt: skip
    repeat_after_s: tuple[float, ...] = par(
        (15.0, 15.0, 30.0, 180.0, 600.0, 1200.0, 1800.0, 1800.0, 1800.0, 3600.0), unit="s", grade="A",
        source=_NOTICE,
        meaning="Gaps after which the gateway repeats a notice that was not acknowledged.",
    )  # fmt: skip
    repeat_loss_share: float = par(
        0.8, unit="share", low=0, high=1, grade="assumed",
        source="what lost the first notice (wrong address, overload) usually persists",
        meaning="Probability that a repeated notice is lost too.",
    )  # fmt: skip
    query: bool = par(
        True, unit="-", grade="A", source=_QUERY,
        meaning="Whether the shop asks the gateway itself about unpaid orders.",
    )  # fmt: skip
    query_after_s: float = par(
        60.0, unit="s", low=0, high=86400, grade="A", source=_QUERY + ": within 1 min",
        meaning="Time from the payment to the shop's own question.",
    )  # fmt: skip
    bill_min: float = par(
        2040.0, unit="min", low=0, high=2880, grade="A", source=_BILL + ": next day after 09:00–10:00",
        meaning="Minute at which the daily bill shows what was missed: after sorting, so the order is "
                "refunded.",
    )  # fmt: skip


class Payment(Params):
    """Who pays how, and what goes wrong."""

    wechat_share: float = par(
        0.85, unit="share", low=0, high=1, grade="assumed",
        source="balance is a member's privilege; no figure found",
        meaning="Share of shoppers who pay by WeChat Pay; the others pay from their member balance.",
    )  # fmt: skip
    decline_share: float = par(
        0.02, unit="share", low=0, high=1, sweep=(0.005, 0.05), grade="assumed",
        source="76hw.com (below 80 % success is alarming); 95–99 % success is usual",
        meaning="Share of first payments refused by the bank.",
    )  # fmt: skip
    again_share: float = par(
        0.6, unit="share", low=0, high=1, grade="assumed",
        source="most have a second card; no figure found",
        meaning="Share of shoppers who pay again after a refused payment.",
    )  # fmt: skip
    again_s: Law = par(
        lognormal(20.0, 0.6), unit="s", grade="assumed",
        source="choosing another card",
        meaning="Time from the refusal to the second try, before the PIN.",
    )  # fmt: skip
    expiry_min: float = par(
        15.0, unit="min", low=0.1, high=1440, grade="C",
        source="xcxsoft.com vendor notes, 2025: 15 min customary",
        meaning="An unpaid order is closed and its stock released after this time.",
    )  # fmt: skip
    closing_race_share: float = par(
        0.0005, unit="share", low=0, high=1, grade="C",
        source="WeChat Pay developer community, 2025-01: close-order call while the PIN is being entered",
        meaning="Share of shoppers whose money arrives just as the order closes; it is refunded.",
    )  # fmt: skip
    notices: Notices = Notices()


def default_pin() -> Law:
    """Time to enter the PIN."""
    return lognormal(8.0, 0.5)
