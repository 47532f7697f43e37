"""The compiled face: one loop over decisions (sorted), the stock row (one job) and a heap of everything else.

No tick events: the mood is read for a decision from seconds before its tick, and what happened in those is past
when the decision comes up. Nothing waits for a payment whose moment changes nothing: it is settled at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim import signals
from sim.stages.checkout import kernel_parts as parts
from sim.stages.checkout import rules
from sim.stages.checkout.draws import CheckoutDraws, Shoppers
from sim.stages.checkout.kernel_parts import (
    ADMIT, AT_ROW, CLICK, DONE, GIVE_UP, IN_ROOM, KIND, NONE, PENDING, RENEGE, RENEGED, ROOM_LEAVE, ROOM_LEFT,
    SCALE_OUT, SERVED, SESSION_END, TIMEOUT, TRIES, WAITING,
    admit, begin, call, click, enter_room, fail, leave_checkout, read_mood, report, row_done, row_join, take_next,
)
from sim.stages.checkout.kernel_payment import (
    AT_ORDER, EXPIRY, PAY, REDISCOVER, STILL_OPEN, SUBSTITUTE, give_back, inside, pay, rediscover, reserve, settle,
)
from sim.stages.checkout.lean_kernel import lean, lean_kernel
from sim.stages.checkout.numbers import CheckoutNumbers
from sim.stages.checkout.result import CheckoutLog, Outcome, log_of
from sim.stages.basket.stock import Goods
from sim.states import End
from sim.station.heap_kernel import heap_pop

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
def decide(p, s, by, scores, fate, chat, base, time, c):
    """Whether the shopper wants to buy, and gets as far as the first click."""
    if scores[c, 0] + read_mood(p, s, chat, base, time) < scores[c, 1]:
        return False
    by[c].end = GAVE_UP
    if fate[c, BEFORE_CLICK] < p.lost_before_click:
        return False
    by[c].clicked = time
    by[c].offer = inside(time, p.offer_from, p.offer_until)
    return True


@lean
def answer(p, s, at, by, ht, hr, fate, repeats, chat, base, stock, wanted, got, time, a):
    """The server answers a client who still listens: accepted, sold out, or the shop has closed."""
    c = np.int64(at[a].shopper)
    report(p, s, time, a, True)
    if time > p.placed_by:
        at[a].outcome = SHOP_CLOSED
        by[c].end = GAVE_UP
        leave_checkout(p, s, by, ht, hr, time, c)
        return
    if p.reservation == rules.AT_PAYMENT:
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


@lean_kernel
def run(
    numbers, state, order, moments, scores, by, at, ht, hr, service, again, again_in, fate, scale_lag, repeats,
    chat, base, stock, wanted, got,
):  # fmt: skip
    """Every event of checkout in the order (time, kind, id)."""
    p, s = numbers[0], state[0]
    shoppers, waiting_to_decide = moments.shape[0], np.int64(0)
    while True:
        time, rank = np.inf, LAST_RANK
        if s.events > 0:
            time, rank = ht[0], hr[0]
        at_row = False
        if s.row_jobs > 0 and s.row_end <= time:
            a = s.row_first
            row_rank = HOT_ROW | (np.int64(at[a].shopper) * TRIES + at[a].number)
            if s.row_end < time or row_rank < rank:
                time, rank, at_row = s.row_end, row_rank, True
        if waiting_to_decide < shoppers and moments[waiting_to_decide] <= time:
            c = order[waiting_to_decide]
            moment = moments[waiting_to_decide]
            if moment < time or (CLICK | (c * TRIES)) < rank:
                waiting_to_decide += ONE
                if decide(p, s, by, scores, fate, chat, base, moment, c):
                    a = click(p, s, at, by, ht, hr, moment, c)
                    if p.room == 1:
                        enter_room(p, s, at, by, ht, hr, moment, a)
                    else:
                        call(p, s, at, by, ht, hr, service, again, again_in, scale_lag, chat, base, moment, a)
                continue
        if at_row:
            a = row_done(p, s, at, ht, hr, time)
            if at[a].outcome == PENDING:
                answer(p, s, at, by, ht, hr, fate, repeats, chat, base, stock, wanted, got, time, a)
            continue
        if s.events == 0:
            break
        _, _, s.events = heap_pop(ht, hr, s.events)
        kind = (rank >> KIND) << KIND
        c = rank & ID
        if kind == PAY:
            if by[c].end == STILL_OPEN:
                settle(p, s, by, ht, hr, fate, repeats[0], repeats[1], chat, base, stock, wanted, got, time, c)
            leave_checkout(p, s, by, ht, hr, time, c)
            continue
        if kind == EXPIRY:
            give_back(stock, got, c)
            continue
        if kind == REDISCOVER:
            rediscover(p, s, by, ht, hr, fate, stock, wanted, got, time, c)
            continue
        if kind == SCALE_OUT:
            s.scaling = 0
            s.scaled += ONE
            s.workers += p.scale_workers
            take_next(p, s, at, ht, hr, service, time)
            continue
        if kind == ADMIT:
            a = admit(p, s, at, by, ht, hr, time)
            if a != NONE:
                call(p, s, at, by, ht, hr, service, again, again_in, scale_lag, chat, base, time, a)
            continue
        number = c & SIXTY_THREE
        c = c >> SIX
        if kind == CLICK:
            a = click(p, s, at, by, ht, hr, time, c)
            if p.room == 1 and by[c].inside == 0:
                enter_room(p, s, at, by, ht, hr, time, a)
            else:
                call(p, s, at, by, ht, hr, service, again, again_in, scale_lag, chat, base, time, a)
            continue
        if kind == SESSION_END:
            if by[c].inside == 1 and by[c].session_end == time:
                leave_checkout(p, s, by, ht, hr, time, c)
            continue
        a = np.int64(by[c].last)
        while at[a].number != number:
            a = np.int64(at[a].before)
        if kind == SERVED:
            s.busy -= ONE
            take_next(p, s, at, ht, hr, service, time)
            if at[a].outcome != PENDING:
                at[a].place = DONE
            elif p.reservation == AT_ORDER:
                row_join(p, s, at, ht, hr, time, a)
            else:
                at[a].place = DONE
                answer(p, s, at, by, ht, hr, fate, repeats, chat, base, stock, wanted, got, time, a)
        elif at[a].outcome == PENDING:
            if kind == GIVE_UP:
                fail(p, s, at, by, ht, hr, again, again_in, chat, base, time, a, TIMEOUT)
            elif kind == RENEGE and at[a].place == WAITING:
                fail(p, s, at, by, ht, hr, again, again_in, chat, base, time, a, RENEGED)
            elif kind == ROOM_LEAVE and at[a].place == IN_ROOM:
                s.room_waiting -= ONE
                fail(p, s, at, by, ht, hr, again, again_in, chat, base, time, a, ROOM_LEFT)
    return s.attempts


def run_checkout(numbers: CheckoutNumbers, draws: CheckoutDraws, shoppers: Shoppers, goods: Goods) -> CheckoutLog:
    """Decisions, orders, attempts and stock of one show.

    Args:
        numbers: the scenario's constants.
        draws: chance of the n shoppers, up to T tries each.
        shoppers: the n candidates by ascending person row.
        goods: the K products.
    """
    n, tries = draws.service.shape
    record = np.zeros(1, parts.NUMBERS)
    for name in parts.NUMBERS.names or ():
        record[name] = getattr(numbers, name)
    by = _shoppers(n, draws)
    at = np.empty(n * tries, parts.ATTEMPT)
    room = n * (7 * tries + 4) + 16
    order = np.argsort(shoppers.decide_min, kind="stable")
    moments = shoppers.decide_min[order]
    base, chat = _chat(numbers, shoppers, moments)
    stock = goods.stock.copy()
    got = np.zeros(shoppers.wanted.shape, np.int16)
    count = run(
        record, _state(numbers), order, moments, np.column_stack((shoppers.score, shoppers.threshold)), by, at,
        np.empty(room), np.empty(room, np.int64), draws.service, draws.again, draws.again_in, draws.fate, draws.scale_lag,
        (np.array(numbers.repeat_at), np.array(numbers.repeat_lost)), chat, base, stock, shoppers.wanted, got,
    )  # fmt: skip
    rows = np.flatnonzero(by["end"] >= 0)
    return log_of(numbers, draws, shoppers, goods, _outcome(numbers, rows, by[rows], at[:count], stock, got))


def _state(numbers: CheckoutNumbers) -> NDArray[Any]:
    state = np.zeros(1, parts.STATE)
    state["workers"] = numbers.workers
    state["room_first"] = -1
    state["read_at"] = -1
    state["tokens"] = numbers.budget_burst
    return state


def _shoppers(n: int, draws: CheckoutDraws) -> NDArray[Any]:
    """One record a shopper: nothing has happened yet."""
    blank = np.zeros(1, parts.SHOPPER)
    for name in ("clicked", "placed", "pay_start", "gateway_start", "gateway_end", "paid", "known", "cancelled", "refunded"):
        blank[name] = np.nan
    blank["last"] = -1
    blank["end"] = -1
    by = np.repeat(blank, n)
    by["patience"], by["room_patience"] = draws.patience, draws.room_patience
    by["pin"], by["pay_again_in"] = draws.pin, draws.pay_again_in
    return by


def _chat(numbers: CheckoutNumbers, shoppers: Shoppers, moments: NDArray[np.float64]) -> tuple[int, NDArray[np.int64]]:
    """(second of D0, counts (2, seconds)): failures and successes, the questions' already in."""
    base, width = numbers.start_second, shoppers.answered.size
    if moments.size:
        base = min(base, signals.second_of(float(moments[0])))
        width = max(width + numbers.start_second - base, signals.second_of(float(moments[-1])) + 1 - base)
    chat = np.zeros((2, width), np.int64)
    begin = numbers.start_second - base
    chat[parts.FAILED, begin : begin + shoppers.unanswered.size] = shoppers.unanswered
    chat[parts.SUCCEEDED, begin : begin + shoppers.answered.size] = shoppers.answered
    return base, chat


def _outcome(
    numbers: CheckoutNumbers, rows: NDArray[np.int64], by: NDArray[Any], at: NDArray[Any], stock: NDArray[np.int64], got: NDArray[np.int16]
) -> Outcome:
    return Outcome(
        rows=rows, clicked=by["clicked"].copy(), placed=by["placed"].copy(), pay_start=by["pay_start"].copy(),
        gateway_start=by["gateway_start"].copy(), gateway_end=by["gateway_end"].copy(), paid=by["paid"].copy(),
        known=by["known"].copy(), cancelled=by["cancelled"].copy(), refunded=by["refunded"].copy(),
        end=by["end"].copy(), declined=by["declined"].astype(np.bool_), offer=by["offer"].astype(np.bool_),
        gift=_gifts(by["earned"] == 1, by["paid"], numbers.gifts), tries=by["tries"].copy(), got=got[rows],
        attempt_shopper=at["shopper"].astype(np.int64), attempt_try=at["number"].copy(), arrive=at["arrive"].copy(),
        start=at["start"].copy(), finish=at["end"].copy(), row_start=at["row_start"].copy(), row_end=at["row_end"].copy(),
        outcome=at["outcome"].copy(), left=stock,
    )  # fmt: skip


def _gifts(earned: NDArray[np.bool_], paid: NDArray[np.float64], gifts: int) -> NDArray[np.bool_]:
    """The first who paid, by (time, order)."""
    able = np.flatnonzero(earned)
    if able.size <= gifts:
        return earned
    out = np.zeros(earned.size, np.bool_)
    if gifts > 0:
        last = np.partition(paid[able], gifts - 1)[gifts - 1]
        first = able[paid[able] < last]
        out[first] = True
        out[able[paid[able] == last][: gifts - first.size]] = True
    return out
