"""Morning and day: vehicles and docks, helpers beside the leaders, agents and their hours.

Vehicles and docks carry the hour of arrival on a route plan that expects the larger show. Leaders' hours
fall with shelves, helpers, and tickets that go to the brand instead; those tickets, and the night's, need
agents at hours at which today nobody answers. Which equipment is settled first, then all counts side by side,
since each moves its own level far more than the others'.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.experiments.provision import options as opt
from sim.experiments.provision.bill import cost_of, unit_costs
from sim.experiments.provision.plan import (
    AGENTS,
    DOCKS,
    EXPECTED,
    HELPERS,
    NIGHT_AGENTS,
    Plan,
    scenario_of,
    vehicles_of,
)
from sim.experiments.provision.step import Binding, Search, Step, Tried, least, seek, together
from sim.experiments.provision.trials import LOOKS, ROUGH

if TYPE_CHECKING:
    from sim.experiments.provision.trials import Trials

ON_TIME = ("all_stops_on_time",)
LEADERS = ("leader_hours_p95",)
ANSWERED = ("response_within_15min",)
MOST_HELPERS = 100
MOST_VEHICLES, MOST_DOCKS = 600, 200
PLENTY = 4000
"""So many agents that nobody ever waits for one."""


def expecting(trials: Trials, plan: Plan, kept: frozenset[str]) -> Plan:
    """Plan the routes for the orders of an average night, in round hundreds; as it is where that is kept."""
    if opt.is_kept(EXPECTED, kept):
        return plan
    rows = trials.rows(plan, ROUGH[0])
    orders = float(rows.values("orders_paid").mean()) * (1.0 - trials.base.cutoff.cancel_share)
    return plan.setting(EXPECTED, float(max(100, 100 * round(orders / 100.0))))


def roomy(trials: Trials, plan: Plan, kept: frozenset[str]) -> Plan:
    """The plan with vehicles and docks to spare, so that what is looked at does not wait for a van."""
    more = {path: math.ceil(1.3 * vehicles_guess(trials, plan, path)) for path in vehicles_of(plan)}
    more |= {DOCKS: max(plan.counts[DOCKS], 40)}
    free = {path: max(n, plan.counts[path]) for path, n in more.items() if not opt.is_kept(path, kept)}
    return plan.having(**free)


def vehicles_guess(trials: Trials, plan: Plan, path: str) -> int:
    """Vehicles of one type whose load is what the route plan expects."""
    delivery = trials.base.delivery
    kind = delivery.vehicles[vehicles_of(plan).index(path)]
    expected = plan.settings.get(EXPECTED, delivery.expected_orders) * delivery.expected_order_kg
    by_volume = delivery.crate_kg / delivery.crate_m3 * kind.volume_m3 * delivery.usable_volume_share
    return max(1, math.ceil(expected / min(kind.payload_kg, by_volume)))


def leaders(trials: Trials, plan: Plan, kept: frozenset[str]) -> Step:
    """The cheapest of helpers, shelves and a single entry for tickets, roughly."""
    tried: list[Tried] = []
    best: Tried | None = None
    usable = [name for name in (opt.SHELF, opt.ONE_ENTRY) if opt.allowed(name, trials.base, kept)]
    sets = [tuple(n for k, n in enumerate(usable) if bits >> k & 1) for bits in range(1 << len(usable))]
    for names in sorted(sets, key=len, reverse=True):
        way = plan.with_options(*names)
        found = _fewest_helpers(trials, way, kept, None if best is None else best.cny)
        cny = None if found is None else cost_of(trials.base, found)
        p = {LEADERS[0]: trials.shares(found or way, ROUGH[0])[LEADERS[0]].p}
        tried.append(Tried("+".join(names) or HELPERS, LEADERS, found, cny, p))
        if found is not None and (best is None or (cny or 0.0) < (best.cny or 0.0)):
            best = tried[-1]
    if best is None or best.plan is None:
        share = trials.shares(plan, ROUGH[0])[LEADERS[0]]
        binding = Binding(HELPERS, LEADERS[0], plan.counts[HELPERS], MOST_HELPERS, share.p)
        return Step(plan, (), tuple(tried), (binding,), LEADERS)
    return Step(best.plan, (best.name,), tuple(tried))


def _fewest_helpers(trials: Trials, plan: Plan, kept: frozenset[str], limit_cny: float | None) -> Plan | None:
    """The fewest helpers that hold the leaders' level for less than the limit; None where there are none."""
    if opt.is_kept(HELPERS, kept):
        return plan if trials.holds(plan, LEADERS, ROUGH) else None
    most, base = MOST_HELPERS, trials.base
    if limit_cny is not None:
        none = cost_of(base, plan.having(**{HELPERS: 0}))
        each = cost_of(base, plan.having(**{HELPERS: 1})) - none
        if none > limit_cny:
            return None
        most = min(MOST_HELPERS, int((limit_cny - none) / each)) if each > 0.0 else MOST_HELPERS
    count = least(
        lambda n: trials.holds(plan.having(**{HELPERS: n}), LEADERS, ROUGH),
        seek(0, most, plan.counts[HELPERS]),
    )
    return None if count is None else plan.having(**{HELPERS: count})


def support(trials: Trials, plan: Plan, kept: frozenset[str]) -> Step:
    """The shortest hours at which agents without number hold the level, with and without robot and entry.

    A robot is weighed against the agents it spares by the load it takes off them: agents' time is in
    proportion to the tickets that are left, at the same hours.
    """
    tried: list[Tried] = []
    best: tuple[float, Tried] | None = None
    for names in _stand_ins(trials, plan, kept):
        way = plan.with_options(*names)
        hours = _shortest_hours(trials, way, kept)
        name = "+".join((*names, *(hours or ()))) or "more_agents"
        if hours is None:
            p = trials.shares(staffed(way, kept), ROUGH[0])[ANSWERED[0]].p
            tried.append(Tried(name, ANSWERED, None, None, {ANSWERED[0]: p}))
            continue
        found = _agents_for_load(trials, way.with_options(*hours), kept)
        cny = cost_of(trials.base, found)
        tried.append(Tried(name, ANSWERED, found, cny, {}))
        if best is None or cny < best[0]:
            best = (cny, tried[-1])
    if best is None or best[1].plan is None:
        worst = max((one.p.get(ANSWERED[0], 0.0) for one in tried), default=0.0)
        binding = Binding(AGENTS, ANSWERED[0], plan.counts[AGENTS], PLENTY, worst)
        return Step(plan, (), tuple(tried), (binding,), ANSWERED)
    return Step(best[1].plan, (best[1].name,), tuple(tried))


def _stand_ins(trials: Trials, plan: Plan, kept: frozenset[str]) -> list[tuple[str, ...]]:
    """Sets of options that take tickets off leaders and agents."""
    usable = [n for n in (opt.BOT, opt.ONE_ENTRY) if opt.allowed(n, trials.base, kept)]
    usable = [name for name in usable if name not in plan.options]
    return [tuple(n for k, n in enumerate(usable) if bits >> k & 1) for bits in range(1 << len(usable))]


def staffed(plan: Plan, kept: frozenset[str]) -> Plan:
    """The plan with agents without number, where they are not to be kept."""
    return plan.having(**{p: PLENTY for p in (AGENTS, NIGHT_AGENTS) if not opt.is_kept(p, kept)})


def _shortest_hours(trials: Trials, plan: Plan, kept: frozenset[str]) -> tuple[str, ...] | None:
    """The shortest hours at which enough agents can hold the level; None where no hours are long enough."""
    choices: list[tuple[str, ...]] = [()]
    choices += [(name,) for name in opt.HOURS if opt.allowed(name, trials.base, kept)]
    for names in choices:
        if trials.holds(staffed(plan.with_options(*names), kept), ANSWERED, LOOKS):
            return names
    return None


def _agents_for_load(trials: Trials, plan: Plan, kept: frozenset[str]) -> Plan:
    """Agents so that the worst night's tickets of an hour can be answered: a start for the search."""
    from sim.laws import mean_of

    base = trials.base
    tickets = float(trials.rows(staffed(plan, kept), ROUGH[0]).values("tickets").max())
    care = scenario_of(base, plan).aftersales
    chat = tickets * max(0.0, 1.0 - care.self_service_share - care.leader_share)
    busy_h = chat * mean_of(care.other.handling_min) / 60.0
    day = max(1, math.ceil(busy_h / 8.0))
    guess = {AGENTS: day, NIGHT_AGENTS: 2 * day}
    return plan.having(**{path: n for path, n in guess.items() if not opt.is_kept(path, kept)})


def sized(trials: Trials, plan: Plan, kept: frozenset[str]) -> Step:
    """Vehicles, agents and helpers side by side with the rest to spare, then docks and evening agents."""
    path = _cheapest_type(trials, plan, kept)
    start = roomy(trials, plan, kept)
    guess = vehicles_guess(trials, plan, path)
    first: dict[str, Search] = {
        path: seek(1, MOST_VEHICLES, guess, ratio=1.1, grain=0.02),
        AGENTS: seek(0, PLENTY, plan.counts[AGENTS], ratio=1.3, grain=0.05),
        HELPERS: seek(0, MOST_HELPERS, plan.counts[HELPERS]),
    }
    found, failed = _counted(trials, start, first, kept)
    second: dict[str, Search] = {
        DOCKS: seek(1, MOST_DOCKS, plan.counts[DOCKS]),
        NIGHT_AGENTS: seek(0, PLENTY, plan.counts[NIGHT_AGENTS], ratio=1.3, grain=0.05),
    }
    if unit_costs(scenario_of(trials.base, found), found)[NIGHT_AGENTS] == 0.0:
        found = found.having(**{NIGHT_AGENTS: 0})  # no hours in the evening: the day's agents are there
        del second[NIGHT_AGENTS]
    lost = {level for one in failed for level in level_of(one)}
    second = {path: search for path, search in second.items() if not lost & set(level_of(path))}
    found, more = _counted(trials, found, second, kept)
    binding = [_bound(trials, plan, found, one) for one in (*failed, *more)]
    names = tuple(dict.fromkeys(level for one in (*failed, *more) for level in level_of(one)))
    return Step(found, (), (), tuple(binding), names)


def level_of(path: str) -> tuple[str, ...]:
    """The level a count of this act carries."""
    if path == HELPERS:
        return LEADERS
    return ANSWERED if path in (AGENTS, NIGHT_AGENTS) else ON_TIME


def _bound(trials: Trials, plan: Plan, found: Plan, path: str) -> Binding:
    level = level_of(path)[0]
    share = trials.shares(found, ROUGH[0])[level]
    return Binding(path, level, plan.counts[path], found.counts[path], share.p)


def _counted(
    trials: Trials, plan: Plan, searches: dict[str, Search], kept: frozenset[str]
) -> tuple[Plan, list[str]]:
    """The least of each count, searched side by side, and those that no count can hold."""
    there = trials.shares(plan, ROUGH[0])
    free = {
        path: search
        for path, search in searches.items()
        if not opt.is_kept(path, kept) and level_of(path)[0] in there
    }
    levels = {path: level_of(path) for path in free}
    found = together(lambda counts: trials.verdicts(plan.having(**counts), levels, LOOKS), free)
    failed = [path for path, count in found.items() if count is None]
    return plan.having(**{path: count for path, count in found.items() if count is not None}), failed


def _cheapest_type(trials: Trials, plan: Plan, kept: frozenset[str]) -> str:
    """The vehicle type that carries a kilo for least; the others stay as they are."""
    paths = [path for path in vehicles_of(plan) if not opt.is_kept(path, kept)] or vehicles_of(plan)
    costs = unit_costs(scenario_of(trials.base, plan), plan)
    return min(paths, key=lambda path: costs[path] * vehicles_guess(trials, plan, path))
