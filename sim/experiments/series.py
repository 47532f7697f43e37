"""A series: all replications of one scenario with one seed on one face, whatever their numbers."""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.engines import Engine


class Series(NamedTuple):
    """What rows are stored under.

    model: the version of whatever computes them. config: digest of the scenario.
    """

    model: str
    config: str
    seed: int
    engine: Engine
    scenario: Any

    @property
    def name(self) -> str:
        """Everything that decides a replication's figures besides its number."""
        return name_of(*self[:4])


def name_of(model: str, config: str, seed: int, engine: str) -> str:
    """The name of a series by its parts, as they stand in a store."""
    return f"{model} {config} {seed} {engine}"
