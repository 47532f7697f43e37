"""Measurements on columns: queues of one place among many, and the hours somebody was there."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import DAY_MIN
from sim.kpis.measures import most_at_once, most_at_one
from sim.kpis.support import staffed_min
from sim.scenario_file import load_scenario
from sim.stages.aftersales.shifts import first_line
from sim.stages.aftersales.spec import AftersalesParams
from sim.stages.aftersales.support import calendar


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12), st.integers(0, 4)), max_size=40))
def test_the_longest_queue_of_one_place(rows: list[tuple[int, int, int]]) -> None:
    """Ties and empty waits included, it is the largest of the queues counted place by place."""
    place, start, length = (np.array(column, np.int64) for column in zip(*rows, strict=True)) if rows else (
        np.zeros(0, np.int64) for _ in range(3)
    )  # fmt: skip
    begin, end = start / 4.0, (start + length) / 4.0
    one_by_one = [most_at_once(begin[place == p], end[place == p]) for p in range(4)]
    assert most_at_one(place, begin, end) == max(one_by_one)


def test_hours_of_agents_are_those_of_the_night() -> None:
    """On the `staffed` clock the evening team's hours pass on a show night and not in a text arm."""
    time = np.array([0.0, 8 * 60.0, 20 * 60.0, 22.5 * 60.0, DAY_MIN, 2 * DAY_MIN])
    live = staffed_min(load_scenario("chenxi_live"), time)
    text = staffed_min(load_scenario("chenxi_jielong_tool"), time)
    assert live.tolist() == [0.0, 0.0, 720.0, 870.0, 870.0, 1590.0]
    assert text.tolist() == [0.0, 0.0, 720.0, 720.0, 720.0, 1440.0]


def test_shifts_become_a_rising_calendar() -> None:
    """Touching shifts, those without length and absent agents give a station a calendar that rises."""
    everybody = np.arange(20)
    params = AftersalesParams(day_until_h=20.0, show_night_until_h=20.0)
    assert calendar(first_line(params, live=True), everybody) == [
        (0.0, 0), (480.0, 6), (1200.0, 0), (1920.0, 6), (2640.0, 0),
    ]  # fmt: skip
    night = calendar(first_line(AftersalesParams(), live=True), np.minimum(everybody, 5))
    assert night == [(0.0, 0), (480.0, 5), (1200.0, 5), (1350.0, 0), (1920.0, 5), (2640.0, 0)]
    around = AftersalesParams(day_from_h=0.0, day_until_h=24.0, show_night_until_h=24.0)
    assert calendar(first_line(around, live=True), everybody) == [(0.0, 6), (1440.0, 6), (2880.0, 0)]
