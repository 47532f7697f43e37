"""A night in the sorting hall, told with SimPy: people, breaks, one queue, a foreman who hands out jobs."""

from __future__ import annotations

import math
from bisect import insort
from collections import deque
from collections.abc import Generator
from heapq import heappop, heappush
from typing import Any, NamedTuple

import numpy as np
import simpy

from sim.orderlog import Table
from sim.ranked import RankedEnvironment
from sim.stages.sorting import rules
from sim.stages.sorting.spec import MOST_LINES, Sorted, SortingDraws, SortingInput, SortingNumbers

JOB_DONE, BELL, RELEASE, HAND_OUT = range(4)
"""Which of two events of one instant comes first: people stand ready before jobs are handed out."""

Steps = Generator[simpy.Event, Any, None]


class Job(NamedTuple):
    """An order, or a crate of one SKU for one point; `rank` orders jobs released at one instant."""

    rank: int
    order: int
    point: int
    sku: int
    release: float
    cancelled: float
    units: int
    noise: float


class Done(NamedTuple):
    """When a job was begun and done, and by whom."""

    start: float = math.nan
    end: float = math.nan
    worker: int = -1


class SortingHall:
    """The hall of one night: give it jobs, then let the environment run."""

    def __init__(self, env: RankedEnvironment, numbers: SortingNumbers, draws: SortingDraws) -> None:
        self.env = env
        self.numbers = numbers
        self.draws = draws
        self.queue: list[tuple[float, int, Job]] = []
        self.idle: list[int] = []
        self.ready: dict[int, simpy.Event] = {}
        self.at_work = 0
        self.foreman_called = False
        self.done: dict[int, Done] = {}
        self.went_home = [math.nan] * len(numbers.shifts.key)
        for worker in np.flatnonzero(~draws.absent).tolist():
            env.process(self.shift(worker))
            env.process(self.ring_for(worker))
        env.process(self.power_back())

    def bring(self, job: Job) -> Steps:
        """A job joins the queue when it may be begun."""
        yield self.env.at(job.release, RELEASE, job.rank)
        heappush(self.queue, (job.release, job.rank, job))
        self.call_foreman()

    def shift(self, worker: int) -> Steps:
        """A person's night: jobs, breaks that are due, and home."""
        shifts = self.numbers.shifts
        own = slice(shifts.break_first[worker], shifts.break_first[worker + 1])
        breaks = deque(zip(shifts.break_start[own].tolist(), shifts.break_length[own].tolist(), strict=True))
        end, last_done = float(shifts.end[worker]), -math.inf
        yield self.env.at(float(shifts.start[worker]), BELL, worker)
        while self.env.now < end:
            if breaks and breaks[0][0] <= self.env.now:
                _, length = breaks.popleft()
                yield self.env.at(self.env.now + length, BELL, worker)
                continue
            job = yield self.stand_ready(worker)
            if job is not None:
                yield from self.sort(job, worker)
                last_done = self.env.now
        self.went_home[worker] = max(end, last_done)

    def ring_for(self, worker: int) -> Steps:
        """The bell calls someone who waits for work to the break, or home."""
        shifts = self.numbers.shifts
        breaks = shifts.break_start[shifts.break_first[worker] : shifts.break_first[worker + 1]].tolist()
        for moment in (*breaks, float(shifts.end[worker])):
            yield self.env.at(moment, BELL, worker)
            if worker in self.ready:
                self.idle.remove(worker)
                self.ready.pop(worker).succeed(None)

    def power_back(self) -> Steps:
        """After an outage work goes on."""
        yield self.env.at(self.numbers.power_to_min, BELL, 0)
        self.call_foreman()

    def stand_ready(self, worker: int) -> simpy.Event:
        """Wait for a job (its value), or for the bell (None)."""
        insort(self.idle, worker)
        self.ready[worker] = self.env.event()
        self.call_foreman()
        return self.ready[worker]

    def sort(self, job: Job, worker: int) -> Steps:
        """Do one job, whatever the clock says."""
        n, start = self.numbers, self.env.now
        work = rules.work_min(
            job.units, n.unit_min, job.noise, self.draws.night_pace, float(self.draws.pace[worker])
        )
        yield self.env.at(rules.done_min(start, work, n.power_from_min, n.power_to_min), JOB_DONE, worker)
        self.at_work -= 1
        self.call_foreman()
        self.done[job.rank] = Done(start, self.env.now, worker)

    def call_foreman(self) -> None:
        """Have jobs handed out once everything else of this instant has happened."""
        if not self.foreman_called:
            self.foreman_called = True
            self.env.at(self.env.now, HAND_OUT).callbacks.append(self.hand_out)

    def hand_out(self, _: simpy.Event) -> None:
        """The first in the queue to the idle person with the lowest number, while a station is free."""
        self.foreman_called = False
        n = self.numbers
        if rules.power_is_off(self.env.now, n.power_from_min, n.power_to_min):
            return
        while self.queue and self.idle and self.at_work < n.stations:
            job = heappop(self.queue)[2]
            if job.cancelled <= self.env.now:
                continue
            worker = self.idle.pop(0)
            self.at_work += 1
            self.ready.pop(worker).succeed(job)


def released(n: SortingNumbers, given: SortingInput) -> list[float]:
    """When each order may be begun, NaN for those that are not to be sorted or were cancelled before."""
    listed = []
    for i, known in enumerate(given.known_min.tolist()):
        sheet = float(given.sheet_min[given.community[i]]) if n.by_sheet else math.nan
        on_list = rules.listed_min(known, sheet, n.by_sheet, n.close_min)
        listed.append(on_list if given.lines[i] > 0 else math.nan)
    last = max((t for t in listed if not math.isnan(t)), default=math.nan)
    times = []
    for on_list, cancelled in zip(listed, given.cancelled_min.tolist(), strict=True):
        release = math.nan
        if not math.isnan(on_list):
            release = rules.release_min(n.release_rule, on_list, last, n.cutoff_min, n.close_min)
        times.append(math.nan if cancelled <= release else release)
    return times


def orders_as_jobs(given: SortingInput, draws: SortingDraws, release: list[float]) -> list[Job]:
    """One job an order."""
    return [
        Job(
            i,
            i,
            int(given.point[i]),
            -1,
            time,
            float(given.cancelled_min[i]),
            int(given.lines[i]),
            float(draws.noise[i]),
        )
        for i, time in enumerate(release)
        if not math.isnan(time)
    ]


def crates_as_jobs(
    n: SortingNumbers, given: SortingInput, draws: SortingDraws, release: list[float]
) -> list[Job]:
    """One job a crate of one SKU for one point, in the order of loading."""
    grams: dict[tuple[int, int, int], int] = {}
    times: dict[tuple[int, int, int], float] = {}
    skus = len(given.sku_grams)
    for i, time in enumerate(release):
        if math.isnan(time):
            continue
        for k in np.flatnonzero(given.sku_lines[i]).tolist():
            point = int(given.point[i])
            pile = (int(given.point_rank[point]), k, point)
            grams[pile] = grams.get(pile, 0) + int(given.sku_lines[i, k]) * int(given.sku_grams[k])
            times[pile] = max(times.get(pile, time), time)
    jobs: list[Job] = []
    for pile in sorted(grams):
        _, k, point = pile
        noise = float(draws.noise[point * skus + k])
        for _ in range(rules.crates_of(grams[pile], n.crate_grams)):
            jobs.append(Job(len(jobs), -1, point, k, times[pile], math.nan, 1, noise))
    return jobs


def run_sorting(numbers: SortingNumbers, draws: SortingDraws, given: SortingInput) -> Sorted:
    """Sort a night's orders; see `spec.SortingInput` and `spec.Sorted` for shapes and units."""
    release = released(numbers, given)
    jobs = (
        crates_as_jobs(numbers, given, draws, release)
        if numbers.by_crate
        else orders_as_jobs(given, draws, release)
    )
    env = RankedEnvironment()
    hall = SortingHall(env, numbers, draws)
    for job in jobs:
        env.process(hall.bring(job))
    env.run()
    jobs.sort(key=lambda job: (job.release, job.rank))
    sorted_min = (
        crates_complete(given, release, jobs, hall) if numbers.by_crate else orders_done(given, jobs, hall)
    )
    missorted = [
        not math.isnan(end)
        and float(draws.error_u[i]) < float(numbers.error_by_lines[min(int(given.lines[i]), MOST_LINES)])
        for i, end in enumerate(sorted_min)
    ]
    return Sorted(
        np.array(release, np.float64),
        np.array(sorted_min, np.float64),
        np.array(missorted, np.bool_),
        job_table(jobs, hall),
        worker_table(numbers, draws, hall),
    )


def orders_done(given: SortingInput, jobs: list[Job], hall: SortingHall) -> list[float]:
    """When each order was sorted."""
    ends = [math.nan] * len(given.known_min)
    for job in jobs:
        ends[job.order] = hall.done.get(job.rank, Done()).end
    return ends


def crates_complete(
    given: SortingInput, release: list[float], jobs: list[Job], hall: SortingHall
) -> list[float]:
    """When the last crate of every SKU of an order stood ready at its point's place."""
    last: dict[tuple[int, int], float] = {}
    for job in jobs:
        end = hall.done.get(job.rank, Done(end=math.inf)).end
        last[job.point, job.sku] = max(last.get((job.point, job.sku), -math.inf), end)
    ends = []
    for i, time in enumerate(release):
        mine = (
            [last[int(given.point[i]), k] for k in np.flatnonzero(given.sku_lines[i]).tolist()]
            if time == time
            else []
        )
        end = max(mine, default=math.inf)
        ends.append(end if end < math.inf else math.nan)
    return ends


def job_table(jobs: list[Job], hall: SortingHall) -> Table:
    """The `sorting` table."""
    done = [hall.done.get(job.rank, Done()) for job in jobs]
    return {
        "job": np.arange(len(jobs), dtype=np.int64),
        "order": np.array([job.order for job in jobs], np.int64),
        "community": np.array([job.point for job in jobs], np.int32),
        "sku": np.array([job.sku for job in jobs], np.int16),
        "release_min": np.array([job.release for job in jobs], np.float64),
        "start_min": np.array([it.start for it in done], np.float64),
        "end_min": np.array([it.end for it in done], np.float64),
        "worker": np.array([it.worker for it in done], np.int32),
    }


def worker_table(numbers: SortingNumbers, draws: SortingDraws, hall: SortingHall) -> Table:
    """The `workers` table."""
    shifts = numbers.shifts
    return {
        "worker": np.arange(len(shifts.key), dtype=np.int32),
        "team": shifts.team.copy(),
        "start_min": np.where(draws.absent, np.nan, shifts.start),
        "end_min": np.array(hall.went_home, np.float64),
        "absent": draws.absent.copy(),
        "pace": draws.pace.copy(),
    }
