"""Customers, compiled: what a failure leads to, and the protections that stand before the station."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled
from sim.station import rules
from sim.station.heap_kernel import heap_push

STATE = np.dtype(
    [
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
        ("pick_at", "f8"),
    ]
)
"""The counters of a running station; `line` and `events` are the sizes of the two heaps."""

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


@compiled
def value_of(values, customer, attempt):
    """Return the value of that attempt (see `PerAttempt.of`)."""
    return values.flat[customer * values.columns + min(attempt, max(values.columns - ONE, NONE))]


@compiled
def push(s, times, ranks, time, kind, ident):
    """Let an event happen."""
    s.events = heap_push(times, ranks, s.events, time, (kind << KIND) + ident)


@compiled
def note_outcome(settings, s, now, failed):
    """Count for the circuit breaker; a failure may open it."""
    if settings.breaker_percent < 0:
        return
    tick = period_of(now, settings.breaker_tick)
    if tick != s.tick:
        s.tick = tick
        s.outcomes = NONE
        s.failures = NONE
    s.outcomes += 1
    if failed:
        s.failures += 1
        if breaker_opens(s.failures, s.outcomes, settings.breaker_percent, settings.breaker_minimum):
            s.open_until = now + settings.breaker_open_for
            s.outcomes = NONE
            s.failures = NONE


@compiled
def go(settings, s, times, ranks, out, customer, now):
    """Let the customer leave for good."""
    out.leave[customer] = now
    if settings.room_total > 0:
        push(s, times, ranks, now + settings.room_session, SESSION_END, customer)


@compiled
def fail(settings, inputs, s, times, ranks, out, ident, now):
    """Let the client decide: another attempt later, or leaving."""
    customer = ident // inputs.tries
    attempt = ident - customer * inputs.tries
    if attempt + 1 < inputs.tries:
        delay = inputs.delays[customer * (inputs.tries - 1) + attempt]
        if delay < np.inf:
            if settings.budget_percent < 0:
                push(s, times, ranks, now + delay, ARRIVAL, ident + ONE)
                return
            if s.tokens >= TOKEN:
                s.tokens -= TOKEN
                push(s, times, ranks, now + delay, ARRIVAL, ident + ONE)
                return
    go(settings, s, times, ranks, out, customer, now)


@compiled
def let_in(settings, inputs, s, times, ranks, now):
    """Let in who fits: by places inside, and by this minute's number."""
    minute = period_of(now, settings.room_minute)
    if minute > s.minute:
        s.minute = minute
        s.entered = NONE
    while s.room_in < s.room_came and s.inside < settings.room_total and s.entered < settings.room_rate:
        push(s, times, ranks, now, ARRIVAL, inputs.order[s.room_in] * inputs.tries)
        s.room_in += 1
        s.inside += 1
        s.entered += 1
    if s.room_in < s.room_came and s.entered >= settings.room_rate and s.minute_awaited == 0:
        s.minute_awaited = ONE
        s.minute_due = s.minute + 1
        push(s, times, ranks, period_start(s.minute + 1, settings.room_minute, now), MINUTE, NONE)
