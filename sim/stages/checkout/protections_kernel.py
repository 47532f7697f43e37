"""Compiled checkout: waiting room and circuit breaker."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled, lean
from sim.stages.checkout import rules
from sim.stages.checkout.parts_kernel import (
    ADMIT,
    CLOSED,
    HALF_OPEN,
    IN_ROOM,
    NONE,
    OPEN,
    PENDING,
    ROOM_LEAVE,
    SESSION_END,
    push,
)  # fmt: skip

breaks = compiled(rules.breaks)


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
    """Give up a shopper's place inside the checkout."""
    if by[c].inside:
        by[c].inside = 0
        s.inside -= 1
        wake(p, s, ht, hr, time)


@lean
def enter_room(p, s, at, by, ht, hr, time, a):
    """Let a click wait in the waiting room."""
    at[a].place = IN_ROOM
    at[a].next = NONE
    if s.room_first == NONE:
        s.room_first = a
    else:
        at[s.room_last].next = a
    s.room_last = a
    s.room_waiting += 1
    c = np.int64(at[a].shopper)
    push(s, ht, hr, time + by[c].room_patience, ROOM_LEAVE | at[a].ident)
    wake(p, s, ht, hr, time)


@lean
def admit(p, s, at, by, ht, hr, time):
    """Let in the first one still in the waiting room; returns her attempt or NONE."""
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
    push(s, ht, hr, by[c].session_end, SESSION_END | at[a].ident)
    wake(p, s, ht, hr, time)
    return a
