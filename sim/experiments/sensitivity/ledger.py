"""Ledger: whose word an answer rests on, as shares of its variance by grade of evidence.

The shares of all inputs of one grade are added; over the grades they sum to 1. Luck is no grade: it is not
an assumption, more nights make it smaller, and it is told apart.
"""

from __future__ import annotations

from typing import Any

from sim.experiments.sensitivity.inputs import GRADES
from sim.experiments.sensitivity.sobol import Shares
from sim.experiments.sensitivity.study import OTHERS, Study


def ledger(found: Study, shares: Shares) -> dict[str, dict[str, Any]]:
    """Share, interval and number of inputs of each grade that was varied, best evidence first."""
    grades = {one.path: one.grade for one in found.inputs}
    of = [name.removeprefix(OTHERS) if name.startswith(OTHERS) else grades[name] for name in shares.names]
    out: dict[str, dict[str, Any]] = {}
    for grade in GRADES:
        count = sum(
            one.grade == grade for one, factor in zip(found.inputs, found.factor, strict=True) if factor
        )
        if not count:
            continue
        members = [place for place, one in enumerate(of) if one == grade]
        low, high = shares.share_interval(members)
        out[grade] = {
            "share": float(shares.share[members].sum()),
            "ci_low": low,
            "ci_high": high,
            "inputs": count,
        }
    return out
