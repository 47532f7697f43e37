"""`lianlu bench`: theory beside the figures, sides that take turns, polite where there is nothing to run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.main import main
from benchmarks import NAMES
from benchmarks.finding import Check, Figure, Goal
from benchmarks.interleave import ROUNDS, Spread, ratio, take_turns
from benchmarks.mmn import wq

ROOT = Path(__file__).resolve().parents[2]


def test_theory_lies_inside_every_interval(capsys: pytest.CaptureFixture[str]) -> None:
    """`bench mmn --quick` finds Erlang's waits with lianlu, SimPy, Ciw and SimulSI, from the same draws."""
    assert main(["bench", "mmn", "--quick", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["benchmarks"]["mmn"]
    checks = found["checks"]
    assert {one["side"] for one in checks} == {"lianlu serve", "SimPy", "Ciw", "SimulSI"}
    assert len(checks) == 12
    assert all(one["low"] <= one["theory"] <= one["high"] and one["inside"] for one in checks)
    assert all(one["replications"] >= ROUNDS for one in checks)
    assert len(found["figures"]) == 9
    assert all(0 < one["low"] <= one["median"] <= one["high"] for one in found["figures"])


def test_erlang_waits() -> None:
    """The theory printed is the published one (M/M/n, load .9, service rate 1)."""
    assert wq(1, 0.9) == pytest.approx(9.0)
    assert wq(2, 0.9) == pytest.approx(4.263158, abs=1e-6)
    assert wq(3, 0.9) == pytest.approx(2.723537, abs=1e-6)
    assert wq(10, 0.9) == pytest.approx(0.668732, abs=1e-6)


def test_sides_take_turns() -> None:
    """Every side runs once a round, in the order given; a quick side may run several times in its turn."""
    played: list[str] = []
    moments = iter(range(1_000))
    seconds = take_turns(
        {"a": lambda: played.append("a"), "b": lambda: played.append("b")},
        rounds=3, repeats={"b": 2}, clock=lambda: float(next(moments)),
    )  # fmt: skip
    assert "".join(played) == "abbabbabb"
    assert seconds == {"a": [1.0] * 3, "b": [0.5] * 3}


def test_ratios_compare_within_a_round() -> None:
    """A machine that slows down for a round slows both sides: the ratio stays."""
    assert ratio([2.0, 20.0, 2.0], [1.0, 10.0, 1.0]) == Spread(2.0, 2.0, 2.0)
    assert ratio([3.0, 1.0, 2.0], [1.0, 1.0, 1.0]) == Spread(2.0, 1.0, 3.0)


def test_goals_and_checks_say_what_they_mean() -> None:
    """A figure without a goal is neither met nor missed; the ends of an interval are inside."""
    assert Figure("x", Spread(90.0, 1.0, 99.0), "×", Goal("≥", 90.0)).met is True
    assert Figure("x", Spread(90.1, 1.0, 99.0), "×", Goal("≤", 90.0)).met is False
    assert Figure("x", Spread(90.0, 1.0, 99.0), "×").met is None
    assert Check("Wq", "a", 9.0, 8.0, 7.0, 9.0, 5).inside
    assert not Check("Wq", "a", 9.0, 8.0, 7.0, 8.9, 5).inside


def test_every_benchmark_is_a_file_with_a_question() -> None:
    """What `bench` lists is what the folder holds: a module with a question and `measure`."""
    for name in NAMES:
        text = (ROOT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8")
        assert "QUESTION = " in text
        assert "def measure(quick: bool = False) -> Finding:" in text


def test_the_plain_script_plays_the_same_night() -> None:
    """The script lianlu's story is measured against sees the same viewers and nearly the same orders."""
    from benchmarks.plain_chain import play
    from sim.chain import simulate
    from sim.kpis import kpis_of
    from sim.scenario_file import read_scenario

    scenario = read_scenario("chenxi_live", [("--set", "audience.scale=0.1")])
    plain, ours = play(scenario, 1, 1), kpis_of(scenario, simulate(scenario, 1, 1))
    assert plain["viewers"] == ours["viewers"]
    assert plain["orders"] == pytest.approx(ours["intents"], rel=0.05)
    assert plain["paid"] == pytest.approx(ours["orders_paid"], rel=0.05)
    assert plain["sorted"] == pytest.approx(plain["paid"], rel=0.1)
    assert plain["collected"] == pytest.approx(plain["sorted"], rel=0.1)
    assert plain["tickets"] == pytest.approx(ours["tickets"], rel=0.3)


def test_unknown_benchmark_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is none: exit 2, what was found, what is allowed, no traceback."""
    assert main(["bench", "speed"]) == 2
    told = capsys.readouterr().err
    assert "speed" in told
    assert "station_retry" in told
    assert "Traceback" not in told


def test_installed_without_benchmarks_it_says_so(tmp_path: Path) -> None:
    """Where only the wheel is installed the folder is missing: exit 2, and what to do."""
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    for package in ("sim", "reports", "scenarios"):
        (tmp_path / package).symlink_to(ROOT / package)
    done = subprocess.run(
        [sys.executable, "-m", "app.cli.main", "bench"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "checkout" in done.stderr
    assert "Traceback" not in done.stderr
