"""Where replications run: threads here, processes beside, or somebody else's executor.

Two threads gain a factor of 1.4 with the compiled face, as the Python between kernels holds the
interpreter's lock, and nothing with the reference face; processes gain what the machine has, but each takes
a second of a processor to start. So work begins in threads, and worker processes join as soon as what is
left (and what has been done so far: searches ask in small portions) is worth it. This process never idles
meanwhile, it computes as one of the workers. The rows are the same whoever computes them.
"""

from __future__ import annotations

import os
import queue
import sys
from collections.abc import Callable, Generator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from functools import partial
from threading import Semaphore, Thread
from time import monotonic
from typing import NamedTuple, TypeVar

from sim.experiments.agenda import DEATHS, Agenda
from sim.experiments.child import Child, ChildDied
from sim.experiments.tasks import Done, Task, run_task

T = TypeVar("T")

START_UP_S = 1.2
"""Processor seconds until a worker process is ready."""
THREADS_GAIN = {"compiled": 1.4}
"""Speed of two threads over one; 1 where it is not listed."""
MOST_FAILURES = 3
"""Worker processes that may end before they are ready; after that there are none."""
PATIENCE_S = 0.5
"""How long threads may take to notice the end; one inside a long replication is left behind."""


def usable_cpus() -> int:
    """CPUs this process may use."""
    if sys.platform == "linux":
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


class Finished(NamedTuple):
    """A task and what came of it; `done` is None for a replication that kills its workers."""

    task: Task
    done: Done | None


class Crew:
    """So many workers: threads of this process, and processes where they are worth their start."""

    def __init__(self, jobs: int, engine: str, start_up_s: float = START_UP_S) -> None:
        """Start nothing yet; `start_up_s` is what a worker process is taken to cost."""
        self.jobs = jobs
        self.children: list[Child] = []
        self.threads = jobs if engine in THREADS_GAIN else 1
        self._gain = THREADS_GAIN.get(engine, 1.0)
        self._start_up = start_up_s
        self._spent = 0.0
        self._failures = 0 if os.name == "posix" else MOST_FAILURES
        self._nursery: ThreadPoolExecutor | None = None

    def work(self, agenda: Agenda) -> Generator[Finished]:
        """Compute everything on the agenda; tasks as they are done, few of them ahead of the reader.

        Whatever the model raises is raised here. Leaving the loop early stops the workers.
        """
        if self.jobs == 1 or (agenda.unfinished == 1 and not self.children):
            while (task := agenda.take()) is not None:
                done = run_task(task)
                agenda.report(task, done)
                yield Finished(task, done)
            return
        shift = _Shift(self, agenda)
        try:
            yield from shift.results()
        except BaseException:
            shift.over = True
            agenda.close()
            self.close()
            raise
        finally:
            shift.end()

    def hire(self, agenda: Agenda) -> list[Child]:
        """Start as many more processes as would pay; what threads did so far counts as well."""
        if self._failures >= MOST_FAILURES or len(self.children) >= self.jobs - 1:
            return []
        left = agenda.work_left
        if left <= 0.0 or (left + self._spent) * (1.0 / self._gain - 0.5) <= 0.5 * self._start_up:
            return []
        useful = self.jobs if self._start_up <= 0.0 else 1 + int(left / self._start_up)
        number = min(self.jobs - 1, useful) - len(self.children)
        return [self._nurse(self._new) for _ in range(number)]

    def replaced(self, child: Child, *, failed: bool) -> Child | None:
        """A new process for one that ended; None where they `failed` to start again and again."""
        self._failures += failed
        self._nurse(lambda: self._gone(child))
        return None if self._failures >= MOST_FAILURES else self._nurse(self._new)

    def note(self, done: Done) -> None:
        """Count what threads did while there were no processes."""
        if not self.children:
            self._spent += done.worked

    def close(self) -> None:
        """End the worker processes; a later agenda starts new ones."""
        if self._nursery is not None:
            self._nurse(self._all_gone)
            self._nursery.shutdown()
            self._nursery = None

    def _nurse(self, work: Callable[[], T]) -> T:
        """Start or end processes in a thread that lives as long as they do: they die with their maker."""
        if self._nursery is None:
            self._nursery = ThreadPoolExecutor(1, "nursery")
        return self._nursery.submit(work).result()

    def _new(self) -> Child:
        child = Child()
        self.children.append(child)
        return child

    def _all_gone(self) -> None:
        for child in list(self.children):
            self._gone(child)

    def _gone(self, child: Child) -> None:
        if child in self.children:
            self.children.remove(child)
            child.close()


class _Shift:
    """The threads that serve one agenda."""

    def __init__(self, crew: Crew, agenda: Agenda) -> None:
        self.over = False
        self._crew, self._agenda = crew, agenda
        self._results: queue.SimpleQueue[Finished | BaseException] = queue.SimpleQueue()
        self._ahead = Semaphore(2 * crew.jobs + 2)
        self._threads: list[Thread] = []

    def results(self) -> Generator[Finished]:
        """Start the workers and yield what they finish."""
        for child in self._crew.children:
            self._start(partial(self._serve_child, child))
        for place in range(min(self._crew.threads, self._crew.jobs - len(self._crew.children))):
            self._start(partial(self._serve_here, place))
        while self._agenda.unfinished:
            found = self._results.get()
            if isinstance(found, BaseException):
                raise found
            yield found
            self._agenda.finished(found.task)
            self._ahead.release()
            for child in self._crew.hire(self._agenda):
                self._start(partial(self._serve_child, child))

    def end(self) -> None:
        """Let every thread go home; one in the middle of a long replication is not waited for."""
        self.over = True
        self._agenda.close()
        until = monotonic() + PATIENCE_S
        self._ahead.release(len(self._threads) or 1)
        for thread in self._threads:
            thread.join(max(0.0, until - monotonic()))

    def _start(self, work: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001  # raised again where the results are read
                self._results.put(error)

        thread = Thread(target=guarded, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve_here(self, place: int) -> None:
        """Compute in this thread, as long as no process has taken its place."""
        while place < self._crew.jobs - len(self._crew.children):
            task = self._take(apart=False)
            if task is None:
                return
            done = run_task(task)
            self._crew.note(done)
            self._hand_in(task, done)

    def _serve_child(self, child: Child) -> None:
        while True:
            task: Task | None = None
            try:
                while not child.ready(timeout=0.05):
                    if not self._agenda.waits:
                        return
                task = self._take(apart=True)
                if task is None:
                    return
                done = child.run(task)
                self._hand_in(task, run_task(task) if done is None else done)
            except ChildDied:
                if self.over:
                    return
                if task is not None:
                    self._mourn(task)
                fresh = self._crew.replaced(child, failed=task is None)
                if fresh is None:
                    self._without_processes()
                    return
                child = fresh

    def _without_processes(self) -> None:
        """Processes do not start here: go on as a thread; what may kill its worker is left undone."""
        if not self._crew.children:
            for task in self._agenda.suspects():
                self._results.put(Finished(task, None))
        self._serve_here(0)

    def _take(self, *, apart: bool) -> Task | None:
        self._ahead.acquire()
        task = self._agenda.take(apart=apart)
        if task is None:
            self._ahead.release()
        return task

    def _hand_in(self, task: Task, done: Done) -> None:
        self._agenda.report(task, done)
        self._results.put(Finished(task, done))

    def _mourn(self, task: Task) -> None:
        if self._agenda.died(task):
            self._ahead.release()
        else:
            self._results.put(Finished(task, None))


def fan_out(
    executor: Executor,
    slots: int,
    agenda: Agenda,
    *,
    killed: tuple[type[BaseException], ...] = (),
    run: Callable[[Task], Done] = run_task,
) -> Generator[Finished]:
    """Compute everything on the agenda by an executor that takes so many tasks at a time.

    Args:
        executor: is not closed.
        slots: tasks it works on at once; twice as many are given to it.
        agenda: what to do.
        killed: how the executor says that a task has killed all the workers it was given to.
        run: what it does with a task.
    """
    running: dict[Future[Done], Task] = {}
    try:
        while agenda.unfinished:
            while len(running) < 2 * slots and (task := agenda.take(apart=True, wait=False)) is not None:
                running[executor.submit(run, task)] = task
            complete, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in complete:
                task = running.pop(future)
                try:
                    done = future.result()
                except killed:
                    if agenda.died(task, DEATHS):
                        continue
                    yield Finished(task, None)
                else:
                    agenda.report(task, done)
                    yield Finished(task, done)
                agenda.finished(task)
    finally:
        for future in running:
            future.cancel()
