"""Route plans: every limit held, best where it can be enumerated, the reason where there is none."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.market import MarketParams, market_of
from sim.roads import RoadsParams
from sim.stages.delivery.route_problem import NoFeasiblePlan
from sim.stages.delivery.route_search import plan_routes

FREE: dict[str, Any] = {
    "service": 0.0, "earliest": 0.0, "latest": math.inf, "return_by": math.inf, "iterations": 300, "seed": 1,
}  # fmt: skip


def places(seed: int, n: int) -> np.ndarray:
    """(n+1, n+1) straight distances of random places."""
    at = np.random.default_rng(seed).uniform(0, 100, (n + 1, 2))
    return np.hypot(*(at[:, None, :] - at[None, :, :]).transpose(2, 0, 1))


def length(route: tuple[int, ...] | list[int], distance: np.ndarray) -> float:
    """Length of a route from the depot and back."""
    way = [0, *route, 0]
    return float(sum(distance[a, b] for a, b in itertools.pairwise(way)))


def hold(
    routes: list[list[int]],
    duration: np.ndarray,
    demand: np.ndarray,
    capacity: float | tuple[float, float],
    service: np.ndarray,
    earliest: np.ndarray,
    latest: np.ndarray,
    return_by: float,
    vehicles: int,
) -> None:
    """Assert that a plan holds every limit, by driving it."""
    n = len(duration) - 1
    assert sorted(stop for route in routes for stop in route) == list(range(1, n + 1))
    assert len(routes) <= vehicles
    assert routes == sorted(routes, key=min)
    for route in routes:
        load = demand[np.array(route) - 1].sum(axis=0)
        assert (load <= np.asarray(capacity) + 1e-6).all()
        now, here = 0.0, 0
        for stop in route:
            now = max(now + duration[here, stop], earliest[stop - 1])
            assert now <= latest[stop - 1] + 1e-4
            now, here = now + service[stop - 1], stop
        assert now + duration[here, 0] <= return_by + 1e-4


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 6))
def test_one_vehicle_finds_the_shortest_tour(seed: int, n: int) -> None:
    """With one vehicle and no limits the plan is as short as the best of all orders."""
    distance = places(seed, n)
    (route,) = plan_routes(distance, distance, np.ones(n), n, vehicles=1, **FREE)
    best = min(length(order, distance) for order in itertools.permutations(range(1, n + 1)))
    assert length(route, distance) <= best * (1 + 1e-3)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_two_vehicles_split_as_well_as_possible(seed: int) -> None:
    """With a capacity that forces two routes, the plan is the best of all splits and orders of five stops."""
    distance = places(seed, 5)
    demand = np.array([3.0, 2.0, 2.0, 1.0, 2.0])
    routes = plan_routes(distance, distance, demand, 6.0, vehicles=2, **FREE)
    best = math.inf
    for chosen in itertools.chain.from_iterable(itertools.combinations(range(1, 6), k) for k in range(1, 5)):
        rest = tuple(set(range(1, 6)) - set(chosen))
        if max(demand[np.array(part) - 1].sum() for part in (chosen, rest)) <= 6.0:
            parts = [
                min(length(o, distance) for o in itertools.permutations(part)) for part in (chosen, rest)
            ]
            best = min(best, sum(parts))
    assert sum(length(route, distance) for route in routes) <= best * (1 + 1e-3)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), unit=st.sampled_from([1.0, 60.0, 1 / 60, 0.25]))
def test_a_plan_holds_weight_volume_and_time(seed: int, unit: float) -> None:
    """Random problems with all limits, in any unit of time, give plans that hold when driven."""
    rng = np.random.default_rng(seed)
    n = 24
    distance = places(seed, n)
    duration = distance * unit * rng.uniform(0.9, 1.3, distance.shape)
    demand = np.column_stack((rng.uniform(1, 9, n), rng.uniform(0.02, 0.09, n)))
    service = rng.uniform(1, 6, n) * unit
    earliest = rng.uniform(0, 60, n) * unit
    latest = earliest + 500 * unit
    limits = (demand, (33.0, 0.4), service, earliest, latest, 900.0 * unit, 7)
    routes = plan_routes(duration, distance, *limits, iterations=200, seed=seed)
    hold(routes, duration, *limits)


def test_an_exact_fit_is_found() -> None:
    """Vehicles filled to the last gram and windows met to the minute are no reason to refuse."""
    distance = np.array([[0, 5, 5, 9], [5, 0, 10, 4], [5, 10, 0, 4], [9, 4, 4, 0]], np.float64) / 8
    demand, service = np.array([[0.1], [0.2], [0.3]]), np.ones(3)
    latest = np.array([0.625, 0.625 + 1 + 1.25, 1.125])
    limits = (demand, 0.3, service, np.zeros(3), latest, 0.625 + 1 + 1.25 + 1 + 0.625, 2)
    routes = plan_routes(distance, distance, *limits, iterations=200, seed=3)
    assert routes == [[1, 2], [3]]
    hold(routes, distance, *limits)


def test_the_depots_own_entries_may_stand_first() -> None:
    """Arrays of n+1 entries give the depot's opening and loading time; the vehicle leaves after both."""
    distance = np.full((2, 2), 10.0) - 10.0 * np.eye(2)
    late: dict[str, Any] = {
        "demand": [0, 1],
        "capacity": 1,
        "return_by": 200,
        "vehicles": 1,
        "iterations": 10,
        "seed": 1,
    }
    assert plan_routes(distance, distance, service=[5, 0], earliest=[30, 0], latest=[0, 45], **late) == [[1]]
    with pytest.raises(NoFeasiblePlan, match="reached at 45"):
        plan_routes(distance, distance, service=[5, 0], earliest=[30, 0], latest=[0, 44], **late)


def test_waiting_for_a_window_is_allowed() -> None:
    """A stop that opens late is waited for, and the return counts from then."""
    distance = np.full((2, 2), 10.0) - 10.0 * np.eye(2)
    asked: dict[str, Any] = {
        "demand": [1],
        "capacity": 1,
        "service": 1,
        "earliest": [60],
        "latest": [61],
        "vehicles": 1,
        "iterations": 10,
        "seed": 1,
    }
    assert plan_routes(distance, distance, return_by=71, **asked) == [[1]]
    with pytest.raises(NoFeasiblePlan, match="home at 71"):
        plan_routes(distance, distance, return_by=70, **asked)


def test_a_way_through_others_counts() -> None:
    """A stop without a direct way is reached through another; without any way the plan is refused."""
    way = np.array([[0, 1, np.inf], [1, 0, 1], [np.inf, 1, 0]])
    asked: dict[str, Any] = dict(demand=[1, 1], capacity=2, vehicles=1, **{**FREE, "return_by": 100})
    with pytest.raises(NoFeasiblePlan):
        plan_routes(way, way, **asked)  # there and back would pass stop 1 twice
    way[2, 0] = 5.0
    assert plan_routes(way, way, **asked) == [[1, 2]]
    way[1, 2] = np.inf
    with pytest.raises(NoFeasiblePlan, match="stop 2"):
        plan_routes(way, way, **asked)


DISTANCE = places(5, 4)
GOOD: dict[str, Any] = {
    "duration": DISTANCE, "distance": DISTANCE, "demand": [1, 2, 3, 4], "capacity": 5, "service": [1] * 4,
    "earliest": [0] * 4, "latest": [1000] * 4, "return_by": 2000, "vehicles": 3, "iterations": 100, "seed": 1,
}  # fmt: skip
IMPOSSIBLE = [
    ("weight", {"capacity": 3.5}, "stop 4"),
    ("weight", {"vehicles": 1}, "all stops need 10"),
    ("volume", {"demand": [[1, 9], [1, 1], [1, 1], [1, 1]], "capacity": (9, 5)}, "stop 1"),
    ("volume", {"demand": [[1, 4]] * 4, "capacity": (9, 5)}, "all stops need 16"),
    ("time", {"latest": [1000, 1000, 1000, 2]}, "stop 4"),
    ("time", {"return_by": 10}, "brings the vehicle home"),
    ("vehicles", {"vehicles": 0}, "no vehicle"),
    ("weight", {"demand": [3, 3, 3, 1], "vehicles": 2}, "holds weight"),
    ("time", {"service": [100] * 4, "latest": [110] * 4, "capacity": 99}, "holds time"),
]


@pytest.mark.parametrize(("binds", "change", "says"), IMPOSSIBLE)
def test_an_impossible_plan_says_what_binds(binds: str, change: dict[str, Any], says: str) -> None:
    """Weight, volume, time and vehicles are told apart, and the sentence names stop or total."""
    with pytest.raises(NoFeasiblePlan, match=says) as problem:
        plan_routes(**{**GOOD, **change})
    assert problem.value.binds == binds
    assert isinstance(problem.value, ValueError)


@pytest.mark.parametrize(
    "change",
    [
        {"duration": DISTANCE[:3]},
        {"distance": DISTANCE[:3, :3]},
        {"duration": np.where(DISTANCE > 0, np.nan, 0)},
        {"distance": -DISTANCE},
        {"demand": [1, 2, 3]},
        {"demand": [[1, 2]] * 4},
        {"demand": [1, 2, 3, -4]},
        {"demand": [1, 2, 3, math.nan]},
        {"capacity": math.nan},
        {"capacity": (1, 2, 3)},
        {"service": [1, 2]},
        {"latest": [math.nan] * 4},
        {"return_by": math.nan},
        {"vehicles": -1},
        {"iterations": 0},
        {"seed": -1},
        {"cost_per_distance": -1.0},
        {"demand": 3.0},
    ],
)
def test_inputs_that_make_no_sense_are_refused(change: dict[str, Any]) -> None:
    """Wrong shapes, NaN and negatives are a ValueError of their own, never a plan and never "infeasible"."""
    with pytest.raises(ValueError) as problem:  # noqa: PT011  # the class below is what counts
        plan_routes(**{**GOOD, **change})
    assert not isinstance(problem.value, NoFeasiblePlan)


def test_nothing_to_deliver_is_no_route() -> None:
    """Without stops the plan is empty."""
    assert plan_routes([[0]], [[0]], [], 1, [], [], [], 10, 1, 10, 1) == []


def test_vehicle_cost_saves_vehicles() -> None:
    """A dear vehicle is used only where it must be; by distance alone more are worth it."""
    apart = np.array([[0, 1, 1, 1], [1, 0, 9, 9], [1, 9, 0, 9], [1, 9, 9, 0]], np.float64)
    asked: dict[str, Any] = dict(demand=[1, 1, 1], capacity=3, vehicles=3, **FREE)
    assert len(plan_routes(apart, apart, **asked)) == 3
    assert len(plan_routes(apart, apart, cost_per_vehicle=100.0, **asked)) == 1


def test_the_default_night_is_planned_within_its_limits_and_the_same_twice() -> None:
    """200 stops and 15 trucks at default iterations: every limit held, the same for the same seed."""
    market = market_of(MarketParams(), RoadsParams())
    kg = market.members * 0.31
    crates = np.ceil(kg / 10)
    duration = market.travel_min * 1.35
    limits = (
        np.column_stack((kg, crates * 0.045)),
        (1300.0, 0.7 * 11.0),
        6.8 + crates / 6,
        np.zeros(200),
        np.full(200, 210.0),
        600.0,
        15,
    )
    routes = plan_routes(duration, market.travel_m, *limits, seed=7)
    hold(routes, duration, *limits)
    assert plan_routes(duration, market.travel_m, *limits, seed=7) == routes
    assert plan_routes(duration, market.travel_m, *limits, seed=8) != routes
