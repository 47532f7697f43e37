"""Servers, compiled: who starts on what and when it ends, and what the end of a shift does."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled, lean
from sim.station import rules
from sim.station.customer_kernel import COMPLETION, NONE, ONE, SCALE_OUT, push, value_of
from sim.station.line_kernel import DONE, IN_SERVICE, join, link_after, next_in_line, unlink

CREW, RESUME = np.int64(rules.CREW), np.int64(rules.RESUME)

slowed = compiled(rules.slowed)
left_of = compiled(rules.left_of)


@lean
def begin(c, s, attempts, services, columns, ident, now):
    """Start on an attempt, or go on with one that was interrupted; returns when it ends."""
    s.taken += 1
    s.working += 1
    attempt = attempts[ident]
    attempt.stage = IN_SERVICE
    attempt.crew = s.crew
    if c.preempts:
        link_after(attempts, attempts[len(attempts) - 1].before, ident)
    if attempt.goes_on:
        length = attempt.left
    else:
        attempt.started = now
        customer = ident >> c.bits
        service = value_of(services, columns, customer, ident - (customer << c.bits))
        length = slowed(service, s.working, c.alpha, c.beta)
    attempt.ends = now + length
    return attempt.ends


@lean
def serve_queue(c, s, attempts, times, ranks, keys, places, services, columns, now):
    """Let idle servers pick; whoever still waits then may call for more."""
    while s.waiting > 0 and s.taken < s.on_shift + s.extra:
        ident = next_in_line(c, s, attempts, keys, places)
        if c.drops and attempts[ident].abandoned:
            attempts[ident].stage = DONE
        else:
            push(s, times, ranks, begin(c, s, attempts, services, columns, ident, now), COMPLETION, ident)
    wanted = c.scale_queue > 0 and s.waiting >= c.scale_queue
    if wanted and s.more_ordered == 0 and s.extra < c.scale_maximum:
        s.more_ordered = ONE
        push(s, times, ranks, now + c.scale_lag, SCALE_OUT, NONE)


@lean
def complete(c, s, attempts, ident, now):
    """End a service; False where that end was overtaken by an interruption."""
    attempt = attempts[ident]
    if attempt.stage != IN_SERVICE or attempt.ends != now:
        return False
    attempt.stage = DONE
    if c.preempts:
        unlink(attempts, ident)
    s.working -= 1
    if attempt.crew == s.crew:
        s.taken -= 1
    return True


@lean
def change_shift(c, s, attempts, keys, places, priority, count, now):
    """Change the servers; where the rule says so, the latest-started go back."""
    s.latest = now
    s.on_shift = count
    if c.off_shift == CREW:
        s.crew += 1
        s.taken = NONE
    while c.preempts and s.taken > s.on_shift + s.extra:
        ident = attempts[len(attempts) - 1].before
        unlink(attempts, ident)
        s.taken -= 1
        s.working -= 1
        if c.off_shift == RESUME:
            attempts[ident].left = left_of(attempts[ident].ends, now)
            attempts[ident].goes_on = ONE
        join(c, s, attempts, keys, places, priority, ident, True)
