"""The hot class on columns: first come first served, a fixed number of servers, retries from a heap.

Where abandoned work stays queued, what becomes of an attempt is known when it arrives: it starts at
max(arrival, earliest free server). So there are no events for completions, patience or timeouts; only retries
are merged into the stream of first arrivals.
"""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled, kernel
from sim.station import rules
from sim.station.heap_kernel import heap_pop, heap_push
from sim.station.inputs import Columns, Inputs, Settings
from sim.station.spec import Station

ONE = np.int64(1)
NONE = np.int64(0)


def knows(station: Station, settings: Settings, inputs: Inputs) -> bool:
    """Say whether this kernel knows every option that is set."""
    events_needed = (
        settings.budget_percent >= 0
        or settings.breaker_percent >= 0
        or settings.scale_queue > 0
        or settings.room_total > 0
    )
    leaving_frees_places = settings.places < rules.NO_LIMIT and inputs.patience.columns > 0
    return (
        station.calendar.constant
        and settings.servers > 0
        and settings.discipline == rules.FIFO
        and station.law is None
        and not events_needed
        and not leaving_frees_places
    )


@compiled
def replace_first(free, value):
    """Put `value` in the place of the smallest entry of a heap of free times."""
    size = len(free)
    place = NONE
    child = ONE
    while child < size:
        if child + ONE < size and free[child + ONE] < free[child]:
            child += ONE
        if value <= free[child]:
            break
        free[place] = free[child]
        place = child
        child = place + place + ONE
    free[place] = value


@compiled
def column_of(values, attempt):
    """Return in which column the value of that attempt stands."""
    return min(attempt, max(values.columns - ONE, NONE))


@kernel
def fifo(servers, limit, drops, inputs, out):
    """Run the station attempt by attempt in order of arrival.

    False where more can happen at one instant than the order of arrivals tells: a service of no length with a
    limited queue (who of that instant is refused?), and a retry at the instant of its own first try.
    """
    n, tries = len(inputs.arrivals), inputs.tries
    services, patience, timeout = inputs.services, inputs.patience, inputs.timeout
    limited = limit >= 0
    free = np.full(servers, -np.inf)
    starts = np.empty(limit + 1 if limited else 1)
    oldest, waiting = NONE, NONE
    again, who = np.empty(n), np.empty(n, np.int64)
    size = NONE
    k = 0
    while k < n or size > 0:
        i = inputs.order[k] if k < n else NONE
        now = inputs.arrivals[i] if k < n else np.inf
        attempt = NONE
        if size > 0 and (again[0] < now or (again[0] == now and who[0] < i * tries) or k == n):
            now, ident, size = heap_pop(again, who, size)
            i = ident // tries
            attempt = ident - i * tries
        else:
            k += 1
        out.attempts[i] += 1
        failed_at = now
        refused = False
        if limited:
            while waiting > 0 and starts[oldest] <= now:
                oldest = oldest + ONE if oldest < limit else NONE
                waiting -= ONE
            refused = free[0] > now and waiting >= limit
        if not refused:
            start = max(now, free[0])
            gives_up = now + patience.flat[i * patience.columns + column_of(patience, attempt)]
            stops_listening = now + timeout.flat[i * timeout.columns + column_of(timeout, attempt)]
            if start > gives_up and gives_up <= stops_listening:
                failed_at = gives_up
            else:
                end = start + services.flat[i * services.columns + column_of(services, attempt)]
                if limited:
                    if end <= start:
                        return False
                    if start > now:
                        place = oldest + waiting
                        starts[place if place <= limit else place - limit - ONE] = start
                        waiting += ONE
                if not (drops and start > stops_listening):
                    replace_first(free, end)
                if end <= stops_listening:
                    out.served[i] = True
                    out.start[i] = start
                    out.end[i] = end
                    out.leave[i] = end
                    out.came[i] = now
                    continue
                failed_at = stops_listening
        delay = np.inf
        if attempt + 1 < tries:
            delay = inputs.delays[i * (tries - 1) + attempt]
        if delay < np.inf:
            if not refused and failed_at + delay <= now:
                return False
            size = heap_push(again, who, size, failed_at + delay, i * tries + attempt + ONE)
        else:
            out.leave[i] = failed_at
    return True


def run(settings: Settings, inputs: Inputs, out: Columns) -> bool:
    """Fill `out`; False (and `out` as it was) where the event-heap kernel is needed after all."""
    attempts = max(inputs.arrivals.shape[0] * inputs.tries, 1)
    limit = min(settings.places, attempts) if settings.places < rules.NO_LIMIT else -1
    if fifo(min(settings.servers, attempts), limit, settings.drops, inputs, out):
        return True
    for column, fresh in zip(out, Columns.empty(inputs.arrivals.shape[0]), strict=True):
        column[:] = fresh
    return False
