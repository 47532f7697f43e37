"""The answer: which level breaks first, where each crosses its promise, and what the curve looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from sim.experiments.headroom.axis import AUDIENCE, Axis
from sim.experiments.headroom.curve import Curve
from sim.experiments.headroom.levels import Level, levels_of, required_probability
from sim.experiments.headroom.sampling import Search
from sim.experiments.intervals import CONFIDENCE, Interval, share_interval
from sim.experiments.replicate import config_hash

if TYPE_CHECKING:
    from sim.experiments.laboratory import Laboratory

GOAL = 0.05
"""Half-width that the band should have at a knee."""
Why = Literal["already_broken", "beyond_range", "not_monotone"]


class Knee(NamedTuple):
    """Where a level crosses its promise, in values of the axis.

    low_open, high_open: the interval reaches the end of the range, and may go on beyond it.
    half_width: of the band at the measured point nearest to the crossing.
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

    certain: the interval of P there lies on one side of the promise.
    """

    level: Level
    why: Why
    at: float
    p: float
    interval: Interval
    certain: bool

    def document(self, axis: Axis) -> dict[str, Any]:
        """Threshold, and P with its Clopper–Pearson interval at the end of the range that decides."""
        return {
            "threshold": self.level.threshold,
            "at": axis.spelled(self.at),
            "p": self.p,
            "ci_low": self.interval.low,
            "ci_high": self.interval.high,
            "certain": self.certain,
        }


@dataclass(frozen=True)
class Answer:
    """Curves and knees of every level of one scenario along one axis."""

    search: Search
    name: str
    knees: tuple[Knee, ...]
    outside: tuple[Outside, ...]

    def named(self, why: Why) -> list[str]:
        """The levels without a crossing, for this reason."""
        return [one.level.name for one in self.outside if one.why == why]

    @property
    def axis(self) -> Axis:
        """What was varied."""
        return self.search.axis

    def viewers(self, value: float) -> float | None:
        """Mean viewers at a value of the axis; None where the scenario counts none."""
        known = {
            self.axis.values[k]: float(rows.values("viewers").mean())
            for k, rows in sorted(self.search.rows.items())
            if rows.has("viewers")
        }
        if not known:
            return None
        values, viewers = np.array(list(known)), np.array(list(known.values()))
        if self.axis.path == AUDIENCE:  # an audience is proportional to its scale, but for whole members
            return float(np.interp(value, values, viewers / values) * value)
        return float(np.interp(value, values, viewers))

    def document(self) -> dict[str, Any]:
        """`headroom --json`."""
        search, lab = self.search, self.search.lab
        return {
            "scenario": self.name,
            "seed": lab.seed,
            "engine": lab.engine,
            "replications": search.replications,
            "simulated": search.simulated,
            "path": self.axis.path,
            "unit": self.axis.unit,
            "from": self.axis.spelled(self.axis.values[0]),
            "to": self.axis.spelled(self.axis.values[-1]),
            "now": self.axis.spelled(self.now),
            "required_probability": search.promise,
            "levels": [self._level(knee) for knee in self.knees],
            "already_broken": self.named("already_broken"),
            "beyond_range": self.named("beyond_range"),
            "not_monotone": self.named("not_monotone"),
            "first_to_break": self.knees[0].level.name if self.knees else None,
            "curve": self._curve(),
            "outside": {outside.level.name: outside.document(self.axis) for outside in self.outside},
            "band": {
                "confidence": CONFIDENCE,
                "kind": "simultaneous over the curve of a level",
                "goal": GOAL,
                "replications_needed": replications_for(GOAL, search.promise, search.points),
            },
            "config_hash": config_hash(search.scenario),
        }

    @property
    def now(self) -> float:
        """Where the scenario stands on the axis."""
        from sim.scenario_file.changing import number_at

        return number_at(self.search.scenario, self.axis.path, "--vary")[0]

    def _level(self, knee: Knee) -> dict[str, Any]:
        said: dict[str, Any] = {
            "level": knee.level.name,
            "target": self.search.promise,
            "threshold": knee.level.threshold,
        }
        values = {"p95": knee.value, "ci_low": knee.low, "ci_high": knee.high}
        if self.axis.path == AUDIENCE and self.viewers(knee.value) is not None:
            said |= {("audience_p95" if k == "p95" else k): self.viewers(v) for k, v in values.items()}
        else:
            said |= {"ci_low": self.axis.spelled(knee.low), "ci_high": self.axis.spelled(knee.high)}
        said |= {f"value_{key}": self.axis.spelled(value) for key, value in values.items()}
        return said | {
            "ci_low_open": knee.low_open,
            "ci_high_open": knee.high_open,
            "direction": "falling" if knee.falling else "rising",
            "band_half_width": knee.half_width,
        }

    def _curve(self) -> list[dict[str, Any]]:
        search = self.search
        found: dict[int, dict[str, Any]] = {}
        measured = search.pilot | search.solid
        for index in sorted(measured):
            value = self.axis.values[index]
            row: dict[str, Any] = {"value": self.axis.spelled(value)}
            viewers = self.viewers(value)
            found[index] = ({} if viewers is None else {"audience": viewers}) | row
            found[index]["replications"] = max((count.n for count in measured[index].values()), default=0)
        for name in search.names:
            curve, falling = search.curve(name)
            low, high = curve.band()
            order = [index for index in sorted(measured) if name in measured[index]]
            for k, index in enumerate(order if falling else order[::-1]):
                ends = sorted((float(low[k]), float(high[k])))
                found[index][name] = {
                    "p": float(curve.p[k]),
                    "ci_low": ends[0],
                    "ci_high": ends[1],
                    "n": int(curve.n[k]),
                }
        return list(found.values())


def headroom(lab: Laboratory, scenario: Any, axis: Axis, replications: int = 250, name: str = "") -> Answer:
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
        name or getattr(scenario, "name", "") or "scenario",
        tuple(sorted(knees, key=lambda one: one.value if one.falling else -one.value)),
        tuple(one for one in judged if isinstance(one, Outside)),
    )


def _judged(search: Search, level: Level) -> Knee | Outside:
    curve, falling = search.curve(level.name)
    axis, sign = search.axis, 1.0 if falling else -1.0
    crossing = None if curve.refuted() else curve.crossing(search.promise)
    if crossing is None:
        return _outside(search, level, curve, sign)
    first, last = float(curve.places[0]), float(curve.places[-1])
    ends = [axis.value(sign * (first if crossing.low is None else crossing.low))]
    ends.append(axis.value(sign * (last if crossing.high is None else crossing.high)))
    opened = [crossing.low is None, crossing.high is None]
    if not falling:
        ends.reverse()
        opened.reverse()
    value = axis.value(sign * crossing.place)
    return Knee(
        level, falling, value, ends[0], ends[1], opened[0], opened[1], _half_width(curve, crossing.place)
    )


def _outside(search: Search, level: Level, curve: Curve, sign: float) -> Outside:
    broken = bool(curve.p[0] < search.promise)
    end = 0 if broken else -1
    hits, n = int(curve.hits[end]), int(curve.n[end])
    interval = share_interval(hits, n)
    certain = interval.high < search.promise if broken else interval.low >= search.promise
    why: Why = "not_monotone" if curve.refuted() else "already_broken" if broken else "beyond_range"
    return Outside(
        level, why, search.axis.value(sign * float(curve.places[end])), hits / n, interval, certain
    )


def _half_width(curve: Curve, place: float) -> float:
    low, high = curve.band()
    nearest = int(np.argmin(np.where(curve.solid, np.abs(curve.places - place), np.inf)))
    return float(0.5 * (high[nearest] - low[nearest]))


def replications_for(half_width: float, p: float, points: int) -> int:
    """Fewest replications whose band of that many points is this narrow at P = p (in steps of 10)."""
    each = 1.0 - (1.0 - CONFIDENCE) / points
    for n in range(20, 20_000, 10):
        low, high = share_interval(round(p * n), n, each)
        if 0.5 * (high - low) <= half_width:
            return n
    return 20_000
