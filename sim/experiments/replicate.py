"""Replications 0 … N−1 of one scenario: the same table whatever the number of workers or their order.

A replication is named by (scenario, seed, number) alone; workers only decide when it is computed. How many
are needed may be left to the precision that is wanted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from sim.engines import Engine
from sim.experiments.intervals import LEAST_REPLICATIONS, precise_enough
from sim.experiments.laboratory import Acknowledged, Ask, Laboratory
from sim.experiments.laboratory import Stopped as Stopped
from sim.experiments.replications import Replications
from sim.experiments.row import Outcome as Outcome
from sim.experiments.row import Row as Row
from sim.experiments.tasks import Simulate as Simulate


@dataclass(frozen=True, slots=True)
class Precision:
    """Replicate until the interval is narrow: half-width ≤ `relative` × |mean| for each KPI named.

    Looked at after 20 replications and after every further quarter, so the number of looks stays small
    and does not depend on the number of workers. At `most` replications it stops in any case.
    """

    relative: float
    kpis: tuple[str, ...] = ("gmv_cny", "cost_cny", "leader_hours_mean")
    most: int = 10_000

    def __post_init__(self) -> None:
        if not 0.0 < self.relative < 1.0:
            raise ValueError(f"the precision is a share between 0 and 1, e.g. 0.05; found {self.relative}")

    def reached(self, rows: Replications) -> bool:
        """True where every named KPI the scenario has is precise enough."""
        named = [rows.values(kpi) for kpi in self.kpis if kpi in rows.kpis]
        return all(precise_enough(values, self.relative) for values in named)


def replicate_to(laboratory: Laboratory, ask: Ask, wanted: Precision) -> Replications:
    """The replications of the ask, and as many more as the precision needs."""
    rows = laboratory.replicate_all([ask._replace(number=LEAST_REPLICATIONS)])[0]
    while len(rows) < wanted.most and not wanted.reached(rows):
        more = min(wanted.most, len(rows) + math.ceil(len(rows) / 4))
        rows = laboratory.replicate_all([ask._replace(number=more)])[0]
    return rows


def replicate(
    scenario: Any,
    simulate: Simulate,
    *,
    name: str,
    seed: int,
    replications: int | Precision = 50,
    engine: Engine = "compiled",
    jobs: int | None = None,
    executor: Executor | None = None,
    known: Mapping[int, Outcome | Row] | None = None,
    done: Callable[[int, Any], None] | None = None,
) -> Replications:
    """Run one scenario by itself; whoever asks for several has a `Laboratory`.

    Args:
        simulate: one replication; injected, so that tests and other models can bring theirs.
        replications: how many, or the precision that decides how many.
        jobs: workers; all usable CPUs by default, 1 runs in this thread.
        executor: runs the tasks instead of own workers; it is not closed.
        known: replications computed before; they are not computed again.
        done: called in this thread with number and row of each new replication, in order of completion.

    Raises:
        Stopped: Ctrl-C; whatever `done` was called with is complete.
        ValueError: fewer than one replication.
    """

    def tick(one: Acknowledged) -> None:
        if done is not None:
            done(one.replication, one.row)

    with Laboratory(
        seed=seed, engine=engine, jobs=jobs, simulate=simulate, executor=executor, tick=tick
    ) as laboratory:
        ask = Ask(scenario, 1, label=name)
        laboratory.knows(scenario, known or {})
        if isinstance(replications, Precision):
            return replicate_to(laboratory, ask, replications)
        return laboratory.replicate_all([ask._replace(number=replications)])[0]
