"""A task: some replications of one scenario, the piece of work that a worker takes at a time."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter, thread_time
from typing import Any, NamedTuple

from sim.engines import Engine
from sim.experiments.row import Outcome, Row

Simulate = Callable[..., Outcome]
"""(scenario, seed, replication, engine) → Outcome; a module-level function, so that processes find it.

It takes `thin_to` as well where replications are thinned to a number of orders.
"""


class Wanted(NamedTuple):
    """A replication's number, and how many orders may go on to its night (None: all of them)."""

    replication: int
    thin_to: int | None = None


class Task(NamedTuple):
    """Replications of one scenario in the order in which they are to be computed."""

    simulate: Simulate
    scenario: Any
    config: str
    seed: int
    engine: Engine
    wanted: tuple[Wanted, ...]


class Done(NamedTuple):
    """What came of a task: a row for each replication wanted, and the time it took.

    seconds: by the clock on the wall. worked: of a processor.
    """

    rows: list[Row]
    seconds: float
    worked: float


def run_task(task: Task) -> Done:
    """Compute the rows of a task in this thread."""
    wall, worked = perf_counter(), thread_time()
    rows = [Row.of(run_one(task, wanted)) for wanted in task.wanted]
    return Done(rows, perf_counter() - wall, thread_time() - worked)


def run_one(task: Task, wanted: Wanted) -> Outcome:
    """Compute one replication of a task."""
    thinned = {} if wanted.thin_to is None else {"thin_to": wanted.thin_to}
    return task.simulate(task.scenario, task.seed, wanted.replication, task.engine, **thinned)
