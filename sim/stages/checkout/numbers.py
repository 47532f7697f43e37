"""What the engines read of checkout's parameters: minutes, fen, grams, counts and switches as 0/1."""

from __future__ import annotations

from typing import NamedTuple

from sim.cutoff import Cutoff
from sim.remembered import remembered
from sim.signals import MoodParams
from sim.stages.basket.stock import StockParams
from sim.stages.checkout.rules import AT_ORDER, AT_PAYMENT, NO_RESERVATION
from sim.stages.checkout.spec import CheckoutParams

_RESERVATION = {"at_order": AT_ORDER, "at_payment": AT_PAYMENT, "none": NO_RESERVATION}


class CheckoutNumbers(NamedTuple):
    """Constants of one scenario; `_min` are minutes, windows are [from, until)."""

    start_second: int
    """Second of D0 at which the per-second counts begin."""
    tick_s: int
    memory_s: int
    mood_gain: float
    lost_before_click: float
    workers: int
    waiting_places: int
    alpha: float
    beta: float
    timeout: float
    tries: int
    again_share: float
    drop_abandoned: int
    room: int
    room_users: int
    room_gap: float
    room_session: float
    budget: int
    budget_ratio: float
    budget_burst: float
    breaker: int
    breaker_window: float
    breaker_calls: int
    breaker_share: float
    breaker_open: float
    shedding: int
    shed_waiting: int
    scaling: int
    scale_waiting: int
    scale_workers: int
    scale_times: int
    limited: int
    reservation: int
    row_time: float
    substitute_share: float
    offer_from: float
    offer_until: float
    gifts: int
    gift_grams: int
    gateway_gap: float
    cut_gap: float
    cut_from: float
    cut_until: float
    down_from: float
    down_until: float
    slow_from: float
    slow_until: float
    slow_factor: float
    wechat_share: float
    decline_share: float
    pay_again_share: float
    expiry: float
    race_share: float
    lost_share: float
    overload_factor: float
    overload_waiting: int
    query: int
    query_after: float
    bill_min: float
    placed_by: float
    paid_by: float
    cancel_share: float
    by_road: int
    wrong_share: float
    repeat_at: tuple[float, ...]
    """Times after the payment at which the gateway repeats its notice."""
    repeat_lost: tuple[float, ...]
    """Probability that the first 1, 2, … repeats are all lost."""


@remembered
def numbers(
    params: CheckoutParams,
    stock: StockParams,
    cutoff: Cutoff,
    mood: MoodParams,
    *,
    offer: tuple[float, float] | None,
    start_min: float,
) -> CheckoutNumbers:
    """Engine units from parameters.

    Args:
        params: the section `checkout`.
        stock: the section `stock`.
        cutoff: the section `cutoff`.
        mood: the section `mood`.
        offer: minutes of D0 at which special price and gift begin and end; None without an offer.
        start_min: first minute of the per-second counts.

    """
    offer_from, offer_until = offer or (0.0, 0.0)
    service, client, rooms, payment = params.order_service, params.client, params.protections, params.payment
    drills, notices = params.drills, params.payment.notices
    at, lost = [], []
    time, chance = 0.0, 1.0
    for gap in notices.repeat_after_s:
        time, chance = time + gap / 60.0, chance * notices.repeat_loss_share
        at.append(time)
        lost.append(chance)
    gap = 1.0 / (params.gateway.rate_per_s * 60.0)
    kept = (1.0 - params.jump_loss) * (1.0 - params.step_loss) ** max(0, params.steps - 3)
    return CheckoutNumbers(
        start_second=round(start_min * 60.0), tick_s=mood.tick_s, memory_s=mood.memory_s,
        mood_gain=float(mood.gain),
        lost_before_click=1.0 - kept,
        workers=service.servers, waiting_places=service.waiting_places, alpha=service.alpha,
        beta=service.beta,
        timeout=client.timeout_s / 60.0, tries=client.tries, again_share=client.again_share,
        drop_abandoned=int(rooms.drop_abandoned),
        room=int(rooms.waiting_room.on), room_users=rooms.waiting_room.total_active_users,
        room_gap=1.0 / rooms.waiting_room.new_users_per_minute, room_session=rooms.waiting_room.session_min,
        budget=int(rooms.retry_budget.on), budget_ratio=rooms.retry_budget.ratio,
        budget_burst=rooms.retry_budget.burst,
        breaker=int(rooms.circuit_breaker.on), breaker_window=rooms.circuit_breaker.window_s / 60.0,
        breaker_calls=rooms.circuit_breaker.least_calls, breaker_share=rooms.circuit_breaker.failure_share,
        breaker_open=rooms.circuit_breaker.open_s / 60.0,
        shedding=int(rooms.load_shedding.on), shed_waiting=rooms.load_shedding.waiting,
        scaling=int(rooms.scale_out.on), scale_waiting=rooms.scale_out.waiting,
        scale_workers=rooms.scale_out.workers, scale_times=rooms.scale_out.times,
        limited=int(stock.limited),
        reservation=_RESERVATION[stock.reservation] if stock.limited else NO_RESERVATION,
        row_time=stock.row_ms / 60_000.0,
        substitute_share=stock.substitute_share,
        offer_from=offer_from, offer_until=offer_until,
        gifts=params.gift.count, gift_grams=round(params.gift.kg * 1000.0),
        gateway_gap=gap, cut_gap=gap / drills.quota_cut.share,
        cut_from=drills.quota_cut.from_min, cut_until=drills.quota_cut.from_min + drills.quota_cut.for_min,
        down_from=drills.network_down.from_min,
        down_until=drills.network_down.from_min + drills.network_down.for_min,
        slow_from=drills.degradation.from_min,
        slow_until=drills.degradation.from_min + drills.degradation.for_min,
        slow_factor=drills.degradation.factor,
        wechat_share=payment.wechat_share, decline_share=payment.decline_share,
        pay_again_share=payment.again_share,
        expiry=payment.expiry_min, race_share=payment.closing_race_share,
        lost_share=notices.lost_share, overload_factor=notices.overload_factor,
        overload_waiting=notices.overload_waiting,
        query=int(notices.query), query_after=notices.query_after_s / 60.0, bill_min=notices.bill_min,
        placed_by=cutoff.placed_by_min, paid_by=cutoff.paid_by_min, cancel_share=cutoff.cancel_share,
        by_road=int(params.assignment.nearest), wrong_share=params.assignment.wrong_share,
        repeat_at=tuple(at), repeat_lost=tuple(lost),
    )  # fmt: skip
