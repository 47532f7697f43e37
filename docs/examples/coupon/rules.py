"""Arithmetic of a coupon check: plain scalars, the same in both faces."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docs.examples.coupon.spec import CouponNumbers


def check_min(scan: float, refused_u: float, n: CouponNumbers) -> float:
    """Minutes the phone is busy with one coupon."""
    return scan + n.explain if refused_u < n.refused_share else scan


def worth_fen(refused_u: float, n: CouponNumbers) -> int:
    """What an accepted coupon pays back."""
    return 0 if refused_u < n.refused_share else n.value_fen
