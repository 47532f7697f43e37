"""The station on columns: one event-heap kernel for every combination, and the choice of a faster one.

The same events as in `story`, in the same order, on a heap of (time, kind and id). The stream of first
arrivals is sorted and never enters the heap. The pick that ends an instant with arrivals is pending until the
next event is later.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.compiling import compiled, kernel
from sim.station import fifo_kernel, rules
from sim.station.customer_kernel import (
    ARRIVAL,
    CALENDAR,
    COMPLETION,
    KIND,
    MINUTE,
    NONE,
    PATIENCE,
    ROOM,
    SCALE_OUT,
    SESSION_END,
    STATE,
    TIMEOUT,
    fail,
    go,
    let_in,
    note_outcome,
    push,
    value_of,
)
from sim.station.heap_kernel import heap_pop
from sim.station.inputs import Columns, Inputs, Settings
from sim.station.line_kernel import (
    DONE,
    IN_SERVICE,
    ONE,
    TICKET,
    WAITING,
    join,
    link_after,
    next_in_line,
    quit_line,
    unlink,
)
from sim.station.spec import Station

CREW, RESUME = np.int64(rules.CREW), np.int64(rules.RESUME)
IDENT = np.int64((1 << 40) - 1)

slowed = compiled(rules.slowed)
has_room = compiled(rules.has_room)
left_of = compiled(rules.left_of)
tokens_after_first = compiled(rules.tokens_after_first)


class Work(NamedTuple):
    """The arrays a run works on: its state, one record an attempt, newcomers of the instant, the calendar."""

    state: np.ndarray
    tickets: np.ndarray
    newcomers: np.ndarray
    times: np.ndarray
    counts: np.ndarray


@compiled
def begin(settings, inputs, s, tickets, times, ranks, ident, now):
    """Start on an attempt, or go on with one that was interrupted."""
    s.taken += 1
    s.working += 1
    ticket = tickets[ident]
    ticket.stage = IN_SERVICE
    ticket.crew = s.crew
    if settings.preempts:
        link_after(tickets, tickets[len(tickets) - 1].before, ident)
    if ticket.goes_on:
        length = ticket.left
    else:
        ticket.started = now
        customer = ident // inputs.tries
        service = value_of(inputs.services, customer, ident - customer * inputs.tries)
        length = slowed(service, s.working, settings.alpha, settings.beta)
    ticket.ends = now + length
    push(s, times, ranks, ticket.ends, COMPLETION, ident)


@compiled
def serve_queue(settings, inputs, s, tickets, times, ranks, keys, places, now):
    """Let idle servers pick; whoever still waits then may call for more."""
    while s.waiting > 0 and s.taken < s.on_shift + s.extra:
        ident = next_in_line(settings, s, tickets, keys, places)
        if settings.drops and tickets[ident].abandoned:
            tickets[ident].stage = DONE
        else:
            begin(settings, inputs, s, tickets, times, ranks, ident, now)
    wanted = settings.scale_queue > 0 and s.waiting >= settings.scale_queue
    if wanted and s.more_ordered == 0 and s.extra < settings.scale_maximum:
        s.more_ordered = ONE
        push(s, times, ranks, now + settings.scale_lag, SCALE_OUT, NONE)


@compiled
def arrive(settings, inputs, s, work, times, ranks, keys, places, out, ident, now):
    """Refuse an attempt, or let it join the queue: then a pick is due."""
    customer = ident // inputs.tries
    if ident == customer * inputs.tries and settings.budget_percent >= 0:
        s.tokens = tokens_after_first(s.tokens, settings.budget_percent, settings.budget_burst)
    out.attempts[customer] += 1
    out.came[customer] = now
    if now < s.open_until:
        fail(settings, inputs, s, times, ranks, out, ident, now)
    elif not has_room(s.waiting, s.on_shift + s.extra - s.taken, settings.places):
        note_outcome(settings, s, now, True)
        fail(settings, inputs, s, times, ranks, out, ident, now)
    else:
        work.tickets[ident].came = now
        join(settings, inputs, s, work.tickets, keys, places, ident, False)
        work.newcomers[s.newcomers] = ident
        s.newcomers += 1
        s.picking = ONE
        s.pick_at = now


@compiled
def start_clocks(settings, inputs, s, work, times, ranks):
    """Start patience and timeout of the instant's newcomers, where they can still end the attempt."""
    for k in range(s.newcomers):
        ident = work.newcomers[k]
        ticket = work.tickets[ident]
        customer = ident // inputs.tries
        attempt = ident - customer * inputs.tries
        waits = ticket.stage == WAITING or settings.preempts
        moment = ticket.came + value_of(inputs.patience, customer, attempt)
        if waits and moment < np.inf:
            push(s, times, ranks, moment, PATIENCE, ident)
        moment = ticket.came + value_of(inputs.timeout, customer, attempt)
        if moment < np.inf and (waits or moment < ticket.ends):
            push(s, times, ranks, moment, TIMEOUT, ident)
    s.newcomers = NONE


@compiled
def complete(settings, inputs, s, work, times, ranks, out, ident, now):
    """End a service; False where that end was overtaken by an interruption."""
    ticket = work.tickets[ident]
    if ticket.stage != IN_SERVICE or ticket.ends != now:
        return False
    ticket.stage = DONE
    if settings.preempts:
        unlink(work.tickets, ident)
    s.working -= 1
    if ticket.crew == s.crew:
        s.taken -= 1
    if not ticket.abandoned:
        customer = ident // inputs.tries
        out.served[customer] = True
        out.start[customer] = ticket.started
        out.end[customer] = now
        note_outcome(settings, s, now, False)
        go(settings, s, times, ranks, out, customer, now)
    return True


@compiled
def change_shift(settings, inputs, s, tickets, keys, places, count, now):
    """Change the servers; where the rule says so, the latest-started go back."""
    s.on_shift = count
    if settings.off_shift == CREW:
        s.crew += 1
        s.taken = NONE
    while settings.preempts and s.taken > s.on_shift + s.extra:
        ident = tickets[len(tickets) - 1].before
        unlink(tickets, ident)
        s.taken -= 1
        s.working -= 1
        if settings.off_shift == RESUME:
            tickets[ident].left = left_of(tickets[ident].ends, now)
            tickets[ident].goes_on = ONE
        join(settings, inputs, s, tickets, keys, places, ident, True)


@compiled
def grown(values, needed):
    """Return the array, or a longer copy where `needed` entries would not fit."""
    if needed <= len(values):
        return values
    longer = np.empty(max(needed, 2 * len(values)), values.dtype)
    longer[: len(values)] = values
    return longer


@compiled
def other_event(settings, inputs, s, work, times, ranks, keys, places, out, kind, ident, now):
    """Calendar, scale-out, patience, timeout, waiting room; True where the queue is served after it."""
    if kind == CALENDAR:
        change_shift(settings, inputs, s, work.tickets, keys, places, work.counts[ident], now)
        if ident + 1 < len(work.times):
            push(s, times, ranks, work.times[ident + 1], CALENDAR, ident + ONE)
        return True
    if kind == SCALE_OUT:
        s.more_ordered = NONE
        s.extra = min(s.extra + settings.scale_add, settings.scale_maximum)
        return True
    if kind in (PATIENCE, TIMEOUT):
        ticket = work.tickets[ident]
        if ticket.abandoned or ticket.stage == DONE or (kind == PATIENCE and ticket.stage != WAITING):
            return False
        if kind == PATIENCE:
            quit_line(settings, s, work.tickets, ident)
        else:
            ticket.abandoned = ONE
        note_outcome(settings, s, now, True)
        fail(settings, inputs, s, times, ranks, out, ident, now)
        return False
    if kind == SESSION_END:
        s.inside -= 1
    elif kind == MINUTE:
        s.minute_awaited = NONE
        if s.minute_due > s.minute:
            s.minute = s.minute_due
            s.entered = NONE
    else:
        s.room_came += 1
    let_in(settings, inputs, s, times, ranks, now)
    return False


@kernel
def events(settings, inputs, work, out):
    """Run the station event by event until nothing more can happen."""
    s = work.state[0]
    times, ranks = np.empty(256), np.empty(256, np.int64)
    keys, places = np.empty(64), np.empty(64, np.int64)
    n = len(inputs.arrivals)
    stream_kind = ROOM if settings.room_total > 0 else ARRIVAL
    stride = ONE if settings.room_total > 0 else inputs.tries
    k = 0
    if len(work.times) > 0:
        push(s, times, ranks, work.times[0], CALENDAR, NONE)
    while True:
        needed = s.events + s.waiting + 2 * s.newcomers + s.room_came - s.room_in + 8
        times, ranks = grown(times, needed), grown(ranks, needed)
        needed = s.line + s.working + 2
        keys, places = grown(keys, needed), grown(places, needed)
        now, rank = np.inf, NONE
        if k < n:
            now = inputs.arrivals[inputs.order[k]]
            rank = (stream_kind << KIND) + inputs.order[k] * stride
        heaped = s.events > 0 and (times[0] < now or (times[0] == now and ranks[0] < rank))
        if heaped:
            now, rank = times[0], ranks[0]
        if s.picking and (now > s.pick_at):
            s.picking = NONE
            serve_queue(settings, inputs, s, work.tickets, times, ranks, keys, places, s.pick_at)
            start_clocks(settings, inputs, s, work, times, ranks)
            continue
        if heaped:
            now, rank, s.events = heap_pop(times, ranks, s.events)
        elif k < n:
            k += 1
        else:
            return
        kind, ident = rank >> KIND, rank & IDENT
        if kind == ARRIVAL:
            arrive(settings, inputs, s, work, times, ranks, keys, places, out, ident, now)
        elif kind == COMPLETION:
            if complete(settings, inputs, s, work, times, ranks, out, ident, now):
                serve_queue(settings, inputs, s, work.tickets, times, ranks, keys, places, now)
        elif other_event(settings, inputs, s, work, times, ranks, keys, places, out, kind, ident, now):
            serve_queue(settings, inputs, s, work.tickets, times, ranks, keys, places, now)


def run(station: Station, inputs: Inputs, out: Columns) -> None:
    """Fill `out` on columns, by the fastest kernel that knows every option of the station."""
    settings = Settings.of(station)
    if fifo_kernel.knows(station, settings, inputs) and fifo_kernel.run(settings, inputs, out):
        return
    run_events(station, settings, inputs, out)


def run_events(station: Station, settings: Settings, inputs: Inputs, out: Columns) -> None:
    """Fill `out` by the event-heap kernel, which knows every option."""
    n = inputs.arrivals.shape[0]
    attempts = n * inputs.tries
    state = np.zeros(1, STATE)
    state["on_shift"] = settings.servers
    state["tokens"] = settings.budget_burst * rules.TOKEN
    state["minute"] = rules.LONG_AGO
    state["open_until"] = -np.inf
    tickets = np.zeros(attempts + 2, TICKET)
    for head in (attempts, attempts + 1):
        tickets[head]["after"] = tickets[head]["before"] = head
    changes = not station.calendar.constant
    times = np.array(station.calendar.times if changes else (), np.float64)
    counts = np.array(station.calendar.counts if changes else (), np.int64)
    events(settings, inputs, Work(state, tickets, np.empty(n, np.int64), times, counts), out)
