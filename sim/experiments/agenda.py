"""Agenda: the replications still to compute, handed out to workers in pieces of a quarter of a second.

The first replication of a scenario goes out alone, and the others wait for it: kernels are compiled and
routes planned once. Pieces grow as their time becomes known, and shrink towards the end, so that no worker
finishes long after the others. What killed a worker goes out again, one by one and to processes only; what
killed three is given up and named.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from threading import Condition

from sim.experiments.tasks import Done, Task, Wanted

PIECE_S = 0.25
"""Seconds of work in a task: long against the way to a worker and a commit, short against Ctrl-C."""
LARGEST = 200
DEATHS = 3
"""Workers that one replication may kill."""


class Line:
    """The replications of one scenario, in order."""

    def __init__(self, task: Task, *, opened: bool) -> None:
        """Put all that the task wants in line; `opened` where the scenario has been played before."""
        self.task, self.left, self.opened, self.waits = task, deque(task.wanted), opened, False
        self.seconds, self.largest = 0.0, 1

    def piece(self, number: int) -> Task:
        """Take so many replications out of the line."""
        taken = tuple(self.left.popleft() for _ in range(min(number, len(self.left))))
        return self.task._replace(wanted=taken)


class Agenda:
    """What is left to do; every method may be called from any thread."""

    def __init__(self, lines: Iterable[Line], workers: int) -> None:
        """Hand out the lines in this order to so many workers."""
        self._lines = {line.task.config: line for line in lines}
        self._apart: deque[Task] = deque()
        self._deaths: Counter[tuple[str, Wanted]] = Counter()
        self._change = Condition()
        self._workers = workers
        self._worked, self._counted = 0.0, 0
        self._closed = False
        self.unfinished = sum(len(line.left) for line in self._lines.values())

    def finished(self, task: Task) -> None:
        """Whoever reads the results has the task's; called from one thread only."""
        self.unfinished -= len(task.wanted)

    def take(self, *, apart: bool = False, wait: bool = True) -> Task | None:
        """The next task, or None where there is no more (or, without `wait`, none just now).

        Args:
            apart: the worker is a process of its own, so it also takes what may kill it.
            wait: wait for scenarios whose first replication is still being computed.
        """
        with self._change:
            while not self._closed:
                if apart and self._apart:
                    return self._apart.popleft()
                line = next((one for one in self._lines.values() if one.left and not one.waits), None)
                if line is not None:
                    return self._piece(line)
                if not wait or not any(one.left for one in self._lines.values()):
                    return None
                self._change.wait()
            return None

    def report(self, task: Task, done: Done) -> None:
        """A task is done: others of its scenario may go out, in pieces of the right size."""
        number = len(task.wanted)
        with self._change:
            line = self._lines[task.config]
            line.opened, line.waits, line.seconds = True, False, done.seconds / number
            line.largest = max(line.largest, min(LARGEST, 2 * number))
            self._worked += done.worked
            self._counted += number
            self._change.notify_all()

    def died(self, task: Task, deaths: int = 1) -> bool:
        """A worker ended with this task; False where the task is given up."""
        with self._change:
            line = self._lines[task.config]
            line.opened, line.waits = True, False
            self._change.notify_all()
            if len(task.wanted) > 1:
                self._apart += [task._replace(wanted=(one,)) for one in task.wanted]
                return True
            key = (task.config, task.wanted[0])
            self._deaths[key] += deaths
            if self._deaths[key] < DEATHS:
                self._apart.append(task)
            return self._deaths[key] < DEATHS

    def suspects(self) -> list[Task]:
        """Take everything that may kill its worker."""
        with self._change:
            taken, self._apart = list(self._apart), deque()
            return taken

    def close(self) -> None:
        """Hand out nothing more."""
        with self._change:
            self._closed = True
            self._change.notify_all()

    @property
    def waits(self) -> bool:
        """Whether something is left to hand out."""
        with self._change:
            return not self._closed and bool(self._apart or any(one.left for one in self._lines.values()))

    @property
    def work_left(self) -> float:
        """Processor seconds that are still to be handed out, as far as the first replications tell."""
        with self._change:
            if not self._counted:
                return 0.0
            return sum(len(one.left) for one in self._lines.values()) * self._worked / self._counted

    def _piece(self, line: Line) -> Task:
        if not line.opened:
            line.waits = True
            return line.piece(1)
        total = sum(len(one.left) for one in self._lines.values())
        share = -(-total // (2 * self._workers))
        fitting = int(PIECE_S / line.seconds) if line.seconds > 0.0 else 1
        return line.piece(max(1, min(share, fitting, line.largest)))
