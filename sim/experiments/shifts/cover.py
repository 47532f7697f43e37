"""Set covering with people: the fewest or cheapest shifts over a demand that somebody has fixed already."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.problems import Unusable, visible

NAMED = 12
"""Periods named in an error; the others are counted."""


def cover_shifts(
    required: Sequence[float], shifts: Mapping[str, Sequence[int]], cost: Mapping[str, float]
) -> dict[str, int]:
    """People on each shift so that every period has as many as it requires, for the least money.

    Dantzig's set-covering formulation (A comment on Edie's "Traffic delays at toll booths", Operations
    Research 2, 1954), solved to optimality by HiGHS.

    Args:
        required: (periods,) people needed in each period, ≥ 0; a fraction needs a whole person.
        shifts: name → (periods,) row of 0 and 1, which periods somebody on the shift works.
        cost: name → money for one person on the shift, ≥ 0.

    Returns:
        name → people, for every name of `shifts`.

    Raises:
        Unusable: what cannot be solved, in one sentence; periods that no shift covers are named.
    """
    need, rows, price = _checked(required, shifts, cost)
    if not need.any():
        return dict.fromkeys(shifts, 0)
    _every_period_covered(need, rows)
    from scipy.optimize import Bounds, LinearConstraint, milp

    most = (rows * need).max(axis=1)  # nobody gains from more people than the busiest period of a shift needs
    solved = milp(
        price,
        integrality=np.ones(len(price)),
        bounds=Bounds(0.0, most),
        constraints=LinearConstraint(rows.T, need, np.inf),
        options={"mip_rel_gap": 0.0},
    )
    if solved.x is None:
        raise Unusable(f"the shifts could not be solved: {solved.message}")
    people = np.rint(solved.x).astype(int).tolist()
    return dict(zip(shifts, people, strict=True))


def _checked(
    required: Sequence[float], shifts: Mapping[str, Sequence[int]], cost: Mapping[str, float]
) -> tuple[Any, Any, Any]:
    """People needed (periods,), rows (shifts, periods) and prices (shifts,), or an error that says why."""
    need = _numbers(required, "`required`")
    if need.ndim != 1:
        raise Unusable(f"`required` must be one row of people, one entry a period; found shape {need.shape}")
    if (need < 0.0).any():
        raise Unusable(f"`required` must not be negative; found {_named(np.flatnonzero(need < 0.0))}")
    lost = [name for name in shifts if name not in cost] + [name for name in cost if name not in shifts]
    if lost:
        raise Unusable(f"`shifts` and `cost` must have the same names; found in one only: {_listed(lost)}")
    rows = np.zeros((len(shifts), len(need)))
    for row, (name, given) in zip(rows, shifts.items(), strict=True):
        one = _numbers(given, f"shift `{visible(str(name))}`")
        if one.shape != need.shape:
            raise Unusable(f"shift `{visible(str(name))}` has {one.size} periods, `required` has {len(need)}")
        if not np.isin(one, (0.0, 1.0)).all():
            raise Unusable(f"shift `{visible(str(name))}` must be a row of 0 and 1")
        row[:] = one
    price = _numbers([cost[name] for name in shifts], "`cost`")
    if (price < 0.0).any():
        cheap = [name for name, money in zip(shifts, price, strict=True) if money < 0.0]
        raise Unusable(f"`cost` must not be negative; found {_listed(cheap)}")
    return np.ceil(need - 1e-9), rows, price


def _numbers(values: Any, what: str) -> Any:
    try:
        found = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise Unusable(f"{what} must be numbers") from None
    if not np.isfinite(found).all():
        raise Unusable(f"{what} must be finite numbers; found {_named(np.flatnonzero(~np.isfinite(found)))}")
    return found


def _every_period_covered(need: Any, rows: Any) -> None:
    bare = np.flatnonzero((need > 0.0) & ~(rows > 0.0).any(axis=0))
    if bare.size:
        asked = ", ".join(f"{period} (needs {math.ceil(need[period])})" for period in bare[:NAMED].tolist())
        more = f" and {bare.size - NAMED} more" if bare.size > NAMED else ""
        raise Unusable(f"no shift covers period {asked}{more}; periods count from 0")


def _named(periods: Any) -> str:
    shown = ", ".join(map(str, periods[:NAMED].tolist()))
    return f"period {shown}" + (f" and {periods.size - NAMED} more" if periods.size > NAMED else "")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(visible(str(name)) for name in names[:NAMED])
    return shown + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
