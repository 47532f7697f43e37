"""What a laboratory is asked, what it reports meanwhile, and why it may stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sim import problems
from sim.experiments.agenda import DEATHS
from sim.experiments.row import Row
from sim.experiments.tasks import Wanted


class Stopped(problems.Stopped):
    """The user interrupted; nothing is wrong, and with a store the same command goes on (exit code 3)."""

    def __init__(self, done: int, wanted: int, *, stored: bool = False) -> None:
        how = "goes on from here" if stored else "starts again"
        super().__init__(f"stopped after {done} of {wanted} replications; the same command {how}")
        self.done, self.wanted, self.stored = done, wanted, stored


class Ask(NamedTuple):
    """The replications first … first+number−1 of a scenario.

    label: what the rows are called; the scenario's name by default.
    thin_to: for each of them, how many orders may go on to its night; all by default.
    """

    scenario: Any
    number: int
    first: int = 0
    label: str = ""
    thin_to: tuple[int, ...] | None = None

    @property
    def name(self) -> str:
        """The label, or the scenario's name."""
        return self.label or str(getattr(self.scenario, "name", "") or "scenario")

    def wanted(self) -> list[Wanted]:
        """The replications, in order."""
        if self.number < 1:
            raise ValueError(f"at least one replication is needed; found {self.number}")
        if self.thin_to is None:
            return [Wanted(r) for r in range(self.first, self.first + self.number)]
        return [Wanted(self.first + k, orders) for k, orders in enumerate(self.thin_to[: self.number])]


class Acknowledged(NamedTuple):
    """A replication that is computed and, where there is a store, on the disk."""

    label: str
    config: str
    replication: int
    row: Row


class Deadly(problems.Stopped):
    """Replications that kill every worker they are given to; all others are computed and kept."""

    def __init__(self, names: Sequence[tuple[str, int]], seed: int) -> None:
        said = ", ".join(f"replication {replication} of {label}" for label, replication in names[:5])
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        super().__init__(
            f"{said}{more} (seed {seed}) ended {DEATHS} workers one after another; all others are done. "
            "Is there enough memory? The same command tries again"
        )
        self.names = tuple(names)
