"""The plan there is, under another fleet or departure: what a planner tries before drawing other routes.

Two plans carry it over: its own routes, each leaving earlier, and the plan that `run` would drive were the
scenario's fleet and departure these. No fleet is called too small before both have been driven.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.acts.night import fixed_plan_of
from sim.stages.delivery.route_problem import NoFeasiblePlan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from numpy.typing import NDArray

    from sim.acts.event import Event
    from sim.scenario import Scenario
    from sim.stages.delivery.fleet import VehicleType
    from sim.stages.delivery.spec import Plan

    Floats = NDArray[np.float64]
    By = Literal["own", "usual", "buffers"]


class Candidate(NamedTuple):
    """A plan to try, and whose it is: the routes there are, as `run` plans, or planned with buffers."""

    plan: Plan
    by: By


def incumbents(event: Event, own: Plan, other: Scenario, earlier_min: float) -> list[Candidate]:
    """The scenario's own plan under `other`, which leaves `earlier_min` earlier and may have more vans."""
    vehicles, others = event.scenario.delivery.vehicles, other.delivery.vehicles
    found = [Candidate(moved(renumbered(own, vehicles, others), earlier_min), "own")]
    if other is not event.scenario and other.delivery.routes_file is None:
        with suppress(NoFeasiblePlan):  # even giving up every wish: then the routes there are must do
            found.append(Candidate(fixed_plan_of(event._replace(scenario=other)), "usual"))
    return found


def moved(plan: Plan, earlier_min: float) -> Plan:
    """The same routes, leaving earlier; a route that had no time to wait for goods still has none.

    A latest departure holds the deadline and stays, or a route would leave without goods it has time for.
    """
    if not earlier_min:
        return plan
    sooner = np.where(plan.latest_depart_min <= plan.depart_min, earlier_min, 0.0)
    return plan._replace(
        depart_min=_whole_seconds(plan.depart_min - earlier_min),
        latest_depart_min=_whole_seconds(plan.latest_depart_min - sooner),
        load_by_min=_whole_seconds(plan.load_by_min - sooner),
    )


def _whole_seconds(minutes: Floats) -> Floats:
    """As a sheet prints them, from 00:00 of D0 on."""
    return np.maximum(np.rint(minutes * 60.0), 0.0) / 60.0


def renumbered(plan: Plan, before: Sequence[VehicleType], after: Sequence[VehicleType]) -> Plan:
    """The same vans by their numbers in the other fleet: vehicles are numbered type by type."""
    firsts, others = (np.cumsum([0, *(kind.count for kind in fleet)])[:-1] for fleet in (before, after))
    if np.array_equal(firsts, others):
        return plan
    kind = np.searchsorted(firsts, plan.van, side="right") - 1
    return plan._replace(van=plan.van + (others - firsts)[kind])
