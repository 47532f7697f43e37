"""How long does one wait for a command to let go? Ctrl-C, a store that somebody else writes, a plan.

Whole processes by the clock on the wall. Ctrl-C is pressed once two workers have acknowledged some nights;
the store is held as another command holds it, in the middle of a transaction. The plan is that of 200 stops
at the default number of iterations, which nothing can interrupt.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from benchmarks.finding import Figure, Finding, Goal
from benchmarks.interleave import ROUNDS, Spread, take_turns

QUESTION = "How long from Ctrl-C to the end, to a held store's answer, to a plan of 200 stops?"
LIANLU = (sys.executable, "-m", "app.cli.main")
ROOT = Path(__file__).resolve().parents[1]
STOPPED, NIGHTS_FIRST = 3, 12


def measure(quick: bool = False) -> Finding:
    """Ask and plan in turns, then press, after one of each for what is loaded or compiled the first time."""
    from benchmarks.routing import by_lianlu, morning_of
    from sim.experiments.store import FILE

    morning = morning_of(1)
    with tempfile.TemporaryDirectory(prefix="lianlu-bench-") as folder:
        words = ["run", "chenxi_jielong", "--replications", "2", "--progress", "none", "--out", folder]
        assert _ended(words) == 0
        holder = sqlite3.connect(Path(folder) / FILE, isolation_level=None)
        sides = {
            "free": lambda: _ended(words),
            "held": lambda: _held(holder, [*words[:3], "4", *words[4:]]),
            "plan": lambda: by_lianlu(morning),
        }
        take_turns(sides, rounds=1, clock=perf_counter)
        seconds = take_turns(sides, rounds=ROUNDS, clock=perf_counter)
        holder.close()
    pressed = [_pressed() for _ in range(ROUNDS if quick else 2 * ROUNDS)]
    answers = [held - free for held, free in zip(seconds["held"], seconds["free"], strict=True)]
    figures = (
        Figure("from Ctrl-C to the end of a run with two jobs", Spread.of(pressed), "s", Goal("≤", 2.0)),
        Figure("a held store's answer, beyond that of a free one", Spread.of(answers), "s", Goal("≤", 2.0)),
        Figure("a plan of 200 stops", Spread.of(seconds["plan"]), "s", Goal("≤", 5.0)),
        Figure("a free store's answer", Spread.of(seconds["free"]), "s"),
    )
    return Finding(
        QUESTION,
        figures,
        notes=(
            "chenxi_live, 100,000 replications wanted; the free store holds all that is asked of it",
            "others' work on this machine counts",
        ),
    )


def _process(words: list[str]) -> subprocess.Popen[str]:
    """The command line in a process of its own; who starts it reads what it says of errors and progress."""
    return subprocess.Popen(  # noqa: S603  # this interpreter and words written here
        [*LIANLU, *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _ended(words: list[str]) -> int:
    """Let a command end; its exit code."""
    with _process(words) as process:
        process.communicate()
    return process.returncode


def _held(holder: sqlite3.Connection, words: list[str]) -> None:
    """Have a command told that somebody else writes its store."""
    holder.execute("BEGIN IMMEDIATE")
    code = _ended(words)
    holder.execute("ROLLBACK")
    assert code == STOPPED, code


def _pressed() -> float:
    """Seconds from Ctrl-C to the end of a run whose two workers are busy."""
    words = ["run", "chenxi_live", "--replications", "100000", "--progress", "json", "--jobs", "2"]
    with _process(words) as process:
        assert process.stderr is not None
        for _ in range(NIGHTS_FIRST):
            process.stderr.readline()
        begin = perf_counter()
        process.send_signal(signal.SIGINT)
        process.communicate()
        seconds = perf_counter() - begin
    assert process.returncode == STOPPED, process.returncode
    return seconds
