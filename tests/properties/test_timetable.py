"""A route through the speeds of the day: the evaluator against a clock, second by second, and the engine."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.acts.evening import play_evening
from sim.acts.night import before_the_hall, before_the_road
from sim.chain import event_of
from sim.engines import Engine
from sim.scenario import Scenario
from sim.stages.delivery.timetable import timetable
from tests.properties.contexts import CONTEXTS, tree_of

SECOND = 1.0 / 60.0
CLASSES = 4
BANDS = ((0.0, 390.0, 435.0, 555.0, 600.0), ((1.0, 1.3, 1.65, 1.3, 1.0),))


def by_the_second(depart: Any, legs: Any, service: Any, factor: Any, share: Any, speed: Any) -> Any:
    """(n, stops) last crate at every stop, by letting every second of the day pass for n routes at once.

    Borders of bands are whole minutes, so a second has one speed; what ends inside a second leaves its rest
    to what comes next. depart (n,) whole seconds; legs, service (n, stops); factor (n, minutes, classes) of
    the day, share (n, stops, classes) of each class in a leg.
    """
    n, stops = legs.shape
    work = np.stack([legs, service], axis=2).reshape(n, 2 * stops).copy()
    phase, row = np.zeros(n, np.int64), np.arange(n)
    done = np.full((n, 2 * stops), np.nan)
    second = np.rint(depart * 60.0).astype(np.int64)
    while (phase < 2 * stops).any():
        left = np.full(n, SECOND)
        slow = factor[row, second // 60 % 1440]
        active = phase < 2 * stops
        while active.any():
            at = np.minimum(phase, 2 * stops - 1)
            mixed = (share[row, at // 2] * slow).sum(
                axis=1
            )  # minutes a free-flow minute takes, class by class
            rate = np.where(at % 2 == 0, speed / mixed, 1.0)
            used = np.where(active, np.minimum(work[row, at] / rate, left), 0.0)
            ends = active & (work[row, at] / rate <= left)
            work[row, at] -= used * rate
            left -= used
            done[row[ends], at[ends]] = second[ends] * SECOND + SECOND - left[ends]
            phase[ends] += 1
            active = ends & (phase < 2 * stops)
        second += 1
    return done[:, 1::2]


def test_the_evaluator_equals_the_clock_on_a_thousand_routes() -> None:
    """1,000 random routes, weathers, days, mixes of classes: every stop as a clock by the second says."""
    rng = np.random.default_rng(5)
    n, stops = 1000, 9
    depart = np.floor(rng.uniform(1300.0, 2100.0, n) * 60.0) / 60.0
    legs, service = rng.uniform(0.0, 24.0, (n, stops)), rng.uniform(0.0, 12.0, (n, stops))
    speed = rng.uniform(0.6, 1.2, n)
    starts = [np.unique(np.append(0, rng.integers(1, 1440, rng.integers(0, 12)))) for _ in range(n)]
    factors = [rng.uniform(0.5, 3.0, (len(one), CLASSES)) for one in starts]
    share = rng.dirichlet(np.full(CLASSES, 0.5), (n, stops))
    by_minute = np.array([
        factor[np.searchsorted(start, np.arange(1440), side="right") - 1]
        for start, factor in zip(starts, factors, strict=True)
    ])  # fmt: skip
    theirs = by_the_second(depart, legs, service, by_minute, share, speed)
    for i in range(n):
        travel = np.zeros((stops + 1, stops + 1))
        travel[np.arange(stops), np.arange(1, stops + 1)] = legs[i]
        ways = np.ones(((stops + 1) ** 2, len(starts[i])))
        ways[np.arange(stops) * (stops + 1) + np.arange(1, stops + 1)] = share[i] @ factors[i].T
        bands = (starts[i].astype(float).tolist(), ways.tolist())
        ours = timetable(range(stops), depart[i], service[i], travel, travel, bands, speed[i])
        assert ours.done_min == pytest.approx(theirs[i], abs=1e-6)


@given(
    legs=st.lists(st.floats(0.0, 60.0), min_size=1, max_size=8),
    depart=st.floats(0.0, 2880.0),
    later=st.floats(0.0, 300.0),
    speed=st.floats(0.3, 2.0),
)
def test_a_route_that_leaves_later_is_nowhere_earlier(
    legs: list[float], depart: float, later: float, speed: float
) -> None:
    """At no stop, nor back home, does leaving later bring a van in earlier."""
    n = len(legs)
    travel = np.full((n + 1, n + 1), 7.0)
    for i, minutes in enumerate(legs):
        travel[i, i + 1] = minutes
    one, two = (
        timetable(range(n), when, np.full(n, 3.0), travel, travel, BANDS, speed)
        for when in (depart, depart + later)
    )
    assert (two.arrive_min >= one.arrive_min - 1e-9).all()
    assert two.return_min >= one.return_min - 1e-9


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_both_engines_drive_by_the_evaluator(engine: Engine) -> None:
    """Without luck every trip of a morning is the timetable of its route, to the bit."""
    scenario = Scenario.model_validate_json(tree_of(CONTEXTS[0]))
    event = event_of(scenario, 1, 0, engine)
    show = play_evening(event)
    hall = before_the_hall(event, show)
    morning = before_the_road(event, show, event.face.run_sorting(hall.numbers, hall.draws, hall.given))
    draws = morning.draws._replace(
        leg=np.ones_like(morning.draws.leg), stop_min=np.full_like(morning.draws.stop_min, 5.0),
        absent=np.zeros_like(morning.draws.absent), pace=np.ones_like(morning.draws.pace),
        traffic=1.0, stop_time=1.0, speed=0.85,
    )  # fmt: skip
    road = event.face.run_delivery(morning.numbers, draws, hall.plan, morning.given)
    trips, stops = road.trips, road.stops
    assert len(trips["van"]) > 1
    for t in range(len(trips["van"])):
        mine = (stops["van"] == trips["van"][t]) & (stops["trip"] == trips["trip"][t])
        points = stops["point"][mine].tolist()
        service = np.zeros(event.market.communities)
        service[points] = 5.0 + stops["crates"][mine] * morning.numbers.unload_crate_min
        times = timetable(
            points, float(trips["depart_min"][t]), service, morning.given.travel_min, morning.given.travel_m,
            (scenario.roads.bands()[0], morning.given.way_factors.tolist()), 0.85,
        )  # fmt: skip
        assert np.array_equal(times.arrive_min, stops["arrive_min"][mine])
        assert np.array_equal(times.done_min, stops["unload_end_min"][mine])
        assert times.return_min == trips["return_min"][t]
        ways = pairwise([0, *(point + 1 for point in points), 0])
        assert times.metres == pytest.approx(sum(morning.given.travel_m[a, b] for a, b in ways))
