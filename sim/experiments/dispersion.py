"""Risk beside the mean: for every KPI and arm the mean and percentiles, each with its interval.

What a plot of measures of risk and error needs (Nelson, The MORE plot, WSC 2008, and its descendants): the
box shows how nights differ (risk: more replications do not shrink it), the bars on its edges how well each
edge is known (error: more replications do). Reports draw it; nothing is left to be computed by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.figures import figure_interval, zero_one
from sim.experiments.paired import DIFFERENCE
from sim.experiments.quantiles import USUAL, difference_document, percentile
from sim.kpis.definitions import KPIS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiments.replications import Replications

    Floats = NDArray[np.float64]


def dispersion_document(arms: Sequence[Replications], quantiles: Sequence[float] = USUAL) -> dict[str, Any]:
    """The `dispersion` entry of `run --json` and `compare --json`; the first arm is the base.

    0/1 outcomes are left out: their percentiles are 0 or 1.
    """
    return {
        "quantiles": list(quantiles),
        "arms": {
            arm.name: {"seed": arm.seed, "replications": len(arm), "config_hash": arm.config_hash}
            for arm in arms
        },
        "kpis": {
            kpi: _kpi(kpi, arms, quantiles)
            for kpi, definition in KPIS.items()
            if not zero_one(definition) and any(arm.has(kpi) for arm in arms)
        },
    }


def _kpi(kpi: str, arms: Sequence[Replications], quantiles: Sequence[float]) -> dict[str, Any]:
    holders = [arm for arm in arms if arm.has(kpi)]
    entry: dict[str, Any] = {arm.name: _spread(kpi, arm.values(kpi), quantiles) for arm in holders}
    base = arms[0]
    if len(arms) > 1 and base.has(kpi):
        entry[DIFFERENCE] = {
            arm.name: difference_document(base.values(kpi), arm.values(kpi), quantiles)
            for arm in holders
            if arm is not base
        }
    return entry


def _spread(kpi: str, values: Floats, quantiles: Sequence[float]) -> dict[str, Any]:
    mean: dict[str, float] = {"value": float(values.mean())}
    if values.size > 1:
        low, high = figure_interval(values, KPIS[kpi])
        mean |= {"ci_low": low, "ci_high": high}
    return {
        "n": int(values.size),
        "mean": mean,
        "percentiles": [percentile(values, q).document() for q in quantiles],
    }
