"""A calendar queue (Brown 1988) of retries: those of later days wait unsorted, only today's are a heap.

Time is cut into days of equal length. A retry of a later day is put into the list of its day, a link and no
comparison; when that day begins its few entries become the heap (time, rank) of today. Days share a ring of
lists, so a list may hold entries of a later turn of the ring: they stay. Where days are no help (all at one
instant, or a turn of the ring without an entry) everything goes to the heap, never wrong and only slower.

Each customer has one retry at most, so a customer's number is the place of their entry.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiling import compiled, lean
from sim.station.heap_kernel import heap_push

ONE = np.int64(1)
NONE = np.int64(0)
NOBODY = np.int64(-1)
RING = np.int64(1024)
"""Days in one turn of the ring (a power of two)."""
A_DAY = 4.0
"""First arrivals in a day, on average: even a storm's heap of a day has few levels."""
LAST_DAY = np.int64(2**62)
LAST_DAY_AS_FLOAT = float(2**62)


class RetryCalendar(NamedTuple):
    """Today's heap and everybody's later entries."""

    times: NDArray[np.float64]  # (customers,) the heap's moments, seconds
    today: NDArray[np.int64]  # (customers,) and its ranks
    moments: NDArray[np.float64]  # (customers,) when each comes back, seconds
    ranks: NDArray[np.int64]  # (customers,) what breaks ties
    links: NDArray[np.int64]  # (customers,) who came into the list of that day before them
    lists: NDArray[np.int64]  # (RING,) who came last into the list of a day
    begins: float  # when day 0 begins, seconds
    days_a_second: float  # 0 where all arrive at (nearly) one instant


@compiled
def empty_calendar(customers, first, last):
    """Return a calendar for that many customers, who first arrive between two moments (seconds)."""
    span = last - first
    days_a_second = customers / (A_DAY * span) if span > 0.0 else 0.0
    return RetryCalendar(
        np.empty(customers),
        np.empty(customers, np.int64),
        np.empty(customers),
        np.empty(customers, np.int64),
        np.empty(customers, np.int64),
        np.full(RING, NOBODY),
        first,
        days_a_second if days_a_second < np.inf else 0.0,
    )


@lean
def day_of(calendar, moment):
    """Return the day of a moment, never earlier than that of an earlier moment."""
    return np.int64(min((moment - calendar.begins) * calendar.days_a_second, LAST_DAY_AS_FLOAT))


@lean
def put_off(calendar, day, who, moment, rank):
    """Put a customer's entry into the list of a later day."""
    place = day & (RING - ONE)
    calendar.moments[who] = moment
    calendar.ranks[who] = rank
    calendar.links[who] = calendar.lists[place]
    calendar.lists[place] = who


@lean
def next_day(calendar, day):
    """Fill the empty heap with the first day after `day` that has an entry; returns (that day, heap's size).

    Somebody's entry must be of a later day.
    """
    size = NONE
    idle = NONE
    while size == 0:
        day += ONE
        idle += ONE
        first, after = day & (RING - ONE), (day & (RING - ONE)) + ONE
        if idle > RING:
            day, first, after = LAST_DAY, NONE, RING
        for place in range(first, after):
            who = calendar.lists[place]
            stays = NOBODY
            while who >= 0:
                before = calendar.links[who]
                moment = calendar.moments[who]
                if day_of(calendar, moment) <= day:
                    size = heap_push(calendar.times, calendar.today, size, moment, calendar.ranks[who])
                else:
                    calendar.links[who] = stays
                    stays = who
                who = before
            calendar.lists[place] = stays
    return day, size
