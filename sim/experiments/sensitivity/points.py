"""Points: what the model answers where its inputs take other values.

A point is a row of shares in [0, 1], one an input, of that input's range; NaN leaves it at its own value.
Points that are compared are played over the same few nights (common random numbers), so their difference is
the inputs' doing and hardly luck's; what luck still adds is seen from night to night.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.laboratory import Ask
from sim.experiments.sensitivity.inputs import Input
from sim.experiments.sensitivity.variants import Refused, Variants

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiments.laboratory import Laboratory
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Evaluate = Callable[["Floats", "Ints", int], "Floats"]
"""(n, d) points, (n,) first night of each, nights → (n, nights, K) figures, NaN without meaning."""

BATCH = 64
"""Points asked of the laboratory at once: enough to keep all workers busy, few enough to show progress."""
TOWARDS = (0.75, 0.5, 0.25, 0.0)
"""Inputs that are each possible and are refused together step back to their own values by these parts; only
those that are refused do, or one that does nothing would seem to do what the others do."""


class Model:
    """A scenario as a function of its inputs; counts what it was asked, and where it stepped back."""

    def __init__(
        self,
        scenario: Scenario,
        inputs: Sequence[Input],
        kpis: Sequence[str],
        laboratory: Laboratory,
    ) -> None:
        self.scenario, self.inputs, self.kpis = scenario, tuple(inputs), tuple(kpis)
        self._variants = Variants(scenario)
        self.laboratory = laboratory
        self.replications, self.stepped_back = 0, 0

    def __call__(self, points: Floats, first: Ints, nights: int) -> Floats:
        """(n, nights, K) figures; points that share a market and a route plan are asked side by side."""
        found = np.full((len(points), nights, len(self.kpis)), np.nan)
        order = self._by_plan(points)
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            asks = [Ask(self.at(points[p]), nights, int(first[p])) for p in part]
            for place, rows in zip(part, self.laboratory.replicate_all(asks), strict=True):
                for k, kpi in enumerate(self.kpis):
                    if kpi in rows.kpis:
                        found[place, :, k] = rows.column(kpi)[-nights:]
            self.replications += nights * len(part)
        return found

    def at(self, point: Floats) -> Scenario:
        """The scenario at a point."""
        moved = {one: one.value(float(u)) for one, u in zip(self.inputs, point, strict=True) if u == u}
        values = {one.path: value for one, value in moved.items()}
        found = self._variants.at(values)
        self.stepped_back += isinstance(found, Refused)
        for _ in moved:  # a refusal may hide another, but not more than there are inputs
            if not isinstance(found, Refused):
                return found
            found = self._stepped_back(moved, values, found)
        return self.scenario

    def _stepped_back(
        self, moved: Mapping[Input, float], values: dict[str, float], why: Refused
    ) -> Scenario | Refused:
        """What becomes of `values` with the culprits of these refusals as far back as it takes to end one."""
        culprits = self._culprits(moved, values, why)
        found: Scenario | Refused = why
        for share in TOWARDS:
            values |= {one.path: _between(one, moved[one], share) for one in culprits}
            found = self._variants.at(values)
            if why.ended(found):
                break
        return found

    def _culprits(self, moved: Mapping[Input, float], values: dict[str, float], why: Refused) -> list[Input]:
        """Inputs any one of which ends a refusal by staying at home; where there is none, all refused."""
        held = [one for one in moved if why.holds(one.path)]
        at_home = {
            one: self._variants.at(values | {one.path: _between(one, moved[one], 0.0)}) for one in held
        }
        return [one for one, found in at_home.items() if why.ended(found)] or held or list(moved)

    def _by_plan(self, points: Floats) -> list[int]:
        costly = [place for place, one in enumerate(self.inputs) if one.costly]
        if not costly:
            return list(range(len(points)))
        return [int(place) for place in np.lexsort(points[:, costly[::-1]].T)]


def _between(one: Input, value: float, share: float) -> float:
    between = one.base + share * (value - one.base)
    return round(between) if one.whole else between
