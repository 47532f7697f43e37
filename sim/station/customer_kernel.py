"""Customers, compiled: what a failure leads to, and the protections that stand before the station."""

from __future__ import annotations

from typing import get_type_hints

import numpy as np

from sim.compiling import compiled, lean
from sim.station import rules
from sim.station.heap_kernel import heap_push
from sim.station.inputs import Settings

STATE = np.dtype(
    [
        ("came", "i8"),
        ("waiting", "i8"),
        ("on_shift", "i8"),
        ("extra", "i8"),
        ("more_ordered", "i8"),
        ("taken", "i8"),
        ("working", "i8"),
        ("crew", "i8"),
        ("joined", "i8"),
        ("returned", "i8"),
        ("line", "i8"),
        ("newcomers", "i8"),
        ("picking", "i8"),
        ("tokens", "i8"),
        ("tick", "i8"),
        ("outcomes", "i8"),
        ("failures", "i8"),
        ("room_came", "i8"),
        ("room_in", "i8"),
        ("inside", "i8"),
        ("minute", "i8"),
        ("entered", "i8"),
        ("minute_awaited", "i8"),
        ("minute_due", "i8"),
        ("events", "i8"),
        ("open_until", "f8"),
        ("latest", "f8"),
        ("pick_at", "f8"),
    ]
)
"""The counters of a running station; `line` and `events` are the sizes of the two heaps."""

CONFIG = np.dtype(
    [(name, "f8" if kind is float else "i8") for name, kind in get_type_hints(Settings).items()]
    + [("bits", "i8"), ("tries", "i8")]
)
"""The settings as one record: handing it on costs a pointer."""

COMPLETION, CALENDAR, SCALE_OUT, PATIENCE, TIMEOUT, SESSION_END, MINUTE, ROOM, ARRIVAL = (
    np.int64(kind) for kind in range(rules.PICK)
)
TOKEN = np.int64(rules.TOKEN)
ONE = np.int64(1)
KIND = np.int64(40)
NONE = np.int64(0)

period_of = compiled(rules.period_of)
period_start = compiled(rules.period_start)
breaker_opens = compiled(rules.breaker_opens)


@lean
def value_of(flat, columns, customer, attempt):
    """Return the value of that attempt (see `PerAttempt.of`)."""
    return flat[customer * columns + min(attempt, max(columns - ONE, NONE))]


@lean
def push(s, times, ranks, time, kind, ident):
    """Let an event happen."""
    s.events = heap_push(times, ranks, s.events, time, (kind << KIND) + ident)


@lean
def note_outcome(c, s, now, failed):
    """Count for the circuit breaker; a failure may open it."""
    tick = period_of(now, c.breaker_tick)
    if tick != s.tick:
        s.tick = tick
        s.outcomes = NONE
        s.failures = NONE
    s.outcomes += 1
    if failed:
        s.failures += 1
        if breaker_opens(s.failures, s.outcomes, c.breaker_percent, c.breaker_minimum):
            s.open_until = now + c.breaker_open_for
            s.outcomes = NONE
            s.failures = NONE


@lean
def delay_before_retry(c, s, delays, ident):
    """Return when, after this failure, the client tries again: inf where it gives up."""
    customer = ident >> c.bits
    attempt = ident - (customer << c.bits)
    if attempt + ONE >= c.tries:
        return np.inf
    delay = delays[customer * (c.tries - ONE) + attempt]
    if delay < np.inf and c.budget_percent >= 0:
        if s.tokens < TOKEN:
            return np.inf
        s.tokens -= TOKEN
    return delay


@lean
def let_in(c, s, times, ranks, order, kind, now):
    """Let in who fits, after an arrival or the end of a session or a minute: by places and by rate."""
    if kind == SESSION_END:
        s.inside -= 1
    elif kind == MINUTE:
        s.minute_awaited = NONE
        if s.minute_due > s.minute:
            s.minute = s.minute_due
            s.entered = NONE
    else:
        s.room_came += 1
        s.latest = now
    minute = period_of(now, c.room_minute)
    if minute > s.minute:
        s.minute = minute
        s.entered = NONE
    while s.room_in < s.room_came and s.inside < c.room_total and s.entered < c.room_rate:
        push(s, times, ranks, now, ARRIVAL, order[s.room_in] << c.bits)
        s.room_in += 1
        s.inside += 1
        s.entered += 1
    if s.room_in < s.room_came and s.entered >= c.room_rate and s.minute_awaited == 0:
        s.minute_awaited = ONE
        s.minute_due = s.minute + 1
        push(s, times, ranks, period_start(s.minute + 1, c.room_minute, now), MINUTE, NONE)
