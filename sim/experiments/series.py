"""A series: all replications of one scenario with one seed on one face, whatever their numbers."""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.engines import Engine


class Series(NamedTuple):
    """What rows are stored under; the model's version is the store's to add."""

    config: str
    seed: int
    engine: Engine
    scenario: Any
