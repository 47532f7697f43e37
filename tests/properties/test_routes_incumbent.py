"""The plan there is is moved earlier beside every plan searched, before a fleet is called too small."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.acts.night import fixed_plan_of
from sim.chain import event_of
from sim.experiments.laboratory import Laboratory
from sim.experiments.routes.answer import Search, keep_promise, with_fleet
from sim.experiments.routes.incumbent import moved, renumbered
from sim.scenario import Scenario
from sim.stages.delivery.fleet import VehicleType
from sim.stages.delivery.flow import Plan
from tests.properties.contexts import CONTEXTS, put, tree_of

MORNINGS = 50
SEARCH = Search(probability=0.9, mornings=MORNINGS, fresh=MORNINGS)
TIGHT = {
    "night.absence_share": 0.06,
    "delivery.promise_min": 1870.0,
    "delivery.vehicles": [{"name": "van", "count": 5, "payload_kg": 220.0, "volume_m3": 2.2}],
}
"""Five vans are needed and one must be kept for a driver who stays away: no plan with buffers fits."""


def small(changes: dict[str, Any]) -> Scenario:
    """The first context with fields changed."""
    tree = json.loads(tree_of(CONTEXTS[0]))
    for path, value in changes.items():
        put(tree, path, value)
    return Scenario.model_validate_json(json.dumps(tree))


@pytest.fixture(scope="module")
def tight() -> tuple[Scenario, dict[str, Any]]:
    """A small market where only the plan there is carries, and what `routes` answers."""
    scenario = small(TIGHT)
    return scenario, keep_promise(scenario, SEARCH)


def test_a_plan_that_holds_when_it_leaves_earlier_needs_no_more_vans(
    tight: tuple[Scenario, dict[str, Any]],
) -> None:
    """No plan with buffers fits these vans, and the one there is holds half an hour earlier: that is said."""
    scenario, document = tight
    assert document["reached"]
    assert document["more_vans"] == 0
    assert document["earlier_min"] == 30.0
    assert document["by"] in ("own", "usual")
    assert document["first_plan"]["searched_on"] < SEARCH.probability <= document["p_all_on_time"]
    assert keep_promise(scenario, SEARCH) == document


def test_no_departure_is_judged_worse_than_run_drives_it(tight: tuple[Scenario, dict[str, Any]]) -> None:
    """At every departure tried, P is at least that of `run` with that departure on the same mornings."""
    scenario, document = tight
    assert len(document["tried"]) == 2
    with Laboratory(seed=1, jobs=1) as laboratory:
        for stage in document["tried"]:
            other = with_fleet(scenario, stage["earlier_min"], stage["more_vans"])
            kept = laboratory.replicate(other, MORNINGS).column("all_stops_on_time")
            reached = stage["binds"] == ""
            assert stage["p_all"] >= (SEARCH.probability if reached else float(np.mean(kept)))


@pytest.mark.parametrize("promise", [0.88, 0.97])
def test_what_the_mornings_searched_cannot_tell_fresh_ones_decide(promise: float) -> None:
    """Given up is only what lies a standard error below the promise, or what fresh mornings refuse."""
    document = keep_promise(small(TIGHT), replace(SEARCH, probability=promise))
    doubt = (promise * (1.0 - promise) / MORNINGS) ** 0.5
    *given_up, last = document["tried"]
    assert last["p_fresh"] == document["p_all_on_time"] >= promise
    assert last["p_all"] >= promise - doubt
    for stage in given_up:
        assert stage["p_all"] < promise - doubt or stage["p_fresh"] < promise


def test_a_plan_that_holds_is_left_for_a_cheaper_one_only() -> None:
    """Where the plan there is keeps the promise, the answer is that plan to the stop, or costs less."""
    scenario = small({})
    document = keep_promise(scenario, SEARCH)
    assert document["by"] == "own"
    assert document["extra_cost_cny"] == 0.0
    plan = fixed_plan_of(event_of(scenario, 1, 0, "compiled"))
    assert [stop["pickup"] for route in document["routes"] for stop in route["stops"]] == plan.points.tolist()


def routes(**times: list[float]) -> Plan:
    """Two routes of one stop each, the second without time to wait."""
    columns = {
        "depart_min": [1770.0, 1770.5],
        "latest_depart_min": [1800.0, 1770.5],
        "load_by_min": [1790.0, 1765.0],
    }
    columns |= times
    return Plan(
        van=np.array([1, 4]),
        first=np.array([0, 1, 2]),
        points=np.array([1, 0]),
        **{name: np.array(column) for name, column in columns.items()},
        relaxed=0,
    )


def test_routes_moved_earlier_still_wait_for_goods_as_long_as_the_deadline_allows() -> None:
    """Departures move; a latest departure is the deadline's and stays, where there was time to wait."""
    earlier = moved(routes(), 30.0)
    assert earlier.depart_min.tolist() == [1740.0, 1740.5]
    assert earlier.latest_depart_min.tolist() == [1800.0, 1740.5]
    assert earlier.load_by_min.tolist() == [1790.0, 1735.0]
    assert (moved(routes(depart_min=[10.0, 20.0]), 30.0).depart_min == 0.0).all()


def test_vans_keep_their_type_when_others_are_added() -> None:
    """Vehicles are numbered type by type: what is added to the first type moves the numbers of the second."""
    cars, trucks = VehicleType(name="car", count=3), VehicleType(name="truck", count=2)
    more = cars.model_copy(update={"count": 5})
    assert renumbered(routes(), [cars, trucks], [more, trucks]).van.tolist() == [1, 6]
    assert renumbered(routes(), [cars, trucks], [cars, trucks]).van.tolist() == [1, 4]
