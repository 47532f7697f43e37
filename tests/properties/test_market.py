"""The market: exact sizes, keyed homes, nearest points by road, and nothing that depends on the run."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.market import Market, MarketParams, build_market, market_of
from sim.market.market import _cached_places
from sim.market.places import Places, shares
from sim.roads import Roads, RoadsParams, roads_of

SMALL = RoadsParams(radius_km=3.0)


@pytest.fixture(scope="module")
def market() -> Market:
    """The default market."""
    return market_of(MarketParams(), RoadsParams())


@pytest.fixture(scope="module")
def town() -> Roads:
    """A small city."""
    return roads_of(SMALL)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    communities=st.integers(1, 60),
    mean=st.floats(5, 400),
    sigma=st.floats(0, 1.5),
    scale=st.sampled_from([0.1, 1.0, 3.4, 10.0]),
)
def test_the_mean_is_exact_and_the_cap_holds(
    town: Roads, seed: int, communities: int, mean: float, sigma: float, scale: float
) -> None:
    """Members add to communities × mean × scale to the unit, and no group is above the scaled cap."""
    params = MarketParams(seed=seed, communities=communities, members_mean=mean, members_sigma=sigma)
    market = build_market(params, town, scale=scale)
    assert market.members.sum() == int(np.floor(communities * mean * scale + 0.5)) == len(market.member_key)
    assert market.members.min() >= 0
    assert market.members.max() <= np.ceil(500 * scale)


def test_default_sizes_spread_as_sources_say(market: Market) -> None:
    """The default holds 50,000 members, small and large groups, and at most 500 in one.

    The cap takes some of the log-normal's spread, less than half of it.
    """
    free = np.sqrt(np.expm1(MarketParams().members_sigma ** 2))
    assert market.members.sum() == 50_000
    assert market.members.max() <= 500
    assert market.members.min() < 100
    assert 0.5 * free < market.members.std() / market.members.mean() < free


def test_keys_hold_community_and_index(market: Market) -> None:
    """A key is community << 24 | index, unique and rising."""
    assert (np.diff(market.member_key) > 0).all()
    assert np.array_equal(market.member_key >> 24, market.member_community)
    index = market.member_key & (2**24 - 1)
    assert np.array_equal(np.bincount(market.member_community, minlength=200), market.members)
    assert (index < market.members[market.member_community]).all()


def test_scale_changes_members_and_nothing_else(market: Market) -> None:
    """At 3.4 times the audience the points, roads and the homes of those who were there already stay."""
    large = market_of(MarketParams(), RoadsParams(), scale=3.4)
    assert large.members.sum() == 170_000
    assert large.places is market.places
    both, here, there = np.intersect1d(market.member_key, large.member_key, return_indices=True)
    assert len(both) >= len(market.member_key) - 200
    assert np.array_equal(market.member_node[here], large.member_node[there])
    assert np.array_equal(market.cold_grams, large.cold_grams)


def test_only_the_markets_seed_matters() -> None:
    """The same seed builds the same market, another seed another; `resample` alone changes nothing."""
    roads = roads_of(SMALL)
    params = MarketParams(communities=20)
    one, again, other = (build_market(params, roads, seed=seed) for seed in (5, 5, 6))
    for name in ("members", "member_key", "member_node", "point_node", "cold_grams"):
        assert np.array_equal(getattr(one, name), getattr(again, name))
    assert np.array_equal(one.travel_m, again.travel_m)
    assert not np.array_equal(one.point_node, other.point_node)
    assert not np.array_equal(one.members, other.members)
    resampled = market_of(params.model_copy(update={"resample": True}), SMALL)
    assert resampled is market_of(params, SMALL)
    assert np.array_equal(resampled.member_node, build_market(params, roads).member_node)


def test_the_cache_gives_what_building_gives(market: Market) -> None:
    """A cached market equals one built anew, and is shared by all who ask."""
    built = build_market(MarketParams(), roads_of(RoadsParams()))
    assert market_of(MarketParams(), RoadsParams()) is market_of(MarketParams(), RoadsParams())
    slow = RoadsParams(rain_speed=0.5)
    assert market_of(MarketParams(), slow).places is market_of(MarketParams(), RoadsParams()).places
    assert np.array_equal(built.member_node, market.member_node)
    assert np.array_equal(built.node_second, market.node_second)


def test_places_come_back_from_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Places read from disk equal those made anew; a damaged file is made again."""
    monkeypatch.setenv("LIANLU_CACHE", str(tmp_path))
    params, key = MarketParams(communities=7).model_dump_json(), SMALL.network_key()
    made = _cached_places.__wrapped__(params, key, "", 3)
    file = next((tmp_path / "places").glob("*.npz"))
    read = _cached_places.__wrapped__(params, key, "", 3)
    file.write_bytes(file.read_bytes()[:1000])
    again = _cached_places.__wrapped__(params, key, "", 3)
    for field in fields(Places):
        assert np.array_equal(getattr(made, field.name), getattr(read, field.name)), field.name
        assert np.array_equal(getattr(made, field.name), getattr(again, field.name)), field.name


def test_nearest_points_are_by_road(market: Market) -> None:
    """For a sample of homes the nearest and second point are those of least road metres, home → point."""
    homes = np.unique(market.member_node)[::40]
    pairs = [(int(a), int(b)) for a in homes for b in market.point_node]
    table = roads_of(RoadsParams()).distance_m(pairs).reshape(len(homes), -1)
    order = np.argsort(table, axis=1, kind="stable")
    assert np.array_equal(market.node_nearest[homes], order[:, 0])
    assert np.array_equal(market.node_second[homes], order[:, 1])


def test_people_live_near_their_community(market: Market, town: Roads) -> None:
    """Homes spread as asked (streets and the city edge take a fifth at most); the wider, the more are moved.

    In the default market most buyers keep their leader, and no two points share a node.
    """
    spread, moved = {}, {}
    for asked in (220.0, 440.0):
        made = build_market(MarketParams(communities=40, home_spread_m=asked), town)
        homes, community = town.xy[made.member_node], made.member_community
        people = np.bincount(community)
        middle = np.column_stack([np.bincount(community, along) / people for along in homes.T])
        spread[asked] = (homes - middle[community]).std()
        moved[asked] = (made.node_nearest[made.member_node] != community).mean()
        assert 0.8 * asked < spread[asked] < asked
    assert 0.0 < moved[220.0] < moved[440.0]
    assert (market.node_nearest[market.member_node] != market.member_community).mean() < 0.5
    assert len(set(market.point_node.tolist())) == len(market.point_node)


def test_a_guest_gets_a_home_like_a_members(market: Market) -> None:
    """`homes` gives members their own home, and any other key a home around its community."""
    sample = slice(None, None, 997)
    community = market.member_community[sample]
    assert np.array_equal(market.homes(market.member_key[sample], community), market.member_node[sample])
    guests = (np.int64(1) << 40) | np.arange(500, dtype=np.int64)
    homes = market.homes(guests, np.full(500, 7, np.int32))
    assert np.isin(homes, market.places.home_table[7]).all()
    assert len(np.unique(homes)) > 3


def test_pickup_points_keep_cold_and_hours(market: Market) -> None:
    """60 % shops, 30 % homes, 10 % without a cold store, in exact shares, with their hours on D1."""
    grams, counts = np.unique(market.cold_grams, return_counts=True)
    assert dict(zip(grams.tolist(), counts.tolist(), strict=True)) == {0: 20, 80_000: 60, 200_000: 120}
    home = market.point_kind == 1
    assert (market.open_min[home] == 1440 + 420).all()
    assert (market.close_min[home] == 1440 + 1320).all()
    assert (market.open_min[~home] == 1440 + 480).all()
    assert (market.close_min[~home] == 1440 + 1260).all()


def test_ways_between_points_are_whole(market: Market) -> None:
    """Travel matrices are finite, zero on the diagonal, positive elsewhere, and start at the DC 12 km out."""
    for table in (market.travel_min, market.travel_m):
        assert table.shape == (201, 201)
        assert np.isfinite(table).all()
        assert (np.diag(table) == 0).all()
        assert (table + np.eye(201) > 0).all()
    assert market.travel_m[0, 1:].min() > 1500.0
    assert market.travel_m[0, 1:].max() < 40_000.0


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"home_spread_m": 600.0}, "member_node"),
        ({"point_spread_m": 500.0}, "point_node"),
        ({"shop_share": 0.3}, "point_kind"),
        ({"home_share": 0.1}, "point_kind"),
        ({"shop_cold_kg": 150.0}, "cold_grams"),
        ({"home_cold_kg": 60.0}, "cold_grams"),
        ({"shop_open_min": 500.0}, "open_min"),
        ({"shop_close_min": 1250.0}, "close_min"),
        ({"home_open_min": 430.0}, "open_min"),
        ({"home_close_min": 1300.0}, "close_min"),
        ({"members_mean": 260.0}, "members"),
        ({"members_sigma": 0.5}, "members"),
        ({"members_cap": 400}, "members"),
        ({"communities": 50}, "members"),
        ({"seed": 2}, "member_node"),
    ],
)
def test_every_parameter_is_alive(market: Market, change: dict[str, float], column: str) -> None:
    """Each field of the market moves the column it speaks of."""
    other = market_of(MarketParams(**change), RoadsParams())
    assert not np.array_equal(getattr(other, column), getattr(market, column))


def test_more_communities_than_doors() -> None:
    """Points share a door only when every door is taken; nothing breaks."""
    crowded = build_market(MarketParams(communities=400), roads_of(RoadsParams(radius_km=2.0, block_m=400.0)))
    assert crowded.communities == 400
    assert np.isfinite(crowded.travel_min).all()


@pytest.mark.parametrize(
    "change",
    [
        {"members_mean": 400.0, "members_cap": 300},
        {"shop_share": 0.8, "home_share": 0.3},
        {"shop_open_min": 1300.0},
        {"members_mean": float("nan")},
    ],
)
def test_an_impossible_market_is_refused(change: dict[str, float]) -> None:
    """Contradictions are found when the scenario is read."""
    with pytest.raises(ValidationError):
        MarketParams(**change)


@given(st.lists(st.floats(0, 50), min_size=1, max_size=30))
def test_largest_remainders_add_up(quota: list[float]) -> None:
    """Whole shares add to the total and differ from their quota by less than one."""
    wanted = np.array(quota)
    total = int(np.floor(wanted.sum() + 0.5))
    wanted = wanted * (total / wanted.sum()) if wanted.sum() > 0 else wanted
    out = shares(wanted, total)
    assert out.sum() == total
    assert (np.abs(out - wanted) < 1.0 + 1e-9).all()
