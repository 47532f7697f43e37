"""Replications 0 … N−1 of one scenario: the same table whatever the number of workers or their order.

A replication is named by (scenario, seed, number) alone; workers only decide when it is computed.
Replication 0 runs first and alone, so that kernels are compiled and routes planned once.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim import problems
from sim.engines import Engine
from sim.experiments.executors import usable_cpus, workers
from sim.experiments.intervals import LEAST_REPLICATIONS, precise_enough

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Outcome(NamedTuple):
    """What is kept of one replication; its log is re-simulated when somebody asks.

    kpis: figure by name, absent where it has no meaning. balance: people by final state.
    stations: by name `utilisation` (share), `wait_mean_s`, `wait_p95_s`, `queue_max`.
    """

    kpis: Mapping[str, float]
    balance: Mapping[str, int]
    stations: Mapping[str, Mapping[str, float]]


Simulate = Callable[[Any, int, int, Engine], Outcome]
"""(scenario, seed, replication, engine) → Outcome; a module-level function where processes are used."""


class Stopped(problems.Stopped):
    """The user interrupted; nothing is wrong and the same command goes on from here (exit code 3)."""

    def __init__(self, done: int, wanted: int) -> None:
        super().__init__(f"stopped after {done} of {wanted} replications")
        self.done, self.wanted = done, wanted


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


@dataclass(frozen=True)
class Replications:
    """The KPI table of one scenario: `table` is (N, K) float64, a row a replication, NaN without meaning.

    balance: people by final state, summed over the replications (so that it balances in integers).
    stations: mean over the replications of utilisation and waits, and the longest queue of any.
    """

    name: str
    scenario: Any
    seed: int
    engine: Engine
    kpis: tuple[str, ...]
    table: Floats
    balance: dict[str, int]
    stations: dict[str, dict[str, float]]
    config_hash: str

    def __len__(self) -> int:
        return int(self.table.shape[0])

    def column(self, kpi: str) -> Floats:
        """(N,) values by replication, NaN where the KPI had no meaning."""
        return self.table[:, self.kpis.index(kpi)]

    def has(self, kpi: str) -> bool:
        """Whether the KPI has a value in at least one replication."""
        return kpi in self.kpis and bool(np.isfinite(self.column(kpi)).any())

    def values(self, kpi: str) -> Floats:
        """The finite values of a KPI."""
        column = self.column(kpi)
        return column[np.isfinite(column)]


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
    known: Mapping[int, Outcome] | None = None,
    done: Callable[[int, Outcome], None] | None = None,
) -> Replications:
    """Run the scenario.

    Args:
        simulate: one replication; injected, so that stores, tests and other models can bring theirs.
        replications: how many, or the precision that decides how many.
        jobs: workers; all usable CPUs by default, 1 runs in this thread.
        executor: runs the tasks instead of own workers; it is not closed.
        known: replications computed before; they are not computed again.
        done: called in this thread after each new replication, in order of completion.

    Raises:
        Stopped: Ctrl-C; whatever `done` was called with is complete.
        ValueError: fewer than one replication.
    """
    outcomes = dict(known or {})
    jobs = jobs or usable_cpus()
    first = replications if isinstance(replications, int) else LEAST_REPLICATIONS
    if first < 1:
        raise ValueError("at least one replication is needed")

    def gather(count: int) -> Replications:
        """The table of the replications 0 … count−1, computing what is missing."""
        missing = [r for r in range(count) if r not in outcomes]
        for r, outcome in _run(scenario, simulate, seed, engine, missing, jobs, executor):
            outcomes[r] = outcome
            if done is not None:
                done(r, outcome)
        return _table(name, scenario, seed, engine, [outcomes[r] for r in range(count)])

    count = first
    try:
        rows = gather(count)
        while (
            isinstance(replications, Precision)
            and count < replications.most
            and not replications.reached(rows)
        ):
            count = min(replications.most, count + math.ceil(count / 4))
            rows = gather(count)
    except KeyboardInterrupt:
        raise Stopped(len(outcomes), count) from None
    return rows


def _run(
    scenario: Any,
    simulate: Simulate,
    seed: int,
    engine: Engine,
    missing: list[int],
    jobs: int,
    executor: Executor | None,
) -> Iterator[tuple[int, Outcome]]:
    """Yield (replication, Outcome) as they are done, never more than a few tasks ahead of the workers."""
    alone = len(missing) if jobs == 1 and executor is None else 1 if engine == "compiled" else 0
    for r in missing[:alone]:
        yield r, simulate(scenario, seed, r, engine)
    rest = missing[alone:]
    if not rest:
        return
    if executor is not None:
        yield from _fan_out(executor, scenario, simulate, seed, engine, rest, jobs)
        return
    with workers(engine, min(jobs, len(rest))) as pool:
        yield from _fan_out(pool, scenario, simulate, seed, engine, rest, jobs)


def _fan_out(
    pool: Executor,
    scenario: Any,
    simulate: Simulate,
    seed: int,
    engine: Engine,
    todo: list[int],
    jobs: int,
) -> Iterator[tuple[int, Outcome]]:
    running: dict[Future[Outcome], int] = {}
    try:
        for r in todo:
            running[pool.submit(simulate, scenario, seed, r, engine)] = r
            if len(running) >= 2 * jobs:
                yield from _finished(running)
        while running:
            yield from _finished(running)
    except BaseException:
        for future in running:
            future.cancel()
        raise


def _finished(running: dict[Future[Outcome], int]) -> Iterator[tuple[int, Outcome]]:
    complete, _ = wait(running, return_when=FIRST_COMPLETED)
    for future in sorted(complete, key=lambda one: running[one]):
        yield running.pop(future), future.result()


def _table(name: str, scenario: Any, seed: int, engine: Engine, outcomes: list[Outcome]) -> Replications:
    names = tuple(dict.fromkeys(kpi for outcome in outcomes for kpi in outcome.kpis))
    table = np.full((len(outcomes), len(names)), np.nan)
    for row, outcome in zip(table, outcomes, strict=True):
        for k, kpi in enumerate(names):
            row[k] = outcome.kpis.get(kpi, math.nan)
    table.setflags(write=False)
    balance: dict[str, int] = {}
    for outcome in outcomes:
        for state, count in outcome.balance.items():
            balance[state] = balance.get(state, 0) + int(count)
    return Replications(
        name, scenario, seed, engine, names, table, balance, _stations(outcomes), config_hash(scenario)
    )


def _stations(outcomes: list[Outcome]) -> dict[str, dict[str, float]]:
    names = dict.fromkeys(station for outcome in outcomes for station in outcome.stations)
    seen = {name: [o.stations[name] for o in outcomes if name in o.stations] for name in names}
    return {name: _station(rows) for name, rows in seen.items()}


def _station(rows: list[Mapping[str, float]]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for figure in dict.fromkeys(key for row in rows for key in row):
        values = [row[figure] for row in rows if math.isfinite(row.get(figure, math.nan))]
        if values:
            figures[figure] = max(values) if figure == "queue_max" else math.fsum(values) / len(values)
    return figures


def config_hash(scenario: Any) -> str:
    """Hex digest of everything the scenario says: equal hash, seed and number mean the same replication.

    A scenario with tables in other files says so itself, by a `config_hash` of its own.
    """
    own = getattr(scenario, "config_hash", None)
    if own is not None:
        return str(own() if callable(own) else own)
    said = scenario.model_dump(mode="json") if hasattr(scenario, "model_dump") else scenario
    text = json.dumps(said, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
