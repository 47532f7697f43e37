"""What a benchmark hands back: figures with their goals, and theory beside what each side found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from benchmarks.interleave import Spread


class Goal(NamedTuple):
    """A wish, not a test: it is printed as met or missed."""

    sense: Literal["≥", "≤"]
    bound: float

    def met(self, value: float) -> bool:
        """True where the value is on the wished side."""
        return value >= self.bound if self.sense == "≥" else value <= self.bound


@dataclass(frozen=True)
class Figure:
    """One measured figure: median over the rounds, lowest, highest."""

    name: str
    spread: Spread
    unit: str
    goal: Goal | None = None

    @property
    def met(self) -> bool | None:
        """Whether the median meets the goal; None without one."""
        return None if self.goal is None else self.goal.met(self.spread.median)


@dataclass(frozen=True)
class Check:
    """Theory beside what a side found: its mean and 95 % interval over replications."""

    name: str
    side: str
    theory: float
    mean: float
    low: float
    high: float
    replications: int

    @property
    def inside(self) -> bool:
        """True where theory lies inside the interval."""
        return self.low <= self.theory <= self.high


@dataclass(frozen=True)
class Finding:
    """The answer to one benchmark's question."""

    question: str
    figures: tuple[Figure, ...]
    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """The same as plain data for `--json`."""
        figures = [
            {
                "name": one.name,
                **one.spread._asdict(),
                "unit": one.unit,
                "goal": _goal(one.goal),
                "met": one.met,
            }
            for one in self.figures
        ]
        checks = [{**asdict(one), "inside": one.inside} for one in self.checks]
        return {"question": self.question, "figures": figures, "checks": checks, "notes": list(self.notes)}


def check(name: str, side: str, theory: float, values: Sequence[float]) -> Check:
    """Theory beside the means of independent replications, with the t interval the product itself uses."""
    from sim.experiments.intervals import mean_interval

    found = mean_interval(np.asarray(values, np.float64))
    return Check(name, side, theory, float(np.mean(values)), found.low, found.high, len(values))


def _goal(goal: Goal | None) -> str | None:
    return None if goal is None else f"{goal.sense} {goal.bound:g}"
