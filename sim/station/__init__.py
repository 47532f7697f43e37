"""A station: servers on a calendar, a queue with a rule, customers who may leave and come back.

`spec` says what a station is, `story` tells what happens (SimPy), `kernel` computes the same on columns
(numba), `rules` is their shared arithmetic, and `serve` runs one station alone.
"""

from sim.station.serve import Served, serve
from sim.station.spec import (
    CircuitBreaker,
    ConcurrencyLaw,
    DropAbandoned,
    LoadShedding,
    RetryBudget,
    ScaleOut,
    Station,
    WaitingRoom,
)

__all__ = [
    "CircuitBreaker",
    "ConcurrencyLaw",
    "DropAbandoned",
    "LoadShedding",
    "RetryBudget",
    "ScaleOut",
    "Served",
    "Station",
    "WaitingRoom",
    "serve",
]
