"""Travel through the day: speeds by hour, first in first out, the same rule compiled."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.roads import RoadsParams
from sim.roads.paces import planned_min, way_factors
from sim.roads.spec import ROAD_CLASSES, SpeedBand
from sim.stages.delivery.driving_rules import arrive_min

STARTS, FACTORS = RoadsParams().bands()

minutes_of_run = st.floats(0, 4000, allow_nan=False) | st.sampled_from(
    [0.0, 389.75, 390.0, 435.0, 1440.0, 2040.0]
)


@given(depart=minutes_of_run, later=st.floats(0, 900), base=st.floats(0, 600), speed=st.floats(0.3, 2))
def test_leaving_later_never_arrives_earlier(depart: float, later: float, base: float, speed: float) -> None:
    """First in, first out holds for every departure, length of way and weather (to rounding)."""
    first = arrive_min(depart, base, STARTS, FACTORS, speed)
    second = arrive_min(depart + later, base, STARTS, FACTORS, speed)
    assert second >= first - 1e-9
    assert first >= depart + base / speed - 1e-9
    assert first <= depart + base * 1.65 / speed + 1e-9


@given(depart=minutes_of_run, base=st.floats(0, 300), more=st.floats(0, 300))
def test_a_way_is_the_sum_of_its_parts(depart: float, base: float, more: float) -> None:
    """Driving a way in two pieces without a stop takes as long as in one."""
    half = arrive_min(depart, base, STARTS, FACTORS, 0.85)
    assert arrive_min(half, more, STARTS, FACTORS, 0.85) == pytest.approx(
        arrive_min(depart, base + more, STARTS, FACTORS, 0.85), abs=1e-7
    )


def test_bands_are_closed_at_the_left_and_repeat_daily() -> None:
    """At 07:15 sharp the peak's factor holds, a moment before the earlier one, and tomorrow is like today."""
    assert arrive_min(435.0, 10.0, STARTS, FACTORS, 1.0) == 435.0 + 16.5
    assert arrive_min(425.0, 10.0 / 1.3, STARTS, FACTORS, 1.0) == 435.0
    assert arrive_min(1440.0 + 435.0, 10.0, STARTS, FACTORS, 1.0) == 1440.0 + 451.5
    assert arrive_min(1435.0, 10.0, STARTS, FACTORS, 1.0) == 1445.0
    assert arrive_min(380.0, 20.0, STARTS, FACTORS, 1.0) == 390.0 + 13.0
    assert arrive_min(700.0, 10.0, STARTS, FACTORS, 0.5) == 720.0
    assert arrive_min(700.0, 0.0, STARTS, FACTORS, 0.85) == 700.0


def test_the_rule_is_the_same_compiled() -> None:
    """Compiled and plain arithmetic agree to the bit on random departures and on band borders."""
    from sim.compiling import compiled, kernel

    rule = compiled(arrive_min)

    @kernel
    def many(depart, base, starts, factors, speed, out):  # type: ignore[no-untyped-def]
        for i in range(len(depart)):
            out[i] = rule(depart[i], base[i], starts, factors, speed)

    rng = np.random.default_rng(3)
    depart = np.concatenate((rng.uniform(0, 3000, 500), np.repeat(np.array(STARTS) + 1440.0, 20)))
    base = np.concatenate((rng.uniform(0, 200, 500), np.arange(100) * 0.25))
    out = np.empty(len(depart))
    many(depart, base, np.array(STARTS), np.array(FACTORS), 0.85, out)
    plain = [
        arrive_min(d, b, STARTS, FACTORS, 0.85) for d, b in zip(depart.tolist(), base.tolist(), strict=True)
    ]
    assert np.array_equal(out, plain)


@pytest.mark.parametrize("starts", [[], [10], [0, 0], [0, 500, 400]])
def test_bands_must_cover_the_day_in_order(starts: list[int]) -> None:
    """Bands that leave a gap, repeat or go back are refused when the scenario is read."""
    with pytest.raises(ValidationError):
        RoadsParams(speed_bands=[SpeedBand(start_min=start, factor=1.0) for start in starts])


def classed(**ratios: float) -> RoadsParams:
    """Two bands; in the second, from 06:40, these classes are slowed by so much more."""
    return RoadsParams(
        speed_bands=[SpeedBand(start_min=0, factor=1.0), SpeedBand(start_min=400, factor=1.5, **ratios)]
    )


def test_classes_slowed_alike_are_one_factor() -> None:
    """Without a class of its own all ways share one row, with all classes alike all rows are the same."""
    rng = np.random.default_rng(2)
    class_min = rng.uniform(0.0, 5.0, (4, 4, len(ROAD_CLASSES)))
    assert way_factors(classed(), class_min).tolist() == [[1.0, 1.5]]
    alike = way_factors(classed(**dict.fromkeys(ROAD_CLASSES, 2.0)), class_min)
    assert alike == pytest.approx(np.tile([1.0, 3.0], (16, 1)))


def test_a_way_is_slowed_by_the_classes_it_uses() -> None:
    """Half by expressway: half of its minutes take as long as there; a way of no length has no mix."""
    class_min = np.zeros((2, 2, len(ROAD_CLASSES)))
    class_min[0, 1] = [6.0, 0.0, 6.0, 0.0]
    class_min[1, 0] = [0.0, 0.0, 12.0, 0.0]
    found = way_factors(classed(expressway=2.0), class_min)
    assert found[0 * 2 + 1].tolist() == [1.0, 0.5 * 3.0 + 0.5 * 1.5]
    assert found[1 * 2 + 0].tolist() == [1.0, 1.5]
    assert np.isfinite(found).all()


def test_the_planner_weighs_what_the_morning_slows() -> None:
    """06:00–07:20 is slow half of the time: the way by expressway looks longer by the mean of both."""
    class_min = np.zeros((2, 2, len(ROAD_CLASSES)))
    class_min[0, 1, 0] = class_min[1, 0, 2] = 12.0
    travel = class_min.sum(axis=2)
    plain = planned_min(classed(), travel, class_min, 1440.0 + 360.0, 1440.0 + 440.0)
    assert plain is travel
    found = planned_min(classed(expressway=2.0), travel, class_min, 1440.0 + 360.0, 1440.0 + 440.0)
    assert found[0, 1] == pytest.approx(12.0 * (1.0 + 3.0) / (1.0 + 1.5))
    assert found[1, 0] == pytest.approx(12.0)
