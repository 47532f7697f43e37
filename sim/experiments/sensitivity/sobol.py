"""Shares of variance: how much of what a figure may be off each input answers for (Sobol', SALib).

First-order and total indices come from Saltelli's design (Computer Physics Communications 181, 2010): two
independent samples A and B of all inputs, and A with one factor at a time taken from B. The share given to
a factor is the middle of its two indices, scaled so that all shares sum to 1: what is due to two factors
together is halved between them (Shapley's division, exact up to pairs). Intervals come from resampled rows.

Every row of the design has nights of its own, over which all its points are played, and so is the scenario
at its own values: what the night does to every point alike is subtracted. What luck still does together
with the inputs stays in the indices, divided by the nights; how much that is is measured beside them
(`Noise`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from sim.experiments.intervals import CONFIDENCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiments.sensitivity.points import Evaluate

    Floats = NDArray[np.float64]

RESAMPLES = 1000
MOST_WITHOUT = 0.5
"""Where the figure has no meaning in more of the rows, the others do not speak for them."""
Nothing = Literal["constant", "without_meaning"]
"""Why a figure has no shares: it is the same at every point, or has no meaning at many."""


@dataclass(frozen=True)
class Noise:
    """Variance of a figure in one night: inputs (of its expectation), luck (alike everywhere), both together.

    nights: how many each point was played over.
    """

    inputs: float
    luck: float
    together: float
    nights: int

    @property
    def in_shares(self) -> float:
        """Part of the variance shared out that is luck's with the inputs, averaged over the nights."""
        left = self.together / self.nights
        return left / (self.inputs + left) if self.inputs + left > 0.0 else 0.0

    @property
    def of_one_night(self) -> float:
        """Luck's part of the variance of one night at unknown inputs."""
        whole = self.inputs + self.luck + self.together
        return (self.luck + self.together) / whole if whole > 0.0 else 0.0


@dataclass(frozen=True)
class Shares:
    """Indices of G factors on one figure: first-order, total and share, each with its resamples (R, G)."""

    names: tuple[str, ...]
    first: Floats
    total: Floats
    share: Floats
    first_again: Floats
    total_again: Floats
    share_again: Floats
    noise: Noise

    def interval(self, which: str, confidence: float = CONFIDENCE) -> Floats:
        """(2, G) interval of `first` or `total`: normal, by the spread of the resamples (as SALib's)."""
        from scipy.special import ndtri

        at, again = getattr(self, which), getattr(self, f"{which}_again")
        half = ndtri(0.5 + 0.5 * confidence) * again.std(axis=0, ddof=1)
        return np.stack([at - half, at + half])

    def share_interval(self, members: Sequence[int], confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Percentile interval of what these factors answer for together."""
        again = self.share_again[:, list(members)].sum(axis=1)
        low, high = np.quantile(again, [0.5 - 0.5 * confidence, 0.5 + 0.5 * confidence])
        return float(low), float(high)


def sample(factor: NDArray[np.int64], rows: int, seed: int) -> Floats:
    """(rows, G + 2, d) points in [0, 1]: of each row A, A with one factor from B, and B, as SALib reads them.

    A and B are one Latin hypercube of 2d columns. A Sobol' sequence is more even in most pairs of columns and
    very uneven in a few (d and 2d among them), which no interval from resampled rows can know: of 100 99.9 %
    intervals of one total index 14 missed it.

    Args:
        factor: (d,) number of the factor each input belongs to, 0 … G − 1.
        rows: of A and of B.
        seed: of the sample.
    """
    from scipy.stats import qmc

    inputs, factors = factor.size, int(factor.max()) + 1
    both = qmc.LatinHypercube(2 * inputs, rng=np.random.default_rng(seed)).random(rows)
    a, b = both[:, :inputs], both[:, inputs:]
    mixed = [np.where(factor == g, b, a) for g in range(factors)]
    return np.stack([a, *mixed, b], axis=1)


def shares(
    evaluate: Evaluate, groups: Sequence[str], *, rows: int, nights: int, seed: int
) -> list[Shares | Nothing]:
    """Indices of every group on every figure, or why there are none.

    Args:
        evaluate: the model.
        groups: (d,) the factor each belongs to.
        rows: of A and of B.
        nights: of each point (≥ 2).
        seed: of the sample and the resamples.
    """
    factors = list(dict.fromkeys(groups))
    points = sample(np.array([factors.index(group) for group in groups]), rows, seed)
    block, inputs = points.shape[1:]
    first = np.concatenate([np.repeat(np.arange(rows), block), np.arange(rows)]) * nights
    own = np.full((rows, inputs), np.nan)
    figures = evaluate(np.concatenate([points.reshape(-1, inputs), own]), first, nights)
    by_row = figures[: rows * block].reshape(rows, block, nights, figures.shape[2])
    at_home = figures[rows * block :]
    return [_shares(factors, by_row[..., k], at_home[..., k], seed) for k in range(figures.shape[2])]


def _shares(names: Sequence[str], figures: Floats, at_home: Floats, seed: int) -> Shares | Nothing:
    """Indices for one figure.

    Args:
        names: of the G factors.
        figures: (rows, G + 2, nights); rows in which one of them has no meaning are left out.
        at_home: (rows, nights) the same nights at the scenario's own values.
        seed: of the resamples.
    """
    from SALib.analyze import sobol

    whole = np.isfinite(figures).all(axis=(1, 2)) & np.isfinite(at_home).all(axis=1)
    figures = figures[whole]
    means = (figures.mean(axis=2) - at_home[whole].mean(axis=1)[:, None]).ravel()
    if whole.sum() < max(2.0, MOST_WITHOUT * whole.size):
        return "without_meaning"
    if np.ptp(means) == 0.0:
        return "constant"
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    found = sobol.analyze(
        problem, means, calc_second_order=False, num_resamples=RESAMPLES, conf_level=CONFIDENCE,
        keep_resamples=True, seed=seed + 1,
    )  # fmt: skip
    first, total = np.asarray(found["S1"]), np.asarray(found["ST"])
    first_again, total_again = np.asarray(found["S1_conf_all"]), np.asarray(found["ST_conf_all"])
    return Shares(
        tuple(names), first, total, divided(first, total), first_again, total_again,
        divided(first_again, total_again), split(figures[:, [0, -1]]),
    )  # fmt: skip


def divided(first: Floats, total: Floats) -> Floats:
    """(…, G) shares that sum to 1: the middle of both indices, nothing below 0."""
    middle = np.maximum(0.5 * (first + total), 0.0)
    whole = middle.sum(axis=-1, keepdims=True)
    even = np.full_like(middle, 1.0 / middle.shape[-1])
    np.divide(middle, whole, out=even, where=whole > 0.0)
    return even


def split(figures: Floats) -> Noise:
    """Variance components of (rows, 2, nights): two independent points a row, played over the row's nights.

    In a row both points share the night's luck and nothing else: the covariance over its nights is luck's
    variance, half the variance of their difference what luck does with the inputs; the difference of their
    means is the inputs' doing.
    """
    nights = figures.shape[2]
    away = figures - figures.mean(axis=2, keepdims=True)
    luck = float((away[:, 0] * away[:, 1]).sum(axis=1).mean()) / (nights - 1)
    together = float(((away[:, 0] - away[:, 1]) ** 2).sum(axis=1).mean()) / (2 * (nights - 1))
    apart = figures[:, 0].mean(axis=1) - figures[:, 1].mean(axis=1)
    inputs = 0.5 * float((apart**2).mean()) - together / nights
    return Noise(max(inputs, 0.0), max(luck, 0.0), together, nights)
