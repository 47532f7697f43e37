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
from sim.experiments.intervals import fieller, skew_t

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiments.replications import Replications

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
    """The effects on one KPI, each the mean over replications with its paired interval, in the KPI's unit.

    shares: what part of the whole change is the show's, the system's (they add up to 1). Empty where the
    change may be 0, as a part of nothing is nothing; outside 0 … 1 where the two pull against each other.
    """

    kpi: str
    effects: dict[str, Factor]
    shares: dict[str, Factor]

    def document(self) -> dict[str, Any]:
        """The KPI's `attribution` entry of `compare --json`, intervals beside the contract's five numbers."""
        out: dict[str, Any] = {name: effect.value for name, effect in self.effects.items()}
        if self.shares:
            out["shares"] = {name: _share_document(share) for name, share in self.shares.items()}
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
    return Attribution(kpi, effects, _shares(values))


def _shares(values: Floats) -> dict[str, Factor]:
    """Shapley values over the whole change, night by night paired, with Fieller's interval."""
    if values.shape[1] < 2:
        return {}
    whole = values[3] - values[0]
    found: dict[str, Factor] = {}
    for cause in ("show", "system"):
        part = np.array(EFFECTS[f"shapley_{cause}"]) @ values
        interval = fieller(part, whole)
        if interval is not None:
            found[cause] = Factor(float(part.mean() / whole.mean()), interval)
    return found


def _share_document(share: Factor) -> dict[str, float]:
    out = {"value": share.value}
    return (
        out
        if share.interval is None
        else out | {"ci_low": share.interval.low, "ci_high": share.interval.high}
    )
