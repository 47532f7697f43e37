"""Arithmetic shared by both faces: plain scalars in and out; no chance, no queue, no exp or log."""

from __future__ import annotations

from typing import Final

from sim.clock import DAY_MIN
from sim.ranks import (
    ADMIT,
    CLICK,
    EXPIRY,
    GIVE_UP,
    HOT_ROW,
    LEAVE,
    ORDER_SERVICE,
    PAY,
    REDISCOVER,
    RENEGE,
    SCALE_OUT,
    SESSION_END,
)

__all__ = [
    "ADMIT",
    "CLICK",
    "EXPIRY",
    "GIVE_UP",
    "HOT_ROW",
    "LEAVE",
    "ORDER_SERVICE",
    "PAY",
    "REDISCOVER",
    "RENEGE",
    "SCALE_OUT",
    "SESSION_END",
]

TRIES: Final = 64
"""An attempt's id is shopper × 64 + try."""

PENDING: Final = -1
ACCEPTED: Final = 0
BUSY: Final = 1
TIMEOUT: Final = 2
RENEGED: Final = 3
SHED: Final = 4
CIRCUIT_OPEN: Final = 5
SOLD_OUT: Final = 6
ROOM_LEFT: Final = 7
DROPPED: Final = 8
OVER_BUDGET: Final = 9
CLOSED: Final = 10

AT_ORDER: Final = 0
AT_PAYMENT: Final = 1
NO_RESERVATION: Final = 2

METHOD: Final = 0
DECLINE: Final = 1
AGAIN: Final = 2
LOST: Final = 3
REPEAT: Final = 4
RACE: Final = 5
CANCEL: Final = 6
CANCEL_AT: Final = 7
BEFORE_CLICK: Final = 8
WRONG: Final = 9
SUBSTITUTE: Final = 10
FATES: Final = 12
"""Columns of the shoppers' uniform draws (a whole number of Philox blocks)."""


def inside(time: float, start: float, end: float) -> bool:
    """Whether a time is in [start, end)."""
    return start <= time < end


def in_drill(time: float, start: float, slow_from: float, slow_until: float, slow: float) -> float:
    """Time of a job that starts while a drill may run: × `slow` where it does."""
    return time * slow if slow_from <= start < slow_until else time


def gateway_gap(start: float, gap: float, cut_from: float, cut_until: float, cut_gap: float) -> float:
    """Time of the gateway for a request that it takes at `start`."""
    return cut_gap if cut_from <= start < cut_until else gap


def breaks(calls: int, failures: int, least_calls: int, share: float) -> bool:
    """Whether a window with so many ended calls opens the circuit breaker."""
    return calls >= least_calls and failures >= share * calls


def loss_of_notice(lost: float, waiting: int, overload_waiting: int, factor: float) -> float:
    """Probability that a payment notice is lost with so many calls waiting."""
    return lost * factor if waiting >= overload_waiting else lost


def next_bill(paid: float, bill_min: float) -> float:
    """When a daily bill shows a payment: today's, or the next day's where today's is already out."""
    return bill_min if paid <= bill_min else bill_min + DAY_MIN


def cancel_time(known: float, paid_by: float, u: float) -> float:
    """When a buyer who cancels does so: uniform between the shop's knowledge and the cut-off."""
    return known + u * (paid_by - known)
