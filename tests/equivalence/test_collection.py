"""Collection and cold chain: the story and the kernels give the same columns to the bit."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.stages.collection import kernel, story
from sim.stages.collection.flow import ColdInput, ComingInput
from sim.stages.collection.spec import CollectionDraws, CollectionNumbers


@st.composite
def cases(pick):
    """Random points, orders and buyers, on a coarse grid (ties everywhere) or continuous."""
    rng = np.random.default_rng(pick(st.integers(0, 2**32 - 1)))
    n, points = pick(st.integers(0, 40)), pick(st.integers(1, 4))
    grid = pick(st.sampled_from([0.0, 60.0, 15.0]))

    def times(low, high, nan=0.0):
        t = rng.uniform(low, high, n)
        if grid:
            t = np.round(t / grid) * grid
        return np.where(rng.uniform(size=n) < nan, np.nan, t)

    numbers = CollectionNumbers(
        (2040.0, 2160.0, 2400.0, 2640.0, 2760.0),
        0.25,
        0.45,
        0.9,
        0.98,
        pick(st.sampled_from([0.0, 10.0, 60.0])),
        pick(st.sampled_from([0.0, 0.3])),
        pick(st.sampled_from([0.0, 90.0, 300.0])),
        60.0,
        True,
        0.5,
    )
    draws = CollectionDraws(
        rng.uniform(size=n),
        np.round(rng.uniform(size=n) * 4) / 4 if grid else rng.uniform(size=n),
        rng.uniform(size=n),
        times(2400, 2640),
        rng.uniform(size=n),
    )
    opens, closes = (
        np.full(points, 1440 + 60.0 * rng.integers(7, 12)),
        np.full(points, 1440 + 60.0 * rng.integers(18, 23)),
    )
    point = rng.integers(0, points, n).astype(np.int32)
    desk = pick(st.sampled_from([((1980.0, 2220.0), (2340.0, 2760.0)), ((1860.0, 2800.0),), ()]))
    hours = np.array([w[0] for w in desk]), np.array([w[1] for w in desk])
    at_point, collected = times(1900, 2700, 0.1), times(2000, 2800, 0.1)
    coming = ComingInput(rng.uniform(size=n) < 0.9, at_point, point, opens, closes, *hours)
    keeping = ColdInput(
        at_point,
        at_point,
        np.maximum(collected, at_point),
        point,
        (1500 * rng.integers(1, 5, n)).astype(np.int64),
        (1500 * rng.integers(0, 12, points)).astype(np.int64),
        closes,
    )
    return numbers, draws, coming, keeping


@settings(max_examples=400, deadline=None)
@given(cases())
def test_two_faces_agree(case):
    """With ties: coming, cold places, minutes above the limit and spoilage are equal to the bit."""
    numbers, draws, coming, keeping = case
    for mine, theirs in (
        (kernel.run_coming(numbers, draws, coming), story.run_coming(numbers, draws, coming)),
        (kernel.run_cold(numbers, draws, keeping), story.run_cold(numbers, draws, keeping)),
    ):
        for a, b in zip(mine, theirs, strict=True):
            assert a.dtype == b.dtype
            assert np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
