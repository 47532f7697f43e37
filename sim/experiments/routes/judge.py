"""Fresh mornings judge: none of them was searched on. Played when the first plan asks for its judgement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.experiments.intervals import share_interval
from sim.experiments.routes.mornings import Driven, Mornings
from sim.experiments.routes.promise import price

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.scenario import Scenario
    from sim.stages.delivery.spec import Plan

FRESH = 1_000_000
"""Number of the first fresh morning."""


class Verdict(NamedTuple):
    """The mornings under the plan's fleet and departure, what was driven, and its figures."""

    mornings: Mornings
    driven: Driven
    figures: dict[str, Any]


@dataclass
class Judge:
    """Judges plans of a scenario, whose own is `own`, on `number` fresh mornings."""

    scenario: Scenario
    own: Plan
    seed: int
    number: int
    jobs: int | None
    tick: Callable[[int], None]

    @cached_property
    def fresh(self) -> Mornings:
        """The fresh mornings under the scenario's own fleet and departure."""
        return Mornings(self.scenario, self.seed, self.number, FRESH, jobs=self.jobs, tick=self.tick)

    def of(self, plan: Plan, other: Scenario) -> Verdict:
        """The verdict on a plan under `other`, which differs in fleet and departure at most."""
        mornings = self.fresh if other is self.scenario else self.fresh.with_fleet(other)
        if plan is not self.own and other.sorting.policy == "by_community_sku":  # in the order of loading
            mornings = Mornings(other, self.seed, self.number, FRESH, jobs=self.jobs, plan=plan)
        driven = mornings.drive(plan)
        return Verdict(mornings, driven, figures_of(plan, driven, other))


def figures_of(plan: Plan, driven: Driven, scenario: Scenario) -> dict[str, Any]:
    """P(every stop on time) with its interval, and what a morning costs in means."""
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
