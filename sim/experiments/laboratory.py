"""Laboratory: where searches get their replications, whatever computes or keeps them.

A search asks for rows of a scenario; the laboratory answers from what it has and computes the rest. The rows
are named by (scenario, seed, replication), so a search may ask again, in any order, and pays once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Self

from sim.experiments.outcome import one_replication
from sim.experiments.replicate import Outcome, Replications, Simulate, config_hash, replicate

if TYPE_CHECKING:
    from sim.engines import Engine
    from sim.scenario import Scenario


class Ask(NamedTuple):
    """The replications first … first+number−1 of a scenario."""

    scenario: Scenario
    number: int
    first: int = 0


class Laboratory:
    """One seed, one engine, one set of workers for all the scenarios that a search looks at."""

    def __init__(
        self,
        *,
        seed: int = 1,
        engine: Engine = "compiled",
        jobs: int | None = None,
        simulate: Simulate = one_replication,
    ) -> None:
        self.seed, self.engine, self.jobs, self.simulate = seed, engine, jobs, simulate
        self._known: dict[str, dict[int, Outcome]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing stays open."""

    def replicate(self, scenario: Scenario, number: int, first: int = 0) -> Replications:
        """Rows of one scenario; row i is replication first + i."""
        return self.replicate_all([Ask(scenario, number, first)])[0]

    def replicate_all(self, asks: Sequence[Ask]) -> list[Replications]:
        """Rows of several scenarios, their replications side by side on the workers."""
        return [self._one(ask) for ask in asks]

    def _one(self, ask: Ask) -> Replications:
        known = self._known.setdefault(config_hash(ask.scenario), {})
        return replicate(
            ask.scenario,
            self.simulate,
            name=ask.scenario.name,
            seed=self.seed,
            replications=ask.first + ask.number,
            engine=self.engine,
            jobs=self.jobs,
            known=dict(known),
            done=known.__setitem__,
        )
