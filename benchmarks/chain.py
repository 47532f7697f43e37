"""A whole `chenxi_live` night from draws to KPIs: compiled, as lianlu's SimPy story, as a plain SimPy script.

The story is not slow on purpose: it is measured against the script one would write by hand (`plain_chain`),
which plays the same events with the same draws. Every round is another night, the same one for all three.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.finding import Figure, Finding, Goal
from benchmarks.interleave import ROUNDS, Seconds, Spread, ratio, take_turns

SCENARIO, SEED = "chenxi_live", 1
QUICK_SCALE = 0.2
COMPILED_RUNS = 20
ORDINARY = 5_600
"""Orders of an ordinary night: nights differ, and the goal in milliseconds is meant for this one."""
QUESTION = "What does a whole night cost, compiled, as a story, and in a script written by hand?"


def compiled_and_story(scenario: Any, replication: int) -> dict[str, Callable[[], Any]]:
    """Both faces of one night, from draws to KPIs."""
    from sim.chain import simulate
    from sim.kpis import kpis_of

    return {
        "compiled": lambda: kpis_of(scenario, simulate(scenario, SEED, replication, "compiled")),
        "story": lambda: kpis_of(scenario, simulate(scenario, SEED, replication, "reference")),
    }


def measure(quick: bool = False) -> Finding:
    """Time the three programs night by night."""
    from benchmarks.plain_chain import play
    from sim.scenario_file import read_scenario

    changes = [("--set", f"audience.scale={QUICK_SCALE}")] if quick else []
    scenario: Any = read_scenario(SCENARIO, changes)
    counts: list[Any] = []
    orders: list[float] = []
    seconds: Seconds = {"compiled": [], "story": [], "plain": []}
    compiled_and_story(scenario, 0)["compiled"]()  # compile and plan before the clock starts
    for night in range(1, ROUNDS + 1):
        faces = compiled_and_story(scenario, night)
        sides = {**faces, "plain": _keeping(lambda night=night: play(scenario, SEED, night), counts)}
        for name, taken in take_turns(sides, rounds=1, repeats={"compiled": COMPILED_RUNS}).items():
            seconds[name] += taken
        orders.append(float(faces["compiled"]()["intents"]))
    return Finding(QUESTION, _figures(seconds, orders, quick), notes=_notes(orders, counts, quick))


def _figures(seconds: Seconds, orders: list[float], quick: bool) -> tuple[Figure, ...]:
    """Goals are meant for the scenario's own size."""
    each = {
        name: [taken / count * 1e6 for taken, count in zip(seconds[name], orders, strict=True)]
        for name in seconds
    }
    goals = (
        {}
        if quick
        else {
            "ratio": Goal("≥", 90.0),
            "ms": Goal("≤", 15.0),
            "story": Goal("≤", 250.0),
            "plain": Goal("≤", 1.0),
        }
    )
    return (
        Figure("story ÷ compiled", ratio(seconds["story"], seconds["compiled"]), "×", goals.get("ratio")),
        Figure("plain SimPy ÷ compiled", ratio(seconds["plain"], seconds["compiled"]), "×"),
        Figure("story ÷ plain SimPy", ratio(seconds["story"], seconds["plain"]), "×", goals.get("plain")),
        Figure(
            f"compiled, a night of {ORDINARY:,} orders",
            Spread.of(each["compiled"]).times(ORDINARY / 1e3),
            "ms",
            goals.get("ms"),
        ),
        Figure("compiled, an order", Spread.of(each["compiled"]), "µs"),
        Figure("story, an order", Spread.of(each["story"]), "µs", goals.get("story")),
        Figure("plain SimPy, an order", Spread.of(each["plain"]), "µs"),
    )


def _notes(orders: list[float], counts: list[Any], quick: bool) -> tuple[str, ...]:
    lines = [
        f"night {night}: orders {count:.0f}, by the plain script {plain['orders']} "
        f"(paid {plain['paid']}, collected {plain['collected']})"
        for night, (count, plain) in enumerate(zip(orders, counts, strict=True), start=1)
    ]
    size = f", audience.scale {QUICK_SCALE}: too small to hold against the goals" if quick else ""
    return (*lines, f"{SCENARIO}, seed {SEED}{size}; draws and KPIs inside the clock, the route plan outside")


def _keeping(work: Callable[[], Any], kept: list[Any]) -> Callable[[], None]:
    return lambda: kept.append(work())
