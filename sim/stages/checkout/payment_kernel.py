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
def reserve(n, stock, wanted, got, substitutes, c):
    """Walk the lines by product; returns the lines got."""
    lines = np.int64(0)
    for k in range(stock.shape[0]):
        got[c, k] = 0
    for k in range(stock.shape[0]):
        for _ in range(wanted[c, k]):
            taken = np.int64(k)
            if n.reservation != NO_RESERVATION and stock[k] <= 0:
                taken = most_left(stock, wanted, got, c) if substitutes else np.int64(-1)
            if taken >= 0:
                stock[taken] -= 1
                got[c, taken] += 1
                lines += 1
    return lines


@lean
def retake(n, stock, got, c):
    """The same lines again, all or none."""
    if n.reservation != NO_RESERVATION:
        for k in range(stock.shape[0]):
            if got[c, k] > stock[k]:
                return False
    for k in range(stock.shape[0]):
        stock[k] -= got[c, k]
    return True


@lean
def confirm(n, s, shoppers, times, ranks, fate, time, c):
    """Let the shop know that the order is paid; the buyer may still cancel."""
    shoppers[c].known = time
    shoppers[c].end = STILL_OPEN
    if fate[c, CANCEL] < n.cancel_share:
        shoppers[c].cancelled = cancel_time(time, n.paid_by, fate[c, CANCEL_AT])
        shoppers[c].refunded = shoppers[c].cancelled
        shoppers[c].end = CANCELLED
        push(s, times, ranks, shoppers[c].cancelled, EXPIRY | shoppers[c].row)


@lean
def discovery(n, repeats, u, time):
    """When the shop learns of a payment whose notice was lost."""
    found = next_bill(time, n.bill_min)
    repeat_at, repeat_lost = repeats
    for i in range(repeat_at.shape[0]):
        if u >= repeat_lost[i]:
            found = min(found, time + repeat_at[i])
            break
    if n.query == 1:
        found = min(found, time + n.query_after)
    return found


@lean
def settle(n, s, shoppers, times, ranks, fate, repeats, chat, base, stock, wanted, got, time, c):
    """See whether the money is in time, whether the shop learns of it, whether there are goods."""
    held = n.reservation != AT_PAYMENT
    shoppers[c].paid = time
    if time > n.paid_by:
        shoppers[c].end = LATE_PAID
        shoppers[c].refunded = time
        tell(chat, base, time, FAILED)
        if held:
            give_back(stock, got, c)
        return
    tell(chat, base, time, SUCCEEDED)
    loss = loss_of_notice(n.lost_share, s.waiting, n.overload_waiting, n.overload_factor)
    if shoppers[c].method == 0 and fate[c, LOST] < loss:
        shoppers[c].earned = shoppers[c].offer
        known = discovery(n, repeats, fate[c, REPEAT], time)
        if known > n.paid_by:
            shoppers[c].known = known
            shoppers[c].refunded = known
            shoppers[c].end = NOT_SORTED
            if held:
                push(s, times, ranks, min(shoppers[c].closes, known), EXPIRY | shoppers[c].row)
        elif known >= shoppers[c].closes or not held:
            if held:
                push(s, times, ranks, shoppers[c].closes, EXPIRY | shoppers[c].row)
            push(s, times, ranks, known, REDISCOVER | shoppers[c].row)
        else:
            confirm(n, s, shoppers, times, ranks, fate, known, c)
    elif held:
        shoppers[c].earned = shoppers[c].offer
        confirm(n, s, shoppers, times, ranks, fate, time, c)
    else:
        take_at_payment(n, s, shoppers, times, ranks, fate, stock, wanted, got, time, c)
        if shoppers[c].end != NO_STOCK:
            shoppers[c].earned = shoppers[c].offer


@lean
def take_at_payment(n, s, shoppers, times, ranks, fate, stock, wanted, got, time, c):
    """Goods are taken only now that the shop knows of the money."""
    shoppers[c].lines = reserve(n, stock, wanted, got, fate[c, SUBSTITUTE] < n.substitute_share, c)
    if shoppers[c].lines == 0:
        shoppers[c].known = time
        shoppers[c].refunded = time
        shoppers[c].end = NO_STOCK
    else:
        confirm(n, s, shoppers, times, ranks, fate, time, c)


@lean
def rediscover(n, s, shoppers, times, ranks, fate, stock, wanted, got, time, c):
    """Bring a payment to light after the order had closed: reserve again, or refund."""
    if n.reservation == AT_PAYMENT:
        take_at_payment(n, s, shoppers, times, ranks, fate, stock, wanted, got, time, c)
    elif retake(n, stock, got, c):
        confirm(n, s, shoppers, times, ranks, fate, time, c)
    else:
        shoppers[c].known = time
        shoppers[c].refunded = time
        shoppers[c].end = NOT_SORTED


@lean
def fails(n, shoppers, time, c):
    """Whether the payment network is down for this shopper's method."""
    return shoppers[c].method == 0 and inside(time, n.down_from, n.down_until)


@lean
def pay_moment(n, shoppers, fate, chat, base, begins, c):
    """When the shopper leaves the payment page, and whether money moved; failures are told in chat."""
    closes = shoppers[c].closes
    if fate[c, RACE] < n.race_share:
        return closes, not fails(n, shoppers, closes, c)
    time = begins + shoppers[c].pin
    if time >= closes:
        return closes, False
    if not (fate[c, DECLINE] < n.decline_share or fails(n, shoppers, time, c)):
        return time, True
    shoppers[c].declined = 1
    tell(chat, base, time, FAILED)
    if not fate[c, AGAIN] < n.pay_again_share:
        return time, False
    time = time + shoppers[c].pay_again_in + shoppers[c].pin
    if time >= closes:
        return closes, False
    if not fails(n, shoppers, time, c):
        return time, True
    tell(chat, base, time, FAILED)
    return time, False


@lean
def pay(n, s, shoppers, times, ranks, fate, repeats, chat, base, stock, wanted, got, time, c):
    """Pay an accepted order, or not; an event only where something depends on the moment."""
    shoppers[c].end = STILL_OPEN
    shoppers[c].placed = time
    shoppers[c].pay_start = time
    shoppers[c].closes = time + n.expiry
    begins = time
    shoppers[c].method = 1
    if fate[c, METHOD] < n.wechat_share:
        shoppers[c].method = 0
        begins = max(time, s.gateway_free)
        shoppers[c].gateway_start = begins
        begins = begins + gateway_gap(begins, n.gateway_gap, n.cut_from, n.cut_until, n.cut_gap)
        shoppers[c].gateway_end = begins
        s.gateway_free = begins
    moment, moved = pay_moment(n, shoppers, fate, chat, base, begins, c)
    if not moved or moment >= shoppers[c].closes:
        shoppers[c].end = UNPAID
        if moved:
            shoppers[c].end = REFUNDED_EXPIRED
            shoppers[c].paid = moment
            shoppers[c].refunded = moment
            tell(chat, base, moment, FAILED)
        if n.reservation != AT_PAYMENT:
            push(s, times, ranks, shoppers[c].closes, EXPIRY | shoppers[c].row)
        if n.room == 1:
            push(s, times, ranks, moment, PAY | shoppers[c].row)
        return
    worst = n.lost_share * n.overload_factor
    if (
        n.room == 1
        or n.reservation == AT_PAYMENT
        or moment > n.paid_by
        or (shoppers[c].method == 0 and fate[c, LOST] < max(worst, n.lost_share))
    ):
        push(s, times, ranks, moment, PAY | shoppers[c].row)
    else:
        settle(n, s, shoppers, times, ranks, fate, repeats, chat, base, stock, wanted, got, moment, c)
