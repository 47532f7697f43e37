"""Who waits and who is at work, compiled: two rings through one record array, and a heap for priorities.

Record i of `attempts` is attempt i (customer << bits | attempt). The two records behind the last attempt are
the heads of two rings: the queue (first: picked next) and those at work (last: started latest).
"""

from __future__ import annotations

import numpy as np

from sim.compiling import lean
from sim.station import rules
from sim.station.heap_kernel import heap_pop, heap_push

ATTEMPT = np.dtype(
    [
        ("came", "f8"),
        ("started", "f8"),
        ("ends", "f8"),
        ("left", "f8"),
        ("after", "i8"),
        ("before", "i8"),
        ("crew", "i4"),
        ("stage", "i2"),
        ("abandoned", "i1"),
        ("goes_on", "i1"),
    ],
    align=True,
)
WAITING, IN_SERVICE, DONE = np.int64(1), np.int64(2), np.int64(3)
ONE = np.int64(1)
FIFO = np.int64(rules.FIFO)
PRIORITY = np.int64(rules.PRIORITY)


@lean
def link_after(attempts, place, ident):
    """Put a record behind `place` in its ring."""
    follower = attempts[place].after
    attempts[ident].before = place
    attempts[ident].after = follower
    attempts[place].after = ident
    attempts[follower].before = ident


@lean
def unlink(attempts, ident):
    """Take a record out of its ring."""
    before = attempts[ident].before
    after = attempts[ident].after
    attempts[before].after = after
    attempts[after].before = before


@lean
def join(c, s, attempts, line_keys, line_ranks, priority, ident, front):
    """Stand in line: a newcomer where the discipline says, one taken off its server in front."""
    s.waiting += 1
    attempts[ident].stage = WAITING
    heads = np.int64(len(attempts) - 2)
    if c.discipline == PRIORITY:
        if front:
            s.returned -= 1
            place = s.returned
        else:
            s.joined += 1
            place = s.joined
        key = priority[ident >> c.bits]
        s.line = heap_push(line_keys, line_ranks, s.line, key, place * heads + ident)
    elif c.discipline == FIFO and not front:
        link_after(attempts, attempts[heads].before, ident)
    else:
        link_after(attempts, heads, ident)


@lean
def quit_line(c, s, attempts, ident):
    """Leave the queue without being served (a priority heap forgets lazily)."""
    s.waiting -= 1
    attempts[ident].stage = DONE
    if c.discipline != PRIORITY:
        unlink(attempts, ident)


@lean
def next_in_line(c, s, attempts, line_keys, line_ranks):
    """Take the attempt that is picked next; the queue must not be empty."""
    heads = np.int64(len(attempts) - 2)
    s.waiting -= 1
    if c.discipline != PRIORITY:
        ident = attempts[heads].after
        unlink(attempts, ident)
        return ident
    while True:
        _, rank, s.line = heap_pop(line_keys, line_ranks, s.line)
        ident = rank % heads
        if attempts[ident].stage == WAITING:
            return ident
