"""Delivery: loads, docks, roads, second trips keep their rules, plans hold, every parameter is alive."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from sim.laws import constant, lognormal, lognormal_mean, mean_of, uniform
from sim.night import Night, NightParams
from sim.random_streams import Streams
from sim.stages.delivery import kernel
from sim.stages.delivery.fleet import VehicleType
from sim.stages.delivery.plans import (
    VanPrices,
    expected_kg,
    fixed_plan,
    loading_rank,
    make_plan,
    nightly_plan,
)
from sim.stages.delivery.spec import DeliveryInput, DeliveryParams, draw, numbers
from sim.stages.sorting.rules import crates_of

POINTS, SKUS = 30, 3
BANDS = ((0.0, 390.0, 435.0, 555.0, 600.0), (1.0, 1.3, 1.65, 1.3, 1.0))
ORDINARY = Night(1.0, 1.0, 1.0, 1.0, 1.0, False)
CALM = NightParams(absence_share=0.0, own_pace_cv=0.0, leg_cv=0.0)
PRICES = VanPrices(2.0, 40.0, 120.0)
MEMBERS = np.random.default_rng(5).integers(50, 400, POINTS)


def town():
    """Ways between points strewn over a town of 20 km: (minutes, metres), 0 the centre outside it."""
    rng = np.random.default_rng(3)
    place = np.vstack([[12.0, 0.0], rng.uniform(-7.0, 7.0, (POINTS, 2))])
    km = np.abs(place[:, None] - place[None]).sum(axis=2)
    return km / 45.0 * 60.0, km * 1000.0


TRAVEL_MIN, TRAVEL_M = town()


def params(**changes):
    """Four trucks and a spare one for 800 orders."""
    few = [VehicleType(count=5, payload_kg=800.0)]
    return DeliveryParams(**{"expected_orders": 800.0, "vehicles": few, "plan_iterations": 60, **changes})


def orders(n=800, seed=0, late=0.0):
    """Orders over the points by members, sorted by 23:10 or, a share of them, at 06:40."""
    rng = np.random.default_rng(seed)
    point = rng.choice(POINTS, n, p=MEMBERS / MEMBERS.sum()).astype(np.int32)
    lines = 1 + rng.poisson(1.0, n)
    sku_lines = np.zeros((n, SKUS), np.int16)
    np.add.at(sku_lines, (np.repeat(np.arange(n), lines), rng.integers(0, SKUS, lines.sum())), 1)
    grams = np.array([1900, 1500, 1100])
    when = np.where(rng.uniform(size=n) < late, 1840.0, rng.uniform(1290.0, 1390.0, n))
    total = sku_lines.astype(np.int64) @ grams
    return DeliveryInput(
        np.ones(n, bool), when, point, total, sku_lines, grams, TRAVEL_MIN, TRAVEL_M, np.array(BANDS[1:])
    )


def morning(p=None, given=None, *, by_sku=False, seed=1, night_params=CALM, night=ORDINARY, plan=None):
    """One morning: (numbers, plan, input, result)."""
    p, given = p or params(), given or orders()
    if plan is None:
        piles = SKUS if by_sku else 1
        if p.policy == "fixed":
            plan = fixed_plan(p, PRICES, MEMBERS, TRAVEL_MIN, TRAVEL_M, piles)
        else:
            plan = nightly_plan(p, PRICES, given.goes, given.point, given.grams, TRAVEL_MIN, TRAVEL_M, piles)
    n = numbers(p, BANDS[0], crates_by_sku=by_sku)
    d = draw(p.stop_min, n.fleet, night_params, night, Streams(seed, 0), np.arange(POINTS), 0.85)
    return n, plan, given, kernel.run_delivery(n, d, plan, given)


def trip_of_stop(done):
    """Row of `trips` of every row of `stops`."""
    key = done.trips["van"].astype(int) * 1000 + done.trips["trip"]
    row = {int(k): i for i, k in enumerate(key)}
    return np.array(
        [row[int(v) * 1000 + int(t)] for v, t in zip(done.stops["van"], done.stops["trip"], strict=True)]
    )


@pytest.mark.parametrize("by_sku", [False, True])
@pytest.mark.parametrize("late", [0.0, 0.2])
def test_goods_balance_and_no_van_is_overloaded(by_sku, late):
    """Orders are unloaded once, grams balance exactly, no trip exceeds kilos or crates."""
    n, _, given, done = morning(given=orders(1100, late=late), by_sku=by_sku)
    assert not np.isnan(done.at_point_min).any()
    stops, trips = done.stops, done.trips
    assert stops["grams"].sum() == trips["grams"].sum() == given.grams.sum()
    assert stops["orders"].sum() == 1100
    assert stops["crates"].sum() == trips["crates"].sum()
    assert (trips["grams"] <= n.fleet.payload_g[trips["van"]]).all()
    assert (trips["crates"] <= n.fleet.room_crates[trips["van"]]).all()
    for row in range(len(stops["van"])):
        v, t, p = stops["van"][row], stops["trip"][row], stops["point"][row]
        mine = (done.van == v) & (done.trip == t) & (given.point == p)
        assert (done.at_point_min[mine] == stops["unload_end_min"][row]).all()
        assert stops["grams"][row] == given.grams[mine].sum()
        sorts = (given.sku_lines[mine] * given.sku_grams).sum(axis=0) if by_sku else given.grams[mine].sum()
        assert stops["crates"][row] == np.sum(crates_of(sorts, n.crate_grams))


def test_docks_and_departures():
    """Docks are never too few, only sorted goods are loaded, no one leaves before 05:30."""
    n, _, given, done = morning(params(docks=2), orders(late=0.1))
    trips = done.trips
    for start in trips["load_start_min"]:
        assert ((trips["load_start_min"] <= start) & (trips["load_end_min"] > start)).sum() <= 2
    assert (trips["depart_min"] >= n.depart_from_min).all()
    assert (trips["load_start_min"] >= trips["ready_min"]).all()
    assert (np.diff(trips["ready_min"]) >= 0).all()
    row = {(int(v), int(t)): i for i, (v, t) in enumerate(zip(trips["van"], trips["trip"], strict=True))}
    start = np.array(
        [trips["load_start_min"][row[int(v), int(t)]] for v, t in zip(done.van, done.trip, strict=True)]
    )
    assert (given.sorted_min <= start).all()


def test_sequence_of_the_plan_is_kept_and_empty_points_are_skipped():
    """A trip visits its points in the order of the plan, without those that have no goods tonight."""
    given = orders(60)
    _, plan, _, done = morning(given=given)
    route_of = np.repeat(np.arange(len(plan.van)), np.diff(plan.first))
    place = np.empty(POINTS, int)
    place[plan.points] = np.arange(POINTS)
    assert set(done.stops["point"]) == set(given.point)
    for trip in range(len(done.trips["van"])):
        stops = place[done.stops["point"][trip_of_stop(done) == trip]]
        assert (np.diff(stops) > 0).all()
        assert len(set(route_of[stops])) == 1


def test_overflow_goes_with_the_spare_van_then_with_the_first_one_back():
    """Too much for a route leaves with the spare van; further leftovers wait for a van's return."""
    _, plan, _, done = morning(given=orders(1250))
    trips = done.trips
    spare = set(range(5)) - set(plan.van.tolist())
    first = trips["trip"] == 0
    by_spare = first & np.isin(trips["van"], list(spare))
    assert by_spare.sum() == len(spare) > 0
    own = first & ~by_spare
    assert trips["ready_min"][by_spare].min() == trips["depart_min"][own].min()
    again = trips["trip"] > 0
    assert again.any()
    for row in np.flatnonzero(again):
        before = (trips["van"] == trips["van"][row]) & (trips["trip"] == trips["trip"][row] - 1)
        assert trips["ready_min"][row] >= trips["return_min"][before][0] + 15.0


def test_unsorted_orders_stay_behind_and_follow():
    """A van does not wait beyond its latest loading; what is sorted later comes on another trip."""
    given = orders(late=0.1)
    _, plan, _, done = morning(given=given)
    late = given.sorted_min == 1840.0
    assert (done.trips["load_start_min"][: len(plan.van)] <= plan.load_by_min.max() + 60.0).all()
    assert done.at_point_min[late].min() > 1840.0
    assert not np.isnan(done.at_point_min).any()
    never = given._replace(sorted_min=np.where(late, np.nan, given.sorted_min))
    _, _, _, without = morning(given=never)
    assert np.array_equal(np.isnan(without.at_point_min), late)
    assert (without.van[late] == -1).all()


def test_breakdown_keeps_what_was_unloaded_and_another_van_fetches_the_rest():
    """Until it breaks down a van's stops are as without it; its other goods come later, with another van."""
    _, plan, given, plain = morning()
    broken = int(plan.van[0])
    _, _, _, done = morning(params(breakdown_van=broken + 1, breakdown_min=1830.0), plan=plan)
    mine = plain.van == broken
    before = mine & (plain.at_point_min <= 1830.0)
    rest = mine & ~before
    assert before.any()
    assert rest.any()
    assert np.array_equal(done.at_point_min[before | ~mine], plain.at_point_min[before | ~mine])
    assert (done.van[rest] != broken).all()
    assert (done.at_point_min[rest] > plain.at_point_min[rest]).all()
    assert done.trips["return_min"][done.trips["van"] == broken].tolist() == [1830.0]
    assert done.stops["grams"].sum() == given.grams.sum()


def test_an_absent_drivers_route_goes_to_the_spare_van():
    """Nobody drives the van of an absent driver; the first spare van with a driver takes its route."""
    p, given = params(), orders()
    plan = fixed_plan(p, PRICES, MEMBERS, TRAVEL_MIN, TRAVEL_M)
    n = numbers(p, BANDS[0], crates_by_sku=False)
    d = draw(p.stop_min, n.fleet, CALM, ORDINARY, Streams(1, 0), np.arange(POINTS), 0.85)
    away = np.zeros(5, bool)
    away[plan.van[1]] = True
    done = kernel.run_delivery(n, d._replace(absent=away), plan, given)
    spare = min(set(range(5)) - set(plan.van.tolist()))
    route = set(plan.points[plan.first[1] : plan.first[2]].tolist())
    assert plan.van[1] not in done.trips["van"]
    assert set(done.stops["point"][(done.stops["van"] == spare) & (done.stops["trip"] == 0)]) == route
    nobody = kernel.run_delivery(n, d._replace(absent=np.ones(5, bool)), plan, given)
    assert np.isnan(nobody.at_point_min).all()


def test_slower_is_never_earlier():
    """Rain, a slow night and slow stops each bring every order later: on the road no one overtakes."""
    p, given = params(), orders()
    plan = fixed_plan(p, PRICES, MEMBERS, TRAVEL_MIN, TRAVEL_M)
    n = numbers(p, BANDS[0], crates_by_sku=False)
    d = draw(p.stop_min, n.fleet, CALM, ORDINARY, Streams(1, 0), np.arange(POINTS), 0.85)
    base = kernel.run_delivery(n, d, plan, given).at_point_min
    for slow in ({"speed": 0.85}, {"traffic": 1.3}, {"stop_time": 1.3}):
        assert (kernel.run_delivery(n, d._replace(**slow), plan, given).at_point_min > base).all()


@pytest.mark.parametrize(
    ("binding", "changes", "n"),
    [(0, {}, 1000), (1, {"crate_kg": 2.0}, 800), (2, {"depart_from_min": 1800.0, "reserve_min": 0.0}, 200)],
)
def test_weight_volume_and_time_each_bind(binding, changes, n):
    """Each of the three limits is the one that first trips come nearest to, in some scenario."""
    _, _, _, done = morning(params(**changes), orders(n))
    first = done.trips["trip"] == 0
    assert np.bincount(done.trips["binds"][first], minlength=3).argmax() == binding


def test_a_plan_holds_its_limits():
    """Every point is on one route; kilos, volume and the time to the last crate hold with their reserves."""
    p = params()
    plan = fixed_plan(p, PRICES, MEMBERS, TRAVEL_MIN, TRAVEL_M)
    kg = expected_kg(p, MEMBERS)
    assert kg.sum() == pytest.approx(800 * 3.0)
    assert plan.relaxed == 0
    assert sorted(plan.points.tolist()) == list(range(POINTS))
    for r in range(len(plan.van)):
        mine = plan.points[plan.first[r] : plan.first[r + 1]]
        assert kg[mine].sum() <= 800.0 * p.planned_load_share + 1e-6
    deadline = p.promise_min - p.reserve_min
    assert (plan.latest_depart_min >= p.depart_from_min).all()
    assert (plan.latest_depart_min < deadline).all()
    assert (plan.load_by_min < plan.latest_depart_min).all()


def test_order_of_loading_is_last_stop_first():
    """Crates are sorted in the order (planned departure, van, stop reversed)."""
    plan = fixed_plan(params(), PRICES, MEMBERS, TRAVEL_MIN, TRAVEL_M)
    rank = loading_rank(plan, POINTS)
    assert sorted(rank.tolist()) == list(range(POINTS))
    for r in range(len(plan.van)):
        assert (np.diff(rank[plan.points[plan.first[r] : plan.first[r + 1]]]) == -1).all()


@pytest.mark.parametrize("kilos", [1.0, 130.0, 200.0, 5000.0])
@pytest.mark.parametrize(
    "vehicles", [[VehicleType(count=3)], [VehicleType(count=1), VehicleType(count=4, payload_kg=500.0)]]
)
def test_every_load_gets_a_plan(kilos, vehicles):
    """Where the fleet cannot hold every wish the plan gives some up, and still visits every point once."""
    kg = np.full(POINTS, kilos)
    plan = make_plan(params(vehicles=vehicles), PRICES, kg, kg / 10.0, TRAVEL_MIN, TRAVEL_M)
    assert sorted(plan.points.tolist()) == list(range(POINTS))
    assert len(set(plan.van.tolist())) == len(plan.van)
    planned_for = sum(kind.count * kind.payload_kg for kind in vehicles) * 0.8667
    assert (plan.relaxed > 0) == (POINTS * kilos > planned_for)


def test_nightly_plans_only_where_there_are_goods():
    """A nightly plan leaves out empty points and follows the night's loads; a fixed one never changes."""
    given = orders(40)
    p = params(policy="nightly")
    _, plan, _, done = morning(p, given)
    assert set(plan.points.tolist()) == set(given.point.tolist())
    assert not np.isnan(done.at_point_min).any()
    _, fixed, _, _ = morning(params(), given)
    assert len(fixed.points) == POINTS


def test_plans_are_kept_and_the_same(tmp_path, monkeypatch):
    """A plan read from disk is the plan that was searched; a damaged file is searched again."""
    from sim.stages.delivery import plans

    monkeypatch.setenv("LIANLU_CACHE", str(tmp_path))
    made = []
    for damage in (False, False, True):
        plans._plans.clear()
        for file in tmp_path.rglob("*.npz"):
            if damage:
                file.write_bytes(b"not a plan")
        made.append(fixed_plan(params(plan_seed=9), PRICES, MEMBERS, TRAVEL_MIN, TRAVEL_M))
    assert len(list(tmp_path.rglob("*.npz"))) == 1
    for plan in made[1:]:
        for a, b in zip(made[0], plan, strict=True):
            assert np.array_equal(a, b)


def test_luck_is_keyed():
    """More vans or points move no one's legs, pace, absence or stops."""
    few, many = params(), params(vehicles=[VehicleType(count=9, payload_kg=800.0)])
    vans = [numbers(one, BANDS[0], crates_by_sku=False).fleet for one in (few, many)]
    a = draw(few.stop_min, vans[0], NightParams(), ORDINARY, Streams(1, 0), np.arange(10), 0.85)
    b = draw(many.stop_min, vans[1], NightParams(), ORDINARY, Streams(1, 0), np.arange(20), 0.85)
    assert np.array_equal(a.leg, b.leg[:5])
    assert np.array_equal(a.pace, b.pace[:5])
    assert np.array_equal(a.absent, b.absent[:5])
    assert np.array_equal(a.stop_min, b.stop_min[:10])


def test_mean_of_a_law():
    """The plan's mean stop agrees with the law's mean over 40,000 draws, within four standard errors."""
    for law in (constant(3.0), uniform(1.0, 5.0), lognormal(6.0, 0.5), lognormal_mean(4.0, 0.8)):
        x = Streams(3, 0).draw("test.mean", np.arange(40_000), law)
        assert abs(x.mean() - mean_of(law)) <= 4.0 * x.std() / 200.0 + 1e-9


@pytest.mark.parametrize(
    "wrong",
    [
        {"vehicles": [VehicleType(count=0)]},
        {"vehicles": []},
        {"promise_min": 1780.0},
        {"crate_m3": 1.9, "usable_volume_share": 0.1},
        {"docks": 0},
        {"policy": "daily"},
    ],
)
def test_impossible_settings_are_refused(wrong):
    """Settings that leave nothing to drive with, or no time, are errors."""
    with pytest.raises(ValidationError):
        params(**wrong)


CHANGES = [
    {"policy": "nightly"}, {"vehicles": [VehicleType(count=6, payload_kg=800.0)]}, {"vehicles":
    [VehicleType(count=5, payload_kg=900.0)]}, {"crate_kg": 8.0}, {"crate_m3": 0.05}, {"docks": 2},
    {"load_crate_s": 40.0}, {"unload_crate_s": 15.0}, {"stop_min": lognormal(7.0, 0.5)}, {"depart_from_min":
    1765.0}, {"promise_min": 2000.0}, {"reserve_min": 90.0}, {"planned_load_share": 0.7}, {"expected_orders":
    700.0}, {"expected_order_kg": 2.0}, {"static_factor": 1.6}, {"plan_iterations": 1}, {"plan_seed": 4},
    {"reload_min": 30.0}, {"last_load_min": 1800.0}, {"breakdown_van": 1},
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_every_parameter_is_alive(change):
    """Changing one parameter changes a column of a heavy night."""
    given = orders(1250, late=0.05)
    _, _, _, before = morning(params(), given)
    _, _, _, after = morning(params(**change), given)
    columns = zip(before.trips.values(), after.trips.values(), strict=True)
    assert any(not np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in columns)


def test_usable_volume_and_breakdown_time_are_alive():
    """The usable share of the volume moves bulky loads; the minute of a breakdown moves what is left."""
    given = orders(1250)
    bulky = [morning(params(crate_kg=3.0, usable_volume_share=share), given)[3] for share in (0.7, 0.5)]
    assert not np.array_equal(bulky[0].trips["grams"], bulky[1].trips["grams"])
    ends = [morning(params(breakdown_van=1, breakdown_min=t), given)[3] for t in (1830.0, 1850.0)]
    assert not np.array_equal(ends[0].at_point_min, ends[1].at_point_min)
