"""From p-values to words: better, worse, cannot tell, same; held over the whole table by Holm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from sim.experiments.holm import holm
from sim.experiments.intervals import CONFIDENCE, Interval
from sim.experiments.paired import Better, Difference

if TYPE_CHECKING:
    from collections.abc import Sequence

Verdict = Literal["better", "worse", "cannot_tell", "same"]
Kept = Literal["yes", "no", "cannot_tell"]
ALPHA = 1.0 - CONFIDENCE


class Row(NamedTuple):
    """One line of a comparison table: a KPI of one other arm against the base."""

    difference: Difference
    better: Better


class Judged(NamedTuple):
    """A row's verdict with its Holm-adjusted two-sided p-value."""

    verdict: Verdict
    p_holm: float


def judge(rows: Sequence[Row], alpha: float = ALPHA) -> list[Judged]:
    """Verdicts of a whole table: P(any false "better" or "worse" in it) ≤ `alpha`.

    A KPI of which neither direction is better is never called better or worse.
    """
    adjusted = holm(np.array([row.difference.p_value for row in rows], np.float64))
    return [Judged(_verdict(row, float(p), alpha), float(p)) for row, p in zip(rows, adjusted, strict=True)]


def _verdict(row: Row, p_holm: float, alpha: float) -> Verdict:
    difference, better = row
    if difference.same:
        return "same"
    if p_holm > alpha or better == "none":
        return "cannot_tell"
    higher = difference.p_higher < difference.p_lower
    return "better" if higher == (better == "higher") else "worse"


def kept(interval: Interval, promise: float) -> Kept:
    """Whether a promise holds with probability `promise`: only an interval on one side of it says so."""
    if interval.low >= promise:
        return "yes"
    return "no" if interval.high < promise else "cannot_tell"
