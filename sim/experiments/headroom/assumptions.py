"""Assumptions: how far the answer for the first level to break hangs on inputs nobody has measured.

A screening, one input at a time: each input with a sweep (the range over which its author would not be
surprised) goes to both of its ends, at a point where the level begins to break and with the replications the
pilot had there. A few nights say nothing of a probability near .95, but much of the level's *margin*: the
distance of its KPI to the threshold, paired night by night. The pilot also knows the mean margin at other
values of the axis, so a moved margin is read as a place on it: "with this input at that end, the event
behaves as one with so many viewers does today". The crossing is taken to move as far the other way. This is
first order and without interactions; `lianlu sensitivity` asks more of one KPI.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.experiments.headroom.axis import AUDIENCE
from sim.experiments.laboratory import Ask
from sim.problems import InputError
from sim.scenario_file.changing import changed
from sim.scenario_tree import leaves, sweep_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiments.headroom.answer import Knee
    from sim.experiments.headroom.sampling import Search
    from sim.experiments.replications import Replications

    Floats = NDArray[np.float64]

NIGHTS = 12
"""Replications at each end of an input."""
FEELER = 2
"""Replications that show whether an input matters at all: with common luck an idle one changes nothing."""
SURE = 2.0
"""A mean difference of fewer standard errors is taken for none."""
BEGINS = 0.8
"""P at which is looked: there about one night in five is beyond the knee."""
DEAR = ("market", "roads", "delivery")
"""Sections whose inputs need a new market, new distances or a new route plan at either end: seconds each."""
COMPANIONS = {"all_sorted_by_midnight": "sort_finish_min", "all_stops_on_time": "last_stop_min"}
"""Figures whose distance to the deadline is the margin of an all-or-nothing level; less is better."""


class Movement(NamedTuple):
    """How far the crossing goes with one input at the low and at the high end of its sweep.

    low, high: signed distances on the axis's own scale (logarithms where the range spans a factor); for the
    audience, viewers who come or stay away because of the input are counted in.
    """

    path: str
    grade: str
    low: float
    high: float

    @property
    def squared(self) -> float:
        """Mean squared movement of the two ends."""
        return 0.5 * (self.low**2 + self.high**2)


class Screening(NamedTuple):
    """Movements, largest first; `still` inputs moved nothing, `left_out` were not tried."""

    knee: Knee
    movements: tuple[Movement, ...]
    still: int
    left_out: tuple[str, ...]

    def shares(self) -> dict[str, float]:
        """Share of the squared movement by grade of evidence; empty where nothing moves."""
        total = sum(one.squared for one in self.movements)
        found: dict[str, float] = {}
        for one in self.movements:
            if total > 0.0:
                found[one.grade] = found.get(one.grade, 0.0) + one.squared / total
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def reach(self) -> tuple[float, float]:
        """How far all inputs together take the crossing down and up: root of the summed squares."""
        down = sum(min(one.low, one.high, 0.0) ** 2 for one in self.movements)
        up = sum(max(one.low, one.high, 0.0) ** 2 for one in self.movements)
        return -float(np.sqrt(down)), float(np.sqrt(up))


def screen(search: Search, knee: Knee, *, everything: bool = False) -> Screening:
    """Move every input with a sweep to its ends; `everything` also those that need new routes."""
    ruler = Ruler(search, knee)
    inputs, left_out = _inputs(ruler.scenario, search.axis.path, everything=everything)
    number = min(NIGHTS, len(ruler.base))
    feeler = min(FEELER, number)
    ends = [end for one in inputs for end in one.ends]
    felt = search.ask([Ask(end, feeler) for end in ends])
    live = [
        one for k, one in enumerate(inputs) if any(ruler.differs(rows) for rows in felt[2 * k : 2 * k + 2])
    ]
    rows = search.ask([Ask(end, number) for one in live for end in one.ends])
    movements = [
        Movement(one.path, one.grade, ruler.move(rows[2 * k]), ruler.move(rows[2 * k + 1]))
        for k, one in enumerate(live)
    ]
    order = sorted(movements, key=lambda one: (-one.squared, one.path))
    return Screening(knee, tuple(order), len(inputs) - len(live), tuple(left_out))


class _Input(NamedTuple):
    path: str
    grade: str
    ends: tuple[Any, Any]


def _inputs(scenario: Any, varied: str, *, everything: bool) -> tuple[list[_Input], list[str]]:
    """Inputs with both ends of their sweep in force, and the paths that cannot or shall not be moved."""
    found: list[_Input] = []
    left_out: list[str] = []
    for leaf in leaves(scenario, split_laws=False):
        ends = None if leaf.path == varied or leaf.role != "model" else sweep_of(scenario, leaf.path)
        if ends is None:
            continue
        if leaf.path.split(".")[0] in DEAR and not everything:
            left_out.append(leaf.path)
            continue
        try:
            low, high = (changed(scenario, {leaf.path: end}, "sweep") for end in ends)
        except InputError:  # another field forbids that end, so it is not a possible world
            left_out.append(leaf.path)
            continue
        found.append(_Input(leaf.path, leaf.grade, (low, high)))
    return found, left_out


class Ruler:
    """Reads a margin as a place on the axis, by the pilot's mean margins over the same nights."""

    def __init__(self, search: Search, knee: Knee) -> None:
        """Look where the level begins to break; nothing new is simulated."""
        from scipy.optimize import isotonic_regression

        self.axis, self.knee = search.axis, knee
        curve, falling = search.curve(knee.level.name)
        begins = curve.place_of(BEGINS) * (1.0 if falling else -1.0)
        points = sorted(search.pilot)
        index = min(points, key=lambda k: abs(float(search.axis.places[k]) - begins))
        self.base = search.pilot_rows[index]
        self.scenario = search.axis.at(search.scenario, search.axis.values[index])
        self.places = search.axis.places[points]
        self.here = float(search.axis.places[index])
        number = min(NIGHTS, len(self.base))
        means = [float(np.nanmean(self.margin(search.pilot_rows[k])[:number])) for k in points]
        self.means = np.asarray(isotonic_regression(means, increasing=not falling).x, np.float64)

    def margin(self, rows: Replications) -> Floats:
        """(n,) distance to the threshold, or to a deadline but for a constant; more is safer."""
        level, companion = self.knee.level, COMPANIONS.get(self.knee.level.name, "")
        if rows.has(companion):
            return -rows.column(companion)
        return level.margin(rows.column(level.name))

    def differs(self, rows: Replications) -> bool:
        """Whether these nights differ from the same nights of the base, in margin or in viewers."""
        n = len(rows)
        pairs = [(self.margin(rows), self.margin(self.base)[:n])]
        if rows.has("viewers"):
            pairs.append((rows.column("viewers"), self.base.column("viewers")[:n]))
        return any(not np.array_equal(moved, base, equal_nan=True) for moved, base in pairs)

    def move(self, rows: Replications) -> float:
        """How far the crossing goes when the event becomes the one of these rows."""
        n = len(rows)
        away = self.margin(rows) - self.margin(self.base)[:n]
        away = away[np.isfinite(away)]
        shift = 0.0
        if away.size and abs(away.mean()) > SURE * float(away.std()) / np.sqrt(away.size):
            way = slice(None) if self.means[-1] > self.means[0] else slice(None, None, -1)
            means, places = self.means[way], self.places[way]
            now = float(np.interp(self.here, self.places, self.means))
            here, there = (float(np.interp(margin, means, places)) for margin in (now, now + away.mean()))
            shift = here - there
        if self.axis.path == AUDIENCE and self.axis.factors and rows.has("viewers"):
            shift += float(np.log(rows.column("viewers").mean() / self.base.column("viewers")[:n].mean()))
        return shift
