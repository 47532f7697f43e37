"""The hot class on columns: first come first served, a fixed number of servers, retries from a calendar.

Where abandoned work stays queued, what becomes of an attempt is known when it arrives: it starts at
max(arrival, earliest free server). So there are no events for completions, patience or timeouts; only retries
are merged into the stream of first arrivals.
"""

from __future__ import annotations

import numpy as np

from sim.compiling import kernel, lean
from sim.station import rules
from sim.station.heap_kernel import heap_pop, heap_push
from sim.station.inputs import Columns, Inputs, Settings
from sim.station.retry_kernel import day_of, empty_calendar, next_day, put_off
from sim.station.spec import Station

ONE = np.int64(1)
NONE = np.int64(0)
FEW = np.int64(64)


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


@lean
def take_first(free, servers, value):
    """Put `value` (not below it) in the place of the earliest of the free times; returns the earliest now.

    One more entry is never. A few are kept sorted, by an insertion without branches that becomes vector
    instructions, and the earliest is known before they are written back; many are a heap.
    """
    if servers <= FEW:
        soonest = min(free[ONE], value)
        for k in range(servers):
            free[k] = max(free[k], min(free[k + 1], value))
        return soonest
    place = NONE
    child = ONE
    while child < servers:
        child += np.int64(free[child + ONE] < free[child])
        if value <= free[child]:
            break
        free[place] = free[child]
        place = child
        child = place + place + ONE
    free[place] = value
    return free[NONE]


@lean
def column_of(columns, attempt):
    """Return in which of the columns the value of that attempt stands."""
    return min(attempt, max(columns - ONE, NONE))


@kernel
def fifo(servers, limit, drops, inputs, out):
    """Run the station attempt by attempt in order of arrival.

    False where more can happen at one instant than the order of arrivals tells: a service of no length with a
    limited queue (who of that instant is refused?), and a retry at the instant of its own first try.
    """
    order, arrivals, delays, tries = inputs.order, inputs.arrivals, inputs.delays, inputs.tries
    services, service_columns = inputs.services.flat, inputs.services.columns
    patience, patience_columns = inputs.patience.flat, inputs.patience.columns
    timeout, timeout_columns = inputs.timeout.flat, inputs.timeout.columns
    out_served, out_start, out_end = out.served, out.start, out.end
    out_leave, out_wait, out_attempts = out.leave, out.wait, out.attempts
    n = len(arrivals)
    bits = NONE
    while ONE << bits < tries:
        bits += ONE
    last = (ONE << bits) - ONE
    limited = limit >= 0
    free = np.full(servers + 1, -np.inf)
    free[servers] = np.inf
    soonest = -np.inf
    starts = np.empty(limit + 1 if limited else 1)
    oldest, waiting = NONE, NONE
    first, end = (arrivals[order[0]], arrivals[order[n - ONE]]) if n > 0 else (0.0, 0.0)
    calendar = empty_calendar(n, first, end)
    times, ranks = calendar.times, calendar.today
    today, size, later = NONE, NONE, NONE
    k = NONE
    while k < n or size + later > 0:
        i, attempt, now = NONE, NONE, np.inf
        if k < n:
            i = order[k]
            now = arrivals[i]
        if size == 0 and later > 0 and day_of(calendar, now) > today:
            today, size = next_day(calendar, today)
            later -= size
        if size > 0 and (times[0] < now or (times[0] == now and (k == n or ranks[0] < i << bits))):
            now, rank, size = heap_pop(times, ranks, size)
            i = rank >> bits
            attempt = rank & last
        else:
            k += ONE
        failed_at = now
        refused = False
        heard = False
        if limited:
            while waiting > 0 and starts[oldest] <= now:
                oldest = oldest + ONE if oldest < limit else NONE
                waiting -= ONE
            refused = soonest > now and waiting >= limit
        if not refused:
            start = max(now, soonest)
            gives_up = now + patience[i * patience_columns + column_of(patience_columns, attempt)]
            stops_listening = now + timeout[i * timeout_columns + column_of(timeout_columns, attempt)]
            if start > gives_up and gives_up <= stops_listening:
                failed_at = gives_up
            else:
                end = start + services[i * service_columns + column_of(service_columns, attempt)]
                if limited:
                    if end <= start:
                        return False
                    if start > now:
                        place = oldest + waiting
                        starts[place if place <= limit else place - limit - ONE] = start
                        waiting += ONE
                if not (drops and start > stops_listening):
                    soonest = take_first(free, servers, end)
                failed_at = stops_listening
                if end <= stops_listening:
                    heard = True
                    failed_at = end
                    out_served[i] = True
                    out_start[i] = start
                    out_end[i] = end
                    out_wait[i] = start - now
        delay = np.inf
        if not heard and attempt + ONE < tries:
            delay = delays[i * (tries - ONE) + attempt]
        if delay < np.inf:
            moment = failed_at + delay
            if not refused and moment <= now:
                return False
            rank = (i << bits) + attempt + ONE
            day = day_of(calendar, moment)
            if day > today:
                put_off(calendar, day, i, moment, rank)
                later += ONE
            else:
                size = heap_push(times, ranks, size, moment, rank)
        else:
            out_leave[i] = failed_at
            out_attempts[i] = attempt + ONE
            if not heard:
                out_served[i] = False
                out_start[i] = np.nan
                out_end[i] = np.nan
                out_wait[i] = np.nan
    return True


def run(settings: Settings, inputs: Inputs) -> Columns | None:
    """Return the columns, or None where the event-heap kernel is needed after all."""
    n = inputs.arrivals.shape[0]
    attempts = max(n * inputs.tries, 1)
    limit = min(settings.places, attempts) if settings.places < rules.NO_LIMIT else -1
    out = Columns.unwritten(n)
    return out if fifo(min(settings.servers, attempts), limit, settings.drops, inputs, out) else None
