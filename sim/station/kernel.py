"""The station on columns: one event-heap kernel for every combination, and the choice of a faster one.

The same events as in `story`, in the same order, on a heap of (time, kind and id). The stream of first
arrivals is sorted and never enters the heap. The pick that ends an instant with arrivals is pending until the
next event is later. Helpers get records and only the arrays they touch: handing arrays on costs time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiling import compiled, kernel, lean
from sim.station import fifo_kernel, rules
from sim.station.customer_kernel import (
    ARRIVAL,
    CALENDAR,
    COMPLETION,
    CONFIG,
    KIND,
    NONE,
    ONE,
    PATIENCE,
    ROOM,
    SCALE_OUT,
    SESSION_END,
    STATE,
    TIMEOUT,
    delay_before_retry,
    let_in,
    note_outcome,
    push,
    value_of,
)
from sim.station.heap_kernel import heap_pop
from sim.station.inputs import Columns, Inputs, Settings
from sim.station.line_kernel import ATTEMPT, DONE, WAITING, join, quit_line
from sim.station.server_kernel import change_shift, complete, serve_queue
from sim.station.spec import Station

IDENT = np.int64((1 << 40) - 1)
NOBODY = np.int64(-1)
NOTHING, SUCCESS, FAILURE = np.int64(-1), np.int64(0), np.int64(1)

has_room = compiled(rules.has_room)
tokens_after_first = compiled(rules.tokens_after_first)


@lean
def arrive(c, s, attempts, newcomers, keys, places, priority, ident, now):
    """Let an attempt join the queue (then a pick is due) or refuse it; an open breaker notes no outcome."""
    s.latest = now
    if c.budget_percent >= 0 and ident == (ident >> c.bits) << c.bits:
        s.tokens = tokens_after_first(s.tokens, c.budget_percent, c.budget_burst)
    if now < s.open_until:
        return False, NOTHING
    if not has_room(s.waiting, s.on_shift + s.extra - s.taken, c.places):
        return False, FAILURE
    attempts[ident].came = now
    join(c, s, attempts, keys, places, priority, ident, False)
    newcomers[s.newcomers] = ident
    s.newcomers += 1
    s.picking = ONE
    s.pick_at = now
    return True, NOTHING


@lean
def start_clocks(c, s, attempts, newcomers, times, ranks, patience, p_columns, timeout, t_columns):
    """Start patience and timeout of the instant's newcomers, where they can still end the attempt."""
    for k in range(s.newcomers):
        ident = newcomers[k]
        attempt = attempts[ident]
        customer = ident >> c.bits
        number = ident - (customer << c.bits)
        waits = attempt.stage == WAITING or c.preempts
        moment = attempt.came + value_of(patience, p_columns, customer, number)
        if waits and moment < np.inf:
            push(s, times, ranks, moment, PATIENCE, ident)
        moment = attempt.came + value_of(timeout, t_columns, customer, number)
        if moment < np.inf and (waits or moment < attempt.ends):
            push(s, times, ranks, moment, TIMEOUT, ident)
    s.newcomers = NONE


@lean
def stop_waiting(c, s, attempts, kind, ident):
    """Let patience or timeout end the attempt for its client; False where it had ended already."""
    attempt = attempts[ident]
    if attempt.abandoned or attempt.stage == DONE:
        return False
    if kind == TIMEOUT:
        attempt.abandoned = ONE
        return True
    if attempt.stage != WAITING:
        return False
    quit_line(c, s, attempts, ident)
    return True


@kernel
def events(config, state, attempts, newcomers, changes, counts, heaps, inputs, out):
    """Run the station event by event; False where a heap could overflow: enlarge it and go on."""
    c, s = config[0], state[0]
    order, arrivals, delays, priority = inputs.order, inputs.arrivals, inputs.delays, inputs.priority
    services, patience, timeout = inputs.services.flat, inputs.patience.flat, inputs.timeout.flat
    s_columns, p_columns = inputs.services.columns, inputs.patience.columns
    t_columns = inputs.timeout.columns
    out_served, out_start, out_end, out_wait = out.served, out.start, out.end, out.wait
    out_leave, out_attempts = out.leave, out.attempts
    times, ranks, keys, places = heaps
    n = len(arrivals)
    stream_kind = (ROOM if c.room_total > 0 else ARRIVAL) << KIND
    stream_bits = NONE if c.room_total > 0 else c.bits
    while True:
        needed = s.events + s.waiting + 2 * s.newcomers + s.room_came - s.room_in + 8
        if needed > len(times) or s.line + s.working + 2 > len(keys):
            return False
        now, rank = np.inf, NONE
        if s.came < n:
            now = arrivals[order[s.came]]
            rank = stream_kind + (order[s.came] << stream_bits)
        heaped = s.events > 0 and (times[0] < now or (times[0] == now and ranks[0] < rank))
        if heaped:
            now, rank = times[0], ranks[0]
        served, failed, gone, outcome = False, NOBODY, NOBODY, NOTHING
        picks = s.picking != 0 and now > s.pick_at
        if picks:
            s.picking = NONE
            now = s.pick_at
            served = True
        else:
            if heaped:
                now, rank, s.events = heap_pop(times, ranks, s.events)
            elif s.came < n:
                s.came += 1
            else:
                break
            kind, ident = rank >> KIND, rank & IDENT
            customer = ident >> c.bits
            if kind == ARRIVAL:
                out_attempts[customer] += 1
                joined, outcome = arrive(c, s, attempts, newcomers, keys, places, priority, ident, now)
                if not joined:
                    failed = ident
            elif kind == COMPLETION:
                served = complete(c, s, attempts, ident, now)
                if served and not attempts[ident].abandoned:
                    out_served[customer] = True
                    out_start[customer] = attempts[ident].started
                    out_end[customer] = now
                    out_wait[customer] = attempts[ident].started - attempts[ident].came
                    gone, outcome = customer, SUCCESS
            elif kind in (PATIENCE, TIMEOUT):
                if stop_waiting(c, s, attempts, kind, ident):
                    failed, outcome = ident, FAILURE
            elif kind == CALENDAR:
                change_shift(c, s, attempts, keys, places, priority, counts[ident], now)
                if ident + ONE < len(changes):
                    push(s, times, ranks, changes[ident + ONE], CALENDAR, ident + ONE)
                served = True
            elif kind == SCALE_OUT:
                s.more_ordered = NONE
                s.extra = min(s.extra + c.scale_add, c.scale_maximum)
                served = True
            else:
                let_in(c, s, times, ranks, order, kind, now)
        if outcome != NOTHING and c.breaker_percent >= 0:
            note_outcome(c, s, now, outcome == FAILURE)
        if failed >= 0:
            delay = delay_before_retry(c, s, delays, failed)
            if delay < np.inf:
                push(s, times, ranks, now + delay, ARRIVAL, failed + ONE)
            else:
                gone = failed >> c.bits
        if gone >= 0:
            out_leave[gone] = s.latest = now
            if c.room_total > 0:
                push(s, times, ranks, now + c.room_session, SESSION_END, gone)
        if served:
            serve_queue(c, s, attempts, times, ranks, keys, places, services, s_columns, now)
        if picks:
            start_clocks(c, s, attempts, newcomers, times, ranks, patience, p_columns, timeout, t_columns)
    for i in range(n):
        if np.isnan(out_leave[i]):
            out_leave[i] = s.latest  # would wait forever
    return True


def run(station: Station, inputs: Inputs) -> Columns:
    """Fill the columns by the fastest kernel that knows every option of the station."""
    settings = Settings.of(station)
    if fifo_kernel.knows(station, settings, inputs):
        out = fifo_kernel.run(settings, inputs)
        if out is not None:
            return out
    return run_events(station, settings, inputs)


def run_events(station: Station, settings: Settings, inputs: Inputs) -> Columns:
    """Fill the columns by the event-heap kernel, which knows every option."""
    n = inputs.arrivals.shape[0]
    bits = (inputs.tries - 1).bit_length()
    config = np.array([(*settings, bits, inputs.tries)], CONFIG)
    state = np.zeros(1, STATE)
    state["on_shift"] = settings.servers
    state["tokens"] = settings.budget_burst * rules.TOKEN
    state["minute"] = rules.LONG_AGO
    state["open_until"] = state["latest"] = -np.inf
    heads = n << bits
    attempts = np.zeros(heads + 2, ATTEMPT)
    for head in (heads, heads + 1):
        attempts[head]["after"] = attempts[head]["before"] = head
    changes = not station.calendar.constant
    times = np.array(station.calendar.times if changes else (), np.float64)
    counts = np.array(station.calendar.counts if changes else (), np.int64)
    heaps = tuple(np.empty(1024, kind) for kind in (np.float64, np.int64, np.float64, np.int64))
    if changes and len(times):
        heaps[0][0], heaps[1][0] = times[0], rules.CALENDAR << 40
        state["events"] = 1
    out = Columns.blank(n)
    newcomers = np.empty(n, np.int64)
    while not events(config, state, attempts, newcomers, times, counts, heaps, inputs, out):
        needed = int(state["events"][0] + 3 * state["waiting"][0] + state["working"][0] + n)
        heaps = tuple(longer(heap, 2 * len(heap) + needed) for heap in heaps)
    return out


def longer(values: NDArray[Any], size: int) -> NDArray[Any]:
    """Return a copy of an array with `size` entries (memory is touched only where it is used)."""
    copy = np.empty(size, values.dtype)
    copy[: len(values)] = values
    return copy
