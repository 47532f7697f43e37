"""The evening: workers of the order service, payment quota and the host's team.

Workers help only up to the peak of the concurrency law; beyond it each one more makes all slower. No level
speaks of unanswered questions, so the host's team is sized by what it earns: trust answered, orders won.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from sim.experiments.provision import options as opt
from sim.experiments.provision.bill import cost_of
from sim.experiments.provision.plan import GATEWAY, HOST, SERVERS, Plan, scenario_of
from sim.experiments.provision.step import Binding, Step, Tried, least, seek, together
from sim.experiments.provision.trials import LOOKS, ROUGH
from sim.station.rules import slowed

if TYPE_CHECKING:
    from sim.experiments.provision.trials import Trials
    from sim.scenario import Scenario

ACCEPTED = ("payment_success", "goodput_min_share")
"""Levels that the order service carries."""
PAID = ("checkout_p95_s",)
"""Levels that the payment quota carries, once orders are accepted."""
MOST_WORKERS = 2048
QUOTA_STEP = 10
"""Payment quota is granted in steps of ten requests a second."""
PLENTY = 4000
"""A quota in requests a second that never binds."""
HOST_NIGHTS = 12
SHOW = "audience.show"
ROOM = "checkout.protections.waiting_room"
WAVES = ((3, 2.0), (4, 2.0), (6, 2.0))
"""Waves and minutes between them that are tried in the place of capacity."""
INSIDE_FACTOR = 1.5
"""Room for the spread of the time inside: active users beyond what Little's law says on average."""
FIRST_GUESS = 0.8
"""Share of the busiest ten seconds of the worst night that capacity usually has to match; only a start."""


def best_workers(scenario: Scenario) -> int:
    """Workers at the peak of the concurrency law: where one more makes the service slower as a whole."""
    service = scenario.checkout.order_service
    if service.beta <= 0.0:
        return MOST_WORKERS
    return max(1, min(MOST_WORKERS, math.floor(math.sqrt(max(0.0, 1.0 - service.alpha) / service.beta))))


def capacity_per_s(scenario: Scenario, workers: int | None = None) -> float:
    """Orders a second that the order service accepts with so many workers (its own by default)."""
    from sim.laws import mean_of

    service = scenario.checkout.order_service
    n = service.servers if workers is None else workers
    return n / slowed(mean_of(service.service_ms) / 1000.0, n, service.alpha, service.beta)


def room_changes(scenario: Scenario, share: float, inside_s: float) -> dict[str, float | bool]:
    """A waiting room that lets in a share of the capacity; Little's law says how many are inside then."""
    rate = share * capacity_per_s(scenario)
    return {
        f"{ROOM}.on": True,
        f"{ROOM}.total_active_users": max(1, math.ceil(INSIDE_FACTOR * rate * inside_s)),
        f"{ROOM}.new_users_per_minute": max(1.0, float(round(60.0 * rate))),
        f"{ROOM}.session_min": scenario.checkout.protections.waiting_room.session_min,
    }


def evening(trials: Trials, plan: Plan, kept: frozenset[str]) -> Step:
    """The cheapest workers, quota and host's team."""
    if not trials.base.by_system:
        return Step(plan)
    roomy = plan if opt.is_kept(GATEWAY, kept) else plan.having(**{GATEWAY: PLENTY})
    step = _workers(trials, roomy, kept)
    if step.failed:
        return Step(plan, step.chosen, step.tried, step.binding, step.failed)
    found = _sized(trials, _host(trials, step.plan, kept), kept, LOOKS)
    if found is None:
        share = trials.shares(step.plan, ROUGH[0])[PAID[0]]
        binding = Binding(GATEWAY, PAID[0], plan.counts[GATEWAY], step.plan.counts[GATEWAY], share.p)
        return Step(plan, step.chosen, step.tried, (*step.binding, binding), PAID)
    return Step(found, step.chosen, step.tried, step.binding)


def _workers(trials: Trials, plan: Plan, kept: frozenset[str]) -> Step:
    """The cheapest of workers alone, workers on the larger database, and protections; roughly.

    A protection costs the orders it loses: its bill is raised by what these would have left.
    """
    tried, binding = list[Tried](), list[Binding]()
    ways = [("more_workers", plan)]
    if opt.allowed(opt.DATABASE, trials.base, kept):
        ways.append((opt.DATABASE, plan.with_options(opt.DATABASE)))
    for name, way in ways:
        one, limit = _more_workers(trials, name, way, kept)
        tried.append(one)
        binding += [limit] if limit is not None else []
    tried += _protected(trials, plan, kept)
    able = _with_lost_orders(trials, [one for one in tried if one.plan is not None])
    tried = [one for one in tried if one.plan is None] + able
    if not able:
        return Step(plan, (), tuple(tried), tuple(binding), ACCEPTED)
    best = min(able, key=lambda one: one.worth_cny)
    assert best.plan is not None
    return Step(best.plan, (best.name,), tuple(tried), tuple(binding))


def _more_workers(trials: Trials, name: str, way: Plan, kept: frozenset[str]) -> tuple[Tried, Binding | None]:
    """The least workers of one way; where even the most that help are too few, what binds."""
    most = way.having(**{SERVERS: _most(trials, way, kept)})
    if trials.holds(most, ACCEPTED, ROUGH):
        found = _sized(trials, way, kept, ROUGH)
        if found is not None:
            return Tried(name, ACCEPTED, found, cost_of(trials.base, found), {}), None
    shares = trials.shares(most, ROUGH[0])
    worst = min(ACCEPTED, key=lambda level: shares[level].p)
    limit = Binding(SERVERS, worst, way.counts[SERVERS], most.counts[SERVERS], shares[worst].p)
    return Tried(name, ACCEPTED, None, None, {level: shares[level].p for level in ACCEPTED}), limit


def _protected(trials: Trials, plan: Plan, kept: frozenset[str]) -> list[Tried]:
    """Today's workers behind a waiting room, or with links in waves: the first setting of each that holds."""
    base = trials.base
    rate = capacity_per_s(base)
    inside_s = 1.3 * float(trials.rows(plan, ROUGH[0]).values("checkout_p50_s").mean())
    rooms = [room_changes(base, share, inside_s) for share in (0.95, 0.85)] if rate > 0.0 else []
    waves = [
        {f"{SHOW}.offer_waves": n, f"{SHOW}.offer_wave_min": gap}
        for n, gap in WAVES
        if base.live and base.audience.show.offer_waves == 1
    ]
    out = []
    for name, settings in (("waiting_room", rooms), ("waves", waves)):
        for one in settings:
            way = plan
            for path, value in one.items():
                way = way.setting(path, value)
            way = way.having(**{GATEWAY: round(base.checkout.gateway.rate_per_s)})
            if any(opt.is_kept(path, kept) for path in one):
                continue
            if trials.holds(way, (*ACCEPTED, *PAID), ROUGH):
                out.append(Tried(name, ACCEPTED, way, cost_of(base, way), {}))
                break
        else:
            if settings:
                shares, levels = trials.shares(way, ROUGH[0]), (*ACCEPTED, *PAID)
                out.append(Tried(name, levels, None, None, {n: shares[n].p for n in levels if n in shares}))
    return out


def _with_lost_orders(trials: Trials, able: list[Tried]) -> list[Tried]:
    """Each way with the orders it loses against the one that sells most, and their worth."""
    if not able:
        return able
    paid = [trials.mean(one.plan, "orders_paid", ROUGH[0]) for one in able if one.plan is not None]
    best = paid.index(max(paid))
    assert able[best].plan is not None
    worth = max(0.0, order_margin_cny(trials, able[best].plan or Plan({})))
    return [
        replace(one, lost_orders=max(paid) - mine, lost_cny=worth * (max(paid) - mine))
        for one, mine in zip(able, paid, strict=True)
    ]


def _most(trials: Trials, plan: Plan, kept: frozenset[str]) -> int:
    """The largest number of workers that still helps."""
    if opt.is_kept(SERVERS, kept):
        return plan.counts[SERVERS]
    return best_workers(scenario_of(trials.base, plan))


def _sized(trials: Trials, plan: Plan, kept: frozenset[str], looks: tuple[int, ...]) -> Plan | None:
    """The least workers and quota, searched side by side; None where one of them cannot."""
    levels = {SERVERS: ACCEPTED, GATEWAY: PAID}
    most = _most(trials, plan, kept)
    scenario = scenario_of(trials.base, plan.having(**{SERVERS: most}))
    peak = float(trials.rows(plan.having(**{SERVERS: most}), looks[0]).values("peak_orders_per_s").max())
    wanted = FIRST_GUESS * peak
    start = next((n for n in range(1, most) if capacity_per_s(scenario, n) >= wanted), most)
    grain = 0.0 if looks == LOOKS else 0.1
    quota = max(1, math.ceil(wanted * scenario.checkout.payment.wechat_share / QUOTA_STEP))
    searches = {
        SERVERS: seek(1, most, start, ratio=1.2, grain=grain),
        GATEWAY: seek(1, PLENTY // QUOTA_STEP, quota, ratio=1.2, grain=grain),
    }
    free = {path: search for path, search in searches.items() if not opt.is_kept(path, kept)}

    def at(counts: dict[str, int]) -> Plan:
        units = {path: QUOTA_STEP * n if path == GATEWAY else n for path, n in counts.items()}
        return plan.having(**units)

    found = together(lambda counts: trials.verdicts(at(counts), levels, looks), free)
    if any(count is None for count in found.values()):
        return None
    sized = at({path: count for path, count in found.items() if count is not None})
    return sized if len(free) == len(searches) or trials.holds(sized, (*ACCEPTED, *PAID), looks) else None


def order_margin_cny(trials: Trials, plan: Plan, nights: int = HOST_NIGHTS) -> float:
    """What a paid order leaves after goods, commission, fees and the bag, before it is handled."""
    base, rows = trials.base, trials.rows(plan, nights)
    orders = float(rows.values("orders_paid").mean())
    if orders <= 0.0:
        return 0.0
    paid, discount = (float(rows.values(kpi).mean()) / orders for kpi in ("gmv_cny", "discount_cny"))
    money = base.money
    left = paid * (1.0 - base.leaders.commission_share - money.payment_fee_share)
    bag = money.bag_cny if base.live else 0.0
    return left - base.stock.unit_cost_share * (paid + discount) - bag


def _host(trials: Trials, plan: Plan, kept: frozenset[str]) -> Plan:
    """The host's team after which one more no longer earns her price; whole powers of 1.25 are looked at."""
    if not trials.base.live or opt.is_kept(HOST, kept):
        return plan
    price, worth = trials.base.prices.host_person_cny, order_margin_cny(trials, plan)

    def orders(team: int) -> float:
        return trials.mean(plan.having(**{HOST: team}), "orders_paid", HOST_NIGHTS)

    def one_more_pays(team: int) -> bool:
        more = team + max(1, team // 8)
        return worth * (orders(more) - orders(team)) > price * (more - team)

    now = plan.counts[HOST]
    if not one_more_pays(now):
        fewest = least(lambda n: not one_more_pays(n), seek(0, now, now, ratio=1.5, grain=0.1))
        return plan.having(**{HOST: now if fewest is None else fewest})
    enough = least(lambda n: not one_more_pays(n), seek(now, 64 * max(1, now), 2 * max(1, now), grain=0.1))
    return plan if enough is None else plan.having(**{HOST: enough})
