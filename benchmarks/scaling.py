"""Does an order cost the same at a million orders as at five thousand, and what memory does that take?

The audience grows by `audience.scale`, and so does everything that serves it: workers and their concurrency
law, the stock row, the gateway, sorters, docks, trucks and agents; leaders hand over faster, since points
stay 200. Routes are planned before the clock starts. Memory is the peak of a process of its own that plays
one such night.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.finding import Figure, Finding, Goal
from benchmarks.interleave import ROUNDS, Spread, ratio, take_turns

SCENARIO, SEED = "chenxi_live", 1
LARGE, QUICK = 180, 20
NIGHTS = 20
QUESTION = "What does an order cost at 1,000,000 orders, against a night of 5,600?"


def grown(scale: int) -> Any:
    """`chenxi_live` with audience and resources times `scale`."""
    from sim.scenario_file import load_scenario, read_scenario

    s = load_scenario(SCENARIO)
    service, after = s.checkout.order_service, s.aftersales
    people = sum(team.people for team in s.sorting.teams) * scale
    teams = [{**team.model_dump(mode="json"), "people": team.people * scale} for team in s.sorting.teams]
    truck = {
        **s.delivery.vehicles[0].model_dump(mode="json"),
        "count": 10 + scale,
        "payload_kg": 50_000.0,
        "volume_m3": 200.0,
    }
    changes: dict[str, Any] = {
        "audience.scale": scale,
        "audience.questions.team": s.audience.questions.team * scale,
        "checkout.order_service.servers": service.servers * scale,
        "checkout.order_service.waiting_places": service.waiting_places * scale,
        "checkout.order_service.alpha": service.alpha / scale,
        "checkout.order_service.beta": service.beta / scale**2,
        "checkout.gateway.rate_per_s": min(100_000.0, s.checkout.gateway.rate_per_s * scale),
        "stock.row_ms": s.stock.row_ms / scale,
        "sorting.teams": teams,
        "sorting.stations": people,
        "sorting.hall_limit_people": people,
        "delivery.vehicles": [truck],
        "delivery.expected_orders": s.delivery.expected_orders * scale,
        "delivery.crate_kg": 100.0,
        "delivery.crate_m3": 0.3,
        "delivery.docks": s.delivery.docks * scale,
        "leader_desk.hand_over_s": s.leader_desk.hand_over_s / scale,
        "aftersales.agents": after.agents * scale,
        "aftersales.show_night_agents": after.show_night_agents * scale,
        "aftersales.second_line_agents": after.second_line_agents * scale,
    }
    return read_scenario(
        SCENARIO, [("--set", f"{path}={json.dumps(value)}") for path, value in changes.items()]
    )


def play(scenario: Any, replication: int) -> float:
    """One night from draws to KPIs; its orders."""
    from sim.chain import simulate
    from sim.kpis import kpis_of

    return float(kpis_of(scenario, simulate(scenario, SEED, replication))["intents"])


def measure(quick: bool = False) -> Finding:
    """Time nights of both sizes in turns, then weigh a large one in its own process."""
    from sim.scenario_file import load_scenario

    scale = QUICK if quick else LARGE
    small, large = load_scenario(SCENARIO), grown(scale)
    few = sum(play(small, night) for night in range(NIGHTS)) / NIGHTS
    many = play(large, 0)
    nights = iter(range(NIGHTS * ROUNDS))
    seconds = take_turns(
        {"small": lambda: play(small, next(nights) % NIGHTS), "large": lambda: play(large, 0)},
        repeats={"small": NIGHTS},
    )
    each = {
        "small": [taken / few * 1e6 for taken in seconds["small"]],
        "large": [taken / many * 1e6 for taken in seconds["large"]],
    }
    weighed = _weighed(scale)
    goals = {} if quick else {"s": Goal("≤", 4.0), "GB": Goal("≤", 1.5)}
    figures = (
        Figure(
            f"an order at {many:,.0f} ÷ at {few:,.0f}",
            ratio(each["large"], each["small"]),
            "×",
            Goal("≤", 1.8),
        ),
        Figure(f"an order at {many:,.0f} orders", Spread.of(each["large"]), "µs"),
        Figure(f"an order at {few:,.0f} orders", Spread.of(each["small"]), "µs"),
        Figure(f"{many:,.0f} orders", Spread.of(seconds["large"]), "s", goals.get("s")),
        Figure(
            f"{many:,.0f} orders, peak memory of a process",
            Spread.of([weighed["peak_gb"]]),
            "GB",
            goals.get("GB"),
        ),
    )
    notes = (
        f"{SCENARIO} × {scale}, seed {SEED}; draws and KPIs inside the clock, market and route plan outside",
    )
    return Finding(QUESTION, figures, notes=notes)


def _weighed(scale: int) -> dict[str, float]:
    """Play one large night in a process of its own; its peak resident memory."""
    root = Path(__file__).resolve().parents[1]
    command = [sys.executable, "-m", "benchmarks.scaling", str(scale)]
    done = subprocess.run(  # noqa: S603  # this interpreter and this file
        command, cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"the large night failed in its own process:\n{done.stderr[-2000:]}")
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def _weigh(scale: int) -> None:
    import resource

    orders = play(grown(scale), 0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kilo = 1.0 if sys.platform == "darwin" else 1024.0
    print(json.dumps({"orders": orders, "peak_gb": peak * kilo / 1e9}))


if __name__ == "__main__":
    _weigh(int(sys.argv[1]))
