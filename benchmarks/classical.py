"""Classical routing problems with best known costs: how near the planner comes in a fixed number of steps."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

ITERATIONS = 2000
PLENTY = 1e9
FILE = Path(__file__).with_name("data") / "classical_routes.json"


class Classical(NamedTuple):
    """A capacitated problem: (n+1, n+1) whole distances, (n,) demand, the best known cost."""

    distance: np.ndarray
    demand: np.ndarray
    capacity: float
    best_known: float


@cache
def instances() -> dict[str, Classical]:
    """Every instance of the file, 100 to 194 customers."""
    found = {}
    for name, one in json.loads(FILE.read_text(encoding="utf-8"))["instances"].items():
        x, y = np.array(one["x"], np.float64), np.array(one["y"], np.float64)
        distance = np.floor(np.hypot(x[:, None] - x, y[:, None] - y) + 0.5)
        demand = np.array(one["demand"][1:], np.float64)
        found[name] = Classical(distance, demand, float(one["capacity"]), float(one["best_known"]))
    return found


def planned(one: Classical, seed: int = 1, iterations: int = ITERATIONS) -> list[list[int]]:
    """Routes by the product's planner; as many vehicles as stops, no windows."""
    from sim.stages.delivery import plan_routes

    n = len(one.demand)
    return plan_routes(
        one.distance, one.distance, one.demand, one.capacity, 0.0, 0.0, PLENTY, PLENTY, n, iterations, seed
    )


def cost(one: Classical, routes: list[list[int]]) -> float:
    """Length of all routes."""
    return float(sum(one.distance[[0, *route], [*route, 0]].sum() for route in routes))


def gap(one: Classical, routes: list[list[int]]) -> float:
    """Share above the best known cost."""
    return cost(one, routes) / one.best_known - 1.0
