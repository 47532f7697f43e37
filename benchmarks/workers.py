"""Do two workers do twice the work? A thousand nights, as somebody asks who wants a rare promise to be sure.

The same replications of `chenxi_live`, from draws to KPI table, by one worker and by two, each time with a
new laboratory that starts its own worker processes, timed by the clock on the wall. The ceiling is printed
beside it: what two threads of nothing but one kernel gain on this machine at this moment.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.finding import Figure, Finding, Goal
from benchmarks.interleave import ROUNDS, Spread, ratio, take_turns

SCENARIO, SEED = "chenxi_live", 1
REPLICATIONS, QUICK = 1000, 100
DRAWS = 100_000
QUESTION = "How much faster are two workers than one?"


def measure(quick: bool = False) -> Finding:
    """Time one worker, two workers, and the same pair for pure kernels, in turns."""
    from sim.experiments.executors import usable_cpus
    from sim.scenario_file import load_scenario

    count = QUICK if quick else REPLICATIONS
    scenario = load_scenario(SCENARIO)
    _run(scenario, 2, 1)  # compile and plan before the clock starts
    _draws(1)
    sides = {
        "one": lambda: _run(scenario, count, 1),
        "two": lambda: _run(scenario, count, 2),
        "one, kernel": lambda: _draws(1),
        "two, kernel": lambda: _draws(2),
    }
    seconds = take_turns(sides, rounds=ROUNDS, clock=perf_counter)
    figures = (
        Figure(
            f"one worker ÷ two, {count} replications",
            ratio(seconds["one"], seconds["two"]),
            "×",
            None if quick else Goal("≥", 1.8),
        ),
        Figure(
            "one thread ÷ two, one kernel alone", ratio(seconds["one, kernel"], seconds["two, kernel"]), "×"
        ),
        Figure("one worker, a replication", Spread.of(seconds["one"]).times(1e3 / count), "ms"),
        Figure("two workers, a replication", Spread.of(seconds["two"]).times(1e3 / count), "ms"),
    )
    notes = (f"{SCENARIO}, seed {SEED}, wall clock; {usable_cpus()} processors, others' work on them counts",)
    return Finding(QUESTION, figures, notes=notes)


def _run(scenario: Any, count: int, jobs: int) -> Any:
    from sim.experiments.laboratory import Laboratory

    with Laboratory(seed=SEED, jobs=jobs) as laboratory:
        return laboratory.replicate(scenario, count)


def _draws(jobs: int) -> None:
    """The same kernel work by so many threads."""
    from sim.random_streams import Streams

    streams, entity = Streams(SEED, 0), np.arange(DRAWS, dtype=np.int64)
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(lambda _: streams.normal("benchmark", entity), range(60)))
