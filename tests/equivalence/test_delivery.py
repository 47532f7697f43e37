"""Delivery: the story and the kernel give the same columns to the bit."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.stages.delivery import kernel, story
from sim.stages.delivery.fleet import Fleet
from sim.stages.delivery.spec import CALLS, LEGS, DeliveryDraws, DeliveryInput, DeliveryNumbers, Plan


def on_grid(values, grid):
    """The values, or the nearest multiples of the grid: ties everywhere."""
    return np.round(values / grid) * grid if grid else values


def random_plan(rng, points, vans, grid):
    """Any split of the points into routes, driven by some of the vans; a point may be on no route."""
    order = rng.permutation(points)[: rng.integers(0, points + 1)]
    routes = int(rng.integers(0, min(vans, len(order)) + 1))
    cuts = (
        np.sort(rng.choice(np.arange(1, len(order)), routes - 1, replace=False))
        if routes > 1
        else np.array([], int)
    )
    first = np.array([0, *cuts, len(order)] if routes else [0], np.int64)
    depart = on_grid(rng.uniform(20, 40, routes), grid)
    latest = depart + on_grid(rng.uniform(0, 20, routes), grid)
    return Plan(
        van=rng.permutation(vans)[:routes].astype(np.int64), first=first, points=order[:
        first[-1]].astype(np.int64), depart_min=depart, latest_depart_min=latest,
        load_by_min=on_grid(rng.uniform(0, 40, routes), grid), relaxed=0,
    )  # fmt: skip


@st.composite
def mornings(pick):
    """Few vans, absences, breakdowns, late sorting, both crates, ways slowed alike or not; ties or none."""
    rng = np.random.default_rng(pick(st.integers(0, 2**32 - 1)))
    points, vans, skus, n = (int(rng.integers(1, high)) for high in (8, 6, 4, 50))
    grid = pick(st.sampled_from([0.0, 0.25, 1.0]))
    by_sku = pick(st.booleans())
    numbers = DeliveryNumbers(
        fleet=Fleet(rng.integers(1, 30, vans) * 1000, rng.integers(1, 12, vans)), crates_by_sku=by_sku,
        crate_grams=3000, crate_m3=0.045, docks=int(rng.integers(1, 4)),
        load_crate_min=pick(st.sampled_from([0.0, 0.25, 1.0])), unload_crate_min=pick(st.sampled_from([0.0,
        0.5])), depart_from_min=20.0, promise_min=120.0, reload_min=pick(st.sampled_from([0.0, 5.0])),
        last_load_min=pick(st.sampled_from([60.0, 100.0, 900.0])), breakdown_van=int(rng.integers(-1, vans)),
        breakdown_min=float(on_grid(rng.uniform(0, 120), grid)), band_starts=np.array([0.0, 40.0, 80.0]),
    )  # fmt: skip
    smooth = grid == 0.0
    draws = DeliveryDraws(
        leg=rng.uniform(0.5, 2, (vans, LEGS)) if smooth else np.ones((vans, LEGS)),
        stop_min=on_grid(rng.uniform(0, 10, (points, CALLS)), grid), absent=rng.uniform(size=vans) < 0.2,
        pace=rng.uniform(0.5, 2, vans) if smooth else np.ones(vans), traffic=1.1 if smooth else 1.0,
        stop_time=0.9 if smooth else 1.0, speed=pick(st.sampled_from([1.0, 0.5])),
    )  # fmt: skip
    sku_lines = rng.integers(0, 3, (n, skus)).astype(np.int16)
    sku_lines[:, 0] = np.maximum(sku_lines[:, 0], 1)
    sku_grams = rng.integers(500, 2000, skus).astype(np.int64)
    sorted_min = on_grid(rng.uniform(0, pick(st.sampled_from([10, 60, 120])), n), grid)
    orders = DeliveryInput(
        goes=rng.uniform(size=n) < 0.9, sorted_min=np.where(rng.uniform(size=n) < pick(st.sampled_from([0.0,
        0.1])), np.nan, sorted_min), point=rng.integers(0, points, n).astype(np.int32),
        grams=sku_lines.astype(np.int64) @ sku_grams, sku_lines=sku_lines, sku_grams=sku_grams,
        travel_min=on_grid(rng.uniform(0, 12, (points + 1, points + 1)), grid), travel_m=rng.uniform(0, 9000,
        (points + 1, points + 1)),
        way_factors=rng.choice([0.5, 1.0, 2.0], (pick(st.sampled_from([1, (points + 1) ** 2])), 3)),
    )  # fmt: skip
    return numbers, draws, random_plan(rng, points, vans, grid), orders


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


@settings(max_examples=600, deadline=None)
@given(mornings())
def test_two_faces_agree(morning):
    """Random mornings with ties, overflow, second trips, absence and breakdown give bit-identical columns."""
    assert differences(kernel.run_delivery(*morning), story.run_delivery(*morning)) == []
