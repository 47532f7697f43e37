"""What is told of an event of a season, and of the season as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from sim.kpis.measures import share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.orderlog import OrderLog
    from sim.scenario import Scenario

LAST_SHARE = 4
"""The end of a season is its last quarter of events (one event at least)."""

# a table, one figure a line
# fmt: off
_TABLE: tuple[tuple[str, str, Literal["higher", "lower", "none"], str], ...] = (
    ("season_gmv_cny", "CNY", "higher", "Paid orders of all events, before cancellation and refund."),
    ("season_contribution_cny", "CNY", "higher", "Net sales less goods, costs of all events, and vouchers."),
    ("season_orders_paid", "orders", "higher", "Paid orders of all events."),
    ("gmv_first_cny", "CNY", "higher", "Sales of the first event."),
    ("gmv_last_cny", "CNY", "higher", "Mean sales of an event in the last quarter of the season."),
    ("gmv_kept", "ratio", "higher", "Sales of an event in the last quarter, against the first event."),
    ("repeat_share", "share", "higher", "Members who bought and bought again, of those who bought."),
    ("new_customer_cny", "CNY", "lower", "Cost of acquiring, for each member who bought for the first time."),
    ("trust_end", "score", "higher", "Mean trust of the members after the last event."),
    ("members_end", "people", "higher", "Members after the last event."),
    ("members_joined", "people", "higher", "Who joined a community."),
    ("members_left", "people", "lower", "Who left for a reason of their own."),
    ("members_left_with_leader", "people", "lower", "Who left with their leader."),
    ("leaders_quit", "leaders", "lower", "Leaders who quit."),
    ("leader_h_an_event", "h", "lower", "A leader's mean hours for all brands on the days of an event."),
    ("commission_cny", "CNY", "none", "Commission paid to leaders."),
    ("vouchers_cny", "CNY", "lower", "Vouchers to those who were let down."),
    ("payment_success_worst", "share", "higher", "Payment success of the worst event."),
    ("orders_on_time_worst", "share", "higher", "Orders at the point in time, at the worst event."),
)
# fmt: on


class SeasonFigure(NamedTuple):
    """One figure of a season."""

    name: str
    unit: str
    better: Literal["higher", "lower", "none"]
    meaning: str


SEASON_KPIS: dict[str, SeasonFigure] = {row[0]: SeasonFigure(*row) for row in _TABLE}


class EventFigures(NamedTuple):
    """One event of a season: what `run` measures of it, who there was before it, what it left behind.

    first_buyers: members who bought for the first time. harmed: orders that were let down.
    """

    viewers: int
    orders_paid: int
    gmv_cny: float
    contribution_cny: float
    payment_success: float
    orders_on_time: float
    acquisition_cny: float
    members: int
    leaders: int
    trust_mean: float
    first_buyers: int
    harmed: int
    commission_fen: int
    leader_hours: float


# a table, one figure a line
# fmt: off
_EVENT_TABLE: tuple[tuple[str, str, Literal["higher", "lower", "none"], str], ...] = (
    ("viewers", "people", "higher", "Viewers, or readers of the post."),
    ("orders_paid", "orders", "higher", "Paid orders."),
    ("gmv_cny", "CNY", "higher", "Paid orders, before cancellation and refund."),
    ("contribution_cny", "CNY", "higher", "Net sales less goods and costs of the event."),
    ("payment_success", "share", "higher", "Payment success."),
    ("orders_on_time", "share", "higher", "Orders at the point in time."),
    ("members", "people", "higher", "Members before the event."),
    ("leaders", "leaders", "higher", "Communities that have a leader."),
    ("trust_mean", "score", "higher", "Mean trust of the members before the event."),
)
# fmt: on
OF_EVENT: dict[str, SeasonFigure] = {row[0]: SeasonFigure(*row) for row in _EVENT_TABLE}


def measured(scenario: Scenario, log: OrderLog) -> dict[str, float]:
    """What `run` measures of an event, as far as a season tells it."""
    from sim.kpis import delivering, funnel, money

    found: dict[str, float] = {}
    for group in (funnel, money, delivering):
        found |= group.measure(scenario, log)
    paid = int(found["orders_paid"])
    return {
        "viewers": log["people"]["key"].size,
        "orders_paid": paid,
        "gmv_cny": found["gmv_cny"],
        "contribution_cny": found["contribution_cny"],
        "payment_success": found["payment_success"],
        "orders_on_time": found["orders_on_time"],
        "acquisition_cny": found["cac_cny"] * paid if paid else 0.0,
    }


class Flow(NamedTuple):
    """Members and leaders through the season; start + joined = left + left_with_leader + end."""

    start: int
    joined: int
    left: int
    left_with_leader: int
    end: int
    leaders_quit: int


def season_kpis(
    events: Sequence[EventFigures],
    flow: Flow,
    *,
    buyers: int,
    again: int,
    trust_end: float,
    voucher_cny: float,
) -> dict[str, float]:
    """Figures of `SEASON_KPIS`; NaN where one has no meaning (nobody bought at the first event).

    Args:
        events: in their order.
        flow: members and leaders.
        buyers, again: members who bought at one event at least, at two.
        trust_end: mean trust after the last event.
        voucher_cny: worth of a voucher.
    """
    column: Any = {name: np.array([getattr(one, name) for one in events]) for name in EventFigures._fields}
    last = max(1, len(events) // LAST_SHARE)
    first, late = float(column["gmv_cny"][0]), float(column["gmv_cny"][-last:].mean())
    vouchers = voucher_cny * int(column["harmed"].sum())
    return {
        "season_gmv_cny": float(column["gmv_cny"].sum()),
        "season_contribution_cny": float(column["contribution_cny"].sum()) - vouchers,
        "season_orders_paid": float(column["orders_paid"].sum()),
        "gmv_first_cny": first,
        "gmv_last_cny": late,
        "gmv_kept": share(late, first),
        "repeat_share": share(again, buyers),
        "new_customer_cny": share(float(column["acquisition_cny"].sum()), int(column["first_buyers"].sum())),
        "trust_end": trust_end,
        "members_end": float(flow.end),
        "members_joined": float(flow.joined),
        "members_left": float(flow.left),
        "members_left_with_leader": float(flow.left_with_leader),
        "leaders_quit": float(flow.leaders_quit),
        "leader_h_an_event": float(column["leader_hours"].mean()),
        "commission_cny": float(column["commission_fen"].sum()) / 100.0,
        "vouchers_cny": vouchers,
        "payment_success_worst": _least(column["payment_success"]),
        "orders_on_time_worst": _least(column["orders_on_time"]),
    }


def _least(values: Any) -> float:
    known = values[np.isfinite(values)]
    return float(known.min()) if known.size else float("nan")
