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
def report(n, s, time, a, good):
    """Tell the circuit breaker how a call ended."""
    if n.breaker == 0 or s.breaker == OPEN:
        return
    if s.breaker == HALF_OPEN:
        if a == s.probe:
            if good:
                s.breaker = CLOSED
                s.calls = 0
                s.failures = 0
                s.window_end = time + n.breaker_window
            else:
                s.breaker = OPEN
                s.open_until = time + n.breaker_open
        return
    if time >= s.window_end:
        s.calls = 0
        s.failures = 0
        s.window_end = time + n.breaker_window
    s.calls += 1
    if not good:
        s.failures += 1
    if breaks(s.calls, s.failures, n.breaker_calls, n.breaker_share):
        s.breaker = OPEN
        s.open_until = time + n.breaker_open


@lean
def wake(n, s, times, ranks, time):
    """Let the next one into the checkout when there is room and the rate allows it."""
    if s.admitting == 0 and s.room_waiting > 0 and s.inside < n.room_users:
        s.admitting = 1
        push(s, times, ranks, max(time, s.next_admit), ADMIT)


@lean
def leave_checkout(n, s, shoppers, times, ranks, time, c):
    """Give up a shopper's place inside the checkout."""
    if shoppers[c].inside:
        shoppers[c].inside = 0
        s.inside -= 1
        wake(n, s, times, ranks, time)


@lean
def enter_room(n, s, attempts, shoppers, times, ranks, time, a):
    """Let a click wait in the waiting room."""
    attempts[a].place = IN_ROOM
    attempts[a].next = NONE
    if s.room_first == NONE:
        s.room_first = a
    else:
        attempts[s.room_last].next = a
    s.room_last = a
    s.room_waiting += 1
    c = np.int64(attempts[a].shopper)
    push(s, times, ranks, time + shoppers[c].room_patience, ROOM_LEAVE | attempts[a].ident)
    wake(n, s, times, ranks, time)


@lean
def admit(n, s, attempts, shoppers, times, ranks, time):
    """Let in the first one still in the waiting room; returns her attempt or NONE."""
    s.admitting = 0
    while s.room_first != NONE and attempts[s.room_first].outcome != PENDING:
        s.room_first = attempts[s.room_first].next
    if s.room_first == NONE or s.inside >= n.room_users:
        return NONE
    a = s.room_first
    s.room_first = attempts[a].next
    s.room_waiting -= 1
    s.inside += 1
    s.next_admit = time + n.room_gap
    c = np.int64(attempts[a].shopper)
    shoppers[c].inside = 1
    shoppers[c].session_end = time + n.room_session
    push(s, times, ranks, shoppers[c].session_end, SESSION_END | attempts[a].ident)
    wake(n, s, times, ranks, time)
    return a
