"""The desk told in SimPy: people bring jobs, the leader works, gives way, goes home and comes back."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.clock import RUN_END_MIN
from sim.orderlog import Table
from sim.ranked import RankedEnvironment
from sim.stages.leader_desk.codes import REGISTER_CLASS, TASK_CLASS, Task
from sim.stages.leader_desk.draws import DeskDraws
from sim.stages.leader_desk.jobs import Evening, Jobs, desk_table, evening_columns
from sim.stages.leader_desk.numbers import DeskNumbers
from sim.stages.leader_desk.rules import complains, still_to_do

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Story = Generator[simpy.Event, object, None]

__all__ = ["LeaderDesk", "both_days", "evening", "work_desks"]


COMPLETION, CLOSE, OPEN, ARRIVAL, LOOK_UP = range(5)
"""Which of two events of one instant comes first: the leader looks up last, when all of it is known."""


class Job:
    """One thing somebody wants of a leader."""

    def __init__(self, ident: int, leader: int, task: int, order: int, arrive: float, work: float) -> None:
        self.ident = ident
        self.leader = leader
        self.task = task
        self.klass = int(TASK_CLASS[task])
        self.order = order
        self.arrive = arrive
        self.total = work
        self.left = work
        self.start = np.nan
        self.end = np.nan
        self.waiting = -1
        self.planned_end = np.nan

    @property
    def begun(self) -> bool:
        """Whether it was ever taken up."""
        return not np.isnan(self.start)


class LeaderDesk:
    """One leader at one desk."""

    def __init__(
        self, env: RankedEnvironment, leader: int, numbers: DeskNumbers, draws: DeskDraws, planned: int
    ) -> None:
        self.env = env
        self.leader = leader
        self.numbers = numbers
        self.draws = draws
        self.planned = planned
        self.open = False
        self.pile: list[tuple[int, bool, float, int, Job]] = []
        self.current: Job | None = None
        self.working: simpy.Process | None = None
        self.overtime = False
        self.called = False
        self.caused: list[Job] = []
        env.process(self.hours())

    def hours(self) -> Story:
        """Come to the desk and leave it again."""
        numbers = self.numbers
        away = self.draws.absent[self.leader]
        opens, closes = (numbers.d1_opens, numbers.d1_closes) if away else (numbers.opens, numbers.closes)
        for start, end in zip(opens.tolist(), closes.tolist(), strict=True):
            yield self.env.at(start, OPEN, self.leader)
            self.open = True
            self.call()
            yield self.env.at(end, CLOSE, self.leader)
            self.open = False
            self.go_home()

    def go_home(self) -> None:
        """Put aside what can wait; finish the rest first, uninterrupted."""
        if self.current is None:
            return
        if self.numbers.finish[self.current.klass]:
            self.overtime = True
        else:
            self.put_aside()

    def bring(self, job: Job) -> Story:
        """Somebody brings a planned job; whoever waits for a registration asks again now and then."""
        yield self.env.at(job.arrive, ARRIVAL, job.ident)
        self.lay_down(job)
        if job.task != Task.REGISTER or job.order < 0:
            return
        for after in self.draws.ask_after[job.order].tolist():
            if after == np.inf:
                return
            yield self.env.at(job.arrive + after, ARRIVAL, self.planned + job.ident)
            if job.begun:
                return
            if self.open:
                self.cause(Task.ASK_AGAIN, job, self.planned + job.ident, self.numbers.ask_again)

    def lay_down(self, job: Job) -> None:
        """Put a job on the pile: by urgency, what was put aside first, then by arrival and id."""
        heappush(self.pile, (int(self.numbers.level[job.klass]), not job.begun, job.arrive, job.ident, job))
        self.call()

    def cause(self, task: Task, parent: Job, ident: int, work: float) -> None:
        """Lay down a job that another one causes now."""
        job = Job(ident, self.leader, task, parent.order, self.env.now, work)
        self.caused.append(job)
        self.lay_down(job)

    def call(self) -> None:
        """Let the leader look up once everything of this instant has happened."""
        if not self.called:
            self.called = True
            event = self.env.at(self.env.now, LOOK_UP, self.leader)
            event.callbacks.append(self.look_up)

    def look_up(self, _: simpy.Event) -> None:
        """Take the next job, or put the present one aside for a more urgent one."""
        self.called = False
        if not self.open or not self.pile:
            return
        if self.current is not None:
            if not self.overtime and self.must_give_way(self.current):
                self.put_aside()
            return
        job = heappop(self.pile)[-1]
        self.current = job
        self.working = self.env.process(self.work(job))

    def must_give_way(self, job: Job) -> bool:
        """Whether any class that waits interrupts the job at hand."""
        beats = int(self.numbers.beats[job.klass])
        return any(beats >> other.klass & 1 for *_, other in self.pile)

    def put_aside(self) -> None:
        """Stop working on the present job."""
        assert self.working is not None
        self.working.interrupt()

    def work(self, job: Job) -> Story:
        """Work on a job until it is done or put aside."""
        self.overtime = False
        if job.begun:
            job.total += self.numbers.resume_cost
            job.planned_end = self.env.now + (job.left + self.numbers.resume_cost)
        else:
            job.start = self.env.now
            job.waiting = sum(other.klass == REGISTER_CLASS for *_, other in self.pile)
            job.planned_end = self.env.now + job.left
        try:
            yield self.env.at(job.planned_end, COMPLETION, self.leader)
            job.end = self.env.now
            job.left = 0.0
            if job.task == Task.HAND_OVER and job.ident < self.planned and job.order >= 0:
                self.part(job)
            self.current = None
        except simpy.Interrupt:
            job.left = still_to_do(job.planned_end, self.env.now)
            self.current = None
            self.lay_down(job)
        self.call()

    def part(self, job: Job) -> None:
        """Let the buyer go home with the goods, perhaps to complain or to write a ticket."""
        draws, order = self.draws, job.order
        if complains(
            self.env.now,
            job.arrive,
            self.numbers.tolerance,
            draws.complaint_luck[order],
            self.numbers.complaint_share,
        ):
            self.env.process(
                self.write(
                    Task.COMPLAINT,
                    job,
                    self.planned,
                    float(draws.complaint_after[order]),
                    float(draws.complaint_work[order]),
                )
            )
        if draws.follow_after[order] < np.inf:
            self.env.process(
                self.write(
                    Task.TICKET,
                    job,
                    2 * self.planned,
                    float(draws.follow_after[order]),
                    float(draws.follow_work[order]),
                )
            )

    def write(self, task: Task, job: Job, offset: int, after: float, work: float) -> Story:
        """Write to the leader some time after the hand-over."""
        ident = offset + job.ident
        yield self.env.at(self.env.now + after, ARRIVAL, ident)
        self.cause(task, job, ident, work)


def work_desks(numbers: DeskNumbers, draws: DeskDraws, jobs: Jobs, until: float) -> Table:
    """Work off the desks of all leaders up to and including the minute `until`: the `desk` table."""
    env = RankedEnvironment()
    n = len(jobs.leader)
    desks = [LeaderDesk(env, leader, numbers, draws, n) for leader in range(len(draws.absent))]
    columns = zip(*(column.tolist() for column in jobs), strict=True)
    planned = [Job(ident, *row) for ident, row in enumerate(columns)]
    for job in planned:
        env.process(desks[job.leader].bring(job))
    env.run(until=np.nextafter(until, np.inf))
    for desk in desks:
        if desk.current is not None:
            desk.current.left = still_to_do(desk.current.planned_end, until)
    caused = [job for desk in desks for job in desk.caused]
    return desk_table(
        jobs,
        *_outcome(planned),
        Jobs(
            _column((j.leader for j in caused), np.int64),
            _column((j.task for j in caused), np.int64),
            _column((j.order for j in caused), np.int64),
            _column((j.arrive for j in caused), np.float64),
            _column((j.total for j in caused), np.float64),
        ),
        *_outcome(caused),
        _column((j.ident for j in caused), np.int64),
    )


def _column(values: Iterator[float] | Iterator[int], dtype: type) -> NDArray:  # type: ignore[type-arg]  # either of two dtypes
    return np.fromiter(values, dtype)


def _outcome(jobs: list[Job]) -> tuple[NDArray, NDArray, NDArray, NDArray]:  # type: ignore[type-arg]  # floats and ints
    return (
        _column((j.start for j in jobs), np.float64),
        _column((j.end for j in jobs), np.float64),
        _column((j.total - j.left for j in jobs), np.float64),
        _column((j.waiting for j in jobs), np.int64),
    )


def evening(numbers: DeskNumbers, draws: DeskDraws, jobs: Jobs, until: float) -> Evening:
    """Register and tally until the end of the night; what is not done by then is NaN."""
    return evening_columns(numbers, draws, work_desks(numbers, draws, jobs, until), len(draws.register_work))


def both_days(numbers: DeskNumbers, draws: DeskDraws, jobs: Jobs) -> Table:
    """Work off both days: the `desk` table, which repeats the evening's until the day begins."""
    return work_desks(numbers, draws, jobs, RUN_END_MIN)
