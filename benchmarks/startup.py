"""How long does one wait? Whole processes: `--help`, the first run ever on a machine, and every run after it.

The first run compiles the kernels into an empty cache folder (LIANLU_CACHE) and plans the routes; it happens
once a version. Everything is timed by the clock on the wall, from the start of the process to its end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from benchmarks.finding import Figure, Finding, Goal
from benchmarks.interleave import ROUNDS, Spread, take_turns

SCENARIO, REPLICATIONS = "chenxi_live", 20
QUESTION = "How long does one wait for help, for the first run ever, and for every other run?"


def measure(quick: bool = False) -> Finding:
    """Run the processes in turns; first runs each in a new, empty cache folder."""
    run = ["run", SCENARIO, "--replications", str(REPLICATIONS), "--progress", "none"]
    with tempfile.TemporaryDirectory(prefix="lianlu-bench-") as folder:
        caches = Path(folder)
        first = [_seconds(run, caches / str(k)) for k in range(1 if quick else 2)]
        worked = [_processor_seconds(run, caches / "0") for _ in range(ROUNDS)]
        seconds = take_turns(
            {
                "python": lambda: subprocess.run([sys.executable, "-c", "pass"], check=True),
                "help": lambda: _seconds(["--help"], caches / "0"),
                "next": lambda: _seconds(run, caches / "0"),
            },
            rounds=ROUNDS,
            clock=perf_counter,
        )
    figures = (
        Figure("lianlu --help", Spread.of(seconds["help"]), "s", Goal("≤", 0.5)),
        Figure(
            f"first run ever, {REPLICATIONS} replications, empty cache",
            Spread.of(first),
            "s",
            Goal("≤", 30.0),
        ),
        Figure(f"next run, {REPLICATIONS} replications", Spread.of(seconds["next"]), "s", Goal("≤", 1.5)),
        Figure("next run, processor time", Spread.of(worked), "s"),
        Figure("an empty Python", Spread.of(seconds["python"]), "s"),
    )
    return Finding(
        QUESTION,
        figures,
        notes=(f"{SCENARIO}; whole processes by the clock on the wall, others' work on this machine counts",),
    )


def _processor_seconds(words: list[str], cache: Path) -> float:
    """Processor time of one process of the command line, which neighbours do not stretch."""
    before = os.times()
    _seconds(words, cache)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def _seconds(words: list[str], cache: Path) -> float:
    """Wall-clock time of one process of the command line."""
    root = Path(__file__).resolve().parents[1]
    environment = {**os.environ, "LIANLU_CACHE": str(cache), "PYTHONPATH": str(root)}
    begin = perf_counter()
    done = subprocess.run(  # noqa: S603  # this interpreter and words written here
        [sys.executable, "-m", "app.cli.main", *words],
        env=environment,
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"lianlu {' '.join(words)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return perf_counter() - begin
