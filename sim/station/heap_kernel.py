"""A binary heap of (time, rank) on two preallocated arrays: the calendar of every compiled station and stage.

Ordered by time, then by rank (an int64 that packs kind, id or whatever breaks ties: the lower comes first).
The caller owns the arrays and keeps them large enough; nothing is allocated and nothing is checked here.
"""

from __future__ import annotations

import numpy as np

from sim.compiling import lean

ONE = np.int64(1)
TWO = np.int64(2)


@lean
def heap_push(times, ranks, size, time, rank):
    """Put (time, rank) into a heap of `size` entries; returns the new size."""
    place = size
    while place > 0:
        above = (place - ONE) >> ONE
        if times[above] < time or (times[above] == time and ranks[above] <= rank):
            break
        times[place] = times[above]
        ranks[place] = ranks[above]
        place = above
    times[place] = time
    ranks[place] = rank
    return size + ONE


@lean
def heap_replace(times, ranks, size, time, rank):
    """Take the smallest entry off a heap of `size` ≥ 1 and put (time, rank) in; the size stays.

    The gap sinks to a leaf first and the entry rises from there: what comes in is mostly late, and the choice
    of the smaller child needs no unpredictable branch. A third faster than the textbook's way.
    """
    place = size - size
    child = ONE
    while child + ONE < size:
        left = times[child]
        right = times[child + ONE]
        step = np.int64(right < left)
        if left == right:
            step = np.int64(ranks[child + ONE] < ranks[child])
        child += step
        times[place] = times[child]
        ranks[place] = ranks[child]
        place = child
        child = TWO * place + ONE
    if child < size:
        times[place] = times[child]
        ranks[place] = ranks[child]
        place = child
    heap_push(times, ranks, place, time, rank)


@lean
def heap_pop(times, ranks, size):
    """Take the smallest (time, rank) off a heap of `size` ≥ 1 entries; returns (time, rank, new size)."""
    first_time = times[0]
    first_rank = ranks[0]
    size = size - ONE
    if size > 0:
        heap_replace(times, ranks, size, times[size], ranks[size])
    return first_time, first_rank, size
