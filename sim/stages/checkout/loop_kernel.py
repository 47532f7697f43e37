"""Compiled checkout: one loop over decisions (sorted), the stock row (one job) and a heap of everything else.

No tick events: the mood is read for a decision from seconds before its tick, and what happened in those is
past when the decision comes up. Nothing waits for a payment whose moment changes nothing: it is settled at
once.
"""

from __future__ import annotations

import numpy as np

from sim.compiling import lean, lean_kernel
from sim.stages.checkout import rules
from sim.stages.checkout.parts_kernel import (
    ADMIT,
    CLICK,
    DONE,
    GIVE_UP,
    IN_ROOM,
    KIND,
    NONE,
    PENDING,
    RENEGE,
    RENEGED,
    ROOM_LEAVE,
    ROOM_LEFT,
    SCALE_OUT,
    SERVED,
    SESSION_END,
    TIMEOUT,
    TRIES,
    WAITING,
    read_mood,
)  # fmt: skip
from sim.stages.checkout.payment_kernel import (
    AT_ORDER,
    AT_PAYMENT,
    EXPIRY,
    PAY,
    REDISCOVER,
    STILL_OPEN,
    SUBSTITUTE,
    give_back,
    inside,
    pay,
    rediscover,
    reserve,
    settle,
)  # fmt: skip
from sim.stages.checkout.protections_kernel import (
    admit,
    enter_room,
    leave_checkout,
    report,
)  # fmt: skip
from sim.stages.checkout.service_kernel import (
    call,
    click,
    fail,
    row_done,
    row_join,
    take_next,
)  # fmt: skip
from sim.states import End
from sim.station.heap_kernel import heap_pop

ACCEPTED = np.int64(rules.ACCEPTED)
SOLD_OUT = np.int64(rules.SOLD_OUT)
SHOP_CLOSED = np.int64(rules.CLOSED)
BEFORE_CLICK = np.int64(rules.BEFORE_CLICK)
GAVE_UP = np.int64(End.GAVE_UP)
NO_STOCK = np.int64(End.SOLD_OUT)
UNDECIDED = np.int64(-1)
HOT_ROW = np.int64(rules.HOT_ROW) << KIND
ID = (np.int64(1) << KIND) - np.int64(1)
SIX = np.int64(6)
SIXTY_THREE = np.int64(63)
LAST_RANK = np.int64(1) << np.int64(62)
ONE = np.int64(1)


@lean
def decide(p, s, by, scores, habits, fate, chat, base, time, c):
    """Whether the shopper wants to buy and gets to the first click; only those who want get a record."""
    if scores[c, 0] + read_mood(p, s, chat, base, time) < scores[c, 1]:
        return False
    by[c].end = GAVE_UP
    by[c].placed = by[c].pay_start = by[c].gateway_start = by[c].gateway_end = by[c].closes = np.nan
    by[c].paid = by[c].known = by[c].cancelled = by[c].refunded = by[c].session_end = np.nan
    by[c].last = NONE
    by[c].lines = by[c].tries = by[c].method = by[c].declined = by[c].offer = by[c].earned = by[c].inside = 0
    by[c].clicked = np.nan
    if fate[c, BEFORE_CLICK] < p.lost_before_click:
        return False
    by[c].clicked = time
    by[c].offer = inside(time, p.offer_from, p.offer_until)
    by[c].patience = habits[0][c]
    by[c].room_patience = habits[1][c]
    by[c].pin = habits[2][c]
    by[c].pay_again_in = habits[3][c]
    return True


@lean
def answer(p, s, at, by, ht, hr, fate, repeats, chat, base, stock, wanted, got, time, a):
    """Answer a client who still listens: accepted, sold out, or the shop has closed."""
    c = np.int64(at[a].shopper)
    report(p, s, time, a, True)
    if time > p.placed_by:
        at[a].outcome = SHOP_CLOSED
        by[c].end = GAVE_UP
        leave_checkout(p, s, by, ht, hr, time, c)
        return
    if p.reservation == AT_PAYMENT:
        lines = np.int64(0)
        for k in range(stock.shape[0]):
            got[c, k] = wanted[c, k]
            lines += wanted[c, k]
    else:
        lines = reserve(p, stock, wanted, got, fate[c, SUBSTITUTE] < p.substitute_share, c)
    if lines == 0:
        at[a].outcome = SOLD_OUT
        by[c].end = NO_STOCK
        leave_checkout(p, s, by, ht, hr, time, c)
        return
    at[a].outcome = ACCEPTED
    by[c].lines = lines
    pay(p, s, by, ht, hr, fate, repeats[0], repeats[1], chat, base, stock, wanted, got, time, c)


@lean
def shopper_event(p, s, by, ht, hr, fate, repeats, chat, base, stock, wanted, got, time, kind, c):
    """Let an order's money move, its goods come back, or find it again."""
    if kind == EXPIRY:
        give_back(stock, got, c)
    elif kind == PAY:
        if by[c].end == STILL_OPEN:
            settle(p, s, by, ht, hr, fate, repeats[0], repeats[1], chat, base, stock, wanted, got, time, c)
        leave_checkout(p, s, by, ht, hr, time, c)
    else:
        rediscover(p, s, by, ht, hr, fate, stock, wanted, got, time, c)


@lean
def client_event(p, s, at, by, ht, hr, again, again_in, chat, base, time, kind, a):
    """End the client's patience or the app's timeout, where she still waits for it."""
    if kind == GIVE_UP:
        fail(p, s, at, by, ht, hr, again, again_in, chat, base, time, a, TIMEOUT)
    elif kind == RENEGE and at[a].place == WAITING:
        fail(p, s, at, by, ht, hr, again, again_in, chat, base, time, a, RENEGED)
    elif kind == ROOM_LEAVE and at[a].place == IN_ROOM:
        s.room_waiting -= ONE
        fail(p, s, at, by, ht, hr, again, again_in, chat, base, time, a, ROOM_LEFT)


@lean
def attempt_of(at, by, c, number):
    """Find the attempt of a shopper's try."""
    a = np.int64(by[c].last)
    while at[a].number != number:
        a = np.int64(at[a].before)
    return a


@lean_kernel
def run(
    numbers, state, order, place, moments, scores, habits, by, at, ht, hr, service, again, again_in, fate,
    scale_lag, repeats, chat, base, stock, wanted, got,
):  # fmt: skip
    """Every event of checkout in the order (time, kind, id); returns the number of attempts."""
    p, s = numbers[0], state[0]
    shoppers, waiting_to_decide = moments.shape[0], np.int64(0)
    for c in range(shoppers):
        by[c].end = UNDECIDED
        by[c].row = order[c]
    while True:
        time, rank = np.inf, LAST_RANK
        if s.events > 0:
            time, rank = ht[0], hr[0]
        at_row = False
        if s.row_jobs > 0 and s.row_end <= time:
            a = s.row_first
            row_rank = HOT_ROW | at[a].ident
            if s.row_end < time or row_rank < rank:
                time, rank, at_row = s.row_end, row_rank, True
        if waiting_to_decide < shoppers and moments[waiting_to_decide] <= time:
            first = CLICK | (order[waiting_to_decide] * TRIES)
            if moments[waiting_to_decide] < time or first < rank:
                time, rank, at_row = moments[waiting_to_decide], first, False
                c = waiting_to_decide
                waiting_to_decide += ONE
                if not decide(p, s, by, scores, habits, fate, chat, base, time, c):
                    continue
            elif not at_row:
                _, _, s.events = heap_pop(ht, hr, s.events)
        elif not at_row:
            if s.events == 0:
                return s.attempts
            _, _, s.events = heap_pop(ht, hr, s.events)
        kind = (rank >> KIND) << KIND
        ident = rank & ID
        if at_row:
            a = row_done(p, s, at, ht, hr, time)
            if at[a].outcome == PENDING:
                answer(p, s, at, by, ht, hr, fate, repeats, chat, base, stock, wanted, got, time, a)
        elif kind in (EXPIRY, PAY, REDISCOVER):
            c = np.int64(place[ident])
            shopper_event(p, s, by, ht, hr, fate, repeats, chat, base, stock, wanted, got, time, kind, c)
        elif kind in (CLICK, ADMIT):
            a = NONE
            if kind == ADMIT:
                a = admit(p, s, at, by, ht, hr, time)
            else:
                c = np.int64(place[ident >> SIX])
                a = click(s, at, by, time, c)
                if p.room == 1 and by[c].inside == 0:
                    enter_room(p, s, at, by, ht, hr, time, a)
                    a = NONE
            if a != NONE:
                call(p, s, at, by, ht, hr, service, again, again_in, scale_lag, chat, base, time, a)
        elif kind == SERVED:
            a = attempt_of(at, by, np.int64(place[ident >> SIX]), ident & SIXTY_THREE)
            s.busy -= ONE
            at[a].place = DONE
            take_next(p, s, at, ht, hr, service, time)
            if at[a].outcome == PENDING:
                if p.reservation == AT_ORDER:
                    row_join(p, s, at, ht, hr, time, a)
                else:
                    answer(p, s, at, by, ht, hr, fate, repeats, chat, base, stock, wanted, got, time, a)
        elif kind == SCALE_OUT:
            s.scaling = 0
            s.scaled += ONE
            s.workers += p.scale_workers
            take_next(p, s, at, ht, hr, service, time)
        elif kind == SESSION_END:
            c = np.int64(place[ident >> SIX])
            if by[c].inside == 1 and by[c].session_end == time:
                leave_checkout(p, s, by, ht, hr, time, c)
        else:
            a = attempt_of(at, by, np.int64(place[ident >> SIX]), ident & SIXTY_THREE)
            if at[a].outcome == PENDING:
                client_event(p, s, at, by, ht, hr, again, again_in, chat, base, time, kind, a)


@lean_kernel
def order_columns(by, place, rows, times, flags, tries):
    """Read the records of `rows` back in one pass: times (9, m), flags (4, m), tries (m,)."""
    for i in range(rows.shape[0]):
        c = place[rows[i]]
        times[0, i] = by[c].clicked
        times[1, i] = by[c].placed
        times[2, i] = by[c].pay_start
        times[3, i] = by[c].gateway_start
        times[4, i] = by[c].gateway_end
        times[5, i] = by[c].paid
        times[6, i] = by[c].known
        times[7, i] = by[c].cancelled
        times[8, i] = by[c].refunded
        flags[0, i] = by[c].end
        flags[1, i] = by[c].declined
        flags[2, i] = by[c].offer
        flags[3, i] = by[c].earned
        tries[i] = by[c].tries


@lean_kernel
def attempt_columns(at, times, shopper, number, outcome):
    """Read the attempts back in one pass: times (5, attempts), the others (attempts,)."""
    for a in range(shopper.shape[0]):
        times[0, a] = at[a].arrive
        times[1, a] = at[a].start
        times[2, a] = at[a].end
        times[3, a] = at[a].row_start
        times[4, a] = at[a].row_end
        shopper[a] = at[a].ident >> SIX
        number[a] = at[a].number
        outcome[a] = at[a].outcome
