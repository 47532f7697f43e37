"""The story and the kernels of a station give the same columns to the bit."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from sim.station import (
    CircuitBreaker,
    ConcurrencyLaw,
    DropAbandoned,
    LoadShedding,
    RetryBudget,
    ScaleOut,
    Served,
    Station,
    WaitingRoom,
    serve,
)


def same(one: Served, other: Served) -> bool:
    """Say whether every column is equal to the bit, NaN equal to NaN."""
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name), equal_nan=True)
        for field in fields(Served)
    )


def times(rng: np.random.Generator, shape: Any, most: float, grid: float | None) -> Any:
    """Draw times from 0 to `most`: on a grid, so that ties are everywhere, or continuous."""
    if grid is None:
        return rng.uniform(0.0, most, shape)
    return rng.integers(0, int(most / grid) + 1, shape) * grid


def with_never(rng: np.random.Generator, values: Any, share: float) -> Any:
    """Make some of the times never."""
    return np.where(rng.uniform(size=values.shape) < share, np.inf, values)


@st.composite
def cases(draw: Any) -> tuple[Station, dict[str, Any]]:
    """Draw a random station with its customers; every option, protection and shape of input."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    grid = draw(st.sampled_from([0.25, 0.25, 1.0, None]))
    n = draw(st.integers(0, 40))
    tries = draw(st.integers(1, 4))
    horizon = draw(st.sampled_from([2.0, 8.0, 30.0]))
    wide = st.booleans()

    def per_attempt(most: float) -> Any:
        return times(rng, (n, tries) if draw(wide) else (n,), most, grid)

    arrays = {
        "arrivals": times(rng, n, horizon, grid) - draw(st.sampled_from([0.0, 5.0])),
        "services": per_attempt(draw(st.sampled_from([0.5, 2.0, 4.0]))),
    }
    if draw(st.booleans()):
        arrays["patience"] = with_never(rng, per_attempt(3.0), 0.2)
    if draw(st.booleans()):
        arrays["timeout"] = with_never(rng, per_attempt(4.0), 0.2)
    if tries > 1 or draw(st.booleans()):
        arrays["retry_delay"] = with_never(rng, times(rng, (n, tries - 1), 2.0, grid), 0.1)
    discipline = draw(st.sampled_from(["fifo", "lifo", "priority"]))
    if discipline == "priority":
        arrays["priority"] = rng.integers(0, 3, n)
    return draw(stations(rng, discipline, horizon, grid)), arrays


@st.composite
def stations(
    draw: Any, rng: np.random.Generator, discipline: Any, horizon: float, grid: float | None
) -> Station:
    """Draw a random station."""
    servers: Any = draw(st.integers(0, 4))
    if draw(st.booleans()):
        changes = np.unique(times(rng, draw(st.integers(0, 7)), horizon + 6.0, grid)) - 3.0
        servers = [(float(start), int(rng.integers(0, 5))) for start in changes]
    length = 0.25 if grid is None else grid
    percent, tick = draw(st.sampled_from([1, 50, 100])), draw(st.sampled_from([1.0, 0.3]))
    lag, session = length * draw(st.integers(0, 6)), length * draw(st.integers(0, 3))
    possible = {
        "shed": LoadShedding(draw(st.integers(0, 5))),
        "drop": DropAbandoned(),
        "budget": RetryBudget(draw(st.sampled_from([0, 10, 50, 100])), draw(st.integers(0, 4))),
        "breaker": CircuitBreaker(percent, draw(st.integers(1, 4)), tick, length),
        "scale": ScaleOut(draw(st.integers(1, 4)), draw(st.integers(1, 3)), lag, 3),
        "room": WaitingRoom(draw(st.integers(1, 8)), draw(st.integers(1, 6)), session),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(possible)), max_size=4)) if draw(st.booleans()) else set()
    return Station(
        servers,
        draw(st.one_of(st.none(), st.integers(0, 6))),
        discipline,
        draw(st.sampled_from(["finish", "crew", "resume", "restart"])),
        draw(st.sampled_from([None, ConcurrencyLaw(0.05, 0.01)])),
        tuple(possible[name] for name in sorted(chosen)),
    )


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(cases())
def test_any_station_is_the_same_in_both_faces(case: tuple[Station, dict[str, Any]]) -> None:
    """Every option alone and together, with ties everywhere and without: no column differs in a bit."""
    station, arrays = case
    event(f"discipline {station.discipline}, off shift {station.off_shift}")
    assert same(serve(station, engine="reference", **arrays), serve(station, engine="compiled", **arrays))


@st.composite
def hot_cases(draw: Any) -> tuple[Station, dict[str, Any]]:
    """Draw stations of the class that has a kernel without events."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    grid = draw(st.sampled_from([0.25, None]))
    n, tries = draw(st.integers(1, 60)), draw(st.integers(1, 4))
    least = draw(st.sampled_from([0.0, 0.25]))
    arrays = {
        "arrivals": times(rng, n, draw(st.sampled_from([3.0, 12.0])), grid),
        "services": least + times(rng, (n, tries), 2.0, grid),
        "timeout": with_never(rng, least + times(rng, n, 3.0, grid), 0.1),
        "retry_delay": with_never(
            rng, times(rng, (n, tries - 1), draw(st.sampled_from([2.0, 2.0, 50.0])), grid), 0.1
        ),
    }
    places = draw(st.one_of(st.none(), st.integers(0, 8)))
    if places is None and draw(st.booleans()):
        arrays["patience"] = with_never(rng, times(rng, n, 3.0, grid), 0.2)
    dropping: Any = (DropAbandoned(),) if draw(st.booleans()) else ()
    return Station(draw(st.integers(1, 5)), places, protections=dropping), arrays


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(hot_cases())
def test_the_kernel_without_events_is_the_same_as_the_story_and_the_event_kernel(
    case: tuple[Station, dict[str, Any]],
) -> None:
    """The shortcut for plain retry stations differs in no bit from the story nor from the event heap."""
    from sim.station import kernel
    from sim.station.inputs import Settings, check_inputs

    station, arrays = case
    story = serve(station, engine="reference", **arrays)
    assert same(story, serve(station, engine="compiled", **arrays))
    keys = ("arrivals", "services", "priority", "patience", "timeout", "retry_delay")
    inputs = check_inputs(station, *(arrays.get(key) for key in keys))
    out = kernel.run_events(station, Settings.of(station), inputs)
    assert np.array_equal(story.end, out.end, equal_nan=True)
    assert np.array_equal(story.attempts, out.attempts)


@pytest.mark.parametrize("seed", range(3))
def test_a_long_storm_is_the_same_in_both_faces(seed: int) -> None:
    """Thousands of customers with growing heaps, a calendar and protections: still no bit differs."""
    rng = np.random.default_rng(seed)
    n, tries = 3000, 4
    arrays = {
        "arrivals": rng.uniform(0, 60, n).round(2),
        "services": rng.exponential(0.1, (n, tries)),
        "timeout": np.full(n, 1.0),
        "patience": rng.exponential(2.0, n),
        "retry_delay": rng.uniform(0.1, 0.5, (n, tries - 1)).round(2),
        "priority": rng.integers(0, 5, n),
    }
    shifts = [(float(t), 2 + 2 * (t % 3)) for t in range(0, 70, 2)]
    station = Station(
        shifts,
        400,
        ("fifo", "lifo", "priority")[seed],
        ("resume", "restart", "crew")[seed],
        None,
        (RetryBudget(50, 100), ScaleOut(300, 2, 1.0, 4)),
    )
    assert same(serve(station, engine="reference", **arrays), serve(station, engine="compiled", **arrays))


@pytest.mark.parametrize("far", [1.0, 1e4, 1e12, 1e300])
@pytest.mark.parametrize("span", [0.0, 1e-320, 60.0])
def test_retries_of_any_later_day_come_back_in_their_turn(far: float, span: float) -> None:
    """Retries soon, many turns of the calendar later, or nearly never: the same columns from both faces."""
    rng = np.random.default_rng(5)
    n, tries = 3000, 4
    delays = rng.uniform(0.5, 5.0, (n, tries - 1)).round(1)
    delays[rng.random(delays.shape) < 0.2] *= far
    arrays = {
        "arrivals": np.linspace(0.0, span, n),
        "services": rng.exponential(0.1, (n, tries)),
        "timeout": rng.exponential(2.0, n),
        "retry_delay": delays,
    }
    station = Station(4)
    assert same(serve(station, engine="reference", **arrays), serve(station, engine="compiled", **arrays))
