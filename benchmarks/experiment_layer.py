"""What does everything around the engine cost: workers, store, checksums, intervals?

The bare side calls the model night after night and keeps nothing. The other side does what `lianlu run --out`
does: a laboratory, a row a night in the store with its checksum and a commit a piece, and at the end every
interval of the document. Once with one worker, where only the layer differs, and once with two.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.finding import Figure, Finding, Goal
from benchmarks.interleave import ROUNDS, Spread, ratio, take_turns

SCENARIO, SEED = "chenxi_live", 1
REPLICATIONS, QUICK = 1000, 60
QUESTION = "What do workers, store, checksums and intervals add to the engine?"


def measure(quick: bool = False) -> Finding:
    """Time the bare engine, the whole with one worker and the whole with two, in turns."""
    from sim.experiments.executors import usable_cpus
    from sim.scenario_file import load_scenario

    count = QUICK if quick else REPLICATIONS
    scenario = load_scenario(SCENARIO)
    _whole(scenario, 2, 1)  # compile, plan and load before the clock starts
    sides = {
        "bare": lambda: _bare(scenario, count),
        "one": lambda: _whole(scenario, count, 1),
        "two": lambda: _whole(scenario, count, 2),
    }
    seconds = take_turns(sides, rounds=ROUNDS, clock=perf_counter)
    halves = [one / 2 for one in seconds["bare"]]
    figures = (
        Figure("one worker ÷ bare engine", ratio(seconds["one"], seconds["bare"]), "×", Goal("≤", 1.25)),
        Figure(
            "two workers ÷ half the bare engine's time",
            ratio(seconds["two"], halves),
            "×",
            None if quick else Goal("≤", 1.25),
        ),
        Figure(
            f"{count} replications, two workers, stored",
            Spread.of(seconds["two"]),
            "s",
            None if quick else Goal("≤", 10.0),
        ),
        Figure("bare engine, a replication", Spread.of(seconds["bare"]).times(1e3 / count), "ms"),
    )
    notes = (f"{SCENARIO}, seed {SEED}, wall clock; {usable_cpus()} processors, others' work on them counts",)
    return Finding(QUESTION, figures, notes=notes)


def _bare(scenario: Any, count: int) -> None:
    from sim.experiments.outcome import one_replication

    for replication in range(count):
        one_replication(scenario, SEED, replication, "compiled")


def _whole(scenario: Any, count: int, jobs: int) -> None:
    from sim.experiments.experiment import Experiment
    from sim.experiments.laboratory import Laboratory
    from sim.experiments.store import Store

    with tempfile.TemporaryDirectory(prefix="lianlu-bench-") as name:
        store = Store(Path(name), expected=count)
        with Laboratory(seed=SEED, jobs=jobs, store=store, command="bench") as laboratory:
            rows = laboratory.replicate(scenario, count)
        Experiment((rows,)).run_document()
