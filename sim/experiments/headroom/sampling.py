"""Sampling: where on the lattice to look next, so that replications are spent near each level's knee.

1. A *pilot* of few replications at coarse points over the whole range, then halfway into each level's
   bracket. It decides where to look, and nothing else.
2. *Solid* points: all have the same number of fresh replications with the same numbers (common random
   numbers). The first stand at the two ends and at each level's knee; then, level by level, one on either side where
   the promise should be provably kept, provably broken, until the crossing is bracketed as closely as the
   number of replications allows. One evaluation serves every level.

Since solid points share their luck, a level's outcomes are those of replications that each break somewhere,
and the choice of a further point cannot help a false answer much; the tests measure the coverage of the whole
search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.headroom.curve import Curve, falls
from sim.experiments.headroom.levels import Count, Level, counts
from sim.experiments.intervals import replications_to_promise, share_interval
from sim.experiments.laboratory import Ask

if TYPE_CHECKING:
    from sim.experiments.headroom.axis import Axis
    from sim.experiments.laboratory import Laboratory
    from sim.experiments.replicate import Replications

PILOT = 30
"""Replications of a pilot point."""
COARSE = 7
"""Pilot points over the range."""
HALVINGS = 2
ROUNDS = 3
"""Looks at solid points after the first."""
MOST_SOLID = 24
NEAR = 1
"""Lattice steps within which one evaluation serves two levels."""


class Search:
    """What has been measured so far; `run` measures until every knee is bracketed."""

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
        self.pilot: dict[int, dict[str, Count]] = {}
        self.solid: dict[int, dict[str, Count]] = {}
        self.rows: dict[int, Replications] = {}
        self.simulated = 0

    def run(self) -> None:
        """Pilot, knees, brackets."""
        last = len(self.axis.values) - 1
        self._measure_pilot(np.linspace(0, last, COARSE).round().astype(int).tolist())
        for _ in range(HALVINGS):
            self._measure_pilot([index for name in self.names for index in self._halfway(name)])
        self._measure_solid([0, *self._knees(), last])
        for _ in range(ROUNDS):
            wanted = [index for name in self.names for index in self._wanted(name)]
            if not self._measure_solid(wanted):
                break

    @property
    def names(self) -> list[str]:
        """The levels that have a meaning in this scenario."""
        return [one.name for one in self.levels if any(one.name in found for found in self.pilot.values())]

    @property
    def points(self) -> int:
        """How many values of the axis were looked at."""
        return len(self.pilot | self.solid)

    def curve(self, name: str) -> tuple[Curve, bool]:
        """The curve of a level from the safe end to the broken one, and whether P falls along the axis."""
        points = [
            (index, found[name], index in self.solid)
            for index, found in sorted((self.pilot | self.solid).items())
            if name in found
        ]
        places = self.axis.places[[index for index, _, _ in points]]
        hits = np.array([count.hits for _, count, _ in points], np.int64)
        n = np.array([count.n for _, count, _ in points], np.int64)
        solid = np.array([one for _, _, one in points], np.bool_)
        falling = falls(hits, n)
        way = slice(None) if falling else slice(None, None, -1)
        sign = 1.0 if falling else -1.0
        return Curve(sign * places[way], hits[way], n[way], solid[way]), falling

    def _index(self, place: float, falling: bool) -> int:
        return self.axis.nearest(place if falling else -place)

    def _halfway(self, name: str) -> list[int]:
        """The middle of the bracket around the knee, unless it is narrow or wide of any crossing."""
        curve, falling = self.curve(name)
        p = curve.p
        if p[0] < self.promise or p[-1] >= self.promise:
            return []
        broken = int(np.argmax(p < self.promise))
        before, after = (self._index(float(curve.places[k]), falling) for k in (broken - 1, broken))
        return [(before + after) // 2] if abs(after - before) > 2 * NEAR else []

    def _knees(self) -> list[int]:
        found = []
        for name in self.names:
            curve, falling = self.curve(name)
            if curve.p[0] >= self.promise > curve.p[-1]:
                found.append(self._index(curve.place_of(self.promise), falling))
        return found

    def _wanted(self, name: str) -> list[int]:
        """Lattice points that would bracket the crossing more closely."""
        curve, falling = self.curve(name)
        if curve.refuted() or not curve.p[0] >= self.promise > curve.p[-1]:
            return []
        low, high = curve.certain(self.promise)
        knee = self._index(curve.place_of(self.promise), falling)
        wanted = [knee]
        for share, known in zip(self._aims(), (low, high), strict=True):
            if share is None:
                continue
            aim = self._index(curve.place_of(share), falling)
            reached = None if known is None else self._index(known, falling)
            if reached is None or abs(reached - knee) > abs(aim - knee) + NEAR:
                wanted.append(aim)
        return wanted

    def _aims(self) -> tuple[float | None, float | None]:
        """P at which a solid point is likely proved safe, proved broken; None where too few replications."""
        n = self.replications
        if n < replications_to_promise(self.promise):
            return None, None
        safe = next(hits for hits in range(n + 1) if share_interval(hits, n).low >= self.promise) / n
        broken = next(hits for hits in range(n, -1, -1) if share_interval(hits, n).high < self.promise) / n
        return 0.5 * (safe + 1.0), broken - 0.5 * (1.0 - safe)

    def _measure_pilot(self, indices: list[int]) -> None:
        number = min(PILOT, self.replications)
        self._measure(_spread(indices, self.pilot), number, 0, self.pilot)

    def _measure_solid(self, indices: list[int]) -> bool:
        """Measure what is new among these; False where nothing is, or the search is long enough."""
        new = _spread(indices, self.solid)[: MOST_SOLID - len(self.solid)]
        first = min(PILOT, self.replications)
        self._measure(new, self.replications, first, self.solid)
        return bool(new)

    def _measure(
        self, indices: list[int], number: int, first: int, into: dict[int, dict[str, Count]]
    ) -> None:
        asks = [Ask(self.axis.at(self.scenario, self.axis.values[k]), number, first) for k in indices]
        for index, rows in zip(indices, self.lab.replicate_all(asks), strict=True):
            into[index] = counts(rows, self.levels)
            if into is self.solid:
                self.rows[index] = rows
            self.simulated += len(rows)


def _spread(indices: list[int], known: dict[int, dict[str, Count]]) -> list[int]:
    """The indices that no known or chosen one stands for."""
    chosen: list[int] = []
    for index in indices:
        if index not in known and all(abs(index - one) > NEAR for one in (*known, *chosen)):
            chosen.append(index)
    return chosen
