"""A station's day by cells of time is the same day that its waits and its utilisation are read from."""

from __future__ import annotations

import numpy as np
import pytest

from sim.chain import simulate
from sim.experiments.evening import evening
from sim.kpis.profiles import mean_open, profiles_of
from sim.kpis.stations import stations_of
from sim.kpis.visits import visits_of
from sim.scenario_file import load_scenario

SCENARIOS = ("chenxi_jielong", "chenxi_live", "grid_depots")


def test_mean_number_open_is_that_of_a_count_by_hand() -> None:
    """Against clipping every interval to every cell, on random intervals, some empty or outside."""
    rng = np.random.default_rng(5)
    begin = rng.uniform(-20.0, 120.0, 400)
    end = begin + np.where(rng.random(400) < 0.2, 0.0, rng.exponential(15.0, 400))
    weight = rng.random(400)
    edges = np.linspace(0.0, 100.0, 41)
    clipped = np.minimum(end[:, None], edges[1:]) - np.maximum(begin[:, None], edges[:-1])
    by_hand = (weight[:, None] * np.maximum(clipped, 0.0)).sum(axis=0) / np.diff(edges)
    np.testing.assert_allclose(mean_open(begin, end, edges, weight), by_hand, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", SCENARIOS)
def test_areas_are_the_waits_and_the_work(name: str) -> None:
    """Little's law as an identity: area under the queue = all waiting, under the load = all work."""
    scenario = load_scenario(name)
    log = simulate(scenario, 1, 0)
    edges = np.arange(-1440.0, 6000.0, 7.0)
    visits = visits_of(scenario, log)
    profiles, figures = profiles_of(visits, edges), stations_of(scenario, log)
    assert set(visits) == set(profiles) == set(figures)
    for station, found in profiles.items():
        came = visits[station]
        waited = float((came.start - came.arrive).sum())
        assert found.queue.sum() * 7.0 == pytest.approx(waited, rel=1e-6, abs=1e-4), station
        there = came.there.minutes
        assert found.capacity.sum() * 7.0 == pytest.approx(there, rel=1e-6), station
        if not np.isnan(came.end).any():
            used = figures[station]["utilisation"] * there
            assert found.load.sum() * 7.0 == pytest.approx(used, rel=1e-6, abs=1e-4), station
        if came.place is None:
            assert found.load.max() <= found.capacity.max() + 1e-6, station


def test_the_document_is_the_mean_of_its_nights_within_their_band() -> None:
    """Mean of two nights one by one; the band holds it; more sorters leave a shorter queue."""
    scenario = load_scenario("chenxi_live")
    found = evening(scenario, nights=2, cell_min=30.0).day
    edges = np.array([*found["from_min"], found["from_min"][-1] + 30.0])
    nights = [
        profiles_of(visits_of(scenario, simulate(scenario, 1, night)), edges)["sorting"] for night in range(2)
    ]
    sorting = found["stations"]["sorting"]
    np.testing.assert_allclose(sorting["queue"]["mean"], (nights[0].queue + nights[1].queue) / 2.0)
    for figure in ("load", "queue"):
        low, mean, high = (np.array(sorting[figure][end]) for end in ("low", "mean", "high"))
        assert np.all((low <= mean + 1e-9) & (mean <= high + 1e-9))
    teams = [team.model_copy(update={"people": 2 * team.people}) for team in scenario.sorting.teams]
    more = scenario.model_copy(update={"sorting": scenario.sorting.model_copy(update={"teams": teams})})
    fewer_wait = evening(more, nights=2, cell_min=30.0).day["stations"]["sorting"]["queue"]["mean"]
    assert sum(fewer_wait) < sum(sorting["queue"]["mean"])
