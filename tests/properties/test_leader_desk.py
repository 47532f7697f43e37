"""What holds at a leader's desk whatever is drawn: conservation, order, keyed chance, switches, theory."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from sim.laws import constant, lognormal, lognormal_mean, uniform
from sim.orderlog import Table
from sim.random_streams import Streams
from sim.stages.leader_desk.codes import COLUMNS, Task
from sim.stages.leader_desk.draws import DeskDraws, draw, in_groups, with_tickets
from sim.stages.leader_desk.hours import check_tally_hours, clock_windows, merged
from sim.stages.leader_desk.jobs import Evening, Jobs, Split, day_jobs, evening_jobs, join
from sim.stages.leader_desk.kernel import both_days, evening, merge_sheets, work_desks
from sim.stages.leader_desk.leaders import LeadersParams, leaders_table
from sim.stages.leader_desk.numbers import DeskNumbers, numbers
from sim.stages.leader_desk.spec import LeaderDeskParams

COMMUNITIES = 30
ORDERS = 600
CUTOFF = 1260.0
NIGHT_END = 1700.0


class Event(NamedTuple):
    """A whole event at the desks."""

    numbers: DeskNumbers
    draws: DeskDraws
    planned: Jobs
    evening: Evening
    sheets: Table
    desk: Table
    leaders: Table


def hold(
    params: LeaderDeskParams | None = None,
    people: LeadersParams | None = None,
    *,
    seed: int = 1,
    by_hand: bool = True,
    split: Split = "by_hand",
    orders: int = ORDERS,
) -> Event:
    """Hold an event whose replies, vans and buyers come at times that no parameter moves."""
    params, people = params or LeaderDeskParams(), people or LeadersParams()
    desk = numbers(params, people)
    streams = Streams(seed, 0)
    world = np.random.default_rng(seed)
    community = np.sort(world.integers(0, COMMUNITIES, ORDERS))[:orders]
    reply = world.uniform(1190.0, 1262.0, ORDERS)[:orders]
    come = world.uniform(1990.0, 2500.0, ORDERS)[:orders]
    unload = world.uniform(1900.0, 2040.0, COMMUNITIES)
    keys = community << 24 | np.arange(orders)
    chance = draw(params, people, desk, streams, keys, COMMUNITIES, by_hand=by_hand)
    follow = np.where(np.arange(orders) % 9 == 0, 45.0, np.inf)
    chance = with_tickets(chance, follow, streams.draw("test.follow", keys, lognormal_mean(6.0, 0.5)))
    hand = orders if by_hand else 0
    night = evening_jobs(desk, chance, community[:hand], reply[:hand], CUTOFF)
    tickets = np.arange(orders, dtype=np.int64)[::20]
    day = day_jobs(
        desk,
        chance,
        receive_leader=np.arange(COMMUNITIES),
        receive_min=unload,
        receive_crates=np.full(COMMUNITIES, 7),
        leader=community,
        at_point_min=unload[community],
        handover_arrive_min=come,
        split=split,
        ticket_leader=community[tickets],
        ticket_order=tickets,
        ticket_min=come[tickets] + 60.0,
        ticket_work=chance.follow_work[tickets],
    )
    jobs = join(night, day)
    after = evening(desk, chance, night, NIGHT_END)
    return Event(
        desk,
        chance,
        jobs,
        after,
        merge_sheets(desk, after.tally_end_min, after.rows),
        both_days(desk, chance, jobs),
        leaders_table(people, streams, COMMUNITIES, by_hand=by_hand),
    )


def same(one: Table, other: Table) -> bool:
    """Equal tables, NaN equal to NaN."""
    return all(
        np.array_equal(column, other[name], equal_nan=column.dtype.kind == "f")
        for name, column in one.items()
    )


def differs(one: Event, other: Event) -> bool:
    """Whether any column of the log differs."""
    return not (
        same(one.desk, other.desk)
        and same(one.sheets, other.sheets)
        and same(one.leaders, other.leaders)
        and same(
            {"known": one.evening.known_min, "mistaken": one.evening.mistaken},
            {"known": other.evening.known_min, "mistaken": other.evening.mistaken},
        )
    )


def minutes(event: Event, *tasks: Task) -> float:
    """Desk minutes spent on some tasks."""
    return float(event.desk["work_min"][np.isin(event.desk["task"], tasks)].sum())


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


# ---------------------------------------------------------------------------------------------- live switches

ALIVE: dict[str, Any] = {
    "windows_d0": ("10:00-13:00", "15:00-23:00"),
    "windows_d1": ("08:00-22:00",),
    "order": ("chat", "complaint", "hand_over", "register", "tally", "split"),
    "interrupting": ("chat", "hand_over", "register"),
    "interruptible": ("register", "tally"),
    "finish_at_close": ("chat", "hand_over", "complaint", "register"),
    "resume_cost_s": 60.0,
    "chat_factor": 1.2,
    "chat_per_h": 4.0,
    "register_min": lognormal_mean(4.0, 0.5),
    "chase_share": 0.3,
    "chase_min": 3.0,
    "ask_again_share": 0.2,
    "ask_again_every_min": 5.0,
    "ask_again_min": 2.0,
    "ask_again_max": 1,
    "late_share": 0.2,
    "late_after_min": uniform(0.0, 40.0),
    "late_tally_min": 9.0,
    "transcription_share": 0.2,
    "forgotten_share": 0.2,
    "load_gain": 0.3,
    "tally_min": 30.0,
    "tally_reply_s": 60.0,
    "clerks": 1,
    "merge_sheet_min": 4.0,
    "merge_row_s": 30.0,
    "receive_min": 9.0,
    "receive_crate_s": 30.0,
    "split_order_min": 1.0,
    "hand_over_s": 75.0,
    "complaint_tolerance_min": 1.0,
    "complaint_share": 0.9,
    "complaint_delay_min": lognormal(90.0, 1.0),
    "complaint_min": lognormal_mean(9.0, 0.5),
}
NEEDS: dict[str, dict[str, Any]] = {"ask_again_max": {"ask_again_share": 0.5, "ask_again_every_min": 5.0}}
PEOPLE_ALIVE: dict[str, Any] = {
    "fixed_manual_h": uniform(1.0, 2.0),
    "other_brands_per_day": 20.0,
    "other_brand_hand_min": 7.0,
    "other_brands_moved": True,
    "warm_words_s": 60.0,
    "care": 0.3,
    "neglect_complaints": 5.0,
    "absent_share": 0.2,
}


@pytest.mark.parametrize("name", sorted(ALIVE))
def test_every_desk_parameter_is_alive(name: str) -> None:
    """Changing the parameter changes a column of the log."""
    around = NEEDS.get(name, {})
    assert differs(hold(LeaderDeskParams(**around)), hold(LeaderDeskParams(**around, **{name: ALIVE[name]})))


@pytest.mark.parametrize("name", sorted(PEOPLE_ALIVE))
def test_every_leaders_parameter_is_alive(name: str) -> None:
    """Changing the parameter changes a column of the log."""
    around = {"care": 0.5} if name == "neglect_complaints" else {}
    assert differs(
        hold(people=LeadersParams(**around)),
        hold(people=LeadersParams(**around, **{name: PEOPLE_ALIVE[name]})),
    )


def test_parameters_of_some_arms_are_alive() -> None:
    """Chat length, splitting crates, the system's fixed hours and other brands' time matter where used."""
    chatty = LeaderDeskParams(chat_per_h=6.0)
    assert differs(hold(chatty), hold(chatty.model_copy(update={"chat_min": constant(1.0)})))
    assert differs(
        hold(split="by_community_sku"), hold(LeaderDeskParams(split_sku_s=60.0), split="by_community_sku")
    )
    assert differs(hold(by_hand=False), hold(by_hand=False, people=LeadersParams(fixed_system_h=2.0)))
    moved = LeadersParams(other_brands_moved=True)
    assert differs(hold(people=moved), hold(people=moved.model_copy(update={"other_brand_system_min": 2.0})))


def test_a_larger_group_takes_longer_to_register() -> None:
    """`scroll_per_100_members` stretches registering in groups beyond 250 members and shortens it below, and 0 does neither."""
    members, community = np.array([100, 250, 500]), np.array([0, 1, 2])
    draws = DeskDraws(*(np.ones(3) for _ in DeskDraws._fields))
    assert in_groups(draws, 0.12, members, community).register_work.tolist() == pytest.approx([0.82, 1.0, 1.3])
    assert in_groups(draws, 0.0, members, community).register_work.tolist() == [1.0, 1.0, 1.0]


def test_every_parameter_is_on_one_of_the_lists() -> None:
    """No parameter of the desk or of the leaders escapes these tests (commission moves a KPI, no column)."""
    assert set(LeaderDeskParams.model_fields) == set(ALIVE) | {
        "chat_min",
        "split_sku_s",
        "scroll_per_100_members",
    }
    assert set(LeadersParams.model_fields) == set(PEOPLE_ALIVE) | {
        "fixed_system_h",
        "other_brand_system_min",
        "commission_share",
    }


# -------------------------------------------------------------------------------------------------- bad input

BAD: list[tuple[dict[str, Any], str]] = [
    ({"windows_d0": ("9-13",)}, "09:00-13:00"),
    ({"windows_d1": ("13:00-09:00",)}, "close after"),
    ({"windows_d1": ("25:00-26:00",)}, "before 24:00"),
    ({"order": ("chat", "hand_over")}, "exactly once"),
    ({"order": ("chat", "chat", "hand_over", "complaint", "register", "tally", "split")}, "exactly once"),
    ({"order": ("chat", ("hand_over", "complaint"), "register", "tally", "split")}, "equals would interrupt"),
    ({"chat_factor": 1.1, "chat_per_h": 6.0}, "never both"),
    ({"interruptible": ("registering",)}, "register"),
    ({"clerks": 0}, "greater than or equal"),
]


@pytest.mark.parametrize(("fields", "says"), BAD)
def test_impossible_desks_are_refused(fields: dict[str, Any], says: str) -> None:
    """A desk that cannot be is refused at load, and the message says what is wrong."""
    with pytest.raises(ValidationError, match=says):
        LeaderDeskParams(**fields)


def test_equal_classes_that_do_not_interrupt_are_allowed() -> None:
    """Equal classes share one queue; lists as a file has them are read."""
    params = LeaderDeskParams(order=["chat", "hand_over", "complaint", ["register", "tally"], "split"])  # type: ignore[arg-type]  # as from a file
    assert differs(hold(), hold(params))


def test_the_tally_needs_the_hour_after_the_cut_off() -> None:
    """Hours without the time to tally are refused for manual arms."""
    check_tally_hours(LeaderDeskParams().windows_d0, CUTOFF)
    with pytest.raises(ValueError, match="cut-off"):
        check_tally_hours(("09:00-21:30",), CUTOFF)


def test_windows_are_joined() -> None:
    """Overlapping and touching windows are one window, across midnight too, and empty ones vanish."""
    opens, closes = merged(
        [*clock_windows(("15:00-22:00", "09:00-12:00", "12:00-13:00", "21:00-26:00")), (5.0, 5.0)]
    )
    assert opens.tolist() == [540.0, 900.0]
    assert closes.tolist() == [780.0, 1560.0]


# ----------------------------------------------------------------------------------------------------- theory


def stationary(
    rate: tuple[float, float], service: tuple[float, float], interrupting: tuple[str, ...]
) -> list[tuple[float, float]]:
    """Simulate 400 desks open day and night: (mean, standard error) of the stay of hand-overs, registers."""
    rng = np.random.default_rng(2024)
    desks, count, settling = 400, 3000, 300
    span = count / sum(rate)
    params = LeaderDeskParams(interrupting=interrupting)  # type: ignore[arg-type]  # class names
    desk = numbers(params, LeadersParams())._replace(
        opens=np.zeros(1), closes=np.full(1, 1e9), complaint_share=0.0
    )
    chance = draw(
        params,
        LeadersParams(other_brands_per_day=0.0),
        desk,
        Streams(1, 0),
        np.zeros(1, np.int64),
        desks,
        by_hand=True,
    )
    parts = []
    for task, arrivals, mean in zip((Task.HAND_OVER, Task.REGISTER), rate, service, strict=True):
        n = rng.poisson(arrivals * span * desks)
        parts.append(
            Jobs(
                rng.integers(0, desks, n),
                np.full(n, int(task)),
                np.full(n, -1),
                rng.random(n) * span,
                rng.exponential(mean, n),
            )
        )
    table = work_desks(desk, chance, join(*parts), 1e9)
    found = []
    for task in (Task.HAND_OVER, Task.REGISTER):
        mine = (table["task"] == task) & (table["arrive_min"] > settling / sum(rate))
        stay = (table["end_min"] - table["arrive_min"])[mine]
        means = np.bincount(table["leader"][mine], weights=stay, minlength=desks) / np.bincount(
            table["leader"][mine], minlength=desks
        )
        found.append((float(means.mean()), float(means.std(ddof=1) / np.sqrt(desks))))
    return found


def residual(rate: tuple[float, float], service: tuple[float, float]) -> float:
    """Mean work left of the job in service, exponential lengths."""
    return sum(a * m * m for a, m in zip(rate, service, strict=True))


def test_priorities_without_interruption_follow_cobham() -> None:
    """Two classes at an M/M/1 desk stay as long as Cobham says (priorities, no interruption), |z| ≤ 3.3."""
    rate, service = (0.3, 0.25), (1.0, 2.0)
    high, all_load = rate[0] * service[0], rate[0] * service[0] + rate[1] * service[1]
    rest = residual(rate, service)
    expected: NDArray[np.float64] = np.array(
        [rest / (1 - high) + service[0], rest / ((1 - high) * (1 - all_load)) + service[1]]
    )
    for theory, (mean, error) in zip(expected, stationary(rate, service, ()), strict=True):
        assert abs(mean - theory) <= 3.3 * error, (theory, mean, error)


def test_priorities_with_interruption_follow_theory() -> None:
    """Hand-overs that interrupt see an M/M/1 of their own, registers the preemptive stay, |z| ≤ 3.3."""
    rate, service = (0.3, 0.25), (1.0, 2.0)
    high, all_load = rate[0] * service[0], rate[0] * service[0] + rate[1] * service[1]
    first = rate[0] * service[0] ** 2 / (1 - high) + service[0]
    second = residual(rate, service) / ((1 - high) * (1 - all_load)) + service[1] / (1 - high)
    for theory, (mean, error) in zip(
        (first, second), stationary(rate, service, ("chat", "hand_over")), strict=True
    ):
        assert abs(mean - theory) <= 3.3 * error, (theory, mean, error)
