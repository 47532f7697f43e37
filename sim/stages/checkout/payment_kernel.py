"""Compiled parts of checkout: stock and payment."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled, lean
from sim.stages.checkout import rules
from sim.stages.checkout.parts_kernel import FAILED, KIND, SUCCEEDED, push, tell
from sim.states import End

EXPIRY = np.int64(rules.EXPIRY) << KIND
PAY = np.int64(rules.PAY) << KIND
REDISCOVER = np.int64(rules.REDISCOVER) << KIND
AT_ORDER, AT_PAYMENT, NO_RESERVATION = (
    np.int64(i) for i in (rules.AT_ORDER, rules.AT_PAYMENT, rules.NO_RESERVATION)
)
METHOD, DECLINE, AGAIN, LOST, REPEAT, RACE, CANCEL, CANCEL_AT, SUBSTITUTE = (
    np.int64(i)
    for i in (
        rules.METHOD, rules.DECLINE, rules.AGAIN, rules.LOST, rules.REPEAT,
        rules.RACE, rules.CANCEL, rules.CANCEL_AT, rules.SUBSTITUTE,
    )
)  # fmt: skip
UNPAID = np.int64(End.UNPAID)
REFUNDED_EXPIRED = np.int64(End.REFUNDED_EXPIRED)
LATE_PAID = np.int64(End.LATE_PAID)
NOT_SORTED = np.int64(End.NOT_SORTED)
CANCELLED = np.int64(End.CANCELLED)
STILL_OPEN = np.int64(End.OPEN)
NO_STOCK = np.int64(End.SOLD_OUT)

inside = compiled(rules.inside)
gateway_gap = compiled(rules.gateway_gap)
loss_of_notice = compiled(rules.loss_of_notice)
cancel_time = compiled(rules.cancel_time)
next_bill = compiled(rules.next_bill)


@lean
def give_back(stock, got, c):
    """Return the order's lines to the stock."""
    for k in range(stock.shape[0]):
        stock[k] += got[c, k]


@lean
def most_left(stock, wanted, got, c):
    """Find the product not in this order of which most is left, or −1."""
    best = np.int64(-1)
    for k in range(stock.shape[0]):
        if stock[k] > 0 and wanted[c, k] == 0 and got[c, k] == 0 and (best < 0 or stock[k] > stock[best]):
            best = k
    return best


@lean
def reserve(p, stock, wanted, got, substitutes, c):
    """Walk the lines by product; returns the lines got."""
    lines = np.int64(0)
    for k in range(stock.shape[0]):
        got[c, k] = 0
    for k in range(stock.shape[0]):
        for _ in range(wanted[c, k]):
            taken = np.int64(k)
            if p.reservation != NO_RESERVATION and stock[k] <= 0:
                taken = most_left(stock, wanted, got, c) if substitutes else np.int64(-1)
            if taken >= 0:
                stock[taken] -= 1
                got[c, taken] += 1
                lines += 1
    return lines


@lean
def retake(p, stock, got, c):
    """The same lines again, all or none."""
    if p.reservation != NO_RESERVATION:
        for k in range(stock.shape[0]):
            if got[c, k] > stock[k]:
                return False
    for k in range(stock.shape[0]):
        stock[k] -= got[c, k]
    return True


@lean
def confirm(p, s, by, ht, hr, fate, time, c):
    """Let the shop know that the order is paid; the buyer may still cancel."""
    by[c].known = time
    by[c].end = STILL_OPEN
    if fate[c, CANCEL] < p.cancel_share:
        by[c].cancelled = cancel_time(time, p.paid_by, fate[c, CANCEL_AT])
        by[c].refunded = by[c].cancelled
        by[c].end = CANCELLED
        push(s, ht, hr, by[c].cancelled, EXPIRY | by[c].row)


@lean
def discovery(p, repeat_at, repeat_lost, u, time):
    """When the shop learns of a payment whose notice was lost."""
    found = next_bill(time, p.bill_min)
    for i in range(repeat_at.shape[0]):
        if u >= repeat_lost[i]:
            found = min(found, time + repeat_at[i])
            break
    if p.query == 1:
        found = min(found, time + p.query_after)
    return found


@lean
def settle(p, s, by, ht, hr, fate, repeat_at, repeat_lost, chat, base, stock, wanted, got, time, c):
    """See whether the money is in time, whether the shop learns of it, whether there are goods."""
    held = p.reservation != AT_PAYMENT
    by[c].paid = time
    if time > p.paid_by:
        by[c].end = LATE_PAID
        by[c].refunded = time
        tell(chat, base, time, FAILED)
        if held:
            give_back(stock, got, c)
        return
    tell(chat, base, time, SUCCEEDED)
    loss = loss_of_notice(p.lost_share, s.waiting, p.overload_waiting, p.overload_factor)
    if by[c].method == 0 and fate[c, LOST] < loss:
        by[c].earned = by[c].offer
        known = discovery(p, repeat_at, repeat_lost, fate[c, REPEAT], time)
        if known > p.paid_by:
            by[c].known = known
            by[c].refunded = known
            by[c].end = NOT_SORTED
            if held:
                push(s, ht, hr, min(by[c].closes, known), EXPIRY | by[c].row)
        elif known >= by[c].closes or not held:
            if held:
                push(s, ht, hr, by[c].closes, EXPIRY | by[c].row)
            push(s, ht, hr, known, REDISCOVER | by[c].row)
        else:
            confirm(p, s, by, ht, hr, fate, known, c)
    elif held:
        by[c].earned = by[c].offer
        confirm(p, s, by, ht, hr, fate, time, c)
    else:
        take_at_payment(p, s, by, ht, hr, fate, stock, wanted, got, time, c)
        if by[c].end != NO_STOCK:
            by[c].earned = by[c].offer


@lean
def take_at_payment(p, s, by, ht, hr, fate, stock, wanted, got, time, c):
    """Goods are taken only now that the shop knows of the money."""
    by[c].lines = reserve(p, stock, wanted, got, fate[c, SUBSTITUTE] < p.substitute_share, c)
    if by[c].lines == 0:
        by[c].known = time
        by[c].refunded = time
        by[c].end = NO_STOCK
    else:
        confirm(p, s, by, ht, hr, fate, time, c)


@lean
def rediscover(p, s, by, ht, hr, fate, stock, wanted, got, time, c):
    """Bring a payment to light after the order had closed: reserve again, or refund."""
    if p.reservation == AT_PAYMENT:
        take_at_payment(p, s, by, ht, hr, fate, stock, wanted, got, time, c)
    elif retake(p, stock, got, c):
        confirm(p, s, by, ht, hr, fate, time, c)
    else:
        by[c].known = time
        by[c].refunded = time
        by[c].end = NOT_SORTED


@lean
def fails(p, by, time, c):
    """Whether the payment network is down for this shopper's method."""
    return by[c].method == 0 and inside(time, p.down_from, p.down_until)


@lean
def pay_moment(p, by, fate, chat, base, begins, c):
    """When the shopper leaves the payment page, and whether money moved; failures are told in chat."""
    closes = by[c].closes
    if fate[c, RACE] < p.race_share:
        return closes, not fails(p, by, closes, c)
    time = begins + by[c].pin
    if time >= closes:
        return closes, False
    if not (fate[c, DECLINE] < p.decline_share or fails(p, by, time, c)):
        return time, True
    by[c].declined = 1
    tell(chat, base, time, FAILED)
    if not fate[c, AGAIN] < p.pay_again_share:
        return time, False
    time = time + by[c].pay_again_in + by[c].pin
    if time >= closes:
        return closes, False
    if not fails(p, by, time, c):
        return time, True
    tell(chat, base, time, FAILED)
    return time, False


@lean
def pay(p, s, by, ht, hr, fate, repeat_at, repeat_lost, chat, base, stock, wanted, got, time, c):
    """Pay an accepted order, or not; an event only where something depends on the moment."""
    by[c].end = STILL_OPEN
    by[c].placed = time
    by[c].pay_start = time
    by[c].closes = time + p.expiry
    begins = time
    by[c].method = 1
    if fate[c, METHOD] < p.wechat_share:
        by[c].method = 0
        begins = max(time, s.gateway_free)
        by[c].gateway_start = begins
        begins = begins + gateway_gap(begins, p.gateway_gap, p.cut_from, p.cut_until, p.cut_gap)
        by[c].gateway_end = begins
        s.gateway_free = begins
    moment, moved = pay_moment(p, by, fate, chat, base, begins, c)
    if not moved or moment >= by[c].closes:
        by[c].end = UNPAID
        if moved:
            by[c].end = REFUNDED_EXPIRED
            by[c].paid = moment
            by[c].refunded = moment
            tell(chat, base, moment, FAILED)
        if p.reservation != AT_PAYMENT:
            push(s, ht, hr, by[c].closes, EXPIRY | by[c].row)
        if p.room == 1:
            push(s, ht, hr, moment, PAY | by[c].row)
        return
    worst = p.lost_share * p.overload_factor
    if (
        p.room == 1
        or p.reservation == AT_PAYMENT
        or moment > p.paid_by
        or (by[c].method == 0 and fate[c, LOST] < max(worst, p.lost_share))
    ):
        push(s, ht, hr, moment, PAY | by[c].row)
    else:
        settle(p, s, by, ht, hr, fate, repeat_at, repeat_lost, chat, base, stock, wanted, got, moment, c)
