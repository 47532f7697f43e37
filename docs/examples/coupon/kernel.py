"""Coupon verification compiled: a phone that serves in order of arrival needs no events.

A stage inside `sim` uses `@kernel` and `compiled(rule)` of `sim.compiling`, whose cache is named by a hash of
all sources of `sim`. This folder is outside, so it is compiled without a cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from docs.examples.coupon import rules
from docs.examples.coupon.spec import CouponDraws, CouponNumbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

_check_min = numba.njit(rules.check_min)
_worth_fen = numba.njit(rules.worth_fen)


def run_coupons(
    numbers: CouponNumbers,
    draws: CouponDraws,
    arrive: NDArray[np.float64],
    point: NDArray[np.int32],
    points: int,
) -> dict[str, NDArray[Any]]:
    """Check the coupons of a day; see `story.run_coupons`."""
    n = arrive.shape[0]
    start, end, fen = np.full(n, np.nan), arrive.copy(), np.zeros(n, np.int64)
    holds = (draws.holder_u < numbers.holder_share) & ~np.isnan(arrive)
    in_order = np.flatnonzero(holds)
    in_order = in_order[np.argsort(arrive[in_order], kind="stable")]  # stable: ties by id
    free = np.full(points, -np.inf)
    _serve(numbers, in_order, draws.check, draws.refused_u, arrive, point, free, start, end, fen)
    return {"coupon_start_min": start, "coupon_end_min": end, "coupon_fen": fen}


@numba.njit
def _serve(n, in_order, check, refused_u, arrive, point, free, start, end, fen):
    for i in in_order:
        p = point[i]
        start[i] = max(arrive[i], free[p])
        end[i] = start[i] + _check_min(check[i], refused_u[i], n)
        fen[i] = _worth_fen(refused_u[i], n)
        free[p] = end[i]
