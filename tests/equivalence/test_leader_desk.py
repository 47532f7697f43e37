"""The leader's desk: story and compiled loop agree to the bit, on ties and on continuous times."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.random_streams import Streams
from sim.stages.leader_desk import kernel, story
from sim.stages.leader_desk.codes import CLASSES, Task
from sim.stages.leader_desk.draws import DeskDraws, draw
from sim.stages.leader_desk.jobs import Evening, Jobs, day_jobs, evening_columns, evening_jobs, join
from sim.stages.leader_desk.leaders import LeadersParams
from sim.stages.leader_desk.merge import merge_sheets
from sim.stages.leader_desk.numbers import DeskNumbers, class_numbers, numbers
from sim.stages.leader_desk.spec import LeaderDeskParams
from sim.stages.leader_desk.working_hours import merged

Times = Callable[[int, float], NDArray[np.float64]]
GRIDS = {"quarter": 4.0, "unit": 1.0}


def times_on(rng: np.random.Generator, grid: str) -> Times:
    """Make a maker of n times up to `most`, on a grid full of ties or continuous."""

    def times(n: int, most: float) -> NDArray[np.float64]:
        raw = rng.random(n) * most
        return raw if grid == "continuous" else np.floor(raw * GRIDS[grid]) / GRIDS[grid]

    return times


def random_classes(
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Any order of the classes, some of them equal, any flags that do not let equals interrupt each other."""
    names = [CLASSES[k] for k in rng.permutation(len(CLASSES))]
    order = []
    while names:
        order.append(tuple(names.pop() for _ in range(min(len(names), 1 + int(rng.random() < 0.3)))))
    some = [tuple(name for name in CLASSES if rng.random() < 0.5) for _ in range(3)]
    return class_numbers(tuple(order), *some)


def random_numbers(rng: np.random.Generator, times: Times) -> DeskNumbers:
    """Vary the default desk: random hours (also none), classes, costs and complaints."""
    levels, beats, finish = random_classes(rng)
    days = []
    for day in range(2):
        starts = times(int(rng.integers(0, 9)), 36.0) + 38.0 * day
        days.append([(a, a + b) for a, b in zip(starts, times(len(starts), 9.0), strict=True)])
    opens, closes = merged(days[0] + days[1])
    d0_opens, d0_closes = merged(days[0])
    d1_opens, d1_closes = merged(days[1])
    return numbers(LeaderDeskParams(), LeadersParams())._replace(
        opens=opens,
        closes=closes,
        d0_opens=d0_opens,
        d0_closes=d0_closes,
        d1_opens=d1_opens,
        d1_closes=d1_closes,
        level=levels,
        beats=beats,
        finish=finish,
        resume_cost=float(times(1, 1.5)[0]) if rng.random() < 0.4 else 0.0,
        ask_again=float(times(1, 2.0)[0]),
        tolerance=float(times(1, 6.0)[0]),
        complaint_share=float(rng.random()),
    )


def random_case(seed: int, grid: str) -> tuple[DeskNumbers, DeskDraws, Jobs, float]:
    """Draw a few desks with up to 60 jobs of every task, many of them of zero length."""
    rng = np.random.default_rng(seed)
    times = times_on(rng, grid)
    desk = random_numbers(rng, times)
    n, leaders, orders = int(rng.integers(1, 60)), int(rng.integers(1, 4)), int(rng.integers(1, 12))
    work = times(n, float(rng.choice([1.0, 3.0, 9.0]))) * (rng.random(n) < 0.85)
    jobs = Jobs(
        rng.integers(0, leaders, n),
        rng.choice([0, 0, 1, 3, 4, 5, 6, 6, 7, 7, 7, 9, 10], n),
        rng.integers(-1, orders, n),
        times(n, 75.0),
        work,
    )
    asks = np.cumsum(times(3 * orders, 12.0).reshape(orders, 3) + 0.25, axis=1)
    asks[rng.random(asks.shape) < 0.2] = np.inf
    chance = draw(
        LeaderDeskParams(),
        LeadersParams(other_brands_per_day=0.0),
        desk,
        Streams(seed, 0),
        np.arange(orders, dtype=np.int64),
        leaders,
        by_hand=True,
    )
    chance = chance._replace(
        absent=rng.random(leaders) < 0.2,
        ask_after=asks,
        complaint_luck=rng.random(orders),
        complaint_after=times(orders, 5.0),
        complaint_work=times(orders, 4.0),
        follow_work=times(orders, 3.0),
        follow_after=np.where(rng.random(orders) < 0.4, times(orders, 9.0), np.inf),
    )
    return desk, chance, jobs, float(times(1, 100.0)[0])


def assert_same(one: dict[str, NDArray], other: dict[str, NDArray]) -> None:
    """Equal names, types and bits."""
    assert one.keys() == other.keys()
    for name, column in one.items():
        assert column.dtype == other[name].dtype, name
        np.testing.assert_array_equal(column, other[name], err_msg=name)


def assert_same_evening(one: Evening, other: Evening) -> None:
    """Equal desks and equal columns."""
    assert_same(one.desk, other.desk)
    for name in Evening._fields[1:]:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


@pytest.mark.parametrize("grid", ["quarter", "unit", "continuous"])
@settings(max_examples=500, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**31 - 1))
def test_faces_agree_on_random_desks(grid: str, seed: int) -> None:
    """Any classes, flags, hours, absences and causes give the same desk table in both faces, ties or none."""
    desk, chance, jobs, until = random_case(seed, grid)
    assert_same(story.work_desks(desk, chance, jobs, until), kernel.work_desks(desk, chance, jobs, until))


@settings(max_examples=500, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**31 - 1), grid=st.sampled_from(["quarter", "unit", "continuous"]))
def test_faces_agree_on_merging(seed: int, grid: str) -> None:
    """Sheets that arrive together, not at all or without rows are merged alike in both faces."""
    rng = np.random.default_rng(seed)
    times = times_on(rng, grid)
    n = int(rng.integers(0, 30))
    arrive = np.where(rng.random(n) < 0.1, np.nan, times(n, 12.0))
    office = numbers(LeaderDeskParams(), LeadersParams())._replace(
        clerks=int(rng.integers(1, 5)), merge_sheet=float(times(1, 2.0)[0]), merge_row=float(times(1, 1.5)[0])
    )
    rows = rng.integers(0, 4, n)
    told = merge_sheets(office, arrive, rows, "reference")
    assert_same(told, merge_sheets(office, arrive, rows, "compiled"))


@pytest.mark.parametrize("by_hand", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_faces_agree_on_a_whole_event(by_hand: bool, seed: int) -> None:
    """With the shipped desk, chat, absences and both acts, evening, sheets and both days agree."""
    params = LeaderDeskParams(chat_per_h=2.0, resume_cost_s=20.0)
    people = LeadersParams(absent_share=0.2, care=0.5)
    desk = numbers(params, people)
    rng = np.random.default_rng(seed)
    n, communities = 300, 20
    community = np.sort(rng.integers(0, communities, n))
    chance = draw(
        params, people, desk, Streams(seed, 0), community << 24 | np.arange(n), communities, by_hand=by_hand
    )
    hand = n if by_hand else 0
    night = evening_jobs(desk, chance, community[:hand], rng.uniform(1100.0, 1265.0, hand), 1260.0)
    told, compiled = story.evening(desk, chance, night, 1700.0), kernel.evening(desk, chance, night, 1700.0)
    assert_same_evening(told, compiled)
    assert_same(
        merge_sheets(desk, told.tally_end_min, told.rows, "reference"),
        merge_sheets(desk, compiled.tally_end_min, compiled.rows, "compiled"),
    )
    none = np.zeros(0, np.int64)
    day = day_jobs(
        desk,
        chance,
        receive_leader=np.arange(communities),
        receive_min=rng.uniform(1850.0, 2040.0, communities),
        receive_crates=np.full(communities, 4),
        leader=community,
        at_point_min=np.full(n, 2000.0),
        handover_arrive_min=rng.uniform(2040.0, 2700.0, n),
        split="by_hand" if by_hand else "by_community_sku",
        ticket_leader=none,
        ticket_order=none,
        ticket_min=np.zeros(0),
        ticket_work=np.zeros(0),
    )
    jobs = join(night, day)
    assert_same(story.both_days(desk, chance, jobs), kernel.both_days(desk, chance, jobs))


def worked_off(desk: DeskNumbers, chance: DeskDraws, jobs: Jobs, until: float) -> dict[str, NDArray]:
    """Tell the story with one fault: what is left is counted down, not measured from the planned end."""

    class CountsDown(story.LeaderDesk):
        def work(self, job: story.Job) -> story.Story:
            before, taken_up = job.left + (desk.resume_cost if job.begun else 0.0), self.env.now
            yield from super().work(job)
            if np.isnan(job.end):
                job.left = before - (self.env.now - taken_up)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(story, "LeaderDesk", CountsDown)
        return story.work_desks(desk, chance, jobs, until)


def test_a_counted_down_remainder_is_found_out() -> None:
    """The continuous cases tell `left -= worked` from the rule, a grid cannot: both are needed."""
    differing = {}
    for grid in ("quarter", "continuous"):
        cases = [random_case(seed, grid) for seed in range(150)]
        differing[grid] = sum(
            not np.array_equal(
                worked_off(*case)["end_min"], kernel.work_desks(*case)["end_min"], equal_nan=True
            )
            for case in cases
        )
    assert differing["quarter"] == 0
    assert differing["continuous"] >= 5


def test_evening_columns_need_no_orders() -> None:
    """A system arm's evening (other brands only) has empty order columns and no sheet."""
    params, people = LeaderDeskParams(), LeadersParams()
    desk = numbers(params, people)
    chance = draw(params, people, desk, Streams(1, 0), np.arange(5), 3, by_hand=False)
    jobs = evening_jobs(desk, chance, np.zeros(0, np.int64), np.zeros(0), 1260.0)
    result = evening_columns(desk, chance, kernel.work_desks(desk, chance, jobs, 1500.0), 0)
    assert set(result.desk["task"].tolist()) == {int(Task.OTHER_BRAND)}
    assert len(result.known_min) == 0
    assert not result.rows.any()
