"""Compiled parts of checkout: records, the order service, the stock row, protections.

One record an attempt and one a shopper: an event then touches one or two cache lines. `s` is the state of the
whole checkout, one record; `p` the scenario's numbers, one record; `ht, hr` the calendar heap.
"""

# numba types these functions at the call; annotations would be decoration
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators, no-check-untyped-defs
from __future__ import annotations

from typing import get_type_hints

import numpy as np

from sim import signals
from sim.compiling import compiled
from sim.stages.checkout import rules
from sim.stages.checkout.lean_kernel import lean
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
    + [("shopper", "i4"), ("before", "i4"), ("next", "i4")]
    + [("number", "i2"), ("outcome", "i1"), ("place", "i1"), ("timed", "i1")],
    align=True,
)
SHOPPER = np.dtype(
    [(n, "f8") for n in ("clicked", "placed", "pay_start", "gateway_start", "gateway_end", "closes", "paid")]
    + [(n, "f8") for n in ("known", "cancelled", "refunded", "patience", "room_patience", "pin", "pay_again_in", "session_end")]
    + [("last", "i4"), ("lines", "i4"), ("tries", "i2")]
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
service_time = compiled(rules.service_time)
breaks = compiled(rules.breaks)


@lean
def push(s, ht, hr, time, rank):
    """An event at `time`."""
    s.events = heap_push(ht, hr, s.events, time, rank)


@lean
def tell(chat, base, time, what):
    """Count a failure or success in the chat's second (a later one is counted at once: only earlier ones are read)."""
    second = second_of(time) - base
    if 0 <= second < chat.shape[1]:
        chat[what, second] += 1


@lean
def read_mood(p, s, chat, base, time):
    """The chat mood as it was at the start of the tick."""
    start = tick_start(second_of(time), p.tick_s)
    if start != s.read_at:
        failures, successes = np.int64(0), np.int64(0)
        for second in range(max(start - p.memory_s - base, 0), min(start - base, chat.shape[1])):
            failures += chat[FAILED, second]
            successes += chat[SUCCEEDED, second]
        s.mood = mood(failures, successes, p.mood_gain)
        s.read_at = start
    return s.mood


@lean
def report(p, s, time, a, good):
    """Tell the circuit breaker how a call ended."""
    if p.breaker == 0 or s.breaker == OPEN:
        return
    if s.breaker == HALF_OPEN:
        if a == s.probe:
            if good:
                s.breaker = CLOSED
                s.calls = 0
                s.failures = 0
                s.window_end = time + p.breaker_window
            else:
                s.breaker = OPEN
                s.open_until = time + p.breaker_open
        return
    if time >= s.window_end:
        s.calls = 0
        s.failures = 0
        s.window_end = time + p.breaker_window
    s.calls += 1
    if not good:
        s.failures += 1
    if breaks(s.calls, s.failures, p.breaker_calls, p.breaker_share):
        s.breaker = OPEN
        s.open_until = time + p.breaker_open


@lean
def wake(p, s, ht, hr, time):
    """Let the next one into the checkout when there is room and the rate allows it."""
    if s.admitting == 0 and s.room_waiting > 0 and s.inside < p.room_users:
        s.admitting = 1
        push(s, ht, hr, max(time, s.next_admit), ADMIT)


@lean
def leave_checkout(p, s, by, ht, hr, time, c):
    """A shopper gives up her place inside the checkout."""
    if by[c].inside:
        by[c].inside = 0
        s.inside -= 1
        wake(p, s, ht, hr, time)


@lean
def fail(p, s, at, by, ht, hr, again, again_in, chat, base, time, a, outcome):
    """The client learns that the attempt failed: complain, and perhaps click again."""
    at[a].outcome = outcome
    tell(chat, base, time, FAILED)
    if outcome == BUSY or outcome == TIMEOUT or outcome == RENEGED or outcome == SHED:
        report(p, s, time, a, False)
    c = np.int64(at[a].shopper)
    number = np.int64(at[a].number)
    if outcome != ROOM_LEFT and number + 1 < p.tries and again[c, number] < p.again_share:
        push(s, ht, hr, time + again_in[c, number], CLICK | (c * TRIES + number + ONE))
    else:
        by[c].end = GAVE_UP
        leave_checkout(p, s, by, ht, hr, time, c)


@lean
def set_timeout(p, s, at, ht, hr, a, until):
    """The app's timeout as an event, only when the work will last beyond it."""
    deadline = at[a].arrive + p.timeout
    if until > deadline and at[a].timed == 0 and at[a].outcome == PENDING:
        at[a].timed = 1
        push(s, ht, hr, deadline, GIVE_UP | (np.int64(at[a].shopper) * TRIES + at[a].number))


@lean
def begin(p, s, at, ht, hr, service, time, a):
    """A worker takes the call."""
    s.busy += 1
    at[a].place = IN_SERVICE
    at[a].start = time
    alone = service[at[a].shopper, at[a].number]
    end = time + service_time(alone, s.busy, p.alpha, p.beta, time, p.slow_from, p.slow_until, p.slow_factor)
    at[a].end = end
    push(s, ht, hr, end, SERVED | (np.int64(at[a].shopper) * TRIES + at[a].number))
    set_timeout(p, s, at, ht, hr, a, end)


@lean
def take_next(p, s, at, ht, hr, service, time):
    """Free workers take the calls that wait longest; what was abandoned is served too, unless it is dropped."""
    while s.waiting > 0 and s.busy < s.workers:
        a = s.first
        s.first = at[a].next
        s.waiting -= 1
        if p.drop_abandoned == 1 and at[a].outcome != PENDING:
            at[a].outcome = DROPPED
            at[a].place = DONE
        else:
            begin(p, s, at, ht, hr, service, time, a)


@lean
def join(p, s, at, by, ht, hr, scale_lag, time, a):
    """The call waits for a worker, as long as patience and timeout allow."""
    at[a].place = WAITING
    at[a].next = NONE
    if s.waiting == 0:
        s.first = a
    else:
        at[s.last].next = a
    s.last = a
    s.waiting += 1
    c = np.int64(at[a].shopper)
    if by[c].patience < p.timeout:
        push(s, ht, hr, time + by[c].patience, RENEGE | (c * TRIES + at[a].number))
    else:
        at[a].timed = 1
        push(s, ht, hr, time + p.timeout, GIVE_UP | (c * TRIES + at[a].number))
    if p.scaling == 1 and s.scaling == 0 and s.scaled < p.scale_times and s.waiting >= p.scale_waiting:
        s.scaling = 1
        push(s, ht, hr, time + scale_lag[s.scaled], SCALE_OUT)


@lean
def call(p, s, at, by, ht, hr, service, again, again_in, scale_lag, chat, base, time, a):
    """A call goes out: over the retry budget, past the breaker, to the order service's door."""
    at[a].arrive = time
    at[a].place = AT_DOOR
    if p.budget == 1:
        if at[a].number == 0:
            s.tokens = min(p.budget_burst, s.tokens + p.budget_ratio)
        elif s.tokens < 1.0:
            fail(p, s, at, by, ht, hr, again, again_in, chat, base, time, a, OVER_BUDGET)
            return
        else:
            s.tokens -= 1.0
    if p.breaker == 1 and s.breaker != CLOSED:
        if s.breaker == HALF_OPEN or time < s.open_until:
            fail(p, s, at, by, ht, hr, again, again_in, chat, base, time, a, CIRCUIT_OPEN)
            return
        s.breaker = HALF_OPEN
        s.probe = a
    if s.busy < s.workers:
        begin(p, s, at, ht, hr, service, time, a)
    elif p.shedding == 1 and s.waiting >= p.shed_waiting:
        fail(p, s, at, by, ht, hr, again, again_in, chat, base, time, a, SHED)
    elif s.waiting >= p.waiting_places:
        fail(p, s, at, by, ht, hr, again, again_in, chat, base, time, a, BUSY)
    else:
        join(p, s, at, by, ht, hr, scale_lag, time, a)


@lean
def click(p, s, at, by, ht, hr, time, c):
    """A shopper clicks; returns the attempt."""
    a = s.attempts
    s.attempts += 1
    at[a].arrive = time
    at[a].start = np.nan
    at[a].end = np.nan
    at[a].row_start = np.nan
    at[a].row_end = np.nan
    at[a].shopper = c
    at[a].before = by[c].last
    at[a].number = by[c].tries
    at[a].outcome = PENDING
    at[a].timed = 0
    by[c].last = a
    by[c].tries += 1
    return a


@lean
def enter_room(p, s, at, by, ht, hr, time, a):
    """A click waits in the waiting room."""
    at[a].place = IN_ROOM
    at[a].next = NONE
    if s.room_first == NONE:
        s.room_first = a
    else:
        at[s.room_last].next = a
    s.room_last = a
    s.room_waiting += 1
    c = np.int64(at[a].shopper)
    push(s, ht, hr, time + by[c].room_patience, ROOM_LEAVE | (c * TRIES + at[a].number))
    wake(p, s, ht, hr, time)


@lean
def admit(p, s, at, by, ht, hr, time):
    """The first one still in the waiting room may go in; returns her attempt or NONE."""
    s.admitting = 0
    while s.room_first != NONE and at[s.room_first].outcome != PENDING:
        s.room_first = at[s.room_first].next
    if s.room_first == NONE or s.inside >= p.room_users:
        return NONE
    a = s.room_first
    s.room_first = at[a].next
    s.room_waiting -= 1
    s.inside += 1
    s.next_admit = time + p.room_gap
    c = np.int64(at[a].shopper)
    by[c].inside = 1
    by[c].session_end = time + p.room_session
    push(s, ht, hr, by[c].session_end, SESSION_END | (c * TRIES + at[a].number))
    wake(p, s, ht, hr, time)
    return a


@lean
def row_begin(p, s, at, ht, hr, time, a):
    """The stock row takes its next job."""
    at[a].row_start = time
    s.row_end = time + service_time(p.row_time, s.row_jobs, p.alpha, p.beta, time, 0.0, 0.0, 1.0)
    at[a].row_end = s.row_end
    set_timeout(p, s, at, ht, hr, a, s.row_end)


@lean
def row_join(p, s, at, ht, hr, time, a):
    """An accepted call goes to the stock row."""
    at[a].place = AT_ROW
    at[a].next = NONE
    s.row_jobs += 1
    if s.row_jobs == 1:
        s.row_first = a
        s.row_last = a
        row_begin(p, s, at, ht, hr, time, a)
    else:
        at[s.row_last].next = a
        s.row_last = a
        set_timeout(p, s, at, ht, hr, a, np.inf)


@lean
def row_done(p, s, at, ht, hr, time):
    """The stock row finishes its job and takes the next; returns the finished one."""
    a = s.row_first
    at[a].place = DONE
    s.row_jobs -= 1
    s.row_first = at[a].next
    if s.row_jobs > 0:
        row_begin(p, s, at, ht, hr, time, s.row_first)
    return a
