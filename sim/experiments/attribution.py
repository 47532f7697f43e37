"""Which of two changes did it: the show, the system, or both together.

The four arms are a 2 × 2 table (text or live × manual or system). Over the replications they share:

    show        = live manual − text manual            main effect at the baseline
    system      = text system − text manual            main effect at the baseline
    interaction = live system − live manual − text system + text manual
    shapley     = main effect + half the interaction   (fair shares that add up to the whole change;
                                                        Shapley, A value for n-person games, 1953)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.decomposition import Factor
from sim.experiments.intervals import skew_t

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiments.replicate import Replications

    Floats = NDArray[np.float64]

CELLS = (("text", "manual"), ("text", "system"), ("live", "manual"), ("live", "system"))
KPIS = ("gmv_cny", "cost_cny", "contribution_cny", "leader_hours_mean", "leader_min_per_order")
"""What headquarters asks about: sales, cost and leaders' time."""
EFFECTS: dict[str, tuple[float, float, float, float]] = {
    "show": (-1.0, 0.0, 1.0, 0.0),
    "system": (-1.0, 1.0, 0.0, 0.0),
    "interaction": (1.0, -1.0, -1.0, 1.0),
    "shapley_show": (-0.5, -0.5, 0.5, 0.5),
    "shapley_system": (-0.5, 0.5, -0.5, 0.5),
}
"""Each effect as weights of the four cells, in the order of CELLS."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """The effects on one KPI, each the mean over replications with its paired interval, in the KPI's unit."""

    kpi: str
    effects: dict[str, Factor]

    def document(self) -> dict[str, Any]:
        """The KPI's `attribution` entry of `compare --json`, intervals beside the contract's five numbers."""
        out: dict[str, Any] = {name: effect.value for name, effect in self.effects.items()}
        out["intervals"] = {
            name: list(effect.interval)
            for name, effect in self.effects.items()
            if effect.interval is not None
        }
        return out


def four_arms(arms: Sequence[Replications]) -> tuple[Replications, ...] | None:
    """The first arm of each cell in the order of CELLS, by the scenarios' factors; or None."""
    found: dict[tuple[str, str], Replications] = {}
    for arm in arms:
        cell = (str(getattr(arm.scenario, "show", "")), str(getattr(arm.scenario, "system", "")))
        found.setdefault(cell, arm)
    return tuple(found[cell] for cell in CELLS) if all(cell in found for cell in CELLS) else None


def attribute(cells: Sequence[Replications], kpis: Sequence[str] = KPIS) -> list[Attribution]:
    """Effects on each of the KPIs that all four arms have.

    Args:
        cells: the four arms in the order of CELLS.
    """
    n = min(len(arm) for arm in cells)
    shared = [kpi for kpi in kpis if all(kpi in arm.kpis for arm in cells)]
    return [_attribute(kpi, np.stack([arm.column(kpi)[:n] for arm in cells])) for kpi in shared]


def _attribute(kpi: str, values: Floats) -> Attribution:
    values = values[:, np.isfinite(values).all(axis=0)]
    effects: dict[str, Factor] = {}
    for name, weights in EFFECTS.items():
        nightly = np.array(weights) @ values
        if nightly.size:
            summary = skew_t(nightly)
            effects[name] = Factor(summary.mean, summary.cautious_interval() if summary.n > 1 else None)
    return Attribution(kpi, effects)
