"""Sorting shifts: the replayed hall is the simulated one, the search finds what trying everything finds."""

from __future__ import annotations

import functools
import itertools
import os
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.chain import simulate
from sim.experiments.intervals import share_interval
from sim.experiments.shifts.answer import FRESH, Answer, Asked, cheapest_shifts
from sim.experiments.shifts.cheapest import cheapest, most_missed
from sim.experiments.shifts.document import document_of
from sim.experiments.shifts.kinds import (
    Kind,
    Plan,
    cost_of,
    kind_of,
    kinds_of,
    minutes_left,
    price_of,
    teams_of,
    top_up,
)
from sim.experiments.shifts.programme import Cut, Programme
from sim.experiments.shifts.queues import gather, queue_of
from sim.experiments.shifts.trials import Nights, hall_of, replay
from sim.kpis import kpis_of
from sim.kpis.money import sorting_cost
from sim.problems import Unusable
from sim.rosters import RostersParams
from sim.scenario import Scenario
from sim.scenario_file import load_scenario
from sim.scenario_file.changing import changed as with_changes
from sim.scenario_tree import leaves
from tests.properties.contexts import CONTEXTS, Context, changed

NIGHTLY = bool(os.environ.get("LIANLU_NIGHTLY"))
SLOW_HALL: dict[str, Any] = {"sorting.scan.lines_per_h": 30.0}
"""A small event sorted slowly: ten people are needed, as in a large one sorted fast."""
FEW_SHIFTS: dict[str, Any] = {
    **SLOW_HALL,
    "rosters.earliest_start_min": 1200.0,
    "rosters.latest_start_min": 1230.0,
    "rosters.start_step_min": 15.0,
    "rosters.longest_length_min": 240.0,
    "rosters.break_step_min": 200.0,
    "rosters.smallest_team_people": 2,
    "rosters.largest_team_people": 16,
    "rosters.most_teams": 2,
    "sorting.hall_limit_people": 16,
    "sorting.teams": [],
}
CRATES: dict[str, Any] = {"sorting.policy": "by_community_sku", "sorting.crates_per_h": 20.0}
DARK: dict[str, Any] = {"sorting.power_loss_from_min": 1265.0, "sorting.power_loss_to_min": 1300.0}


def small(changes: dict[str, Any], context: Context = CONTEXTS[0]) -> Scenario:
    """A small event with other values."""
    return with_changes(changed(context, "market.seed", 1), changes)


def now_of(scenario: Scenario) -> Plan:
    """The calendar of a scenario."""
    return tuple((kind_of(team), team.people) for team in scenario.sorting.teams)


@functools.cache
def small_answer() -> Answer:
    """A search on a small event, 60 nights."""
    return cheapest_shifts(Asked(small(SLOW_HALL), "small", replications=60, promise=0.95))


# the replayed hall -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("context", "changes"),
    [(0, {}), (0, SLOW_HALL), (0, CRATES), (0, DARK), (1, {}), (2, {}), (2, CRATES), (3, {})],
)
def test_replay_is_the_simulated_hall_to_the_bit(context: int, changes: dict[str, Any]) -> None:
    """Begin, end and people of a replayed night equal `simulate`, whatever calendar the evening knew.

    So does the verdict: a night is missed where the KPI says that not all was sorted.
    """
    scenario = small(changes, CONTEXTS[context])
    other = with_changes(scenario, {"sorting.teams": teams_of(((Kind(1215.0, 90.0, ((30.0, 10.0),)), 5),))})
    for replication, asked in itertools.product(range(3), (scenario, other)):
        queue = queue_of(other, 1, replication, "compiled", 1440.0)
        log = simulate(asked, 1, replication)
        done = replay(asked, queue, hall_of(asked, asked.sorting.teams))
        assert np.array_equal(done.start, log["sorting"]["start_min"], equal_nan=True)
        assert np.array_equal(done.end, log["sorting"]["end_min"], equal_nan=True)
        assert np.array_equal(queue.release, log["sorting"]["release_min"])
        assert np.array_equal(done.workers["end_min"], log["workers"]["end_min"], equal_nan=True)
        trial = Nights(asked, [queue], 1).trial(now_of(asked), paid=True)
        assert trial.missed == 1.0 - kpis_of(asked, log).get("all_sorted_by_midnight", 1.0)
        assert float(trial.paid[0]) == sorting_cost(asked, log)


def test_queue_of_the_reference_face_is_the_same() -> None:
    """Both faces leave the same queue."""
    scenario = small(SLOW_HALL)
    one, two = (queue_of(scenario, 3, 5, engine) for engine in ("compiled", "reference"))
    for name in ("release", "work", "cancelled", "counts"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name


def test_threads_change_nothing() -> None:
    """Nights and trials are the same with one worker and with three."""
    scenario = small(SLOW_HALL)
    found = []
    for jobs in (1, 3):
        nights = Nights(scenario, gather(scenario, 1, range(12), jobs=jobs), jobs)
        trial = nights.trial(now_of(scenario), paid=True)
        found.append([np.sort(column) for column in (trial.short, trial.unsorted, trial.idle, trial.paid)])
    assert all(np.array_equal(one, two) for one, two in zip(*found, strict=True))


# the search ------------------------------------------------------------------------------------------------


def every_plan(programme: Programme) -> list[Plan]:
    """Every calendar of one or two teams that the rules allow, the cheapest first."""
    people = range(2, 17)
    found = [
        plan
        for number in (1, 2)
        for kinds in itertools.combinations(programme.kinds, number)
        for counts in itertools.product(people, repeat=number)
        if programme.allows(plan := tuple(zip(kinds, counts, strict=True)))
    ]
    return sorted(found, key=lambda plan: cost_of(plan, programme.scenario))


@pytest.mark.parametrize("seed", range(1, 21 if NIGHTLY else 3))
def test_search_equals_trying_everything(seed: int) -> None:
    """Of 3,411 calendars tried on the same 80 nights, none that keeps the promise is cheaper than ours."""
    scenario = small(FEW_SHIFTS)
    queues = gather(scenario, seed, range(80), jobs=1)
    brute = Nights(scenario, queues, 1)
    everything = every_plan(Programme(scenario, kinds_of(scenario.rosters), brute.by_min))
    assert len(everything) >= 2000
    for promise in (0.90, 0.95):
        allowed = most_missed(80, promise)
        best = next(plan for plan in everything if brute.trial(plan, allowed).missed <= allowed)
        nights = Nights(scenario, queues, 1)
        programme = Programme(scenario, kinds_of(scenario.rosters), nights.by_min, nights.begun_min)
        found = cheapest(programme, nights, promise)
        assert found.reached
        assert found.complete
        assert found.trial.nights - found.trial.missed >= promise * 80
        assert cost_of(found.plan, scenario) == pytest.approx(cost_of(best, scenario))
        assert nights.replays < brute.replays


def test_prices_rise_with_the_promise() -> None:
    """90, 95 and 99 of 100 nights cost more each, and no fewer nights are kept."""
    document = document_of(small_answer())
    prices = list(document["price"].values())
    assert list(document["price"]) == ["0.90", "0.95", "0.99"]
    assert prices == sorted(prices)
    assert prices[0] < prices[-1]
    searched = [one["p_searched"] for one in document["promises"].values()]
    assert searched == sorted(searched)


def test_fresh_nights_are_simulated_nights_and_bear_the_promise_out() -> None:
    """P is the share of simulated fresh nights with everything sorted; each promise lies in its interval."""
    answer = small_answer()
    main = answer.main
    scenario = with_changes(answer.asked.scenario, {"sorting.teams": teams_of(main.found.plan)})
    first = min(queue.replication for queue in answer.fresh.queues)
    assert first >= FRESH
    kept = [
        kpis_of(scenario, simulate(scenario, 1, night))["all_sorted_by_midnight"]
        for night in range(first, first + len(answer.fresh))
    ]
    assert main.share == np.mean(kept)
    for held in answer.held:
        assert held.band == share_interval(held.fresh.nights - held.fresh.missed, held.fresh.nights)
        assert held.share >= held.promise or held.band.contains(held.promise)


def test_promise_of_the_shipped_show() -> None:
    """`chenxi_live`: on fresh nights each promise lies inside the band of its P, and prices rise."""
    nights = 1000 if NIGHTLY else 60
    asked = Asked(load_scenario("chenxi_live"), "chenxi_live", jobs=2, replications=nights)
    answer = cheapest_shifts(asked)
    prices = list(document_of(answer)["price"].values())
    assert prices == sorted(set(prices))
    for held in answer.held:
        assert held.fresh.nights == nights
        assert held.share >= held.promise or held.band.contains(held.promise)


def test_what_no_calendar_can_do_is_said() -> None:
    """On paper in a small hall nothing holds the promise: no price, the best share, and what binds."""
    changes = {
        "sorting.technology": "paper",
        "sorting.paper.lines_per_h": 5.0,
        "sorting.hall_limit_people": 14,
    }
    scenario = small({**changes, "sorting.teams": []})
    document = document_of(cheapest_shifts(Asked(scenario, "paper", replications=12)))
    assert document["reached"] is False
    assert document["price"] == {}
    assert document["lacking"]["binds"] == "hall"
    assert document["lacking"]["person_hours"] > 0.0
    assert document["p_sorted"] < 0.9
    late = with_changes(scenario, {"rosters.next_shift_min": 2060.0, "rosters.latest_start_min": 1170.0})
    document = document_of(cheapest_shifts(Asked(late, "early", replications=12)))
    assert document["lacking"]["binds"] == "shifts"
    few = with_changes(scenario, {"rosters.most_teams": 1, "rosters.largest_team_people": 5})
    document = document_of(cheapest_shifts(Asked(few, "one small team", replications=12)))
    assert document["lacking"]["binds"] == "teams"


def test_nothing_to_sort_needs_nobody() -> None:
    """An event without orders is sorted in time by nobody, for nothing."""
    scenario = small({"audience.intercept_live": -20.0})
    document = document_of(cheapest_shifts(Asked(scenario, "quiet", replications=5)))
    assert (document["plan"], document["cost_cny"], document["p_sorted"]) == ([], 0.0, 1.0)


@pytest.mark.parametrize(
    ("changes", "promise", "says"),
    [
        ({}, 1.0, "a promise is a probability"),
        ({}, 0.2, "a promise is a probability"),
        ({}, float("nan"), "a promise is a probability"),
        (
            {"rosters.smallest_team_people": 20, "sorting.hall_limit_people": 16, "sorting.teams": []},
            0.9,
            "no team",
        ),
        ({"rosters.min_rest_h": 48.0}, 0.9, "`rosters` allow no shift"),
    ],
)
def test_wrong_questions_get_a_sentence(changes: dict[str, Any], promise: float, says: str) -> None:
    """What cannot be asked is refused before a night is played."""
    with pytest.raises(Unusable, match=says):
        cheapest_shifts(Asked(small(changes), "wrong", promise=promise), tick=pytest.fail)


# rules, wages, work ----------------------------------------------------------------------------------------

ROSTERS = st.fixed_dictionaries(
    {
        "earliest_start_min": st.sampled_from([1170.0, 1200.0, 1215.0]),
        "latest_start_min": st.sampled_from([1230.0, 1260.0]),
        "start_step_min": st.sampled_from([15.0, 30.0]),
        "shortest_length_min": st.sampled_from([120.0, 180.0]),
        "longest_length_min": st.sampled_from([240.0, 330.0, 480.0]),
        "length_step_min": st.sampled_from([30.0, 60.0]),
        "longest_stretch_min": st.sampled_from([60.0, 100.0, 150.0]),
        "break_length_min": st.sampled_from([0.0, 10.0, 15.0, 30.0]),
        "break_step_min": st.sampled_from([10.0, 30.0]),
        "most_teams": st.integers(1, 4),
        "smallest_team_people": st.integers(1, 6),
        "largest_team_people": st.integers(6, 14),
        "min_rest_h": st.sampled_from([10.0, 12.0, 14.5]),
    }
)


@settings(max_examples=40, deadline=None)
@given(rosters=ROSTERS, hall=st.integers(8, 20), stations=st.integers(5, 20), asked=st.floats(0.0, 3000.0))
def test_every_proposed_calendar_keeps_the_rules(
    rosters: dict[str, Any], hall: int, stations: int, asked: float
) -> None:
    """Starts, lengths, breaks, sizes, teams, rest, hall and stations hold at every moment of a proposal."""
    given_ = {"sorting.hall_limit_people": hall, "sorting.stations": stations, "sorting.teams": []}
    scenario = small({**given_, **{f"rosters.{name}": value for name, value in rosters.items()}})
    r = scenario.rosters
    programme = Programme(scenario, kinds_of(r), 1440.0)
    for plan in (programme.cheapest([Cut(1200.0, asked)]), programme.fullest(1200.0)):
        if plan is None:
            continue
        assert len(plan) <= r.most_teams
        assert programme.allows(plan)
        for kind, people in plan:
            assert r.smallest_team_people <= people <= r.largest_team_people
            assert r.earliest_start_min <= kind.start <= r.latest_start_min
            assert r.shortest_length_min <= kind.length <= r.longest_length_min
            assert kind.end <= r.next_shift_min - 60.0 * r.min_rest_h
        for moment in np.arange(1170.0, 1900.0, 5.0):
            inside = sum(people for kind, people in plan if kind.start <= moment < kind.end)
            pausing = sum(
                people
                for kind, people in plan
                for after, length in kind.breaks
                if kind.start + after <= moment < kind.start + after + length
            )
            assert inside <= hall
            assert inside - pausing <= stations
        Scenario.model_validate_json(  # the calendar is one that a scenario may have
            with_changes(scenario, {"sorting.teams": teams_of(plan)}).model_dump_json()
        )


@settings(max_examples=60, deadline=None)
@given(rosters=ROSTERS)
def test_breaks_keep_every_stretch_short(rosters: dict[str, Any]) -> None:
    """No kind of shift works longer than allowed without a break, and none has a break too many."""
    r = RostersParams(**rosters)
    for kind in kinds_of(r):
        edges = [0.0, *(edge for at, length in kind.breaks for edge in (at, at + length)), kind.length]
        worked = [edges[i + 1] - edges[i] for i in range(0, len(edges), 2)]
        assert min(worked) > 0.0
        assert max(worked) <= r.longest_stretch_min or r.break_length_min == 0.0
        fewer = len(kind.breaks) - 1
        assert fewer < 0 or kind.length - fewer * r.break_length_min > r.longest_stretch_min * (fewer + 1)


def test_wages_are_those_of_the_event() -> None:
    """The price of a calendar is what the KPI pays where nobody is absent, but for overtime."""
    scenario = small({**SLOW_HALL, "night.absence_share": 0.0, "rosters.min_paid_h": 0.0})
    plan: Plan = ((Kind(1200.0, 150.0, ()), 5), (Kind(1230.0, 300.0, ((120.0, 15.0),)), 6))
    nights = Nights(scenario, gather(scenario, 1, range(8), jobs=1), 1)
    over = nights.trial(plan, paid=True).paid - cost_of(plan, scenario)
    assert (over >= -1e-9).all()
    assert over.max() < 11 * 35.0 / 60.0 * 30.0  # nobody's last job takes half an hour
    day, night = scenario.money.sorter_cny_per_h, scenario.money.sorter_night_cny_per_h
    assert cost_of(plan, scenario) == pytest.approx(
        5 * (2.0 * day + 0.5 * night) + 6 * (1.5 * day + 3.5 * night)
    )


def test_absence_and_call_out_change_the_price() -> None:
    """Absent people are not paid; a short shift is topped up to the minimum, which the KPI does not know."""
    kind = Kind(1170.0, 120.0, ())
    plain = small({"night.absence_share": 0.0, "rosters.min_paid_h": 0.0})
    assert price_of(kind, plain) == pytest.approx(50.0)
    assert price_of(kind, with_changes(plain, {"night.absence_share": 0.1})) == pytest.approx(45.0)
    topped = with_changes(plain, {"rosters.min_paid_h": 3.0})
    assert price_of(kind, topped) == pytest.approx(25.0 * 2.5 + 35.0 * 0.5)
    assert top_up(kind, topped) == pytest.approx(25.0 * 0.5 + 35.0 * 0.5)


def test_minutes_left_count_breaks_deadline_and_jobs_in_hand() -> None:
    """Minutes from a moment on: without breaks, not beyond the deadline, with the job in hand at the end."""
    kind = Kind(1200.0, 240.0, ((100.0, 15.0),))
    moments = np.array([1100.0, 1200.0, 1250.0, 1305.0, 1439.0, 1500.0])
    assert minutes_left([kind], moments, 1440.0)[0].tolist() == [225.0, 225.0, 175.0, 125.0, 1.0, 0.0]
    assert minutes_left([kind], moments, 1400.0, 2.0)[0].tolist() == [183.0, 183.0, 133.0, 83.0, 0.0, 0.0]
    assert minutes_left([kind], moments, 1500.0, 2.0)[0].tolist() == [227.0, 227.0, 177.0, 127.0, 3.0, 0.0]


# every field of `rosters` is read --------------------------------------------------------------------------

OTHER: dict[str, Any] = {
    "earliest_start_min": 1230.0,
    "latest_start_min": 1170.0,
    "start_step_min": 45.0,
    "shortest_length_min": 270.0,
    "longest_length_min": 180.0,
    "length_step_min": 100.0,
    "longest_stretch_min": 80.0,
    "break_length_min": 45.0,
    "break_step_min": 10.0,
    "most_teams": 1,
    "smallest_team_people": 9,
    "largest_team_people": 5,
    "next_shift_min": 2050.0,
    "min_rest_h": 15.5,
    "min_paid_h": 6.0,
}


@functools.cache
def answered(changes: tuple[tuple[str, Any], ...]) -> Any:
    """What a search on a few nights answers, without names of the configuration."""
    document = document_of(cheapest_shifts(Asked(small({**SLOW_HALL, **dict(changes)}), "x", replications=8)))
    return {key: value for key, value in document.items() if key != "config_hash"}


@pytest.mark.parametrize("name", [leaf.path.partition(".")[2] for leaf in leaves() if "rosters" in leaf.path])
def test_every_roster_field_is_alive(name: str) -> None:
    """Each field of `rosters` changes the answer of `shifts`, and nothing that is simulated."""
    path = f"rosters.{name}"
    assert answered(((path, OTHER[name]),)) != answered(())
    one, two = small(SLOW_HALL), small({**SLOW_HALL, path: OTHER[name]})
    assert simulate(one, 1, 0).differences(simulate(two, 1, 0)) == []


def test_goods_that_nobody_sorts_are_priced() -> None:
    """A calendar that ends early on a night leaves jobs for ever, each worth what its buyers had paid."""
    scenario = load_scenario("chenxi_live")
    nights = Nights(scenario, [queue_of(scenario, 1, night, "compiled") for night in range(3)], 1)
    early, late = (((Kind(1170.0, length, ()), 30),) for length in (120.0, 480.0))
    left, done = nights.trial(early), nights.trial(late)
    assert (left.never > 0).all()
    assert (left.lost > 0.0).all()
    assert (done.never == 0).all()
    worth = [queue.job_cny for queue in nights.queues]
    assert left.lost.tolist() == [n * each for n, each in zip(left.never.tolist(), worth, strict=True)]
