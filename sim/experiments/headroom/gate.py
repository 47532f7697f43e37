"""Gate: does every service level hold at one stated audience? Asked of fresh nights, not of the curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sim.experiments.headroom.levels import counts
from sim.experiments.intervals import Interval, replications_to_promise, share_interval
from sim.experiments.laboratory import Ask
from sim.experiments.verdicts import Kept, kept
from sim.scenario_file.changing import changed, number_at

if TYPE_CHECKING:
    from sim.experiments.headroom.answer import Answer

FRESH = 1_000_000
"""First replication of a verification: numbers that no search has seen."""


class Held(NamedTuple):
    """P(kept) of one level with its Clopper–Pearson interval, and whether that is enough."""

    level: str
    p: float
    interval: Interval
    kept: Kept


class Gate(NamedTuple):
    """Every level at one value of the axis; the answer is yes only where each of them surely holds."""

    value: float
    replications: int
    levels: tuple[Held, ...]

    @property
    def holds(self) -> bool:
        """Whether every level is kept with the required probability, interval and all."""
        return all(one.kept == "yes" for one in self.levels)

    @property
    def missed(self) -> list[str]:
        """Levels that do not surely hold."""
        return [one.level for one in self.levels if one.kept != "yes"]

    def document(self) -> dict[str, Any]:
        """The part `at` of `headroom --json`."""
        return {
            "value": self.value,
            "replications": self.replications,
            "levels": {
                one.level: {
                    "p": one.p,
                    "ci_low": one.interval.low,
                    "ci_high": one.interval.high,
                    "kept": one.kept,
                }
                for one in self.levels
            },
            "holds": self.holds,
        }


def gate(answer: Answer, at: float | None = None) -> Gate:
    """Ask at so many viewers (at this value of another axis), or at the scenario as it is today.

    There are enough replications that a level kept every night passes.

    Raises:
        InputError: a value that may not stand there.
    """
    search, path = answer.search, answer.axis.path
    value = number_at(search.scenario, path, "--at")[0] if at is None else answer.value_of(at)
    scenario = changed(search.scenario, {path: answer.axis.spelled(value)}, "--at")
    number = max(search.replications, replications_to_promise(search.promise))
    rows = search.ask([Ask(scenario, number, FRESH)])[0]
    held = []
    for name, count in counts(rows, search.levels).items():
        interval = share_interval(count.hits, count.n)
        held.append(Held(name, count.hits / count.n, interval, kept(interval, search.promise)))
    return Gate(value, number, tuple(held))
