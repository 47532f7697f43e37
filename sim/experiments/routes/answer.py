"""What `lianlu routes` answers: the scenario's own plan, the plan that keeps the promise, and what it costs.

Searched is in the order a planner would ask: other routes with the same vans; the same vans leaving
earlier; one van more, then two. The first that reaches the promise on the mornings searched on is judged on
fresh ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.acts.night import fixed_plan_of
from sim.experiments.intervals import share_interval
from sim.experiments.routes.mornings import Driven, Mornings
from sim.experiments.routes.promise import Attempt, Loop, price
from sim.laws import mean_of
from sim.problems import Unusable
from sim.roads.paces import way_factors
from sim.scenario_file.changing import changed
from sim.stages.delivery.timetable import timetable

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.scenario import Scenario
    from sim.stages.delivery.spec import Plan

FRESH = 1_000_000
"""Number of the first fresh morning: none of them was searched on."""
EARLIER_MIN = (0.0, 30.0, 60.0, 90.0)
MOST_EXTRA_VANS = 6
CAUTION = 1.0
"""Standard errors that the searched mornings must exceed the promise by: the best of several is lucky."""
BINDS = ("weight", "volume", "time")


class Stage(NamedTuple):
    """A fleet and departure tried: minutes earlier, vans more; how far the best plan came, what bound it."""

    earlier_min: float
    more_vans: int
    p_all: float
    cost_cny: float
    binds: str


class Chosen(NamedTuple):
    """The plan to answer with, its fleet and departure, and how it fared on the mornings searched."""

    plan: Plan
    scenario: Scenario
    p_all: float


@dataclass(frozen=True)
class Search:
    """How to search: the promise, mornings to search on and to judge on, and what may be changed."""

    probability: float = 0.95
    mornings: int = 300
    fresh: int = 1000
    may_leave_earlier: bool = True
    more_vans: int = MOST_EXTRA_VANS


def keep_promise(
    scenario: Scenario,
    search: Search,
    *,
    seed: int = 1,
    jobs: int | None = None,
    tick: Callable[[int, str], None] = lambda _number, _what: None,
) -> dict[str, Any]:
    """The document of `lianlu routes`.

    Raises:
        Unusable: a question that has no answer, in a sentence.

    """
    if scenario.market.resample:
        raise Unusable("a market drawn anew each time (`market.resample`) has no routes of its own")
    if scenario.depots.count:
        raise Unusable(
            "`routes` plans vans that drive from the centre; found depots: set `depots.count` to 0"
        )
    if not 0.5 <= search.probability < 1.0:
        raise Unusable(f"a promise kept with probability {search.probability:g}: ask for 0.5 to 0.999")
    goal = search.probability + CAUTION * math.sqrt(
        search.probability * (1.0 - search.probability) / search.mornings
    )
    if goal >= 1.0:
        raise Unusable(
            f"{search.mornings} mornings cannot tell {search.probability:g}: ask for more mornings"
        )
    mornings = Mornings(scenario, seed, search.mornings, jobs=jobs, tick=lambda n: tick(n - 1, "mornings"))
    own = fixed_plan_of(mornings.event)
    first = _judged(own, mornings.drive(own), scenario)
    tried: list[Stage] = []
    nearest, found = Chosen(own, scenario, first["p_all_on_time"]), False
    for earlier, more in _stages(search):
        other = with_fleet(scenario, earlier, more)
        loop = Loop(mornings.with_fleet(other) if (earlier or more) else mornings, goal)
        reached = loop.run()
        best = reached or max(loop.attempts, key=lambda one: one.p_all, default=None)
        tried.append(_stage(earlier, more, best, "" if reached else loop.binds))
        if reached is not None or (best is not None and best.p_all > nearest.p_all):
            assert best is not None
            nearest, found = Chosen(best.plan, other, best.p_all), reached is not None
        if found:
            break
    fresh = Mornings(
        scenario, seed, search.fresh, FRESH, jobs=jobs, tick=lambda n: tick(FRESH + n - 1, "fresh mornings")
    )
    return _document(scenario, search, seed, first, nearest, found, tried, fresh, own)


def _stages(search: Search) -> list[tuple[float, int]]:
    earlier = EARLIER_MIN if search.may_leave_earlier else (0.0,)
    return [(minutes, 0) for minutes in earlier] + [
        (minutes, more) for more in range(1, search.more_vans + 1) for minutes in (earlier[0], earlier[-1])
    ]


def with_fleet(scenario: Scenario, earlier_min: float, more_vans: int) -> Scenario:
    """The scenario with an earlier departure and more vans of the most numerous type."""
    kinds = scenario.delivery.vehicles
    most = max(range(len(kinds)), key=lambda k: kinds[k].count)
    return changed(
        scenario,
        {
            "delivery.depart_from_min": scenario.delivery.depart_from_min - earlier_min,
            f"delivery.vehicles[{most}].count": kinds[most].count + more_vans,
        },
    )


def _stage(earlier: float, more: int, best: Attempt | None, binds: str) -> Stage:
    if best is None:
        return Stage(earlier, more, math.nan, math.nan, binds)
    return Stage(earlier, more, best.p_all, best.cost_cny, binds)


def _judged(plan: Plan, driven: Driven, scenario: Scenario) -> dict[str, Any]:
    late = driven.late(scenario.delivery.promise_min)
    n = len(late)
    kept = n - int(np.count_nonzero(late.any(axis=1)))
    low, high = share_interval(kept, n)
    return {
        "p_all_on_time": kept / n,
        "ci_low": low,
        "ci_high": high,
        "mornings": n,
        "cost_cny": price(scenario.money, driven),
        "km": float(driven.km.mean()),
        "van_hours": float(driven.hours.mean()),
        "vans_used": float(driven.vans.mean()),
        "second_trips": float(driven.second_trips.mean()),
        "route_count": len(plan.van),
    }


def _document(
    scenario: Scenario,
    search: Search,
    seed: int,
    first: dict[str, Any],
    nearest: Chosen,
    reached: bool,
    tried: list[Stage],
    fresh: Mornings,
    own: Plan,
) -> dict[str, Any]:
    plan, other = nearest.plan, nearest.scenario
    judged_on = fresh if other is scenario else fresh.with_fleet(other)
    if plan is not own and scenario.sorting.policy == "by_community_sku":  # sorted in the order of loading
        judged_on = Mornings(other, seed, search.fresh, FRESH, plan=plan)
    driven = judged_on.drive(plan)
    verdict = _judged(plan, driven, other)
    own_fresh = _judged(own, driven if plan is own else fresh.drive(own), scenario)
    return {
        "scenario": scenario.name,
        "seed": seed,
        "probability": search.probability,
        "promise_min": scenario.delivery.promise_min,
        "reached": reached,
        **({} if reached else _missing(driven, search.probability, scenario.delivery.promise_min)),
        "routes": _routes(judged_on, plan, driven),
        **verdict,
        "first_plan": own_fresh | {"searched_on": first["p_all_on_time"]},
        "depart_from_min": other.delivery.depart_from_min,
        "earlier_min": scenario.delivery.depart_from_min - other.delivery.depart_from_min,
        "vans": judged_on.vans,
        "more_vans": judged_on.vans - fresh.vans,
        "spare_vans": judged_on.vans - len(plan.van),
        "extra_cost_cny": verdict["cost_cny"] - own_fresh["cost_cny"],
        "extra_km": verdict["km"] - own_fresh["km"],
        "tried": [_plain(stage) for stage in tried],
    }


def _missing(driven: Driven, probability: float, promise_min: float) -> dict[str, Any]:
    """How late the last crate is on the morning that decides the promise; nothing where it never comes."""
    last = np.nanmax(driven.done_min, axis=1, initial=-np.inf)
    late = float(np.quantile(last, probability, method="higher")) - promise_min
    return {"missing_min": max(late, 0.0)} if math.isfinite(late) else {}


def _plain(stage: Stage) -> dict[str, Any]:
    """Without figures where no plan at all holds the limits."""
    return {name: value for name, value in stage._asdict().items() if value == value}  # NaN is none


def _routes(mornings: Mornings, plan: Plan, driven: Driven) -> list[dict[str, Any]]:
    """One record a route: its clock, its mean load, what binds it, and its stops."""
    s, market = mornings.scenario, mornings.event.market
    kg, crates = mornings.kg.mean(axis=0), mornings.crates.mean(axis=0)
    service = mean_of(s.delivery.stop_min) + crates * s.delivery.unload_crate_s / 60.0
    p_on_time = driven.p_on_time(s.delivery.promise_min)
    room_kg, room_crates = mornings.room(plan.van)
    rows = []
    bands = s.roads.bands()[0], way_factors(s.roads, market.class_min).tolist()
    for r, van in enumerate(plan.van.tolist()):
        points = plan.points[plan.first[r] : plan.first[r + 1]].tolist()
        depart = float(plan.depart_min[r])
        times = timetable(points, depart, service, market.travel_min, market.travel_m, bands)
        used = (
            float(kg[points].sum() / room_kg[r]),
            float(crates[points].sum() / room_crates[r]),
            (times.done_min[-1] - depart) / (s.delivery.promise_min - depart),
        )
        row = {
            "van": van + 1,
            "depart_min": depart,
            "latest_depart_min": float(plan.latest_depart_min[r]),
            "load_by_min": float(plan.load_by_min[r]),
            "return_min": times.return_min,
            "km": times.metres / 1000.0,
            "load_kg": float(kg[points].sum()),
            "load_m3": float(crates[points].sum()) * s.delivery.crate_m3,
            "binds": BINDS[int(np.argmax(used))],
        }
        figures = zip(points, times.arrive_min, kg[points], crates[points], p_on_time[points], strict=True)
        keys = ("pickup", "planned_min", "kg", "crates", "p_on_time")
        stops = [dict(zip(keys, map(float, one), strict=True)) | {"pickup": one[0]} for one in figures]
        rows.append(row | {"stops": stops})
    return rows
