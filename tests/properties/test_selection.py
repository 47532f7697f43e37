"""The best of many: the guarantee on synthetic nights, and the same answer however it is asked."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from sim.experiments.selection import Selection, select_best

Floats = NDArray[np.float64]

TRIALS = 2_000 if os.environ.get("LIANLU_NIGHTLY") else 400
CONFIDENCE = 0.95


def least_correct(trials: int) -> int:
    """Fewest correct selections that P(correct) = .95 gives in all but one of a thousand such tests."""
    return int(stats.binom.ppf(0.001, trials, CONFIDENCE))


def chosen(
    nights: Floats, delta: float, *, most: int | None = None, first: int = 20, zero_one: bool = False
) -> Selection:
    """The best of the columns of (n, k) nights, larger being better."""
    return select_best(
        lambda inside, n: [nights[:n, arm] for arm in inside],
        [str(arm) for arm in range(nights.shape[1])],
        kpi="gmv_cny",
        better="higher",
        delta=delta,
        first=first,
        most=most or nights.shape[0],
        zero_one=zero_one,
    )


def normal(rng: np.random.Generator, arms: int, shared: float) -> Floats:
    """Unit variance, the best ahead of all others by exactly delta = .3 of what is not shared."""
    own = math.sqrt(1.0 - shared)
    rows = math.sqrt(shared) * rng.normal(size=(900, 1)) + own * rng.normal(size=(900, arms))
    rows[:, 0] += 0.3 * own
    return rows


def skewed(rng: np.random.Generator, arms: int, shared: float) -> Floats:
    """Exponential nights: the long tail that money and waits have."""
    rows = shared * rng.exponential(1.0, (900, 1)) + (1.0 - shared) * rng.exponential(1.0, (900, arms))
    rows[:, 0] += 0.3 * (1.0 - shared)
    return rows


@pytest.mark.parametrize("law", [normal, skewed])
@pytest.mark.parametrize(("arms", "shared"), [(2, 0.0), (2, 0.8), (4, 0.8), (8, 0.0)])
def test_the_best_is_chosen_as_often_as_promised(
    law: Callable[[np.random.Generator, int, float], Floats], arms: int, shared: float
) -> None:
    """With all rivals exactly delta behind P(correct) ≥ .95, whatever luck is shared, skewed nights too."""
    delta = 0.3 * (math.sqrt(1.0 - shared) if law is normal else 1.0 - shared)
    rng = np.random.default_rng(7 * arms)
    found = [chosen(law(rng, arms, shared), delta) for _ in range(TRIALS)]
    assert sum(one.best == "0" for one in found) >= least_correct(TRIALS)
    assert sum(one.answer == "decided" for one in found) >= 0.99 * TRIALS


def test_promises_are_chosen_among_too() -> None:
    """Kept on 97 of 100 nights against two on 91: right with .95; a stage of kept nights decides nothing."""
    rng = np.random.default_rng(5)
    trials = TRIALS // 2
    p = np.array([0.97, 0.91, 0.91])
    found = [chosen(1.0 * (rng.random((4_000, 3)) < p), 0.06, zero_one=True) for _ in range(trials)]
    assert sum(one.best == "0" for one in found) >= least_correct(trials)
    kept = np.ones((400, 2))
    kept[30:, 1] = np.arange(370) % 5 > 0
    assert chosen(kept, 0.05, zero_one=True).nights["1"] > 30
    assert chosen(kept, 0.05).answer == "tied"  # as a mean without spread it would have been believed


def test_common_luck_shortens_the_race() -> None:
    """The same difference takes a fraction of the nights when arms share nine tenths of their luck."""
    rng = np.random.default_rng(3)
    common, own = rng.normal(size=(3_000, 1)), rng.normal(size=(3_000, 4))
    ahead = np.array([0.2, 0.0, 0.0, 0.0])
    alone = chosen(own + ahead, 0.2)
    together = chosen(math.sqrt(0.9) * common + math.sqrt(0.1) * own + ahead, 0.2)
    assert alone.best == together.best == "0"
    assert sum(together.nights.values()) < 0.4 * sum(alone.nights.values())


@given(st.integers(0, 2**32 - 1), st.integers(2, 6), st.floats(0.05, 1.0), st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_answer_is_that_of_looking_after_every_night(
    seed: int, arms: int, delta: float, gaps: bool
) -> None:
    """A plain night-by-night rule (nights without a figure left out) gives the same arms, nights, means."""
    rng = np.random.default_rng(seed)
    nights = rng.normal(size=(400, arms)) + 0.3 * rng.normal(size=arms)
    if gaps:
        nights[rng.random(400) < 0.1, rng.integers(arms)] = np.nan
    found = chosen(nights, delta)
    inside, out, count = night_by_night(nights, delta, 20)
    assert found.remaining == tuple(str(arm) for arm in inside)
    assert {name: gone.after for name, gone in found.out.items()} == {str(a): n for a, n in out.items()}
    assert found.nights[found.remaining[0]] == count
    assert (found.answer == "decided") == (len(inside) == 1)


def night_by_night(nights: Floats, delta: float, first: int) -> tuple[list[int], dict[int, int], int]:
    """Kim and Nelson's rule as in their paper: arms inside, night at which each other left, nights used."""
    arms = nights.shape[1]
    whole = np.isfinite(nights[:first]).all(axis=1)
    stage = nights[:first][whole]
    n0 = stage.shape[0]
    h2 = (n0 - 1) * ((2 * 0.05 / (arms - 1)) ** (-2 / (n0 - 1)) - 1)
    square = [[np.var(stage[:, i] - stage[:, j], ddof=1) for j in range(arms)] for i in range(arms)]
    inside, out, used = list(range(arms)), {}, np.zeros((0, arms))
    for row in nights:
        if not np.isfinite(row[inside]).all():
            continue
        used = np.vstack([used, row])
        r = used.shape[0]
        if r < n0:
            continue
        mean = used.mean(axis=0)
        slack = [[max(0.0, delta / (2 * r) * (h2 * s / delta**2 - r)) for s in line] for line in square]
        gone = [i for i in inside if any(mean[i] < mean[j] - slack[i][j] for j in inside)]
        out |= dict.fromkeys(gone, r)
        inside = [i for i in inside if i not in gone]
        if len(inside) == 1:
            break
    return inside, out, used.shape[0]


def test_cannot_tell_and_tied_are_answers() -> None:
    """Too few replications: those that remain, and how many would decide. Equal arms: tied, at once."""
    rng = np.random.default_rng(1)
    nights = rng.normal(size=(3_000, 3)) + np.array([0.0, 0.0, -5.0])
    short = chosen(nights, 0.05, most=60)
    assert (short.answer, short.best, short.remaining) == ("cannot_tell", None, ("0", "1"))
    assert short.decides_by > 60
    assert short.nights == {"0": 60, "1": 60, "2": 20}
    document = short.document()
    assert "best" not in document
    assert document["decides_by"] == short.decides_by
    assert document["arms"]["2"]["out_after"] == 20
    twins = np.repeat(rng.normal(size=(100, 1)), 2, axis=1)
    tied = chosen(np.column_stack([twins, twins[:, 0] - 1.0]), 0.05)
    assert (tied.answer, tied.remaining, tied.nights["0"]) == ("tied", ("0", "1"), 20)


def test_lower_can_be_better() -> None:
    """The direction is the KPI's: with `lower` the smallest mean wins, and means are shown as they are."""
    nights = np.random.default_rng(2).normal(size=(500, 2)) + np.array([3.0, 4.0])

    def observe(inside: Sequence[int], n: int) -> list[Floats]:
        return [nights[:n, arm] for arm in inside]

    found = select_best(observe, ["a", "b"], kpi="cost_cny", better="lower", delta=0.5)
    assert found.best == "a"
    assert found.means["a"] == pytest.approx(nights[: found.nights["a"], 0].mean())


@pytest.mark.parametrize("delta", [0.0, -1.0, math.nan, math.inf])
def test_a_zone_that_is_none_is_refused(delta: float) -> None:
    """An indifference zone is a positive amount; one arm has no rivals."""
    with pytest.raises(ValueError, match="indifference"):
        chosen(np.zeros((30, 2)), delta)
    with pytest.raises(ValueError, match="two arms"):
        chosen(np.zeros((30, 1)), 1.0)
