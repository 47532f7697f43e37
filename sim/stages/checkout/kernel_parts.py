"""Compiled parts of checkout: records, the order service, the stock row, protections.

One record an attempt and one a shopper: an event then touches one or two cache lines. `S` is the state of the
whole checkout, one record; `N` the scenario's numbers, one record; `ht, hr` the calendar heap.
"""

from __future__ import annotations

from typing import get_type_hints

import numpy as np

from sim import signals
from sim.compiling import compiled
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


@compiled
def push(S, ht, hr, time, rank):
    """An event at `time`."""
    S.events = heap_push(ht, hr, S.events, time, rank)


@compiled
def tell(chat, base, time, what):
    """Count a failure or success in the chat's second (a later one is counted at once: only earlier ones are read)."""
    second = second_of(time) - base
    if 0 <= second < chat.shape[1]:
        chat[what, second] += 1


@compiled
def read_mood(N, S, chat, base, time):
    """The chat mood as it was at the start of the tick."""
    start = tick_start(second_of(time), N.tick_s)
    if start != S.read_at:
        failures, successes = np.int64(0), np.int64(0)
        for second in range(max(start - N.memory_s - base, 0), min(start - base, chat.shape[1])):
            failures += chat[FAILED, second]
            successes += chat[SUCCEEDED, second]
        S.mood = mood(failures, successes, N.mood_gain)
        S.read_at = start
    return S.mood


@compiled
def report(N, S, time, a, good):
    """Tell the circuit breaker how a call ended."""
    if N.breaker == 0 or S.breaker == OPEN:
        return
    if S.breaker == HALF_OPEN:
        if a == S.probe:
            if good:
                S.breaker = CLOSED
                S.calls = 0
                S.failures = 0
                S.window_end = time + N.breaker_window
            else:
                S.breaker = OPEN
                S.open_until = time + N.breaker_open
        return
    if time >= S.window_end:
        S.calls = 0
        S.failures = 0
        S.window_end = time + N.breaker_window
    S.calls += 1
    if not good:
        S.failures += 1
    if breaks(S.calls, S.failures, N.breaker_calls, N.breaker_share):
        S.breaker = OPEN
        S.open_until = time + N.breaker_open


@compiled
def wake(N, S, ht, hr, time):
    """Let the next one into the checkout when there is room and the rate allows it."""
    if S.admitting == 0 and S.room_waiting > 0 and S.inside < N.room_users:
        S.admitting = 1
        push(S, ht, hr, max(time, S.next_admit), ADMIT)


@compiled
def leave_checkout(N, S, by, ht, hr, time, c):
    """A shopper gives up her place inside the checkout."""
    if by[c].inside:
        by[c].inside = 0
        S.inside -= 1
        wake(N, S, ht, hr, time)


@compiled
def fail(N, S, at, by, ht, hr, again, again_in, chat, base, time, a, outcome):
    """The client learns that the attempt failed: complain, and perhaps click again."""
    at[a].outcome = outcome
    tell(chat, base, time, FAILED)
    if outcome == BUSY or outcome == TIMEOUT or outcome == RENEGED or outcome == SHED:
        report(N, S, time, a, False)
    c = np.int64(at[a].shopper)
    number = np.int64(at[a].number)
    if outcome != ROOM_LEFT and number + 1 < N.tries and again[c, number] < N.again_share:
        push(S, ht, hr, time + again_in[c, number], CLICK | (c * TRIES + number + ONE))
    else:
        by[c].end = GAVE_UP
        leave_checkout(N, S, by, ht, hr, time, c)


@compiled
def set_timeout(N, S, at, ht, hr, a, until):
    """The app's timeout as an event, only when the work will last beyond it."""
    deadline = at[a].arrive + N.timeout
    if until > deadline and at[a].timed == 0 and at[a].outcome == PENDING:
        at[a].timed = 1
        push(S, ht, hr, deadline, GIVE_UP | (np.int64(at[a].shopper) * TRIES + at[a].number))


@compiled
def begin(N, S, at, ht, hr, service, time, a):
    """A worker takes the call."""
    S.busy += 1
    at[a].place = IN_SERVICE
    at[a].start = time
    alone = service[at[a].shopper, at[a].number]
    end = time + service_time(alone, S.busy, N.alpha, N.beta, time, N.slow_from, N.slow_until, N.slow_factor)
    at[a].end = end
    push(S, ht, hr, end, SERVED | (np.int64(at[a].shopper) * TRIES + at[a].number))
    set_timeout(N, S, at, ht, hr, a, end)


@compiled
def take_next(N, S, at, ht, hr, service, time):
    """Free workers take the calls that wait longest; what was abandoned is served too, unless it is dropped."""
    while S.waiting > 0 and S.busy < S.workers:
        a = S.first
        S.first = at[a].next
        S.waiting -= 1
        if N.drop_abandoned == 1 and at[a].outcome != PENDING:
            at[a].outcome = DROPPED
            at[a].place = DONE
        else:
            begin(N, S, at, ht, hr, service, time, a)


@compiled
def join(N, S, at, by, ht, hr, scale_lag, time, a):
    """The call waits for a worker, as long as patience and timeout allow."""
    at[a].place = WAITING
    at[a].next = NONE
    if S.waiting == 0:
        S.first = a
    else:
        at[S.last].next = a
    S.last = a
    S.waiting += 1
    c = np.int64(at[a].shopper)
    if by[c].patience < N.timeout:
        push(S, ht, hr, time + by[c].patience, RENEGE | (c * TRIES + at[a].number))
    else:
        at[a].timed = 1
        push(S, ht, hr, time + N.timeout, GIVE_UP | (c * TRIES + at[a].number))
    if N.scaling == 1 and S.scaling == 0 and S.scaled < N.scale_times and S.waiting >= N.scale_waiting:
        S.scaling = 1
        push(S, ht, hr, time + scale_lag[S.scaled], SCALE_OUT)


@compiled
def call(N, S, at, by, ht, hr, service, again, again_in, scale_lag, chat, base, time, a):
    """A call goes out: over the retry budget, past the breaker, to the order service's door."""
    at[a].arrive = time
    at[a].place = AT_DOOR
    if N.budget == 1:
        if at[a].number == 0:
            S.tokens = min(N.budget_burst, S.tokens + N.budget_ratio)
        elif S.tokens < 1.0:
            fail(N, S, at, by, ht, hr, again, again_in, chat, base, time, a, OVER_BUDGET)
            return
        else:
            S.tokens -= 1.0
    if N.breaker == 1 and S.breaker != CLOSED:
        if S.breaker == HALF_OPEN or time < S.open_until:
            fail(N, S, at, by, ht, hr, again, again_in, chat, base, time, a, CIRCUIT_OPEN)
            return
        S.breaker = HALF_OPEN
        S.probe = a
    if S.busy < S.workers:
        begin(N, S, at, ht, hr, service, time, a)
    elif N.shedding == 1 and S.waiting >= N.shed_waiting:
        fail(N, S, at, by, ht, hr, again, again_in, chat, base, time, a, SHED)
    elif S.waiting >= N.waiting_places:
        fail(N, S, at, by, ht, hr, again, again_in, chat, base, time, a, BUSY)
    else:
        join(N, S, at, by, ht, hr, scale_lag, time, a)


@compiled
def click(N, S, at, by, ht, hr, time, c):
    """A shopper clicks; returns the attempt."""
    a = S.attempts
    S.attempts += 1
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


@compiled
def enter_room(N, S, at, by, ht, hr, time, a):
    """A click waits in the waiting room."""
    at[a].place = IN_ROOM
    at[a].next = NONE
    if S.room_first == NONE:
        S.room_first = a
    else:
        at[S.room_last].next = a
    S.room_last = a
    S.room_waiting += 1
    c = np.int64(at[a].shopper)
    push(S, ht, hr, time + by[c].room_patience, ROOM_LEAVE | (c * TRIES + at[a].number))
    wake(N, S, ht, hr, time)


@compiled
def admit(N, S, at, by, ht, hr, time):
    """The first one still in the waiting room may go in; returns her attempt or NONE."""
    S.admitting = 0
    while S.room_first != NONE and at[S.room_first].outcome != PENDING:
        S.room_first = at[S.room_first].next
    if S.room_first == NONE or S.inside >= N.room_users:
        return NONE
    a = S.room_first
    S.room_first = at[a].next
    S.room_waiting -= 1
    S.inside += 1
    S.next_admit = time + N.room_gap
    c = np.int64(at[a].shopper)
    by[c].inside = 1
    by[c].session_end = time + N.room_session
    push(S, ht, hr, by[c].session_end, SESSION_END | (c * TRIES + at[a].number))
    wake(N, S, ht, hr, time)
    return a


@compiled
def row_begin(N, S, at, ht, hr, time, a):
    """The stock row takes its next job."""
    at[a].row_start = time
    S.row_end = time + service_time(N.row_time, S.row_jobs, N.alpha, N.beta, time, 0.0, 0.0, 1.0)
    at[a].row_end = S.row_end
    set_timeout(N, S, at, ht, hr, a, S.row_end)


@compiled
def row_join(N, S, at, ht, hr, time, a):
    """An accepted call goes to the stock row."""
    at[a].place = AT_ROW
    at[a].next = NONE
    S.row_jobs += 1
    if S.row_jobs == 1:
        S.row_first = a
        S.row_last = a
        row_begin(N, S, at, ht, hr, time, a)
    else:
        at[S.row_last].next = a
        S.row_last = a
        set_timeout(N, S, at, ht, hr, a, np.inf)


@compiled
def row_done(N, S, at, ht, hr, time):
    """The stock row finishes its job and takes the next; returns the finished one."""
    a = S.row_first
    at[a].place = DONE
    S.row_jobs -= 1
    S.row_first = at[a].next
    if S.row_jobs > 0:
        row_begin(N, S, at, ht, hr, time, S.row_first)
    return a
