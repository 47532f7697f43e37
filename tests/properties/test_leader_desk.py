"""What holds at a leader's desk whatever is drawn: conservation, order, keyed chance."""

from __future__ import annotations

import numpy as np
import pytest

from sim.random_streams import Streams
from sim.stages.leader_desk.codes import COLUMNS, Task
from sim.stages.leader_desk.draws import draw
from sim.stages.leader_desk.jobs import Jobs
from sim.stages.leader_desk.kernel import work_desks
from sim.stages.leader_desk.leaders import LeadersParams
from sim.stages.leader_desk.numbers import numbers
from sim.stages.leader_desk.spec import LeaderDeskParams
from tests.properties.desks import COMMUNITIES, hold, minutes

# ---------------------------------------------------------------------------------------------- conservation


def test_columns_are_the_declared_ones() -> None:
    """Every column of the tables is in the data dictionary with its type, and none besides."""
    event = hold()
    for table, columns in (("desk", event.desk), ("sheets", event.sheets), ("leaders", event.leaders)):
        declared = {c.name: np.dtype(c.dtype) for c in COLUMNS if c.table == table}
        assert declared == {name: column.dtype for name, column in columns.items()}


@pytest.mark.parametrize("seed", range(4))
def test_work_is_conserved(seed: int) -> None:
    """A finished job took its length, an untouched one nothing, no leader more than there was time."""
    event = hold(seed=seed)
    desk, n = event.desk, len(event.planned.leader)
    done = ~np.isnan(desk["end_min"][:n])
    assert np.array_equal(desk["work_min"][:n][done], event.planned.work_min[done])
    assert not desk["work_min"][np.isnan(desk["start_min"])].any()
    begun = ~np.isnan(desk["start_min"])
    assert (desk["start_min"][begun] >= desk["arrive_min"][begun]).all()
    ends = np.where(np.isnan(desk["end_min"]), 2880.0, desk["end_min"])
    assert (ends - desk["start_min"] >= desk["work_min"] - 1e-6)[begun].all()
    hours = float((event.numbers.closes - event.numbers.opens).sum())
    overrun = 60.0  # what hand-overs and complaints run past closing
    assert (np.bincount(desk["leader"], weights=desk["work_min"]) <= hours + overrun).all()


@pytest.mark.parametrize("seed", range(4))
def test_work_never_overlaps(seed: int) -> None:
    """Uninterrupted jobs occupy their leader from start to end, one at a time, and start in open hours."""
    event = hold(LeaderDeskParams(interrupting=(), finish_at_close=LeaderDeskParams().order), seed=seed)
    desk = event.desk
    for leader in range(COMMUNITIES):
        mine = (desk["leader"] == leader) & ~np.isnan(desk["end_min"])
        by = np.argsort(desk["start_min"][mine], kind="stable")
        start, end = desk["start_min"][mine][by], desk["end_min"][mine][by]
        assert np.allclose(end - start, desk["work_min"][mine][by], atol=1e-9)
        assert (start[1:] >= end[:-1]).all()
        opened = ((start[:, None] >= event.numbers.opens) & (start[:, None] < event.numbers.closes)).any(
            axis=1
        )
        assert opened.all()


def test_every_reply_ends_in_one_place() -> None:
    """Each reply is on the sheet, registered too late, forgotten or not reached; the rows add up."""
    event = hold(seed=3)
    evening_ = event.evening
    waiting = np.isnan(evening_.registered_min)
    forgotten = ~waiting & np.isnan(evening_.known_min)
    too_late = ~np.isnan(evening_.known_min) & ~evening_.on_sheet
    assert (waiting.astype(int) + forgotten + too_late + evening_.on_sheet == 1).all()
    assert evening_.rows.sum() == evening_.on_sheet.sum() == event.sheets["rows"].sum()
    assert not (evening_.mistaken & np.isnan(evening_.known_min)).any()


def test_first_come_first_served_within_a_class() -> None:
    """Jobs of one class are taken up in the order of arrival, then of their row."""
    desk = hold().desk
    begun = ~np.isnan(desk["start_min"])
    for leader in range(COMMUNITIES):
        for klass in range(6):
            mine = np.flatnonzero(begun & (desk["leader"] == leader) & (desk["klass"] == klass))
            by = mine[np.lexsort((mine, desk["arrive_min"][mine]))]
            assert (np.diff(desk["start_min"][by]) >= 0).all()


def test_the_day_continues_the_evening() -> None:
    """Both days worked as one repeat the evening to the bit, since nothing of the day can reach back."""
    event = hold(seed=5)
    night = event.evening.desk
    planned = len(night["leader"]) - np.count_nonzero(night["task"] == Task.ASK_AGAIN)
    for name in ("start_min", "end_min", "waiting"):
        early, late = night[name][:planned], event.desk[name][:planned]
        known = ~np.isnan(early) if name != "waiting" else early >= 0
        assert np.array_equal(early[known], late[known])


# -------------------------------------------------------------------------------------------------- behaviour


def test_a_person_at_the_door_interrupts_paper_work() -> None:
    """A buyer at the door waits for no register, tally or split, only for a talk already begun."""
    desk = numbers(LeaderDeskParams(), LeadersParams())
    chance = draw(
        LeaderDeskParams(),
        LeadersParams(other_brands_per_day=0.0),
        desk,
        Streams(1, 0),
        np.zeros(1, np.int64),
        1,
        by_hand=True,
    )
    for task, start in (
        (Task.REGISTER, 2000.0),
        (Task.TALLY, 2000.0),
        (Task.SPLIT, 2000.0),
        (Task.COMPLAINT, 2030.0),
    ):
        jobs = Jobs(
            np.zeros(2, np.int64),
            np.array([task, Task.HAND_OVER]),
            np.full(2, -1),
            np.array([1990.0, 2000.0]),
            np.array([40.0, 1.0]),
        )
        table = work_desks(desk, chance, jobs, 2880.0)
        assert table["start_min"][1] == start
        assert table["end_min"][0] == (2031.0 if start == 2000.0 else 2030.0)


def test_closing_hours() -> None:
    """At closing a hand-over is finished, paper work waits for the next window, and nothing starts."""
    desk = numbers(LeaderDeskParams(), LeadersParams())
    chance = draw(
        LeaderDeskParams(),
        LeadersParams(other_brands_per_day=0.0),
        desk,
        Streams(1, 0),
        np.zeros(1, np.int64),
        3,
        by_hand=True,
    )
    jobs = Jobs(
        np.arange(3),
        np.array([Task.TALLY, Task.HAND_OVER, Task.HAND_OVER]),
        np.full(3, -1),
        np.array([1310.0, 1315.0, 1320.0]),
        np.array([20.0, 20.0, 20.0]),
    )
    table = work_desks(desk, chance, jobs, 2880.0)
    assert table["end_min"].tolist() == [1980.0 + 10.0, 1335.0, 2000.0]
    assert table["start_min"].tolist() == [1310.0, 1315.0, 1980.0]


def test_an_absent_leader_does_nothing_on_the_event_day() -> None:
    """With every leader absent nothing is taken up before the morning, and no sheet is sent that night."""
    event = hold(people=LeadersParams(absent_share=1.0))
    assert event.leaders["absent"].all()
    assert np.nanmin(event.desk["start_min"]) >= 1980.0
    assert len(event.sheets["rows"]) == 0


def test_waiting_makes_mistakes() -> None:
    """With the load gain up more orders are copied wrongly or forgotten; none that was before is cured."""
    calm, pressed = (
        hold(LeaderDeskParams(load_gain=0.0)).evening,
        hold(LeaderDeskParams(load_gain=0.5)).evening,
    )
    assert np.isnan(pressed.known_min).sum() > np.isnan(calm.known_min).sum()
    assert not np.any(~np.isnan(pressed.known_min) & np.isnan(calm.known_min))


def test_more_clerks_never_merge_later() -> None:
    """A third clerk makes no sheet late (same lengths, first come first served)."""
    few, many = hold(LeaderDeskParams(clerks=1)).sheets, hold(LeaderDeskParams(clerks=3)).sheets
    assert (many["merge_end_min"] <= few["merge_end_min"]).all()
    assert many["merge_end_min"].sum() < few["merge_end_min"].sum()


def test_a_neglected_leader() -> None:
    """Without care there are no warm words, and more of those kept waiting complain."""
    params = LeaderDeskParams(complaint_tolerance_min=0.0)
    cared, neglected = hold(params), hold(params, LeadersParams(care=0.0))
    assert minutes(neglected, Task.HAND_OVER) < minutes(cared, Task.HAND_OVER)
    assert (neglected.desk["task"] == Task.COMPLAINT).sum() > (cared.desk["task"] == Task.COMPLAINT).sum()


def test_asking_again_costs_time() -> None:
    """Asking again is work: raising its share never lowers the minutes it costs."""
    costs = [
        minutes(hold(LeaderDeskParams(ask_again_share=share)), Task.ASK_AGAIN)
        for share in (0.0, 0.05, 0.3, 1.0)
    ]
    assert costs[0] == 0.0
    assert costs == sorted(costs)
    assert costs[-1] > costs[1]


# ----------------------------------------------------------------------------------------------- keyed chance


def test_draws_belong_to_the_order() -> None:
    """Leaving orders out or having no hands at the desk changes nobody else's luck."""
    params, people = LeaderDeskParams(), LeadersParams()
    desk = numbers(params, people)
    keys = np.arange(40, dtype=np.int64) << 24
    every = draw(params, people, desk, Streams(7, 2), keys, 5, by_hand=True)
    some = draw(params, people, desk, Streams(7, 2), keys[::3], 5, by_hand=True)
    for name in (
        "register_work",
        "chase_luck",
        "late_luck",
        "late_after",
        "mistake_luck",
        "forget_luck",
        "ask_after",
        "complaint_luck",
    ):
        assert np.array_equal(getattr(every, name)[::3], getattr(some, name)), name
    system = draw(params, people, desk, Streams(7, 2), keys, 5, by_hand=False)
    assert np.array_equal(system.other_at, every.other_at)
    assert np.array_equal(system.complaint_luck, every.complaint_luck)
    assert len(system.register_work) == 0
