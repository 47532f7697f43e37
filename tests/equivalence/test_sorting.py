"""Sorting: the story and the kernels give the same columns to the bit."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.stages.sorting import kernel, story
from sim.stages.sorting.spec import SortingDraws, SortingInput, SortingNumbers
from sim.stages.sorting.teams import Break, Team, shifts_of


def on_grid(rng, values, grid):
    """The values, or the nearest multiples of the grid: ties everywhere."""
    return np.round(values / grid) * grid if grid else values


def random_teams(rng, grid):
    """Up to three teams of up to four people with up to two breaks."""
    teams = []
    for _ in range(rng.integers(0, 4)):
        gaps = [float(on_grid(rng, rng.uniform(0, 12), grid or 0.0)) for _ in range(4)]
        breaks = [
            Break(after_min=gaps[0], length_min=gaps[1]),
            Break(after_min=sum(gaps[:3]), length_min=gaps[3]),
        ]
        breaks = breaks[: rng.integers(0, 3)]
        length = sum(gaps) + float(on_grid(rng, rng.uniform(0, 40), grid))
        start = float(on_grid(rng, rng.uniform(0, 20), grid))
        teams.append(Team(start_min=start, length_min=length, people=int(rng.integers(0, 5)), breaks=breaks))
    return teams


@st.composite
def nights(pick):
    """A small night with any policy, release, breaks, cancellations, stations, outage; a third continuous."""
    rng = np.random.default_rng(pick(st.integers(0, 2**32 - 1)))
    n, points, skus = int(rng.integers(0, 40)), int(rng.integers(1, 5)), int(rng.integers(1, 4))
    grid = pick(st.sampled_from([0.0, 0.25, 1.0]))
    by_sheet = pick(st.booleans())
    shifts = shifts_of(random_teams(rng, grid))
    workers = len(shifts.key)
    power = float(on_grid(rng, rng.uniform(0, 40), grid))
    numbers = SortingNumbers(
        by_crate=pick(st.booleans()),
        release_rule=pick(st.sampled_from([0, 1, 2, 3])),
        by_sheet=by_sheet,
        cutoff_min=12.0,
        close_min=15.0,
        unit_min=pick(st.sampled_from([0.25, 1.0, 0.7])),
        crate_grams=3000,
        stations=int(rng.integers(1, 8)),
        power_from_min=power,
        power_to_min=power + pick(st.sampled_from([0.0, 3.0, 7.25])),
        error_by_lines=1.0 - 0.9 ** np.arange(65.0),
        shifts=shifts,
    )
    rough = pick(st.booleans())
    draws = SortingDraws(
        noise=np.round(rng.uniform(0, 2, max(n, points * skus)) * 2) / 2
        if rough
        else rng.uniform(0.3, 2, max(n, points * skus)),
        error_u=rng.uniform(size=n),
        absent=rng.uniform(size=workers) < 0.2,
        pace=np.ones(workers) if rough else rng.uniform(0.5, 2, workers),
        night_pace=1.0 if rough else 1.1,
    )
    known = np.where(rng.uniform(size=n) < 0.1, np.nan, on_grid(rng, rng.uniform(0, 30, n), grid))
    cancelled = np.where(rng.uniform(size=n) < 0.7, np.nan, on_grid(rng, rng.uniform(0, 30, n), grid))
    sku_lines = rng.integers(0, 3, (n, skus)).astype(np.int16)
    orders = SortingInput(
        known_min=known,
        cancelled_min=cancelled,
        community=rng.integers(0, points, n).astype(np.int32),
        point=rng.integers(0, points, n).astype(np.int32),
        lines=sku_lines.sum(axis=1).astype(np.int32),
        sku_lines=sku_lines,
        sku_grams=rng.integers(500, 2000, skus).astype(np.int64),
        sheet_min=np.where(
            rng.uniform(size=points) < 0.2, np.nan, on_grid(rng, rng.uniform(0, 40, points), grid)
        ),
        point_rank=rng.permutation(points).astype(np.int64),
    )
    return numbers, draws, orders


def differences(mine, theirs):
    """Names of fields of two results that are not equal to the bit."""
    out = []
    for name, a, b in zip(type(mine)._fields, mine, theirs, strict=True):
        pairs = {name: (a, b)} if isinstance(a, np.ndarray) else {f"{name}.{k}": (a[k], b[k]) for k in a}
        assert isinstance(a, np.ndarray) or set(a) == set(b)
        out += [
            k
            for k, (x, y) in pairs.items()
            if x.dtype != y.dtype or not np.array_equal(x, y, equal_nan=x.dtype.kind == "f")
        ]
    return out


@settings(max_examples=500, deadline=None)
@given(nights())
def test_two_faces_agree(night):
    """Random nights with ties, breaks, outages, cancellations, both policies: bit-identical columns."""
    assert differences(kernel.run_sorting(*night), story.run_sorting(*night)) == []
