"""Sensitivity indices against functions whose indices are known, through the code that the command runs."""

import math
import os
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.experiments.sensitivity.inputs import Input
from sim.experiments.sensitivity.ledger import ledger
from sim.experiments.sensitivity.sobol import Shares
from sim.experiments.sensitivity.study import Effort, Study, study

Floats = NDArray[np.float64]
SEEDS = range(1, 101 if os.environ.get("LIANLU_NIGHTLY") else 6)
EFFORT = Effort(trajectories=8, samples=512, nights=2)
SURE = 0.999


def ishigami(x: Floats) -> Floats:
    """Ishigami & Homma (1990), a = 7, b = .1; a fourth input does nothing."""
    z = (2.0 * x - 1.0) * math.pi
    return np.asarray(np.sin(z[:, 0]) + 7.0 * np.sin(z[:, 1]) ** 2 + 0.1 * z[:, 2] ** 4 * np.sin(z[:, 0]))


def ishigami_indices() -> tuple[list[float], list[float]]:
    """First-order and total indices in closed form."""
    a, b = 7.0, 0.1
    one = 0.5 * (1.0 + b * math.pi**4 / 5.0) ** 2
    two, both = a * a / 8.0, b * b * math.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    whole = one + two + both
    return [one / whole, two / whole, 0.0], [(one + both) / whole, two / whole, both / whole]


A = (0.0, 1.0, 4.5, 9.0, 99.0)


def g_function(x: Floats) -> Floats:
    """Sobol's g-function (1993) with the usual weights."""
    return np.asarray(np.prod((np.abs(4.0 * x - 2.0) + A) / (1.0 + np.array(A)), axis=1))


def g_indices() -> tuple[list[float], list[float]]:
    """First-order and total indices in closed form."""
    alone = [1.0 / (3.0 * (1.0 + a) ** 2) for a in A]
    product = math.prod(1.0 + v for v in alone)
    whole = product - 1.0
    return [v / whole for v in alone], [v * product / (1.0 + v) / whole for v in alone]


def studied(function: Callable[[Floats], Floats], grades: str, seed: int, luck: float = 0.0) -> Study:
    """A study of a function of one input a letter, with luck of this size added to every night."""

    def evaluate(points: Floats, first: NDArray[np.int64], nights: int) -> Floats:
        values = function(np.nan_to_num(points, nan=0.5))
        shift = np.random.default_rng(7).normal(size=100_000)[first[:, None] + np.arange(nights)]
        return np.asarray((values[:, None] + luck * shift)[:, :, None])

    inputs = [Input(f"x{n}", grade, 0.5, 0.0, 1.0) for n, grade in enumerate(grades)]
    return study(evaluate, inputs, 1, EFFORT, seed)


def outside(found: Study, first: list[float], total: list[float]) -> list[str]:
    """Indices whose 99.9 % interval misses the truth."""
    shares = found.shares[0]
    assert isinstance(shares, Shares)
    missed = []
    for which, truth in (("first", first), ("total", total)):
        low, high = shares.interval(which, SURE)
        for n, value in enumerate(truth):
            g = shares.names.index(f"x{n}")
            missed += [f"{which} of {n}"] if not low[g] <= value <= high[g] else []
    return missed


@pytest.mark.parametrize("luck", [0.0, 3.0])
@pytest.mark.parametrize(
    ("function", "truth", "grades"),
    [(ishigami, ishigami_indices(), "ABCA"), (g_function, g_indices(), "ABCAB")],
    ids=["Ishigami", "g-function"],
)
def test_indices_contain_the_truth(
    function: Callable[[Floats], Floats], truth: tuple[list[float], list[float]], grades: str, luck: float
) -> None:
    """All first-order and total indices lie inside their 99.9 % intervals, however much luck a night adds."""
    missed = [outside(studied(function, grades, seed, luck), *truth) for seed in SEEDS]
    indices = len(SEEDS) * 2 * len(truth[0])
    assert sum(map(len, missed)) <= 0.001 * indices + 3.3 * math.sqrt(0.001 * indices), missed


def test_shares_are_shapleys_division() -> None:
    """Shares sum to 1 and are what Shapley gives for pairs: the middle of first-order and total index."""
    first, total = ishigami_indices()
    for seed in SEEDS:
        shares = studied(ishigami, "ABCA", seed).shares[0]
        assert isinstance(shares, Shares)
        assert shares.share.sum() == pytest.approx(1.0)
        for n in range(3):
            low, high = shares.share_interval([shares.names.index(f"x{n}")], SURE)
            assert low <= 0.5 * (first[n] + total[n]) <= high


def test_ledger_sums_to_one_and_holds_the_truth() -> None:
    """Shares by grade add what the inputs of a grade have, and sum to 1."""
    first, total = ishigami_indices()
    found = studied(ishigami, "BBAC", 3)
    shares = found.shares[0]
    assert isinstance(shares, Shares)
    book = ledger(found, shares)
    assert sum(one["share"] for one in book.values()) == pytest.approx(1.0)
    assert list(book) == ["A", "B"]
    assert book["A"]["ci_low"] <= 0.5 * (first[2] + total[2]) <= book["A"]["ci_high"]


def test_what_does_nothing_is_left_out() -> None:
    """An input that the function never reads has no effect on any night and is not shared anything."""
    found = studied(ishigami, "ABCA", 1)
    assert found.effects[0].verdicts() == ("drives", "drives", "drives", "no_effect")
    assert found.factor == ("x0", "x1", "x2", "")


@pytest.mark.parametrize("luck", [0.5, 2.0])
def test_luck_is_told_apart(luck: float) -> None:
    """The variance of nights is split into that of the inputs and that of luck, both within a tenth or so."""
    shares = studied(ishigami, "ABCA", 2, luck).shares[0]
    assert isinstance(shares, Shares)
    inputs = 0.5 + 49.0 / 8.0 + 0.1 * math.pi**4 / 5.0 + 0.01 * math.pi**8 / 18.0
    assert shares.noise.inputs == pytest.approx(inputs, rel=0.15)
    assert shares.noise.luck == pytest.approx(luck**2, rel=0.2)
    assert shares.noise.in_shares == pytest.approx(0.0, abs=1e-9)
