"""Sorting: people, breaks, queue and crates keep their rules, and every parameter of it moves something."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError

from sim.night import Night, NightParams
from sim.random_streams import Streams
from sim.stages.sorting import kernel
from sim.stages.sorting.rules import crates_of
from sim.stages.sorting.spec import Paper, PutToLight, Scan, SortingInput, SortingParams, draw, numbers
from sim.stages.sorting.teams import Break, Team

ORDINARY = Night(1.0, 1.0, 1.0, 1.0, 1.0, False)
EVERYONE = NightParams(absence_share=0.0, own_pace_cv=0.0)
POINTS, SKUS = 20, 3


def evening(n=600, seed=0, start=1200.0, mean=12.0, cancelled=0.05):
    """Orders paid from `start` on, with baskets of one line and more."""
    rng = np.random.default_rng(seed)
    lines = 1 + rng.poisson(1.0, n)
    sku_lines = np.zeros((n, SKUS), np.int16)
    np.add.at(sku_lines, (np.repeat(np.arange(n), lines), rng.integers(0, SKUS, lines.sum())), 1)
    known = np.minimum(start + rng.exponential(mean, n), 1259.0)
    point = rng.integers(0, POINTS, n).astype(np.int32)
    return SortingInput(
        known_min=known, cancelled_min=np.where(rng.uniform(size=n) < cancelled, known + 5.0, np.nan),
        community=point, point=point, lines=lines.astype(np.int32), sku_lines=sku_lines,
        sku_grams=np.array([1900, 1200, 950]), sheet_min=1280.0 + np.arange(POINTS, dtype=float),
        point_rank=np.arange(POINTS)[::-1].copy(),
    )  # fmt: skip


def night(params=None, given=None, seed=1, night_params=None, factors=ORDINARY, by_sheet=False):
    """One night in the hall: (numbers, draws, input, result)."""
    params, given = params or SortingParams(), given or evening()
    n = numbers(params, cutoff_min=1260.0, by_sheet=by_sheet, crate_grams=10_000)
    keys = np.arange(len(given.known_min), dtype=np.int64) + 7
    d = draw(params, n, night_params or NightParams(), factors, Streams(seed, 0), keys, POINTS, SKUS)
    return n, d, given, kernel.run_sorting(n, d, given)


def team(**changes):
    """A team of three without breaks, long enough for anything, unless changed."""
    return Team(**{"start_min": 1200.0, "length_min": 1440.0, "people": 3, **changes})


def test_everything_released_is_sorted_or_cancelled():
    """With time enough every released order is sorted once, except those cancelled before they were begun."""
    _, _, given, done = night(SortingParams(teams=[team(people=12)]))
    released = ~np.isnan(done.release_min)
    gone = released & np.isnan(done.sorted_min)
    assert released.sum() == len(done.sorting["order"]) == len(np.unique(done.sorting["order"]))
    assert not np.isnan(given.cancelled_min[gone]).any()
    assert (done.sorted_min[released & ~gone] > done.release_min[released & ~gone]).all()


@pytest.mark.parametrize("policy", ["by_order", "by_community_sku"])
def test_a_person_does_one_job_at_a_time_and_starts_none_after_the_shift(policy):
    """One person's jobs never overlap, begin inside the shift, outside breaks; stations are never too few."""
    params = SortingParams(policy=policy, stations=5, teams=[
        team(people=6, length_min=150.0, breaks=[Break(after_min=30.0, length_min=15.0), Break(after_min=90.0,
        length_min=10.0)]), team(people=4, start_min=1230.0, length_min=100.0),
    ])  # fmt: skip
    n, _, _, done = night(params)
    jobs = done.sorting
    for w in range(10):
        mine = np.flatnonzero(jobs["worker"] == w)
        mine = mine[np.argsort(jobs["start_min"][mine])]
        start, end = jobs["start_min"][mine], jobs["end_min"][mine]
        assert (start[1:] >= end[:-1]).all()
        assert (start >= n.shifts.start[w]).all()
        assert (start < n.shifts.end[w]).all()
        for b in range(n.shifts.break_first[w], n.shifts.break_first[w + 1]):
            due, length = n.shifts.break_start[b], n.shifts.break_length[b]
            before = end[(start < due) & (end >= due)]
            begins = max(due, before.max()) if len(before) else due
            assert not ((start >= begins) & (start < begins + length)).any()
    begun = ~np.isnan(jobs["start_min"])
    moments = jobs["start_min"][begun]
    at_work = [(jobs["start_min"][begun] <= t).sum() - (jobs["end_min"][begun] <= t).sum() for t in moments]
    assert max(at_work) == 5


def test_queue_is_by_release_then_order():
    """Jobs are begun in the order of (release, order id): cancelled ones are passed over."""
    _, _, _, done = night(SortingParams(teams=[team(people=2)]))
    jobs = done.sorting
    assert (np.lexsort((jobs["order"], jobs["release_min"])) == np.arange(len(jobs["order"]))).all()
    assert (np.diff(jobs["start_min"][~np.isnan(jobs["start_min"])]) >= 0).all()


@pytest.mark.parametrize("people", [1, 3, 7])
def test_equal_jobs_take_exactly_their_standard_time(people):
    """K people sort n equal jobs released together in ceil(n/k) standard times, allowance included."""
    given = evening(100, cancelled=0.0)
    given = given._replace(known_min=np.full(100, 1200.0), lines=np.full(100, 2, np.int32))
    params = SortingParams(noise_sigma=0.0, teams=[team(people=people)])
    _, _, _, done = night(params, given, night_params=EVERYONE)
    each = 2 * 60.0 / 150.0 * 1.13
    assert done.sorted_min.max() == pytest.approx(1200.0 + math.ceil(100 / people) * each, abs=1e-6)


def test_mistakes_follow_the_share_a_line():
    """The share of mis-sorted orders lies within 3.3 standard errors of 1 − (1 − p)^lines, by technology."""
    given = evening(20_000, cancelled=0.0)
    for technology, p in (("paper", 0.01), ("scan", 0.003), ("put_to_light", 0.001)):
        _, _, _, done = night(SortingParams(technology=technology, teams=[team(people=30)]), given)
        expected = 1.0 - (1.0 - p) ** given.lines.astype(float)
        assert not np.isnan(done.sorted_min).any()
        z = (done.missorted.sum() - expected.sum()) / math.sqrt((expected * (1.0 - expected)).sum())
        assert abs(z) < 3.3


def test_an_outage_lengthens_the_night_by_its_length():
    """Nothing is begun in the window, work in hand pauses, a busy hall ends later by the window's length."""
    given = evening(cancelled=0.0)
    _, _, _, plain = night(SortingParams(teams=[team(people=3)]), given, night_params=EVERYONE)
    params = SortingParams(teams=[team(people=3)], power_loss_from_min=1230.0, power_loss_to_min=1250.5)
    _, _, _, dark = night(params, given, night_params=EVERYONE)
    start = dark.sorting["start_min"]
    assert not ((start >= 1230.0) & (start < 1250.5)).any()
    later = dark.sorted_min.max() - plain.sorted_min.max()
    assert later == pytest.approx(20.5, abs=1e-6)


def test_crates_hold_everything_and_complete_the_orders():
    """Every (point, SKU) has ceil(kg/10) crates, in the order of loading; an order waits for its last one."""
    given = evening(400)
    _, _, _, done = night(SortingParams(policy="by_community_sku", teams=[team(people=4)]), given)
    there = ~np.isnan(done.release_min)
    jobs = done.sorting
    grams = np.zeros((POINTS, SKUS), np.int64)
    np.add.at(grams, given.point[there], given.sku_lines[there] * given.sku_grams)
    crates = np.zeros((POINTS, SKUS), np.int64)
    np.add.at(crates, (jobs["community"], jobs["sku"]), 1)
    assert np.array_equal(crates, crates_of(grams, 10_000))
    assert (np.diff(given.point_rank[jobs["community"]]) >= 0).all()
    assert (jobs["release_min"] == 1275.0).all()
    last = np.full((POINTS, SKUS), -np.inf)
    np.maximum.at(last, (jobs["community"], jobs["sku"]), jobs["end_min"])
    mine = np.where(given.sku_lines > 0, last[given.point], -np.inf).max(axis=1)
    assert np.array_equal(done.sorted_min[there], mine[there])
    assert not there[~np.isnan(given.cancelled_min)].any()


@pytest.mark.parametrize(
    ("release", "by_sheet", "earliest"),
    [
        ("as_paid", False, 1200.0),
        ("at_cutoff", False, 1275.0),
        ("full_list", False, 1275.0),
        ("per_sheet", True, 1280.0),
        ("full_list", True, 1299.0),
    ],
)
def test_release_rules(release, by_sheet, earliest):
    """Each rule releases at its own moment: payment, closed list, a leader's sheet, the last sheet."""
    given = evening(cancelled=0.0)
    _, _, _, done = night(SortingParams(release=release), given, by_sheet=by_sheet)
    assert done.release_min.min() >= earliest
    if release == "as_paid":
        assert np.array_equal(done.release_min, given.known_min)
    elif release == "per_sheet":
        assert np.array_equal(done.release_min, given.sheet_min[given.community])
    else:
        assert (done.release_min == earliest).all()


def test_luck_is_keyed():
    """A person more in team A, or a buyer more, moves nobody else's absence, pace, noise or error."""
    few = SortingParams(hall_limit_people=99, teams=[team(people=5), team(people=6)])
    more = SortingParams(hall_limit_people=99, teams=[team(people=9), team(people=6)])
    given, longer = evening(50), evening(80)
    _, a, _, _ = night(few, given)
    _, b, _, _ = night(more, longer)
    assert np.array_equal(a.pace, np.r_[b.pace[:5], b.pace[9:]])
    assert np.array_equal(a.absent, np.r_[b.absent[:5], b.absent[9:]])
    assert np.array_equal(a.noise, b.noise[:50])
    assert np.array_equal(a.error_u, b.error_u[:50])


def test_a_full_hall_is_an_error_that_names_the_moment():
    """More people on the calendar than the hall holds is refused, with the first moment and both figures."""
    with pytest.raises(
        ValidationError, match=r"34 people into the hall at 20:30 \(minute 1230\), `hall_limit_people` is 30"
    ):
        SortingParams(teams=[team(people=16), team(people=18, start_min=1230.0)])
    SortingParams(teams=[team(people=16, length_min=30.0), team(people=18, start_min=1230.0)])


@pytest.mark.parametrize(
    "wrong",
    [
        {"policy": "by_community_sku", "release": "as_paid"},
        {"power_loss_from_min": 1300.0, "power_loss_to_min": 1290.0},
        {"stations": 0},
        {"technology": "robot"},
    ],
)
def test_impossible_settings_are_refused(wrong):
    """Settings that contradict one another, or lie outside their bounds, are errors."""
    with pytest.raises(ValidationError):
        SortingParams(**wrong)


def test_breaks_must_follow_one_another():
    """Overlapping breaks, or one beyond the shift, are errors."""
    for breaks in (
        [Break(after_min=30.0, length_min=20.0), Break(after_min=40.0)],
        [Break(after_min=1430.0, length_min=20.0)],
    ):
        with pytest.raises(ValidationError):
            team(breaks=breaks)


CHANGES = [
    {"policy": "by_community_sku"}, {"technology": "paper"}, {"release": "at_cutoff"}, {"scan":
    Scan(lines_per_h=120.0)}, {"scan": Scan(error_share=0.05)}, {"allowance_share": 0.2}, {"noise_sigma":
    0.1}, {"stations": 3}, {"teams": [team()]}, {"teams": [team(breaks=[Break()])]}, {"power_loss_to_min":
    1330.0}, {"power_loss_from_min": 1290.0},
]  # fmt: skip
CHANGES_FROM = [
    ({"technology": "paper"}, {"paper": Paper(lines_per_h=60.0)}), ({"technology": "paper"}, {"paper":
    Paper(error_share=0.1)}), ({"technology": "put_to_light"}, {"put_to_light":
    PutToLight(lines_per_h=300.0)}), ({"technology": "put_to_light"}, {"put_to_light":
    PutToLight(error_share=0.1)}), ({"policy": "by_community_sku"}, {"crates_per_h": 60.0}), ({"policy":
    "by_community_sku"}, {"list_delay_min": 5.0}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("base", "change"), [({"teams": [team(people=4)]}, c) for c in CHANGES] + CHANGES_FROM
)
def test_every_parameter_is_alive(base, change):
    """Changing one parameter changes a column."""
    given = evening(2000)
    _, _, _, before = night(SortingParams(**base), given)
    _, _, _, after = night(SortingParams(**{**base, **change}), given)
    same = np.array_equal(before.sorted_min, after.sorted_min, equal_nan=True) and np.array_equal(
        before.missorted, after.missorted
    )
    assert not same


def test_paper_misses_midnight_and_lamps_make_it():
    """5,600 orders are never sorted by midnight from paper, always at a put-to-light wall, in 50 nights."""
    given = evening(5600, cancelled=0.02)
    late = {"paper": 0, "put_to_light": 0}
    for technology in late:
        params = SortingParams(technology=technology)
        for seed in range(50):
            _, _, _, done = night(params, given, seed=seed)
            waits = ~np.isnan(done.release_min) & np.isnan(given.cancelled_min)
            late[technology] += bool((~(done.sorted_min[waits] <= 1440.0)).any())
    assert late == {"paper": 50, "put_to_light": 0}
