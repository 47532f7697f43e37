"""Sampling: where on the lattice to look next, so that replications are spent near each level's knee.

1. A *pilot* of few replications at coarse points over the whole range, then once more where each level begins
   to break. It decides where to look, and nothing else.
2. *Solid* points: all have the same number of fresh replications with the same numbers (common random
   numbers). The first stand at each level's knee; then, level by level, one on either side where the promise
   should be provably kept, provably broken, until the crossing is bracketed as closely as the number of
   replications allows. One evaluation serves every level.
3. The two *ends* of the range, with as many fresh replications as it takes to call a level held.

Since solid points share their luck, a level's outcomes are those of replications that each break somewhere,
and the choice of a further point cannot help a false answer much; the tests measure the coverage of the whole
search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.headroom.curve import GOAL, Curve, falls
from sim.experiments.headroom.levels import Count, Level, counts
from sim.experiments.intervals import replications_to_promise, share_interval
from sim.experiments.laboratory import Ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.experiments.headroom.axis import Axis
    from sim.experiments.laboratory import Laboratory
    from sim.experiments.replications import Replications

PILOT = 30
"""Replications of a pilot point."""
COARSE = 9
"""Pilot points over the range."""
CLOSER = 0.8
"""P at which the pilot looks a second time: it tells both where a level breaks and how steeply."""
ROUNDS = 5
"""Looks at solid points."""
LAST_ROUNDS = 2
"""Looks at crossings whose band is still wide."""
MOST_SOLID = 24
FINE = 40
"""From so many values on, one evaluation serves two levels that are a lattice step apart."""
MARGIN = 1.1
"""Ends get a tenth more than the fewest replications that can prove a promise."""

Counts = dict[int, dict[str, Count]]


class Search:
    """What has been measured so far, by index on the lattice; `run` measures until knees are bracketed."""

    def __init__(
        self,
        lab: Laboratory,
        scenario: Any,
        axis: Axis,
        levels: tuple[Level, ...],
        promise: float,
        replications: int,
    ) -> None:
        self.lab, self.scenario, self.axis, self.levels = lab, scenario, axis, levels
        self.promise, self.replications = promise, replications
        self.pilot: Counts = {}
        self.ends: Counts = {}
        self.solid: Counts = {}
        self.rows: dict[int, Replications] = {}
        self.pilot_rows: dict[int, Replications] = {}
        self.simulated = 0
        self._first = min(PILOT, replications)
        self._aims = aims(promise, replications)
        self._shared = 1 if len(axis.values) >= FINE else 0

    def run(self) -> None:
        """Pilot, ends, knees, brackets."""
        last = len(self.axis.values) - 1
        self._measure(self._new(np.linspace(0, last, COARSE).round().astype(int).tolist()), self.pilot)
        self._measure(self._new(self._closer(), self.pilot, self._shared), self.pilot)
        self._measure([0, last], self.ends)
        self._look(self._wanted, ROUNDS)
        self._look(self._wide, LAST_ROUNDS)

    def _look(self, wish: Callable[[str], list[int]], rounds: int) -> None:
        """Measure the solid points that levels wish for, until none does."""
        for _ in range(rounds):
            wanted = [index for name in self.names for index in wish(name)]
            wanted = self._new(wanted, self.solid)[: MOST_SOLID - len(self.solid)]
            if not wanted:
                break
            self._measure(wanted, self.solid)

    @property
    def names(self) -> list[str]:
        """The levels that have a meaning in this scenario."""
        return [one.name for one in self.levels if any(one.name in found for found in self.pilot.values())]

    @property
    def points(self) -> float:
        """How many solid points all the replications would make."""
        counted = (max((one.n for one in found.values()), default=0) for found in self.measured.values())
        return sum(counted) / self.replications

    @property
    def measured(self) -> Counts:
        """Every point by the best count it has, in the order of the axis."""
        return dict(sorted((self.pilot | self.ends | self.solid).items()))

    def curve(self, name: str) -> tuple[Curve, bool]:
        """The curve of a level from the safe end to the broken one, and whether P falls along the axis."""
        points = [(index, found[name]) for index, found in self.measured.items() if name in found]
        places = self.axis.places[[index for index, _ in points]]
        hits = np.array([count.hits for _, count in points], np.int64)
        n = np.array([count.n for _, count in points], np.int64)
        solid = np.array([index in self.solid for index, _ in points], np.bool_)
        falling = falls(hits, n)
        way = slice(None) if falling else slice(None, None, -1)
        sign = 1.0 if falling else -1.0
        return Curve(sign * places[way], hits[way], n[way], solid[way]), falling

    def _index(self, place: float, falling: bool) -> int:
        return self.axis.nearest(place if falling else -place)

    def _closer(self) -> list[int]:
        """Where each level that breaks inside the range begins to."""
        found = []
        for name in self.names:
            curve, falling = self.curve(name)
            if curve.p[0] >= self.promise > curve.p[-1]:
                found.append(self._index(curve.guess(CLOSER), falling))
        return found

    def _wanted(self, name: str) -> list[int]:
        """Lattice points that would bracket a level's crossing more closely."""
        curve, falling = self.curve(name)
        if curve.refuted or not curve.p[0] >= self.promise > curve.p[-1]:
            return []
        near = [self._index(curve.place_of(p), falling) for p in (self.promise, *self._aims)]
        if not curve.solid.any():
            return [self._index(curve.guess(self.promise), falling)]
        if not any(abs(index - near[0]) <= self._shared for index in self.solid):
            return near[:1]
        wanted: list[int] = []
        outward = -1 if falling else 1
        for aim, known, way in zip(near[1:], curve.certain(self.promise), (outward, -outward), strict=False):
            reached = None if known is None else self._index(known, falling)
            if reached is None or (reached - aim) * way > self._shared:
                wanted += self._free(aim, way, reached)
        return wanted

    def _wide(self, name: str) -> list[int]:
        """The crossing itself, where the band there is wider than it should be."""
        curve, falling = self.curve(name)
        if not self._aims or curve.refuted or not curve.p[0] >= self.promise > curve.p[-1]:
            return []
        place = curve.place_of(self.promise)
        return [self._index(place, falling)] if curve.half_width(place) > GOAL else []

    def _free(self, index: int, way: int, reached: int | None) -> list[int]:
        """The first lattice point from here outwards that is not solid yet, if it helps."""
        while index in self.solid:
            index += way
        inside = 0 <= index < len(self.axis.values)
        return [index] if inside and (reached is None or (reached - index) * way > 0) else []

    def _new(self, indices: list[int], known: Counts | None = None, apart: int = 0) -> list[int]:
        """The indices that no known or chosen one stands for."""
        chosen: list[int] = []
        for index in indices:
            far = all(abs(index - one) > apart for one in known or {})
            if far and all(abs(index - one) > self._shared for one in chosen):
                chosen.append(index)
        return chosen

    def _measure(self, indices: list[int], into: Counts) -> None:
        """Fresh replications of these points: few for the pilot, all for solid points."""
        first = 0 if into is self.pilot else self._first
        number = self._first if into is self.pilot else self.replications
        if into is self.ends:
            number = min(number, round(MARGIN * replications_to_promise(self.promise)))
        asks = [Ask(self.axis.at(self.scenario, self.axis.values[k]), number, first) for k in indices]
        for index, rows in zip(indices, self.ask(asks), strict=True):
            into[index] = counts(rows, self.levels)
            (self.pilot_rows if into is self.pilot else self.rows)[index] = rows

    def ask(self, asks: list[Ask]) -> list[Replications]:
        """Replications from the laboratory, counted."""
        found = self.lab.replicate_all(asks)
        self.simulated += sum(len(rows) for rows in found)
        return found


def aims(promise: float, n: int) -> tuple[float, ...]:
    """P at which n replications likely prove the promise kept, and broken; none where n is too small."""
    if n < replications_to_promise(promise):
        return ()
    safe = next(hits for hits in range(n + 1) if share_interval(hits, n).low >= promise) / n
    broken = next(hits for hits in range(n, -1, -1) if share_interval(hits, n).high < promise) / n
    return 0.5 * (safe + 1.0), broken - 0.5 * (1.0 - safe)
