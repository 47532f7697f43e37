"""A binary heap of (time, rank) on two preallocated arrays: the calendar of every compiled station and stage.

Ordered by time, then by rank (an int64 that packs kind, id or whatever breaks ties: the lower comes first).
The caller owns the arrays and keeps them large enough; nothing is allocated and nothing is checked here.
"""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled

ONE = np.int64(1)
TWO = np.int64(2)


@compiled
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


@compiled
def heap_pop(times, ranks, size):
    """Take the smallest (time, rank) off a heap of `size` ≥ 1 entries; returns (time, rank, new size)."""
    first_time = times[0]
    first_rank = ranks[0]
    size = size - ONE
    if size > 0:
        time = times[size]
        rank = ranks[size]
        place = size - size
        child = ONE
        while child < size:
            right = child + ONE
            if right < size and (
                times[right] < times[child] or (times[right] == times[child] and ranks[right] < ranks[child])
            ):
                child = right
            if time < times[child] or (time == times[child] and rank <= ranks[child]):
                break
            times[place] = times[child]
            ranks[place] = ranks[child]
            place = child
            child = TWO * place + ONE
        times[place] = time
        ranks[place] = rank
    return first_time, first_rank, size
