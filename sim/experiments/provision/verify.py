"""The judge: the whole plan on nights no search has seen, grown where a level fails, pruned where it can be.

A level is held when its share of `NIGHTS` fresh nights is at least the required probability plus one standard
error: a plan that only just passes would fail other nights half of the time. Pruning asks of every resource
whether one unit less still holds. Only nights in danger are played for that; the judge has the last word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.experiments.provision import options as opt
from sim.experiments.provision.afterwards import ANSWERED, LEADERS, ON_TIME
from sim.experiments.provision.bill import unit_costs
from sim.experiments.provision.evening import ACCEPTED, PAID, QUOTA_STEP
from sim.experiments.provision.night import SORTED, fitted, present_people
from sim.experiments.provision.plan import (
    AGENTS,
    DOCKS,
    GATEWAY,
    HALL,
    HELPERS,
    NIGHT_AGENTS,
    SERVERS,
    STATIONS,
    Plan,
    scenario_of,
    teams_of,
    vehicles_of,
)
from sim.experiments.provision.trials import FRESH, Share, Trials, in_danger, margin
from sim.problems import InputError
from sim.scenario_file.changing import number_at

if TYPE_CHECKING:
    from sim.scenario import Scenario

NIGHTS = 300
GROWTHS = 8
"""Most rounds of growing; a plan that needs more was not found by the search."""


@dataclass(frozen=True)
class Judged:
    """The plan with its nights kept by level."""

    plan: Plan
    shares: Mapping[str, Share]
    held: bool


def carriers(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Which resources carry which level, level → paths; the order is that in which they are tried."""
    return {
        **dict.fromkeys(ACCEPTED, (SERVERS,)),
        PAID[0]: (GATEWAY,),
        SORTED[0]: (*reversed(teams_of(plan)), STATIONS),
        ON_TIME[0]: (*vehicles_of(plan), DOCKS),
        ANSWERED[0]: (AGENTS, NIGHT_AGENTS),
        LEADERS[0]: (HELPERS,),
    }


def step_of(path: str) -> int:
    """Units in which a resource is bought."""
    return QUOTA_STEP if path == GATEWAY else 1


def passes(share: Share, required: float) -> bool:
    """The rule of the judge."""
    return share.nights == 0 or share.p >= min(1.0, required + margin(required, share.nights))


def judge(trials: Trials, plan: Plan) -> Judged:
    """Play the fresh nights."""
    shares = trials.shares(plan, NIGHTS, FRESH)
    return Judged(plan, shares, all(passes(one, trials.required) for one in shares.values()))


def verified(trials: Trials, plan: Plan, kept: frozenset[str]) -> Judged:
    """Grow until every level is held, prune once, and grow again what pruning has misjudged.

    `held` is False where growing does not help.
    """
    pruned = False
    for _ in range(GROWTHS):
        judged = judge(trials, plan)
        if judged.held and pruned:
            return judged
        grown = plan
        if judged.held:
            grown, pruned = _pruned(trials, judged, kept), True
            if grown == plan:
                return judged
        for level, share in judged.shares.items():
            if not passes(share, trials.required):
                grown = _more(trials, grown, level, share, kept)
        if grown == plan:
            return judged
        plan = grown
    return judge(trials, plan)


def _more(trials: Trials, plan: Plan, level: str, share: Share, kept: frozenset[str]) -> Plan:
    """The plan with a little more of what carries a level: the cheapest of it, more where more is missing."""
    base = trials.base
    paths = [p for p in carriers(plan).get(level, ()) if p != STATIONS and not opt.is_kept(p, kept)]
    if not paths:
        return plan
    costs = unit_costs(scenario_of(base, plan), plan)
    path = min(paths, key=lambda one: costs[one]) if level == SORTED[0] else paths[0]
    part = 0.01 if share.p >= trials.required - 0.02 else 0.03
    units = max(1, round(part * plan.counts[path] / step_of(path)))
    return with_units(base, plan, path, units, kept)


def with_units(base: Scenario, plan: Plan, path: str, units: int, kept: frozenset[str]) -> Plan:
    """The plan with so many units of a resource more (fewer where negative), places and halls following."""
    count = plan.counts[path] + units * step_of(path)
    if count < (number_at(base, path, "provision")[1].low or 0):
        return plan
    changed = plan.having(**{path: count})
    if path not in teams_of(plan):
        return changed if _possible(base, changed) else plan
    spare = present_people(base, plan) - plan.counts[STATIONS]
    moved = fitted(base, changed)
    if opt.is_kept(HALL, kept) and moved.counts[HALL] > base.sorting.hall_limit_people:
        return plan
    return moved.having(**{STATIONS: max(1, moved.counts[STATIONS] - max(0, spare))})


def _possible(base: Scenario, plan: Plan) -> bool:
    """Whether the scenario's own rules allow the plan (one vehicle at least, of whatever type)."""
    try:
        scenario_of(base, plan)
    except InputError:
        return False
    return True


def _pruned(trials: Trials, judged: Judged, kept: frozenset[str]) -> Plan:
    """Take units away, a few resources at a time, until every unit left is needed."""
    plan = judged.plan
    by_level = carriers(plan)
    free = {path for level, paths in by_level.items() if level in judged.shares for path in paths}
    for beside in _rounds(plan):
        asked = {path for path in beside if path in free and not opt.is_kept(path, kept)}
        plan = _fewer(trials, judged.plan, plan, asked, kept)
    return plan


def _rounds(plan: Plan) -> list[tuple[str, ...]]:
    """Resources that are asked side by side: none of them could be blamed for what another breaks.

    A slow payment fails orders, and goods that come late are written about, so quota is not asked beside
    workers, nor agents beside sorters and vehicles.
    """
    teams, vehicles = teams_of(plan), vehicles_of(plan)
    return [
        (SERVERS, *teams[-1:], HELPERS),
        (GATEWAY, *vehicles[:1]),
        (AGENTS,),
        *((team,) for team in reversed(teams[:-1])),
        *((kind,) for kind in vehicles[1:]),
        (DOCKS,),
        (NIGHT_AGENTS,),
        (STATIONS,),
    ]


def _fewer(trials: Trials, known: Plan, plan: Plan, asked: set[str], kept: frozenset[str]) -> Plan:
    """The plan without the units that these resources, each of another level, need not have.

    Whatever breaks its level is put back and the rest asked again: a shop that accepts fewer orders would
    make every later stage look too large. Only what was judged together is taken away.
    """
    units, won = dict.fromkeys(sorted(asked), 1), dict.fromkeys(asked, 0)
    while units:
        fewer, needed = plan, set[str]()
        for path, number in units.items():
            less = with_units(trials.base, fewer, path, -number, kept)
            needed |= {path} if less is fewer else set()  # so many are not there, or must be
            fewer = less
        needed = needed or _broken(trials, known, fewer, set(units))
        if not needed:
            plan = fewer
            won = {path: won[path] + 1 for path in units}
        again = {path: 1 for path in needed if units[path] > 1}
        rest = {path: number for path, number in units.items() if path not in needed}
        if not needed:  # twice as much each time, once two single units were too many
            rest = {path: number * (2 if won[path] > 1 else 1) for path, number in rest.items()}
        units = rest | again
    return plan


def _broken(trials: Trials, known: Plan, plan: Plan, asked: set[str]) -> set[str]:
    """Of the resources asked, those whose level is no longer held; empty where the plan holds every level.

    Only nights on which a level is in danger are played; on the others it is as it was under the known plan,
    which has more of everything. The judge plays them all again in the end.
    """
    before = trials.rows(known, NIGHTS, FRESH)
    levels = {level: set(paths) & asked for level, paths in carriers(plan).items() if set(paths) & asked}
    nights = in_danger(before, tuple(levels))
    broken: set[str] = set()
    for upto in sorted({len(nights) // 2, len(nights)} - {0}):
        shares = trials.mixed(plan, before, nights[:upto], FRESH)
        failing = {level for level, share in shares.items() if not passes(share, trials.required)}
        broken = {path for level in failing for path in levels.get(level, ())}
        if failing and not broken:  # a level of another stage: the first that could have broken it
            broken = {next(path for path in plan.counts if path in asked)}
        if broken == asked:
            break
    return broken
