"""The answer: which level breaks first, where each crosses its promise, which never do inside the range."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from sim.experiments.headroom.axis import AUDIENCE, Axis
from sim.experiments.headroom.levels import Level, levels_of, required_probability
from sim.experiments.headroom.sampling import Search
from sim.experiments.intervals import Interval, share_interval

if TYPE_CHECKING:
    from sim.experiments.headroom.curve import Crossing, Curve
    from sim.experiments.laboratory import Laboratory

REPLICATIONS = 250
"""At every point near a knee: the band there is about ±.04."""
Why = Literal["already_broken", "beyond_range", "not_monotone"]


class Knee(NamedTuple):
    """Where a level crosses its promise, in values of the axis.

    value: the last at which the promise is kept with the required probability. low_open, high_open: the
    interval reaches the end of the range and may go on beyond it. half_width: of the band at the crossing.
    """

    level: Level
    falling: bool
    value: float
    low: float
    high: float
    low_open: bool
    high_open: bool
    half_width: float


class Outside(NamedTuple):
    """A level that does not cross its promise inside the range, with P at the end that says so.

    certain: the Clopper–Pearson interval of P there lies on one side of the promise.
    """

    level: Level
    why: Why
    at: float
    p: float
    interval: Interval
    certain: bool


@dataclass(frozen=True)
class Answer:
    """Knees in the order of breaking, and the levels that have none, of one scenario along one axis."""

    search: Search
    name: str
    knees: tuple[Knee, ...]
    outside: tuple[Outside, ...]

    @property
    def axis(self) -> Axis:
        """What was varied."""
        return self.search.axis

    @property
    def counts_viewers(self) -> bool:
        """Whether the answer is an audience, and may be given in viewers."""
        return self.axis.path == AUDIENCE and any(rows.has("viewers") for rows in self.search.rows.values())

    def named(self, why: Why) -> list[str]:
        """The levels without a crossing, for this reason."""
        return [one.level.name for one in self.outside if one.why == why]

    def viewers(self, value: float) -> float | None:
        """Mean viewers at a value of the axis; None where the scenario counts none."""
        longest = max(len(rows) for rows in self.search.rows.values())
        known = {
            self.axis.values[k]: float(rows.values("viewers").mean())
            for k, rows in sorted(self.search.rows.items())
            if rows.has("viewers") and len(rows) == longest
        }
        if not known:
            return None
        values, viewers = np.array(list(known)), np.array(list(known.values()))
        if self.axis.path == AUDIENCE:  # an audience is proportional to its scale, but for whole members
            return float(np.interp(value, values, viewers / values) * value)
        return float(np.interp(value, values, viewers))

    def value_of(self, viewers: float) -> float:
        """The scale at which so many viewers come; the value itself on an axis that is no audience."""
        if not self.counts_viewers:
            return viewers
        value = viewers
        for _ in range(4):  # the ratio of viewers to scale hardly varies
            value *= viewers / (self.viewers(value) or viewers)
        return value


def headroom(
    lab: Laboratory, scenario: Any, axis: Axis, replications: int = REPLICATIONS, name: str = ""
) -> Answer:
    """Search the axis for the crossing of every service level.

    Args:
        lab: computes replications.
        scenario: the event, as it is today.
        axis: what is varied, and between which ends.
        replications: at every point near a knee.
        name: of the scenario in tables.
    """
    levels = levels_of(scenario)
    search = Search(lab, scenario, axis, levels, required_probability(scenario), replications)
    search.run()
    judged = [_judged(search, level) for level in levels if level.name in search.names]
    knees = [one for one in judged if isinstance(one, Knee)]
    return Answer(
        search,
        name or str(getattr(scenario, "name", "") or "scenario"),
        tuple(sorted(knees, key=lambda one: (not one.falling, one.value if one.falling else -one.value))),
        tuple(one for one in judged if isinstance(one, Outside)),
    )


def _judged(search: Search, level: Level) -> Knee | Outside:
    curve, falling = search.curve(level.name)
    crossing = None if curve.refuted else curve.crossing(search.promise)
    if crossing is None:
        return _outside(search, level, curve, falling)
    return _knee(search.axis, level, curve, crossing, falling)


def _knee(axis: Axis, level: Level, curve: Curve, crossing: Crossing, falling: bool) -> Knee:
    """The crossing in values; on an axis of whole numbers the last one that still holds."""
    sign = 1.0 if falling else -1.0
    safe_open, broken_open = crossing.low is None, crossing.high is None
    safe = axis.value(sign * (float(curve.places[0]) if crossing.low is None else crossing.low))
    broken = axis.value(sign * (float(curve.places[-1]) if crossing.high is None else crossing.high))
    value = axis.value(sign * crossing.place)
    if axis.whole:
        safe, broken = float(round(safe)), float(round(broken)) - (0.0 if broken_open else sign)
        value = float(math.floor(value + 1e-9) if falling else math.ceil(value - 1e-9))
    low, high = (safe, broken) if falling else (broken, safe)
    opened = (safe_open, broken_open) if falling else (broken_open, safe_open)
    half = curve.half_width(crossing.place)
    return Knee(level, falling, min(max(value, low), high), low, high, *opened, half)


def _outside(search: Search, level: Level, curve: Curve, falling: bool) -> Outside:
    broken = bool(curve.p[0] < search.promise)
    end = 0 if broken else -1
    hits, n = int(curve.hits[end]), int(curve.n[end])
    interval = share_interval(hits, n)
    certain = interval.high < search.promise if broken else interval.low >= search.promise
    why: Why = "not_monotone" if curve.refuted else "already_broken" if broken else "beyond_range"
    at = search.axis.value(float(curve.places[end]) * (1.0 if falling else -1.0))
    return Outside(level, why, at, hits / n, interval, certain)
