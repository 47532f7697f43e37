"""Axis: the path that is varied, and the lattice of values at which a search may look.

Values stand on a fixed lattice (96 a decade where the range spans a factor, every whole number where the path
takes whole numbers), so that neighbouring levels share evaluations, and so that route plans and replications
kept from an earlier search are met again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.problems import InputError, Place, Problem
from sim.scenario_file.changing import changed, number_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario_tree import Leaf
    from sim.units import Params

AUDIENCE = "audience.scale"
AUDIENCE_RANGE = (0.1, 4.0)
"""A tenth of the event to 4 times (some 60,000 viewers): the shipped chain breaks in between."""
SPREAD = 10.0
"""Another path is varied from a tenth of its value to ten times, within what may stand there."""
PER_DECADE = 96
STEPS = 80
"""Of a lattice that is not logarithmic."""
FACTOR = 3.0
"""From this ratio of its ends on, a range is divided by factors rather than by differences."""


@dataclass(frozen=True)
class Axis:
    """`values` (m,) ascending at which the scenario may be evaluated; `places` their interpolation scale."""

    path: str
    values: tuple[float, ...]
    whole: bool
    factors: bool
    unit: str

    @property
    def places(self) -> NDArray[np.float64]:
        """(m,) logarithms of the values, or the values themselves."""
        values = np.array(self.values, np.float64)
        return np.log(values) if self.factors else values

    def value(self, place: float) -> float:
        """The value at an interpolated place."""
        return math.exp(place) if self.factors else place

    def nearest(self, place: float) -> int:
        """Index of the lattice value nearest to a place."""
        return int(np.argmin(np.abs(self.places - place)))

    def at(self, scenario: Params, value: float) -> Any:
        """The scenario with this value at the path."""
        return changed(scenario, {self.path: self.spelled(value)}, "--vary")

    def spelled(self, value: float) -> float | int:
        """The value as it may stand in a scenario and in a document."""
        return round(value) if self.whole else float(f"{value:.6g}")


def axis_of(scenario: Params, path: str, low: float | None = None, high: float | None = None) -> Axis:
    """The axis of a search.

    Args:
        scenario: tells what stands at the path now, and of which kind it is.
        path: any path at which a number stands.
        low, high: ends of the range; a usual range where they are None.

    Raises:
        InputError: no such path, no number there, a range that is empty or outside what may stand there.
    """
    now, leaf = number_at(scenario, path, "--vary")
    whole = isinstance(leaf.default, int)
    usual = _usual(path, now, leaf)
    ends = (usual[0] if low is None else low, usual[1] if high is None else high)
    for option, end in (("--from", low), ("--to", high)):
        if end is not None:
            check_value(scenario, path, end, whole=whole, option=option)
    if not ends[0] < ends[1]:
        raise InputError(
            [
                Problem(
                    Place(f"--from/--to:{path}", 1, 1),
                    path,
                    f"from {ends[0]:g} to {ends[1]:g}",
                    "a range whose start is below its end",
                    f"--from {min(ends):g} --to {max(ends):g}" if ends[0] > ends[1] else "",
                )
            ]
        )
    factors = ends[0] > 0.0 and ends[1] / ends[0] >= FACTOR
    return Axis(path, _lattice(ends[0], ends[1], whole, factors), whole, factors, leaf.unit)


def check_value(scenario: Params, path: str, value: float, *, whole: bool, option: str) -> None:
    """Refuse a value that may not stand at the path; the InputError names the option it came from."""
    if not math.isfinite(value) or (whole and value != round(value)):
        allowed = "a whole number" if whole else "a finite number"
        raise InputError([Problem(Place(f"{option}:{path}", 1, 1), path, f"{value:g}", allowed)])
    changed(scenario, {path: round(value) if whole else value}, option)


def _usual(path: str, now: float, leaf: Leaf) -> tuple[float, float]:
    """The range of the audience, or a decade on either side of today's value within the field's bounds."""
    if path == AUDIENCE:
        return AUDIENCE_RANGE[0], max(AUDIENCE_RANGE[1], 2.0 * now)
    size = now if now != 0.0 else 1.0
    low, high = sorted((size / SPREAD, size * SPREAD))
    if isinstance(leaf.default, int):
        low, high = float(math.ceil(low)), float(math.floor(high))
    bottom = -math.inf if leaf.low is None else leaf.low
    top = math.inf if leaf.high is None else leaf.high
    return max(low, bottom), min(high, top)


def _lattice(low: float, high: float, whole: bool, factors: bool) -> tuple[float, ...]:
    if factors:
        first, last = math.ceil(PER_DECADE * math.log10(low)), math.floor(PER_DECADE * math.log10(high))
        inner = [float(f"{10.0 ** (k / PER_DECADE):.3g}") for k in range(first, last + 1)]
    else:
        inner = [float(f"{low + (high - low) * k / STEPS:.6g}") for k in range(STEPS + 1)]
    if whole:
        inner = [float(round(value)) for value in inner]
    return tuple(sorted({low, high, *(value for value in inner if low < value < high)}))
