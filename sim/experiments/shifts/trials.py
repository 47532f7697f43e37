"""Trying a calendar: the hall alone is replayed on nights with known queues, the hardest nights first."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.experiments.shifts.kinds import Plan, teams_of
from sim.stages.sorting import spec
from sim.stages.sorting.teams import Team, shifts_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiments.shifts.queues import Queue
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]

LOOK_FIRST = 40
"""Nights looked at before a calendar may be refused, besides three times those that it may miss."""


class Replayed(NamedTuple):
    """A night in the hall: begin and end of each job, (m,) NaN never, and the table of the people."""

    start: Floats
    end: Floats
    workers: dict[str, NDArray[Any]]


class Trial(NamedTuple):
    """How a calendar did on `nights` nights.

    Attributes:
        nights: how many were replayed; fewer than asked where it was refused on the way.
        missed: of them, with something unsorted at the deadline.
        short: (nights,) minutes of ordinary work not begun by the deadline, times the night's pace.
        unsorted: (nights,) jobs not done by the deadline.
        idle: (nights,) last moment at which a job was begun as soon as it was released; −inf never.
        paid: (nights,) wages paid, CNY, overtime included; empty where they were not asked for.
        never: (nights,) jobs that nobody ever did, because everybody had gone home.
        lost: (nights,) what was lost with them, CNY.
    """

    nights: int
    missed: int
    short: Floats
    unsorted: NDArray[np.int64]
    idle: Floats
    paid: Floats
    never: NDArray[np.int64]
    lost: Floats


def hall_of(scenario: Scenario, teams: Sequence[Team]) -> spec.SortingNumbers:
    """Constants of the scenario's hall with these teams in it; a queue has settled the other ones."""
    n = spec.numbers(scenario.sorting, cutoff_min=0.0, by_sheet=False, crate_grams=1)
    return n._replace(shifts=shifts_of(list(teams)), by_crate=False)


def replay(scenario: Scenario, queue: Queue, hall: spec.SortingNumbers) -> Replayed:
    """Sort a night's queue in a hall: what `simulate` does there, to the bit."""
    from sim.stages.sorting.hall_kernel import work

    n, shifts = hall, hall.shifts
    luck = spec.draw(
        scenario.sorting, n, scenario.night, queue.night, queue.streams, np.zeros(0, np.int64), 0, 0
    )
    m = len(queue.release)
    start, end, who = np.full(m, np.nan), np.full(m, np.nan), np.full(m, -1, np.int32)
    home = np.full(len(shifts.key), -np.inf)
    cancelled = np.full(m, np.nan)
    cancelled[queue.cancelled[:, 0].astype(np.int64)] = queue.cancelled[:, 1]
    work(
        1.0, luck.night_pace, n.stations, n.power_from_min, n.power_to_min, shifts.end, shifts.break_first,
        shifts.break_start, shifts.break_length, shifts.bell_min, shifts.bell_worker, luck.absent, luck.pace,
        np.ones(m, np.int64), queue.work, queue.release, cancelled, start, end, who, home,
    )  # fmt: skip
    people = {"start_min": shifts.start, "end_min": home, "absent": luck.absent}
    return Replayed(start, end, people)


class Nights:
    """Nights with known queues, hardest first, and everything that calendars were found to do on them."""

    def __init__(self, scenario: Scenario, queues: Sequence[Queue], jobs: int) -> None:
        if not queues:
            raise ValueError("at least one night is needed")
        self.scenario, self.jobs = scenario, jobs
        self.queues = sorted(
            queues, key=lambda queue: (-float(queue.work.sum()) * queue.night.sort_pace, queue.replication)
        )
        self.by_min = float(np.median([queue.by_min for queue in queues]))
        self.replays = 0
        self._known: dict[Plan, Trial] = {}

    def __len__(self) -> int:
        return len(self.queues)

    @property
    def begun_min(self) -> float:
        """Minutes that are left, on average, of a job that somebody has in hand at a given moment."""
        work = np.concatenate([queue.work for queue in self.queues])
        return float((work @ work) / (2.0 * work.sum())) if work.sum() > 0.0 else 0.0

    def ahead(self, moments: Floats) -> Floats:
        """(nights, moments) minutes of work that must be done and is released at or after each moment."""
        out = np.zeros((len(self), len(moments)))
        for row, queue in zip(out, self.queues, strict=True):
            rest = np.concatenate([[0.0], np.cumsum((queue.work * queue.counts)[::-1])])[::-1]
            row[:] = rest[np.searchsorted(queue.release, moments)] * queue.night.sort_pace
        return out

    def trial(self, plan: Plan, most_missed: int | None = None, *, paid: bool = False) -> Trial:
        """Replay a calendar; with `most_missed` it is refused as soon as it misses more nights."""
        known = self._known.get(plan)
        if known is not None and not paid and (known.nights == len(self) or _refused(known, most_missed)):
            return known
        look = len(self) if most_missed is None else min(len(self), 3 * most_missed + LOOK_FIRST)
        found = self._replayed(plan, 0, look, paid=paid)
        if look < len(self) and not _refused(found, most_missed):
            found = _both(found, self._replayed(plan, look, len(self), paid=paid))
        self._known[plan] = found
        return found

    def _replayed(self, plan: Plan, first: int, last: int, *, paid: bool) -> Trial:
        hall = hall_of(self.scenario, teams_of(plan))
        queues = self.queues[first:last]
        self.replays += len(queues)
        parts = [queues[i :: self.jobs] for i in range(min(self.jobs, len(queues)))]
        if len(parts) == 1:
            rows = [[self._night(queue, hall, paid=paid) for queue in parts[0]]]
        else:
            with ThreadPoolExecutor(len(parts)) as pool:
                rows = list(
                    pool.map(lambda part: [self._night(queue, hall, paid=paid) for queue in part], parts)
                )
        table = np.array([row for part in rows for row in part]).reshape(-1, 6)
        missed = int(np.count_nonzero(table[:, 1]))
        wages = table[:, 3] if paid else np.zeros(0)
        late, never = (table[:, column].astype(np.int64) for column in (1, 4))
        return Trial(len(table), missed, table[:, 0], late, table[:, 2], wages, never, table[:, 5])

    def _night(
        self, queue: Queue, hall: spec.SortingNumbers, *, paid: bool
    ) -> tuple[float, int, float, float, int, float]:
        """A night of a `Trial`: short, unsorted, idle, paid, never and lost."""
        done = replay(self.scenario, queue, hall)
        late = queue.counts & ~(done.end <= queue.by_min)
        short = late & ~(done.start < queue.by_min)
        wages = self._wages(queue, done) if paid else 0.0
        lacked = float(queue.work[short].sum()) * queue.night.sort_pace
        idle = queue.release[done.start == queue.release]
        never = int(np.count_nonzero(queue.counts & np.isnan(done.end)))
        last = float(idle[-1]) if len(idle) else -np.inf
        return lacked, int(np.count_nonzero(late)), last, wages, never, never * queue.job_cny

    def _wages(self, queue: Queue, done: Replayed) -> float:
        """What the KPI `cost_cny` pays the sorters."""
        from sim.kpis.money import sorting_cost
        from sim.orderlog import OrderLog

        return sorting_cost(self.scenario, OrderLog(0, queue.replication, {"workers": done.workers}))

    def demand(self, most_missed: int, moments: Floats) -> Floats:
        """(moments,) person-minutes on the calendar that the work released from each on takes.

        On the night that only `most_missed` nights exceed; absent people and the mean of people's own pace
        are counted in.
        """
        night = self.scenario.night
        there = (1.0 - night.absence_share) * (1.0 + night.own_pace_cv**2)  # mean of 1/pace is 1 + cv²
        hardest: Floats = np.sort(self.ahead(moments), axis=0)[
            len(self) - 1 - min(most_missed, len(self) - 1)
        ]
        return hardest / there


def _refused(trial: Trial, most_missed: int | None) -> bool:
    return most_missed is not None and trial.missed > most_missed


def _both(one: Trial, two: Trial) -> Trial:
    return Trial(
        one.nights + two.nights,
        one.missed + two.missed,
        np.concatenate([one.short, two.short]),
        np.concatenate([one.unsorted, two.unsorted]),
        np.concatenate([one.idle, two.idle]),
        np.concatenate([one.paid, two.paid]),
        np.concatenate([one.never, two.never]),
        np.concatenate([one.lost, two.lost]),
    )
