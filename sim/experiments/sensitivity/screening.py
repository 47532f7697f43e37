"""Screening: which inputs move a figure at all, by trajectories that move one at a time.

Morris, Technometrics 33, 1991; SALib draws the trajectories. One starts anywhere in the box of ranges and
moves one input (or one group) a step; the change of the figure, per range of the input, is its elementary
effect there. mu* is the mean of their absolute values (Campolongo, Cariboni & Saltelli, Environmental
Modelling & Software 22, 2007), mu their mean with sign, sigma their spread: interactions and bends.

Every trajectory has nights of its own and plays all its points over them. Effects differ from night to
night; that difference is luck's part of an effect. Where an input does nothing to the expected figure,
squared effects over squared luck follow an F law, and their mean over its error Student's t: "cannot tell"
is a test (the better of the two, doubled, with the rate of false discoveries held) and not a threshold.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim.experiments.intervals import CONFIDENCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiments.sensitivity.points import Evaluate

    Floats = NDArray[np.float64]

LEVELS = 4
"""Values an input takes in the trajectories; the step is 2/3 of its range."""
STEP = LEVELS / (2.0 * (LEVELS - 1))
RESAMPLES = 500
ALPHA = 0.05

Verdict = Literal["drives", "cannot_tell", "no_effect"]


@dataclass(frozen=True)
class Effects:
    """Elementary effects of G factors on one figure, in the figure's unit per whole range.

    mu, mu_star, sigma, low, high: (G,); low and high bound mu*. noise: (G,) the mu* that luck alone gives.
    variance: (G,) the factor's part of the figure's variance, luck's part taken away; whole: with it. still:
    (G,) no night showed any difference. p: (G,) of "it does nothing".
    """

    names: tuple[str, ...]
    mu: Floats
    mu_star: Floats
    sigma: Floats
    low: Floats
    high: Floats
    noise: Floats
    variance: Floats
    whole: Floats
    still: NDArray[np.bool_]
    p: Floats

    def verdicts(self) -> tuple[Verdict, ...]:
        """Whether each factor moves the figure; of those said to, 5 % at most are luck's doing.

        Benjamini & Hochberg, JRSS B 57, 1995, over the factors that moved at all: with hundreds of them,
        never to be wrong once (Holm) would leave out most drivers.
        """
        from scipy.stats import false_discovery_control

        adjusted = np.ones(len(self.p))
        if not self.still.all():
            adjusted[~self.still] = false_discovery_control(self.p[~self.still])
        return tuple(
            "no_effect" if still else "drives" if p < ALPHA else "cannot_tell"
            for still, p in zip(self.still, adjusted, strict=True)
        )


def screen(
    evaluate: Evaluate,
    names: Sequence[str],
    groups: Sequence[str],
    *,
    trajectories: int,
    nights: int,
    seed: int,
) -> list[Effects]:
    """Effects of every group on every figure.

    Args:
        evaluate: the model.
        names: the d inputs.
        groups: (d,) the factor each belongs to; an input alone is its own.
        trajectories: how many (≥ 2).
        nights: of each point (≥ 2, for luck to be seen).
        seed: of the trajectories and resamples.
    """
    from SALib.sample import morris

    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    problem["groups"] = list(groups)
    points = morris.sample(problem, trajectories, num_levels=LEVELS, seed=seed)
    length = len(points) // trajectories
    first = np.repeat(np.arange(trajectories) * nights, length)
    figures = evaluate(points, first, nights)
    return [_effects(problem, points, figures[:, :, k], length, seed) for k in range(figures.shape[2])]


def _effects(problem: dict[str, Any], points: Floats, figures: Floats, length: int, seed: int) -> Effects:
    """Effects on one figure (n, nights); trajectories in which it has no meaning are left out."""
    from SALib.analyze import morris

    whole = np.isfinite(figures).all(axis=1).reshape(-1, length).all(axis=1)
    keep = np.repeat(whole, length)
    points, figures = points[keep], figures[keep]
    names = tuple(dict.fromkeys(problem["groups"]))
    if whole.sum() < 2:
        return _nothing(names)
    by_night = elementary(points, figures, problem["groups"], length)
    found = morris.analyze(
        problem, points, figures.mean(axis=1), num_resamples=2, num_levels=LEVELS, seed=seed
    )
    star = np.asarray(found["mu_star"], np.float64)
    effects = by_night.mean(axis=2)
    luck = by_night.var(axis=2, ddof=1) / by_night.shape[2]
    tests = np.minimum(_f_test(effects, luck, by_night.shape[2]), _t_test(effects))
    low, high = _mean_size(np.abs(effects), seed)
    return Effects(
        names=names,
        mu=effects.mean(axis=1),
        mu_star=star,
        sigma=effects.std(axis=1, ddof=1),
        low=low,
        high=high,
        noise=math.sqrt(2.0 / math.pi) * np.sqrt(luck.mean(axis=1)),
        variance=_size(effects, luck) / 12.0,
        whole=(effects**2).mean(axis=1) / 12.0,
        still=np.asarray((by_night == 0.0).all(axis=(1, 2))),
        p=np.minimum(2.0 * tests, 1.0),
    )


def _mean_size(sizes: Floats, seed: int) -> Floats:
    """(2, G) percentile interval of the mean size, by resampled trajectories.

    Sizes are skew and never negative; a symmetric interval would say that an effect seen on every trajectory
    may be none.
    """
    runs = sizes.shape[1]
    drawn = np.random.default_rng(seed).integers(0, runs, (RESAMPLES, runs))
    tails: Floats = np.quantile(
        sizes[:, drawn].mean(axis=2), [0.5 - 0.5 * CONFIDENCE, 0.5 + 0.5 * CONFIDENCE], axis=1
    )
    return tails


def _nothing(names: tuple[str, ...]) -> Effects:
    """Effects on a figure without meaning in almost every trajectory: nothing can be told of any."""
    zero, one = np.zeros(len(names)), np.ones(len(names))
    return Effects(names, zero, zero, zero, zero, zero, zero, zero, zero, zero == 1.0, one)


def elementary(points: Floats, figures: Floats, groups: Sequence[str], length: int) -> Floats:
    """(G, trajectories, nights) elementary effects; those of a group of several inputs have no sign."""
    names = list(dict.fromkeys(groups))
    member = np.array([names.index(group) for group in groups])
    alone = np.bincount(member, minlength=len(names)) == 1
    x, y = points.reshape(-1, length, points.shape[1]), figures.reshape(-1, length, figures.shape[1])
    found = np.zeros((len(names), len(x), figures.shape[1]))
    for t in range(len(x)):
        for step in range(length - 1):
            moved = x[t, step + 1] - x[t, step]
            factor = member[int(np.argmax(np.abs(moved)))]
            side = math.copysign(1.0, float(moved[np.argmax(np.abs(moved))])) if alone[factor] else 1.0
            found[factor, t] = side * (y[t, step + 1] - y[t, step]) / STEP
    return found


def _size(effects: Floats, luck: Floats) -> Floats:
    """(G,) mean squared effect without luck's part: of single effects or of their mean, the larger."""
    runs = effects.shape[1]
    single = (effects**2).mean(axis=1) - luck.mean(axis=1)
    steady = effects.mean(axis=1) ** 2 - effects.var(axis=1, ddof=1) / runs
    size: Floats = np.maximum(np.maximum(single, steady), 0.0)
    return size


def _f_test(effects: Floats, luck: Floats, nights: int) -> Floats:
    """(G,) P(effects so large | none anywhere): F of squared effects over squared luck."""
    from scipy.special import fdtrc

    signal, noise = (effects**2).mean(axis=1), luck.mean(axis=1)
    runs = effects.shape[1]
    ratio = np.divide(signal, noise, out=np.zeros_like(signal), where=noise > 0.0)
    return np.where(noise > 0.0, fdtrc(runs, runs * (nights - 1), ratio), np.where(signal > 0.0, 0.0, 1.0))


def _t_test(effects: Floats) -> Floats:
    """(G,) P(a mean effect so far from 0 | 0): Student's t over the trajectories."""
    from scipy.special import stdtr

    runs = effects.shape[1]
    mean, error = effects.mean(axis=1), effects.std(axis=1, ddof=1) / math.sqrt(runs)
    t = np.divide(np.abs(mean), error, out=np.zeros_like(mean), where=error > 0.0)
    return np.where(error > 0.0, 2.0 * stdtr(runs - 1, -t), np.where(mean == 0.0, 1.0, 0.0))
