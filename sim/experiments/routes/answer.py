"""What `lianlu routes` answers: the scenario's own plan, the plan that keeps the promise, and what it costs.

Searched is in the order a planner would ask: other routes with the same vans; the same vans leaving
earlier; one van more, then two. With each fleet and departure the plan there is (`incumbent`) stands beside
those planned with buffers, and the cheapest that reaches the promise wins. The first fleet and departure with
such a plan is the answer, judged on fresh mornings; they also decide what the mornings searched cannot tell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.acts.night import fixed_plan_of
from sim.experiments.routes.incumbent import incumbents
from sim.experiments.routes.judge import FRESH, Judge, Verdict, figures_of
from sim.experiments.routes.mornings import Driven, Mornings
from sim.experiments.routes.promise import Loop
from sim.laws import mean_of
from sim.problems import Unusable
from sim.roads.paces import way_factors
from sim.scenario_file.changing import changed
from sim.stages.delivery.timetable import timetable

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.experiments.routes.incumbent import By
    from sim.experiments.routes.promise import Attempt
    from sim.scenario import Scenario
    from sim.stages.delivery.spec import Plan

EARLIER_MIN = (0.0, 30.0, 60.0, 90.0)
MOST_EXTRA_VANS = 6
CAUTION = 1.0
"""Standard errors around the promise within which the mornings searched cannot tell: the best is lucky."""
BINDS = ("weight", "volume", "time")


class Stage(NamedTuple):
    """A fleet and departure tried: its best plan, P on mornings searched and on fresh ones, what bound."""

    earlier_min: float
    more_vans: int
    p_all: float
    p_fresh: float
    cost_cny: float
    by: By
    binds: str


class Chosen(NamedTuple):
    """A plan, its fleet and departure, and the verdict of fresh mornings where they were asked."""

    best: Attempt
    scenario: Scenario
    verdict: Verdict | None

    def holds(self, probability: float) -> bool:
        """Whether fresh mornings say that the promise is kept."""
        return self.verdict is not None and self.verdict.figures["p_all_on_time"] >= probability


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
    doubt = CAUTION * math.sqrt(search.probability * (1.0 - search.probability) / search.mornings)
    if search.probability + doubt >= 1.0:
        raise Unusable(
            f"{search.mornings} mornings cannot tell {search.probability:g}: ask for more mornings"
        )
    mornings = Mornings(scenario, seed, search.mornings, jobs=jobs, tick=lambda n: tick(n - 1, "mornings"))
    own = fixed_plan_of(mornings.event)
    judge = Judge(scenario, own, seed, search.fresh, jobs, lambda n: tick(FRESH + n - 1, "fresh mornings"))
    chosen, tried = _searched(mornings, own, search, judge, doubt)
    first = figures_of(own, mornings.drive(own), scenario)["p_all_on_time"]
    return _document(search, judge, chosen, first, tried)


def _searched(
    mornings: Mornings, own: Plan, search: Search, judge: Judge, doubt: float
) -> tuple[Chosen, list[Stage]]:
    """The plan to answer with, and every fleet and departure tried on the way.

    A plan is sought that exceeds the promise by `doubt` on the mornings searched. Within `doubt` of the
    promise they cannot tell, and no fleet is called too small for that: fresh mornings decide.
    """
    scenario = mornings.scenario
    nearest: Chosen | None = None
    tried: list[Stage] = []
    for earlier, more in _stages(search, scenario.delivery.depart_from_min):
        other = with_fleet(scenario, earlier, more)
        loop = Loop(mornings if other is scenario else mornings.with_fleet(other), search.probability + doubt)
        attempts = loop.run(incumbents(mornings.event, own, other, earlier))
        chosen = _first_that_holds(attempts, other, search.probability, doubt, judge)
        holds = chosen.holds(search.probability)
        tried.append(_stage(earlier, more, chosen, "" if holds else loop.binds or "time_or_load"))
        if holds:
            return chosen, tried
        if nearest is None or chosen.best.p_all > nearest.best.p_all:
            nearest = chosen
    assert nearest is not None
    return nearest, tried


def _first_that_holds(
    attempts: list[Attempt], other: Scenario, probability: float, doubt: float, judge: Judge
) -> Chosen:
    """The first of these that fresh mornings confirm; where none is, the one that came nearest."""
    chosen: list[Chosen] = []
    for one in attempts:
        asked = one.p_all >= probability - doubt
        chosen.append(Chosen(one, other, judge.of(one.plan, other) if asked else None))
        if chosen[-1].holds(probability):
            return chosen[-1]
    return max(chosen, key=lambda one: one.best.p_all)


def _stages(search: Search, depart_from_min: float) -> list[tuple[float, int]]:
    """(minutes earlier, vans more) in the order tried; nobody leaves before 00:00 of D0."""
    earlier = [minutes for minutes in EARLIER_MIN if minutes <= depart_from_min]
    earlier = earlier if search.may_leave_earlier else [0.0]
    ends = dict.fromkeys((earlier[0], earlier[-1]))
    return [(minutes, 0) for minutes in earlier] + [
        (minutes, more) for more in range(1, search.more_vans + 1) for minutes in ends
    ]


def with_fleet(scenario: Scenario, earlier_min: float, more_vans: int) -> Scenario:
    """The scenario with an earlier departure and more vans of the most numerous type."""
    if not (earlier_min or more_vans):
        return scenario
    kinds = scenario.delivery.vehicles
    most = max(range(len(kinds)), key=lambda k: kinds[k].count)
    return changed(
        scenario,
        {
            "delivery.depart_from_min": scenario.delivery.depart_from_min - earlier_min,
            f"delivery.vehicles[{most}].count": kinds[most].count + more_vans,
        },
    )


def _stage(earlier: float, more: int, chosen: Chosen, binds: str) -> Stage:
    best, verdict = chosen.best, chosen.verdict
    fresh = math.nan if verdict is None else float(verdict.figures["p_all_on_time"])
    return Stage(earlier, more, best.p_all, fresh, best.cost_cny, best.by, binds)


def _document(
    search: Search, judge: Judge, chosen: Chosen, searched_on: float, tried: list[Stage]
) -> dict[str, Any]:
    scenario, own, fresh = judge.scenario, judge.own, judge.fresh
    plan, other, promise = chosen.best.plan, chosen.scenario, judge.scenario.delivery.promise_min
    judged_on, driven, verdict = chosen.verdict or judge.of(plan, other)
    reached = chosen.holds(search.probability)
    own_fresh = verdict if plan is own else judge.of(own, scenario).figures
    return {
        "scenario": scenario.name,
        "seed": judge.seed,
        "probability": search.probability,
        "promise_min": promise,
        "reached": reached,
        "by": chosen.best.by,
        **({} if reached else _missing(driven, search.probability, promise)),
        "routes": _routes(judged_on, plan, driven),
        **verdict,
        "first_plan": own_fresh | {"searched_on": searched_on},
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
    """Without the figure of fresh mornings that were not asked."""
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
