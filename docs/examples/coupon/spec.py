"""Parameters, constants, draws and columns of coupon verification."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.laws import Law, lognormal
from sim.orderlog import Column
from sim.random_streams import Streams
from sim.scenario import Scenario
from sim.units import Params, par

if TYPE_CHECKING:
    from numpy.typing import NDArray

_REASON = "no figure found; an example"


class CouponParams(Params):
    """Who holds a coupon, and how long checking it takes."""

    holder_share: float = par(
        0.20, unit="share", low=0, high=1, sweep=(0.05, 0.5), grade="assumed", source=_REASON,
        meaning="Share of buyers who hold a coupon.",
    )  # fmt: skip
    refused_share: float = par(
        0.03, unit="share", low=0, high=1, grade="assumed", source=_REASON,
        meaning="Share of coupons that turn out to be used or expired.",
    )  # fmt: skip
    value_cny: float = par(
        5.0, unit="CNY", low=0, high=1000, grade="assumed", source=_REASON,
        meaning="Worth of a coupon; paid back when it is accepted.",
    )  # fmt: skip
    check_s: Law = par(
        lognormal(12.0, 0.5), unit="s", grade="assumed", source=_REASON, meaning="Scanning a coupon."
    )
    explain_s: float = par(
        60.0, unit="s", low=0, high=3600, grade="assumed", source=_REASON,
        meaning="Explaining a refusal, on top of the scan.",
    )  # fmt: skip


class ShopWithCoupons(Scenario):
    """The whole scenario with one more section, `coupon`."""

    coupon: CouponParams = CouponParams()


class CouponNumbers(NamedTuple):
    """Constants in engine units: shares, minutes, fen."""

    holder_share: float
    refused_share: float
    explain: float
    value_fen: int


def numbers(params: CouponParams) -> CouponNumbers:
    """The constants both faces read."""
    return CouponNumbers(
        holder_share=params.holder_share,
        refused_share=params.refused_share,
        explain=params.explain_s / 60.0,
        value_fen=int(params.value_cny * 100.0 + 0.5),
    )


class CouponDraws(NamedTuple):
    """Chance of every order, shape (n,) each; `check` is in minutes."""

    holder_u: NDArray[np.float64]
    refused_u: NDArray[np.float64]
    check: NDArray[np.float64]


def draw(params: CouponParams, streams: Streams, keys: NDArray[np.int64]) -> CouponDraws:
    """Draw for the persons `keys`, shape (n,): keyed, so the luck of nobody else is moved."""
    return CouponDraws(
        holder_u=streams.uniform("coupon.holder", keys),
        refused_u=streams.uniform("coupon.refused", keys),
        check=streams.draw("coupon.check", keys, params.check_s, scale=1.0 / 60.0),
    )


COLUMNS: tuple[Column, ...] = (
    Column("orders", "coupon_start_min", "f8", "min", "The coupon is taken up; NaN without a coupon."),
    Column("orders", "coupon_end_min", "f8", "min", "The check is done (without a coupon: the arrival)."),
    Column("orders", "coupon_fen", "i8", "fen", "Paid back for an accepted coupon."),
)
