"""The loop: plan, drive the mornings, see why stops were late, put buffers there, plan again.

A route is late for one of three reasons, and each has its own remedy: it was loaded beyond the van (its
points are planned heavier), it took longer than planned (its points are planned slower), or nobody drove it
(a van is kept spare). Buffers stay with the points, so a new plan with other routes still carries them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.acts.night import piles_of, road_as_planned, van_prices
from sim.experiments.routes.incumbent import Candidate
from sim.experiments.routes.mornings import Driven, Mornings
from sim.stages.delivery.plans import expected_crates, make_plan
from sim.stages.delivery.route_problem import NoFeasiblePlan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sim.experiments.routes.incumbent import By
    from sim.stages.delivery.spec import Plan

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

ROUNDS = 8
"""Plans tried with one fleet and departure before it is given up."""
HEAVIER_AT_MOST = 1.25
SHARE_OF_SHORTFALL = 0.8
"""Of the minutes a route is short, this share goes to its points at once; the next round sees the rest."""


@dataclass(frozen=True)
class Buffers:
    """What the plan adds for caution: per point a factor on the load and minutes; vans without a route."""

    heavier: Floats
    minutes: Floats
    spare: int

    def shrunk(self, share: float) -> Buffers:
        """The same caution, less of it: 1 all, 0 none; the spare vans stay."""
        return Buffers(1.0 + share * (self.heavier - 1.0), share * self.minutes, self.spare)


class Attempt(NamedTuple):
    """A plan, whose it is, how it fared on the mornings, and at what price a morning."""

    plan: Plan
    by: By
    buffers: Buffers
    driven: Driven
    p_all: float
    cost_cny: float


@dataclass
class Loop:
    """One fleet and departure: rounds of planning until `goal` of the mornings have every stop on time."""

    mornings: Mornings
    goal: float
    attempts: list[Attempt] = field(default_factory=list)
    binds: str = ""

    def run(self, candidates: Sequence[Candidate]) -> list[Attempt]:
        """These candidates and the best plan with buffers: first those that reach the goal, cheapest first.

        `binds` then says why there is none with buffers that reaches it.
        """
        points = self.mornings.event.market.communities
        buffers = Buffers(np.ones(points), np.zeros(points), self._spare())
        found = [self.judge(one, buffers) for one in candidates]
        planned = self._planned(buffers) or max(self.attempts, key=lambda one: one.p_all, default=None)
        found += [] if planned is None else [planned]
        return sorted(found, key=lambda one: (0, one.cost_cny) if one.p_all >= self.goal else (1, -one.p_all))

    def _planned(self, buffers: Buffers) -> Attempt | None:
        """Plan, drive, add buffers, plan again; from these buffers on."""
        for _ in range(ROUNDS):
            attempt = self._attempt(buffers)
            if attempt is None:
                return None
            if attempt.p_all >= self.goal:
                return self._cheaper(attempt)
            buffers = self._more(attempt)
        self.binds = self.binds or "time"
        return None

    def _spare(self) -> int:
        """Vans kept back, so that drivers who stay away explain at most half of the mornings missed."""
        absent = np.sort(self.mornings.absent())
        at = min(len(absent) - 1, int(np.ceil((1.0 + self.goal) / 2.0 * len(absent))) - 1)
        return int(absent[at])

    def _attempt(self, buffers: Buffers) -> Attempt | None:
        event = self.mornings.event
        s, market = self.mornings.scenario, event.market
        kg = self.mornings.kg.mean(axis=0) * buffers.heavier
        try:
            plan = make_plan(
                s.delivery,
                van_prices(s.money),
                kg,
                expected_crates(s.delivery, kg, piles_of(event)),
                road_as_planned(s.delivery, s.roads, market),
                market.travel_m,
                buffer_min=buffers.minutes,
                spare=buffers.spare,
                whole=True,
            )
        except NoFeasiblePlan as problem:
            self.binds = problem.binds
            return None
        attempt = self.judge(Candidate(plan, "buffers"), buffers)
        self.attempts.append(attempt)
        return attempt

    def judge(self, candidate: Candidate, buffers: Buffers) -> Attempt:
        """Drive a plan through the mornings."""
        s = self.mornings.scenario
        driven = self.mornings.drive(candidate.plan)
        late = driven.late(s.delivery.promise_min).any(axis=1)
        return Attempt(*candidate, buffers, driven, float(1.0 - late.mean()), price(s.money, driven))

    def _more(self, attempt: Attempt) -> Buffers:
        """More caution where mornings were missed, by the reason they were missed for."""
        s, plan, b = self.mornings.scenario, attempt.plan, attempt.buffers
        late = attempt.driven.late(s.delivery.promise_min)
        routes = len(plan.van)
        allowed = (1.0 - self.goal) / routes
        heavier, minutes = b.heavier.copy(), b.minutes.copy()
        manned = self.mornings.absent() <= b.spare + (self.mornings.vans - routes - b.spare)
        room_kg, room_crates = self.mornings.room(plan.van)
        uncured = 0.0
        for route in range(routes):
            points = plan.points[plan.first[route] : plan.first[route + 1]]
            missed = late[:, points].any(axis=1) & manned
            kg, crates = self.mornings.kg[:, points].sum(axis=1), self.mornings.crates[:, points].sum(axis=1)
            fill = np.maximum(kg / room_kg[route], crates / room_crates[route])
            over = fill > 1.0
            uncured += float(missed.mean())
            if (missed & over).mean() > allowed / 2.0:
                heavier[points] *= min(HEAVIER_AT_MOST, max(float(np.quantile(fill, 1.0 - allowed)), 1.01))
            if (missed & ~over).mean() > allowed / 2.0:
                finish = attempt.driven.done_min[np.ix_(manned & ~over, points)]
                short = np.nanmax(np.where(np.isinf(finish), np.nan, finish), axis=1) - s.delivery.promise_min
                wanted = float(np.nanquantile(short, 1.0 - allowed)) if np.isfinite(short).any() else 5.0
                minutes[points] += SHARE_OF_SHORTFALL * max(wanted, 2.0) / len(points)
        self.binds = "vehicles" if uncured < (1.0 - self.goal) else "time_or_load"
        return Buffers(heavier, minutes, b.spare)

    def _cheaper(self, reached: Attempt) -> Attempt:
        """Give back caution that the goal does not need, by halves."""
        best, low, high = reached, 0.0, 1.0
        for _ in range(3):
            share = 0.5 * (low + high)
            attempt = self._attempt(reached.buffers.shrunk(share))
            if attempt is None:
                break
            if attempt.p_all >= self.goal:
                high = share
                best = min(best, attempt, key=lambda one: one.cost_cny)
            else:
                low = share
        return best


def price(money: object, driven: Driven) -> float:
    """Mean cost of a morning's driving, CNY: kilometres, hours and vans used, as `cost_cny` pays them."""
    km, hours, vans = float(driven.km.mean()), float(driven.hours.mean()), float(driven.vans.mean())
    rate = {name: float(getattr(money, name)) for name in ("van_cny_per_km", "van_cny_per_h", "van_cny_used")}
    return km * rate["van_cny_per_km"] + hours * rate["van_cny_per_h"] + vans * rate["van_cny_used"]
