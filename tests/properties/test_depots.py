"""Grid depots: districts, the order of an order's way, the second sort as a queue, and what does not fit."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

from app.cli.main import main
from sim.acts.two_tiers import layout_of
from sim.chain import market_for, simulate
from sim.kpis import kpis_of
from sim.orderlog import OrderLog
from sim.scenario import Scenario
from sim.scenario_file import load_scenario
from sim.stages.depots.districts import districts
from tests.properties.contexts import CONTEXTS, tree_of

SHORT = next(one for one in CONTEXTS if one.name == "three depots short of everything")
PLENTY = next(one for one in CONTEXTS if one.name == "three depots")


@functools.cache
def scenario(context: Any) -> Scenario:
    """The scenario of a context."""
    return Scenario.model_validate_json(tree_of(context))


@functools.cache
def night(context: Any, replication: int = 0) -> OrderLog:
    """One replication of it."""
    return simulate(scenario(context), 1, replication)


def test_districts_are_nearest_and_their_middles_cheapest() -> None:
    """Each point is served from the depot it is nearest to; no point of a district would serve it better."""
    rng = np.random.default_rng(3)
    for count in (1, 2, 5):
        way = rng.uniform(1.0, 30.0, (31, 31))
        np.fill_diagonal(way, 0.0)
        found = districts(way, count)
        inside = way[1:, 1:]
        assert len(found.site) == count
        assert (found.depot[found.site] == np.arange(count)).all()
        others = np.setdiff1d(np.arange(30), found.site)
        assert np.array_equal(found.depot[others], np.argmin(inside[found.site][:, others], axis=0))
        for d, site in enumerate(found.site):
            mine = np.flatnonzero(found.depot == d)
            assert inside[site, mine].sum() == inside[np.ix_(mine, mine)].sum(axis=1).min()


def test_more_depots_than_points_are_one_at_each_point() -> None:
    """Nothing is left to divide: each point is its own depot."""
    way = np.ones((4, 4)) - np.eye(4)
    found = districts(way, 9)
    assert found.site.tolist() == [0, 1, 2]
    assert found.depot.tolist() == [0, 1, 2]


@pytest.mark.parametrize("context", [PLENTY, SHORT], ids=lambda one: one.name)
def test_an_order_goes_one_step_after_the_other(context: Any) -> None:
    """Sorted, unloaded at the depot of its district, sorted again, at its point, each after the other."""
    log = night(context)
    orders, layout = log["orders"], layout_of(market_for(scenario(context), 1, 0), 3)
    there = ~np.isnan(orders["at_depot_min"])
    assert there.sum() > 50
    assert np.array_equal(there, ~np.isnan(orders["resort_end_min"]))
    assert np.array_equal(orders["depot"] >= 0, there)
    assert np.array_equal(orders["depot"][there], layout.depot[orders["point"][there]])
    assert (orders["sorted_min"][there] < orders["at_depot_min"][there]).all()
    assert (orders["at_depot_min"][there] <= orders["resort_start_min"][there]).all()
    assert (orders["resort_start_min"][there] >= scenario(context).depots.sort_from_min).all()
    delivered = ~np.isnan(orders["at_point_min"])
    assert (there | ~delivered).all()
    assert (orders["resort_end_min"][delivered] < orders["at_point_min"][delivered]).all()


@pytest.mark.parametrize("context", [PLENTY, SHORT], ids=lambda one: one.name)
def test_goods_balance_in_both_tiers(context: Any) -> None:
    """What trucks unload came to the depots, what vans unload came to the points, to the gram."""
    log = night(context)
    orders, trips, stops = log["orders"], log["trips"], log["stops"]
    at_point = ~np.isnan(orders["at_point_min"])
    assert stops["grams"].sum() == orders["grams"][at_point].sum()
    assert stops["orders"].sum() == at_point.sum()
    trunk = trips["tier"] == 1
    assert trips["grams"][trunk].sum() >= orders["grams"][~np.isnan(orders["at_depot_min"])].sum()
    vans = 3 * sum(kind.count for kind in scenario(context).delivery.vehicles)
    assert (trips["van"][trunk] >= vans).all()
    assert (trips["van"][~trunk] < vans).all()
    of_depot = trips["van"][~trunk] // (vans // 3)
    assert set(of_depot.tolist()) == {0, 1, 2}


def test_a_single_sorter_works_in_order_of_arrival() -> None:
    """Lindley's recursion: the next begins when it is there and the one before is done."""
    orders = night(SHORT)["orders"]
    for d in range(3):
        mine = np.flatnonzero(orders["depot"] == d)
        mine = mine[np.argsort(orders["at_depot_min"][mine], kind="stable")]
        free = scenario(SHORT).depots.sort_from_min
        for i in mine:
            assert orders["resort_start_min"][i] == max(free, orders["at_depot_min"][i])
            free = orders["resort_end_min"][i]
        assert len(mine) > 0


def test_what_a_depot_is_short_of_makes_the_morning_late() -> None:
    """More sorters, docks or trucks, an earlier truck: no order of 20 nights comes later on average."""
    base = {"depots": scenario(SHORT).depots}

    def last(**changes: Any) -> float:
        moved = scenario(SHORT).model_copy(update={"depots": base["depots"].model_copy(update=changes)})
        return float(
            np.mean([np.nanmean(simulate(moved, 1, r)["orders"]["at_point_min"]) for r in range(20)])
        )

    short = last()
    better = ({"sorters": 4}, {"docks": 3}, {"trunk_trucks": 9}, {"trunk_depart_min": 1480.0})
    for changes in better:
        assert last(**changes) < short, changes


def test_depots_are_paid_for() -> None:
    """Rent counts once a depot; sorters by the hour from when they begin until the last order of theirs."""
    s = scenario(PLENTY)
    dearer = s.model_copy(
        update={"depots": s.depots.model_copy(update={"rent_cny": s.depots.rent_cny + 10.0})}
    )
    log = night(PLENTY)
    assert kpis_of(dearer, log)["cost_cny"] == pytest.approx(kpis_of(s, log)["cost_cny"] + 30.0)


def test_a_van_of_any_tier_can_break_down() -> None:
    """The drill counts through the depots' vans, then the trucks: on its first trip that very one breaks."""
    s, calm = scenario(PLENTY), night(PLENTY)["trips"]
    assert len(set(calm["van"].tolist())) > 5
    for van in sorted(set(calm["van"].tolist())):
        mine = np.flatnonzero(calm["van"] == van)[0]
        when = 0.5 * float(calm["depart_min"][mine] + calm["return_min"][mine])
        drill = s.delivery.model_copy(update={"breakdown_van": int(van) + 1, "breakdown_min": when})
        broken = simulate(s.model_copy(update={"delivery": drill}), 1, 0)["trips"]
        its_own = np.flatnonzero(broken["van"] == van)[0]
        assert broken["return_min"][its_own] == when


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "chenxi_live", "--set", "depots.sorters=3"), "depots are read where depots.count > 0"),
        (
            ("run", "grid_depots", "--set", "depots.trunk_depart_min=1800"),
            "vans drive what trucks have brought",
        ),
        (("run", "grid_depots", "--set", "market.communities=3"), "a depot stands at a point"),
        (("run", "grid_depots", "--set", "delivery.routes_file=plan.csv"), "routes from the centre"),
        (
            ("run", "grid_depots", "--set", "depots.trunk_volume_m3=0.1", "--set", "delivery.crate_m3=0.5"),
            "crate",
        ),
        (("run", "grid_depots", "--set", "delivery.breakdown_van=99"), "of a fleet of 26"),
        (("run", "chenxi_live", "--set", "delivery.breakdown_van=99"), "choose a van of the fleet"),
        (("routes", "grid_depots"), "set `depots.count` to 0"),
        (("provision", "grid_depots"), "set `depots.count` to 0"),
    ],
)
def test_what_does_not_go_together_is_refused(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 with what to change, no traceback."""
    assert main([*words, "--progress", "none"]) == 2
    shown = " ".join(capsys.readouterr().err.split())
    assert said in shown
    assert "Traceback" not in shown


def test_four_depots_of_the_shipped_scenario_keep_the_morning() -> None:
    """On 20 nights most points are served by 10:00: the shipped scenario is one that works."""
    s = load_scenario("grid_depots")
    shares = [kpis_of(s, simulate(s, 1, r))["stops_on_time"] for r in range(20)]
    assert np.mean(shares) > 0.95
