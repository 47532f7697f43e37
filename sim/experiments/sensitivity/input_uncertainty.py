"""Input uncertainty: how much wider a KPI's interval is when the assumptions themselves may be wrong.

Inputs are drawn together from their ranges (a Latin hypercube), and every draw is played over nights of its
own: draws within which nights differ, the nested random-effects analysis of variance (Searle, Casella &
McCulloch, Variance components, 1992; in simulation: Sun, Apley & Staum, Operations Research 59, 2011).
Between draws lies the inputs' part, within draws luck's. More nights make the Monte-Carlo interval narrower
and leave the other as it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.intervals import CONFIDENCE, Interval
from sim.experiments.sensitivity.inputs import Inputs, inputs_of
from sim.experiments.sensitivity.points import Model
from sim.kpis.definitions import KPIS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiments.laboratory import Laboratory
    from sim.experiments.replications import Replications

    Floats = NDArray[np.float64]

DRAWS = 64
NIGHTS = 4


@dataclass(frozen=True)
class Nested:
    """What P draws of the inputs over m nights each say of one figure.

    mean: over all. inputs: variance of the figure's expectation over the draws. luck: variance of a night at
    given inputs. share: inputs / (inputs + luck), with its exact interval for normal figures. expected: (P,)
    the draws' expectations, pulled to their mean as far as luck moved them apart.
    """

    mean: float
    inputs: float
    luck: float
    share: float
    share_interval: Interval
    expected: Floats

    def interval(self, confidence: float = CONFIDENCE) -> Interval:
        """Where the expected figure lies for so large a part of what the inputs may be."""
        low, high = np.quantile(self.expected, [0.5 - 0.5 * confidence, 0.5 + 0.5 * confidence])
        return Interval(float(low), float(high))


def nested(figures: Floats) -> Nested:
    """Variance components of (P ≥ 2 draws, m ≥ 2 nights)."""
    draws, nights = figures.shape
    by_draw = figures.mean(axis=1)
    luck = float(figures.var(axis=1, ddof=1).mean())
    between = float(by_draw.var(ddof=1))
    inputs = max(between - luck / nights, 0.0)
    mean = float(by_draw.mean())
    kept = math.sqrt(inputs / between) if between > 0.0 else 0.0
    share = inputs / (inputs + luck) if inputs + luck > 0.0 else 0.0
    interval = _share_interval(between, luck, draws, nights)
    return Nested(mean, inputs, luck, share, interval, mean + kept * (by_draw - mean))


def _share_interval(between: float, luck: float, draws: int, nights: int) -> Interval:
    """Exact interval of the inputs' share from the F law of the two mean squares (Searle's)."""
    if luck == 0.0:
        share = 1.0 if between > 0.0 else 0.0
        return Interval(share, share)
    from scipy.special import fdtri

    f, tail = nights * between / luck, 0.5 - 0.5 * CONFIDENCE
    free = draws - 1, draws * (nights - 1)
    ratios = (max((f / float(fdtri(*free, p)) - 1.0) / nights, 0.0) for p in (1.0 - tail, tail))
    return Interval(*(ratio / (1.0 + ratio) for ratio in ratios))


def input_uncertainty(
    rows: Replications,
    laboratory: Laboratory,
    *,
    draws: int = DRAWS,
    nights: int = NIGHTS,
) -> dict[str, Any]:
    """The part of `run --json` that says how far the assumptions may carry each KPI.

    Args:
        rows: the scenario's own replications, whose intervals are widened.
        laboratory: where replications come from.
        draws, nights: how many draws of the inputs, and nights of each (≥ 2 both).
    """
    from scipy.stats import qmc

    chosen = inputs_of(rows.scenario)
    kpis = [kpi for kpi in KPIS if rows.has(kpi)]
    model = Model(rows.scenario, chosen.chosen, kpis, laboratory)
    rng = np.random.default_rng(laboratory.seed)
    points = qmc.LatinHypercube(len(chosen.chosen), rng=rng).random(draws)
    figures = model(points, np.arange(draws) * nights, nights)
    return {
        "draws": draws,
        "nights": nights,
        **_varied(chosen),
        "kpis": {
            kpi: _widened(kpi, rows.values(kpi), nested(whole))
            for k, kpi in enumerate(kpis)
            if len(whole := _whole(figures[:, :, k])) > 1
        },
    }


def _whole(figures: Floats) -> Floats:
    """Draws in which the figure has a meaning on every night."""
    return figures[np.isfinite(figures).all(axis=1)]


def _varied(chosen: Inputs) -> dict[str, Any]:
    return {"inputs": len(chosen.chosen), "not_varied": chosen.left_out}


def _widened(kpi: str, values: Floats, found: Nested) -> dict[str, Any]:
    """One KPI: its interval for luck alone, for the inputs alone, and for both."""
    from sim.experiments.experiment import figure_interval

    mean = float(values.mean())
    luck = figure_interval(values, KPIS[kpi]) if values.size > 1 else Interval(mean, mean)
    inputs = found.interval()
    low = _bounded(mean - math.hypot(mean - luck.low, max(mean - inputs.low, 0.0)), values, kpi)
    high = _bounded(mean + math.hypot(luck.high - mean, max(inputs.high - mean, 0.0)), values, kpi)
    return {
        "mean": mean,
        "ci_low": low,
        "ci_high": high,
        "luck_low": luck.low,
        "luck_high": luck.high,
        "inputs_low": inputs.low,
        "inputs_high": inputs.high,
        "mean_over_inputs": found.mean,
        "std_inputs": math.sqrt(found.inputs),
        "std_luck": math.sqrt(found.luck),
        "share_of_inputs": found.share,
        "share_low": found.share_interval.low,
        "share_high": found.share_interval.high,
    }


def _bounded(end: float, values: Floats, kpi: str) -> float:
    """Not beyond what the KPI can be."""
    if float(values.min()) >= 0.0:
        end = max(end, 0.0)
    return min(end, 1.0) if KPIS[kpi].unit in ("share", "0/1") else end
