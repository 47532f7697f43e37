"""Compiled checkout: its records, its constants and the calendar.

One record an attempt and one a shopper, shoppers in order of their decisions: an event then touches one or
two cache lines, lately used. Ids (`row`, `ident`) are by person, as ties are. `n` are the scenario's numbers,
`s` the state of the whole checkout, one record each; `times` and `ranks` are the heap of the calendar; `c` is
a shopper's place among `shoppers`, `a` an attempt's among `attempts`.
"""

from __future__ import annotations

from typing import get_type_hints

import numpy as np

from sim import signals
from sim.compiling import compiled, lean
from sim.stages.checkout import rules
from sim.stages.checkout.numbers import CheckoutNumbers
from sim.states import End
from sim.station.heap_kernel import heap_push

NUMBERS = np.dtype(
    [
        (name, "f8" if hint is float else "i8")
        for name, hint in get_type_hints(CheckoutNumbers).items()
        if hint in (int, float)
    ],
    align=True,
)
_COUNTS = (
    "workers busy waiting first last row_jobs row_first row_last events attempts scaled scaling "
    "room_first room_last room_waiting inside admitting breaker calls failures probe read_at"
)
_TIMES = "row_end gateway_free tokens window_end open_until next_admit mood"
STATE = np.dtype([(n, "i8") for n in _COUNTS.split()] + [(n, "f8") for n in _TIMES.split()], align=True)
ATTEMPT = np.dtype(
    [(n, "f8") for n in ("arrive", "start", "end", "row_start", "row_end")]
    + [("ident", "i8"), ("shopper", "i4"), ("before", "i4"), ("next", "i4")]
    + [("number", "i2"), ("outcome", "i1"), ("place", "i1"), ("timed", "i1")],
    align=True,
)
SHOPPER = np.dtype(
    [(n, "f8") for n in ("clicked", "placed", "pay_start", "gateway_start", "gateway_end", "closes", "paid")]
    + [
        (n, "f8")
        for n in (
            "known",
            "cancelled",
            "refunded",
            "patience",
            "room_patience",
            "pin",
            "pay_again_in",
            "session_end",
        )
    ]
    + [("row", "i8"), ("last", "i4"), ("lines", "i4"), ("tries", "i2")]
    + [(n, "i1") for n in ("end", "method", "declined", "offer", "earned", "inside")],
    align=True,
)

NONE = np.int64(-1)
ONE = np.int64(1)
KIND = np.int64(40)
TRIES = np.int64(rules.TRIES)
CLICK = np.int64(rules.CLICK) << KIND
SERVED = np.int64(rules.ORDER_SERVICE) << KIND
GIVE_UP = np.int64(rules.GIVE_UP) << KIND
RENEGE = np.int64(rules.RENEGE) << KIND
ROOM_LEAVE = np.int64(rules.LEAVE) << KIND
SESSION_END = np.int64(rules.SESSION_END) << KIND
ADMIT = np.int64(rules.ADMIT) << KIND
SCALE_OUT = np.int64(rules.SCALE_OUT) << KIND
AT_DOOR, IN_ROOM, WAITING, IN_SERVICE, AT_ROW, DONE = (np.int64(i) for i in range(6))
CLOSED, OPEN, HALF_OPEN = (np.int64(i) for i in range(3))
PENDING = np.int64(rules.PENDING)
BUSY = np.int64(rules.BUSY)
TIMEOUT = np.int64(rules.TIMEOUT)
RENEGED = np.int64(rules.RENEGED)
SHED = np.int64(rules.SHED)
CIRCUIT_OPEN = np.int64(rules.CIRCUIT_OPEN)
ROOM_LEFT = np.int64(rules.ROOM_LEFT)
DROPPED = np.int64(rules.DROPPED)
OVER_BUDGET = np.int64(rules.OVER_BUDGET)
FAILED, SUCCEEDED = np.int64(0), np.int64(1)
GAVE_UP = np.int64(End.GAVE_UP)

second_of = compiled(signals.second_of)
tick_start = compiled(signals.tick_start)
mood = compiled(signals.mood)


@lean
def push(s, times, ranks, time, rank):
    """Put an event into the calendar."""
    s.events = heap_push(times, ranks, s.events, time, rank)


@lean
def tell(chat, base, time, what):
    """Count a failure or success in its second; a later one at once, since only earlier ones are read."""
    second = second_of(time) - base
    if 0 <= second < chat.shape[1]:
        chat[what, second] += 1


@lean
def read_mood(n, s, chat, base, time):
    """Read the chat mood as it was at the start of the tick."""
    start = tick_start(second_of(time), n.tick_s)
    if start != s.read_at:
        failures, successes = np.int64(0), np.int64(0)
        for second in range(max(start - n.memory_s - base, 0), min(start - base, chat.shape[1])):
            failures += chat[FAILED, second]
            successes += chat[SUCCEEDED, second]
        s.mood = mood(failures, successes, n.mood_gain)
        s.read_at = start
    return s.mood
