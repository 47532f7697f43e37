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
def decide(n, s, shoppers, scores, habits, fate, chat, base, time, c):
    """Whether the shopper wants to buy and gets to the first click; only those who want get a record."""
    if scores[c, 0] + read_mood(n, s, chat, base, time) < scores[c, 1]:
        return False
    shopper = shoppers[c]
    shopper.end = GAVE_UP
    shopper.placed = shopper.pay_start = shopper.gateway_start = shopper.gateway_end = shopper.closes = np.nan
    shopper.paid = shopper.known = shopper.cancelled = shopper.refunded = shopper.session_end = np.nan
    shopper.last = NONE
    shopper.lines = shopper.tries = shopper.method = shopper.declined = 0
    shopper.offer = shopper.earned = shopper.inside = 0
    shopper.clicked = np.nan
    if fate[c, BEFORE_CLICK] < n.lost_before_click:
        return False
    shopper.clicked = time
    shopper.offer = inside(time, n.offer_from, n.offer_until)
    shopper.patience = habits[0][c]
    shopper.room_patience = habits[1][c]
    shopper.pin = habits[2][c]
    shopper.pay_again_in = habits[3][c]
    return True


@lean
def answer(n, s, attempts, shoppers, times, ranks, fate, repeats, chat, base, stock, wanted, got, time, a):
    """Answer a client who still listens: accepted, sold out, or the shop has closed."""
    c = np.int64(attempts[a].shopper)
    report(n, s, time, a, True)
    if time > n.placed_by:
        attempts[a].outcome = SHOP_CLOSED
        shoppers[c].end = GAVE_UP
        leave_checkout(n, s, shoppers, times, ranks, time, c)
        return
    if n.reservation == AT_PAYMENT:
        lines = np.int64(0)
        for k in range(stock.shape[0]):
            got[c, k] = wanted[c, k]
            lines += wanted[c, k]
    else:
        lines = reserve(n, stock, wanted, got, fate[c, SUBSTITUTE] < n.substitute_share, c)
    if lines == 0:
        attempts[a].outcome = SOLD_OUT
        shoppers[c].end = NO_STOCK
        leave_checkout(n, s, shoppers, times, ranks, time, c)
        return
    attempts[a].outcome = ACCEPTED
    shoppers[c].lines = lines
    pay(n, s, shoppers, times, ranks, fate, repeats, chat, base, stock, wanted, got, time, c)


@lean
def shopper_event(n, s, shoppers, times, ranks, fate, repeats, chat, base, stock, wanted, got, time, kind, c):
    """Let an order's money move, its goods come back, or find it again."""
    if kind == EXPIRY:
        give_back(stock, got, c)
    elif kind == PAY:
        if shoppers[c].end == STILL_OPEN:
            settle(n, s, shoppers, times, ranks, fate, repeats, chat, base, stock, wanted, got, time, c)
        leave_checkout(n, s, shoppers, times, ranks, time, c)
    else:
        rediscover(n, s, shoppers, times, ranks, fate, stock, wanted, got, time, c)


@lean
def client_event(n, s, attempts, shoppers, times, ranks, again, again_in, chat, base, time, kind, a):
    """End the client's patience or the app's timeout, where she still waits for it."""
    if kind == GIVE_UP:
        fail(n, s, attempts, shoppers, times, ranks, again, again_in, chat, base, time, a, TIMEOUT)
    elif kind == RENEGE and attempts[a].place == WAITING:
        fail(n, s, attempts, shoppers, times, ranks, again, again_in, chat, base, time, a, RENEGED)
    elif kind == ROOM_LEAVE and attempts[a].place == IN_ROOM:
        s.room_waiting -= ONE
        fail(n, s, attempts, shoppers, times, ranks, again, again_in, chat, base, time, a, ROOM_LEFT)


@lean
def attempt_of(attempts, shoppers, c, number):
    """Find the attempt of a shopper's try."""
    a = np.int64(shoppers[c].last)
    while attempts[a].number != number:
        a = np.int64(attempts[a].before)
    return a


@lean_kernel
def run(
    numbers, state, order, place, moments, scores, habits, shoppers, attempts, times, ranks, service, again,
    again_in, fate, scale_lag, repeats, chat, base, stock, wanted, got,
):  # fmt: skip
    """Every event of checkout in the order (time, kind, id); returns the number of attempts."""
    n, s = numbers[0], state[0]
    everybody, waiting_to_decide = moments.shape[0], np.int64(0)
    for c in range(everybody):
        shoppers[c].end = UNDECIDED
        shoppers[c].row = order[c]
    while True:
        time, rank = np.inf, LAST_RANK
        if s.events > 0:
            time, rank = times[0], ranks[0]
        at_row = False
        if s.row_jobs > 0 and s.row_end <= time:
            a = s.row_first
            row_rank = HOT_ROW | attempts[a].ident
            if s.row_end < time or row_rank < rank:
                time, rank, at_row = s.row_end, row_rank, True
        if waiting_to_decide < everybody and moments[waiting_to_decide] <= time:
            first = CLICK | (order[waiting_to_decide] * TRIES)
            if moments[waiting_to_decide] < time or first < rank:
                time, rank, at_row = moments[waiting_to_decide], first, False
                c = waiting_to_decide
                waiting_to_decide += ONE
                if not decide(n, s, shoppers, scores, habits, fate, chat, base, time, c):
                    continue
            elif not at_row:
                _, _, s.events = heap_pop(times, ranks, s.events)
        elif not at_row:
            if s.events == 0:
                return s.attempts
            _, _, s.events = heap_pop(times, ranks, s.events)
        kind = (rank >> KIND) << KIND
        ident = rank & ID
        if at_row:
            a = row_done(n, s, attempts, times, ranks, time)
            if attempts[a].outcome == PENDING:
                answer(
                    n, s, attempts, shoppers, times, ranks,
                    fate, repeats, chat, base, stock, wanted, got, time, a,
                )  # fmt: skip
        elif kind in (EXPIRY, PAY, REDISCOVER):
            c = np.int64(place[ident])
            shopper_event(
                n, s, shoppers, times, ranks,
                fate, repeats, chat, base, stock, wanted, got, time, kind, c,
            )  # fmt: skip
        elif kind in (CLICK, ADMIT):
            a = NONE
            if kind == ADMIT:
                a = admit(n, s, attempts, shoppers, times, ranks, time)
            else:
                c = np.int64(place[ident >> SIX])
                a = click(s, attempts, shoppers, time, c)
                if n.room == 1 and shoppers[c].inside == 0:
                    enter_room(n, s, attempts, shoppers, times, ranks, time, a)
                    a = NONE
            if a != NONE:
                call(
                    n, s, attempts, shoppers, times, ranks,
                    service, again, again_in, scale_lag, chat, base, time, a,
                )  # fmt: skip
        elif kind == SERVED:
            a = attempt_of(attempts, shoppers, np.int64(place[ident >> SIX]), ident & SIXTY_THREE)
            s.busy -= ONE
            attempts[a].place = DONE
            take_next(n, s, attempts, times, ranks, service, time)
            if attempts[a].outcome == PENDING:
                if n.reservation == AT_ORDER:
                    row_join(n, s, attempts, times, ranks, time, a)
                else:
                    answer(
                        n, s, attempts, shoppers, times, ranks,
                        fate, repeats, chat, base, stock, wanted, got, time, a,
                    )  # fmt: skip
        elif kind == SCALE_OUT:
            s.scaling = 0
            s.scaled += ONE
            s.workers += n.scale_workers
            take_next(n, s, attempts, times, ranks, service, time)
        elif kind == SESSION_END:
            c = np.int64(place[ident >> SIX])
            if shoppers[c].inside == 1 and shoppers[c].session_end == time:
                leave_checkout(n, s, shoppers, times, ranks, time, c)
        else:
            a = attempt_of(attempts, shoppers, np.int64(place[ident >> SIX]), ident & SIXTY_THREE)
            if attempts[a].outcome == PENDING:
                client_event(
                    n, s, attempts, shoppers, times, ranks,
                    again, again_in, chat, base, time, kind, a,
                )  # fmt: skip


@lean_kernel
def order_columns(shoppers, place, rows, times, flags, tries):
    """Read the records of `rows` back in one pass: times (9, m), flags (4, m), tries (m,)."""
    for i in range(rows.shape[0]):
        c = place[rows[i]]
        times[0, i] = shoppers[c].clicked
        times[1, i] = shoppers[c].placed
        times[2, i] = shoppers[c].pay_start
        times[3, i] = shoppers[c].gateway_start
        times[4, i] = shoppers[c].gateway_end
        times[5, i] = shoppers[c].paid
        times[6, i] = shoppers[c].known
        times[7, i] = shoppers[c].cancelled
        times[8, i] = shoppers[c].refunded
        flags[0, i] = shoppers[c].end
        flags[1, i] = shoppers[c].declined
        flags[2, i] = shoppers[c].offer
        flags[3, i] = shoppers[c].earned
        tries[i] = shoppers[c].tries


@lean_kernel
def attempt_columns(attempts, times, shopper, number, outcome):
    """Read the attempts back in one pass: times (5, attempts), the others (attempts,)."""
    for a in range(shopper.shape[0]):
        times[0, a] = attempts[a].arrive
        times[1, a] = attempts[a].start
        times[2, a] = attempts[a].end
        times[3, a] = attempts[a].row_start
        times[4, a] = attempts[a].row_end
        shopper[a] = attempts[a].ident >> SIX
        number[a] = attempts[a].number
        outcome[a] = attempts[a].outcome
