"""Stock produced before a show on a forecast.

A text arm produces to order (`limited` off): its stock is what was sold and nothing is left.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from pydantic import model_validator

from sim.orderlog import Column, Table
from sim.random_streams import Streams
from sim.stages.basket.spec import BasketParams, prices
from sim.states import End
from sim.units import Params, par

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MARGIN = "a dairy's producer price against its retail price; no published figure for this brand"


class Forecast(Params):
    """How much is produced before the show: a forecast with errors and a safety margin."""

    expected_lines: float = par(
        11_200.0,
        unit="lines",
        low=0,
        high=100_000_000,
        grade="assumed",
        source="5,600 orders of two lines, the show the article reports",
        meaning="Lines the brand expects to sell in the show, × `audience.scale`; never read from the run.",
    )
    cv: float = par(
        0.278,
        unit="share",
        low=0,
        high=2,
        grade="assumed",
        source="with the night effect (.10 and .05) the error of the forecast is 30 %",
        meaning="Coefficient of variation of a product's forecast error.",
    )
    correlation: float = par(
        0.5,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source="half of the error is attendance, half the taste for a product",
        meaning="Correlation of the errors of two products.",
    )
    planned_cv: float = par(
        0.30,
        unit="share",
        low=0,
        high=2,
        grade="assumed",
        source="what the planner believes the error to be",
        meaning="Coefficient of variation used for the safety margin.",
    )
    fractile: float = par(
        0.875,
        unit="share",
        low=0.5,
        high=0.999,
        grade="assumed",
        source="newsvendor: (1 − .65) / (1 − .60) of the price",
        meaning="Probability with which the stock is to suffice.",
    )


class StockParams(Params):
    """Stock a product, its reservation, and what surplus is worth."""

    limited: bool = par(
        True,
        unit="-",
        grade="rule",
        source="live arms produce before the show, text arms to order",
        meaning="Whether the goods exist before they are sold.",
    )
    reservation: Literal["at_order", "at_payment", "none"] = par(
        "at_order",
        unit="-",
        grade="rule",
        source="three practices of shops; without one goods can be oversold",
        meaning="When an order takes its goods out of the stock.",
    )
    row_ms: float = par(
        3.0,
        unit="ms",
        low=0,
        high=10_000,
        grade="A",
        source="Alibaba Cloud, AliSQL Inventory Hint 149304, and Volcengine 1469436, 2025: a hot row "
        "collapses from 8,309 to 246 transactions/s",
        meaning="Time on the one hot stock row for a reservation, alone.",
    )
    substitute_share: float = par(
        0.30,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source="no figure found for dairy in group buying",
        meaning="Share of shoppers who take another product for one sold out.",
    )
    unit_cost_share: float = par(
        0.65,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source=_MARGIN,
        meaning="Cost of a unit as a share of its list price.",
    )
    salvage_share: float = par(
        0.60,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source="sold at once to a discounter or processor",
        meaning="What a surplus unit brings, as a share of its list price.",
    )
    forecast: Forecast = Forecast()

    @model_validator(mode="after")
    def _no_profit_from_surplus(self) -> StockParams:
        if self.salvage_share > self.unit_cost_share:
            raise ValueError(
                f"`salvage_share` ({self.salvage_share:g}) must not be above `unit_cost_share` "
                f"({self.unit_cost_share:g}): surplus would earn money"
            )
        return self


class Goods(NamedTuple):
    """The products as arrays of shape (K,): what the engines read."""

    stock: NDArray[np.int64]
    """Lines in stock before the first order; zeros where goods are produced to order."""
    list_fen: NDArray[np.int64]
    offer_fen: NDArray[np.int64]
    member_offer_fen: NDArray[np.int64]
    grams: NDArray[np.int64]
    forecast: NDArray[np.float64]
    """Lines forecast; zeros where goods are produced to order."""


def goods(basket: BasketParams, stock: StockParams, streams: Streams, scale: float = 1.0) -> Goods:
    """Prices and weights, and the stock of this replication; `scale` multiplies the expected lines."""
    sold_at = prices(basket)
    count = len(basket.skus)
    forecast = forecast_lines(basket, stock.forecast, streams, scale) if stock.limited else np.zeros(count)
    margin = 1.0 + NormalDist().inv_cdf(stock.forecast.fractile) * stock.forecast.planned_cv
    return Goods(
        stock=np.floor(forecast * margin).astype(np.int64),
        list_fen=sold_at.list_fen,
        offer_fen=sold_at.offer_fen,
        member_offer_fen=sold_at.member_offer_fen,
        grams=sold_at.grams,
        forecast=forecast,
    )


def forecast_lines(
    basket: BasketParams, forecast: Forecast, streams: Streams, scale: float = 1.0
) -> NDArray[np.float64]:
    """Expected lines × common error × own error of each product, (K,)."""
    keys = np.arange(len(basket.skus), dtype=np.int64)
    common = float(streams.normal("stock.forecast_common", keys[:1])[0])
    own = streams.normal("stock.forecast_own", keys)
    variance = math.log1p(forecast.cv * forecast.cv)
    shared, private = variance * forecast.correlation, variance * (1.0 - forecast.correlation)
    shares = np.array([sku.share for sku in basket.skus])
    error = np.exp(math.sqrt(shared) * common - 0.5 * shared + math.sqrt(private) * own - 0.5 * private)
    lines: NDArray[np.float64] = forecast.expected_lines * scale * shares / shares.sum() * error
    return lines


def ration(
    orders: Table, rows: NDArray[np.int64], stock: NDArray[np.int64], sold: Goods
) -> NDArray[np.int64]:
    """Give `rows` of the orders, in this order, their lines while there are any; the rest is owed back.

    Args:
        orders: the `orders` table; lines, weight and `short_fen` of the rows are changed.
        rows: orders in the order in which they are served.
        stock: (K,) lines there are.
        sold: prices and weights.

    Returns:
        (K,) lines asked for.
    """
    wanted = orders["sku_lines"][rows].astype(np.int64)
    asked = np.cumsum(wanted, axis=0)
    served = np.minimum(asked, stock) - np.minimum(asked - wanted, stock)
    missing = wanted - served
    orders["sku_lines"][rows] = served
    orders["lines"][rows] = served.sum(axis=1)
    orders["grams"][rows] -= missing @ sold.grams
    at_list = np.maximum(orders["list_fen"][rows], 1)
    orders["short_fen"][rows] = orders["amount_fen"][rows] * (missing @ sold.list_fen) // at_list
    return asked[-1] if rows.size else np.zeros(stock.size, np.int64)


def refund_empty(orders: Table, rows: NDArray[np.int64], told_min: float) -> None:
    """Pay back those among `rows` for whom nothing was left, when they are told or when they paid."""
    empty = rows[(orders["lines"][rows] == 0) & (orders["lines_wanted"][rows] > 0)]
    orders["end"][empty] = End.NOT_SORTED
    orders["refunded_min"][empty] = np.maximum(orders["paid_min"][empty], told_min)
    orders["short_fen"][empty] = 0


def stock_table(sold: Goods, *, initial: NDArray[np.int64], asked: NDArray[np.int64]) -> Table:
    """The `stock` table of goods given out by a list: (K,) lines there were and lines asked for."""
    oversold = np.maximum(asked - initial, 0)
    return {
        "sku": np.arange(asked.size, dtype=np.int64),
        "forecast": sold.forecast.copy(),
        "initial": initial,
        "sold": asked.copy(),
        "left": initial - asked + oversold,
        "oversold": oversold,
        "price_fen": sold.list_fen.copy(),
    }


COLUMNS = (
    Column(
        "orders", "short_fen", "i8", "fen", "Paid for lines that were sold but were not there; owed back."
    ),
    Column("stock", "sku", "i8", "-", "Number of the product in the scenario."),
    Column(
        "stock",
        "forecast",
        "f8",
        "lines",
        "Lines forecast before the show; 0 where goods are produced to order.",
    ),
    Column(
        "stock",
        "initial",
        "i8",
        "lines",
        "Lines produced before the show; what was sold where goods are produced to order.",
    ),
    Column("stock", "sold", "i8", "lines", "Lines sold."),
    Column("stock", "left", "i8", "lines", "Lines left at the cut-off."),
    Column("stock", "oversold", "i8", "lines", "Lines sold beyond the stock."),
    Column("stock", "price_fen", "i8", "fen", "List price of a line."),
)
"""initial = sold + left − oversold."""
