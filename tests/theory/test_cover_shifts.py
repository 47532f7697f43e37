"""Covering a fixed demand with shifts: optimal against brute force and known answers, clear errors."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from sim.experiments.shifts import cover_shifts
from sim.problems import Unusable

POST_OFFICE = (17, 13, 15, 19, 14, 16, 11)
"""Winston, Operations Research: full-time employees a weekday; five days on, two off; 23 are needed."""


def price(people: dict[str, int], cost: dict[str, float]) -> float:
    """What a plan costs."""
    return sum(count * cost[name] for name, count in people.items())


def covers(people: dict[str, int], shifts: dict[str, Any], required: Any) -> bool:
    """Whether every period has as many people as it requires."""
    there = sum(count * np.asarray(shifts[name]) for name, count in people.items())
    return bool((there >= np.asarray(required) - 1e-9).all())


def test_post_office_needs_23_people() -> None:
    """The textbook's post office, five days on and two off, needs 23 people."""
    shifts = {f"from day {d}": [int((day - d) % 7 < 5) for day in range(7)] for d in range(7)}
    cost = dict.fromkeys(shifts, 1.0)
    people = cover_shifts(POST_OFFICE, shifts, cost)
    assert sum(people.values()) == 23
    assert covers(people, shifts, POST_OFFICE)


def test_equal_to_brute_force() -> None:
    """On 60 random small demands with gaps, free shifts and fractions no plan at all is cheaper."""
    rng = np.random.default_rng(5)
    for _ in range(60):
        periods, number = int(rng.integers(1, 5)), int(rng.integers(1, 5))
        shifts = {f"s{i}": rng.integers(0, 2, periods) for i in range(number)}
        shifts["all"] = np.ones(periods, int)
        required = rng.integers(0, 7, periods) / 2.0
        cost = {name: float(rng.integers(0, 6)) for name in shifts}
        people = cover_shifts(required, shifts, cost)
        assert covers(people, shifts, required)
        best = min(
            price(dict(zip(shifts, counts, strict=True)), cost)
            for counts in itertools.product(range(4), repeat=len(shifts))
            if covers(dict(zip(shifts, counts, strict=True)), shifts, required)
        )
        assert price(people, cost) == pytest.approx(best)


def test_shifts_without_gaps_cost_what_the_linear_programme_costs() -> None:
    """Rows of consecutive ones are totally unimodular: whole people cost no more than fractions of them."""
    rng = np.random.default_rng(9)
    for _ in range(20):
        periods = 24
        starts, lengths = rng.integers(0, periods - 4, 30), rng.integers(3, 12, 30)
        shifts = {
            f"s{i}": [int(a <= t < a + b) for t in range(periods)]
            for i, (a, b) in enumerate(zip(starts.tolist(), lengths.tolist(), strict=True))
        }
        shifts |= {f"one{t}": [int(t == u) for u in range(periods)] for t in range(periods)}
        cost = {name: float(rng.uniform(1.0, 9.0)) for name in shifts}
        required = rng.integers(0, 20, periods)
        found = linprog(list(cost.values()), A_ub=-np.array(list(shifts.values())).T, b_ub=-required)
        assert price(cover_shifts(required, shifts, cost), cost) == pytest.approx(found.fun)


def test_every_name_is_answered_and_nothing_is_needed_for_nothing() -> None:
    """No demand needs nobody; unused shifts stand in the answer with 0; a fraction needs a whole person."""
    assert cover_shifts([], {}, {}) == {}
    assert cover_shifts([0, 0], {"a": [1, 0]}, {"a": 3.0}) == {"a": 0}
    assert cover_shifts([0, 0], {}, {}) == {}
    assert cover_shifts([0.2, 2.0], {"a": [1, 1], "b": [1, 1]}, {"a": 0.0, "b": 1.0}) == {"a": 2, "b": 0}


@pytest.mark.parametrize(
    ("required", "shifts", "cost", "says"),
    [
        ([1, 2, 3], {"a": [1, 0, 0]}, {"a": 1}, r"no shift covers period 1 \(needs 2\), 2 \(needs 3\)"),
        ([1], {}, {}, r"no shift covers period 0 \(needs 1\)"),
        ([1, -1], {"a": [1, 1]}, {"a": 1}, "`required` must not be negative; found period 1"),
        ([1, float("nan")], {"a": [1, 1]}, {"a": 1}, "`required` must be finite numbers; found period 1"),
        (["x"], {"a": [1]}, {"a": 1}, "`required` must be numbers"),
        ([[1]], {"a": [1]}, {"a": 1}, "one row of people"),
        ([1], {"a": [1, 1]}, {"a": 1}, "shift `a` has 2 periods, `required` has 1"),
        ([1], {"a": [2]}, {"a": 1}, "shift `a` must be a row of 0 and 1"),
        ([1], {"a": [1]}, {"b": 1}, "same names; found in one only: a, b"),
        ([1], {"a": [1]}, {"a": -1}, "`cost` must not be negative; found a"),
        ([1], {"a": [1]}, {"a": float("inf")}, "`cost` must be finite"),
    ],
)
def test_what_cannot_be_covered_is_said(required: Any, shifts: Any, cost: Any, says: str) -> None:
    """Each mistake gets one sentence that names what is wrong; uncoverable periods are named."""
    with pytest.raises(Unusable, match=says):
        cover_shifts(required, shifts, cost)
