"""What is sold: SKUs, prices, and the stock produced before a show on a forecast (rules 33–40).

A text arm produces to order (`limited` off): its stock is what was sold and nothing is left.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from pydantic import model_validator

from sim.random_streams import Streams
from sim.units import Params, par

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PRICE = "fitted to an order of ¥58.82 with two lines at list price (open source securities' base case: ¥50 an order, C)"
_MARGIN = "a dairy's producer price against its retail price; no published figure for this brand"


class Sku(Params):
    """One product."""

    name: str = par("fresh milk", unit="-", grade="assumed", source="a dairy's range", meaning="Name shown in tables.")
    price_cny: float = par(29.41, unit="CNY", low=0.01, high=100_000, grade="C", source=_PRICE, meaning="List price of a line.")
    kg: float = par(1.5, unit="kg", low=0.001, high=1000, grade="assumed", source="¥16.7 a kg, between fresh milk and yoghurt", meaning="Weight of a line with packing.")
    share: float = par(1.0, unit="share", low=0, high=1, grade="assumed", source="no sales mix published", meaning="Share of this product in the lines wanted (normalised over all products).")
    new: bool = par(False, unit="-", grade="claim", source="case article: a new children's yoghurt was launched in the show", meaning="Whether this is the product launched in the show.")


def dairy_range() -> tuple[Sku, ...]:
    """The six products of the case: mean list price ¥29.41 and mean weight 1.5 kg a line."""
    return (
        Sku(name="鲜牛奶 fresh milk", price_cny=26.00, kg=1.90, share=0.28),
        Sku(name="低温酸奶 yoghurt", price_cny=28.00, kg=1.50, share=0.20),
        Sku(name="儿童酸奶 children's yoghurt", price_cny=36.00, kg=1.00, share=0.22, new=True),
        Sku(name="高钙奶 high-calcium milk", price_cny=30.00, kg=1.60, share=0.12),
        Sku(name="奶酪 cheese", price_cny=30.94, kg=0.875, share=0.08),
        Sku(name="纯牛奶 UHT milk", price_cny=25.35, kg=1.86, share=0.10),
    )


class Forecast(Params):
    """How much is produced before the show: a forecast with errors and a safety margin."""

    expected_lines: float = par(11_200.0, unit="lines", low=0, high=100_000_000, grade="assumed", source="5,600 orders of two lines, the show the article reports", meaning="Lines the brand expects to sell in the show; never read from the run.")
    cv: float = par(0.278, unit="share", low=0, high=2, grade="assumed", source="with the night effect (.10 and .05) the error of the forecast is 30 %", meaning="Coefficient of variation of a product's forecast error.")
    correlation: float = par(0.5, unit="share", low=0, high=1, grade="assumed", source="half of the error is attendance, half the taste for a product", meaning="Correlation of the errors of two products.")
    planned_cv: float = par(0.30, unit="share", low=0, high=2, grade="assumed", source="what the planner believes the error to be", meaning="Coefficient of variation used for the safety margin.")
    fractile: float = par(0.875, unit="share", low=0.5, high=0.999, grade="assumed", source="newsvendor: (1 − .65) / (1 − .60) of the price", meaning="Probability with which the stock is to suffice.")


class Stock(Params):
    """Stock a product, its reservation, and what surplus is worth."""

    limited: bool = par(True, unit="-", grade="rule", source="live arms produce before the show, text arms to order", meaning="Whether the goods exist before they are sold.")
    reservation: Literal["at_order", "at_payment", "none"] = par("at_order", unit="-", grade="rule", source="three practices of shops; without one goods can be oversold", meaning="When an order takes its goods out of the stock.")
    row_ms: float = par(3.0, unit="ms", low=0, high=10_000, grade="A", source="Alibaba Cloud, AliSQL Inventory Hint 149304, and Volcengine 1469436, 2025: a hot row collapses from 8,309 to 246 transactions/s", meaning="Time on the one hot stock row for a reservation, alone.")
    substitute_share: float = par(0.30, unit="share", low=0, high=1, grade="assumed", source="no figure found for dairy in group buying", meaning="Share of shoppers who take another product for one sold out.")
    unit_cost_share: float = par(0.65, unit="share", low=0, high=1, grade="assumed", source=_MARGIN, meaning="Cost of a unit as a share of its list price.")
    salvage_share: float = par(0.60, unit="share", low=0, high=1, grade="assumed", source="sold at once to a discounter or processor", meaning="What a surplus unit brings, as a share of its list price.")
    forecast: Forecast = Forecast()


class Offer(Params):
    """The time-limited offer of a show: special price and a gift for the first buyers."""

    on: bool = par(True, unit="-", grade="claim", source="case article: special price and gift in the second half of the show", meaning="Whether there is an offer.")
    from_min: float = par(1200.0, unit="min", low=0, high=2880, grade="claim", source="case article: minute 30 of a show from 19:30", meaning="Minute of D0 at which the special price and the gift begin.")
    until_min: float = par(1245.0, unit="min", low=0, high=2880, grade="assumed", source="as long as orders are taken", meaning="Minute of D0 at which they end.")
    discount_share: float = par(0.15, unit="share", low=0, high=0.95, grade="claim", source="case article: 15 % off", meaning="Reduction of the list price in the offer.")
    gifts: int = par(100, unit="gifts", low=0, high=10_000_000, grade="claim", source="case article: a bottle for the first hundred buyers", meaning="Gifts for the first who pay in the offer.")
    gift_kg: float = par(0.25, unit="kg", low=0, high=100, grade="assumed", source="a bottle of drinking yoghurt", meaning="Weight of a gift.")


class Assortment(Params):
    """The products and how many lines a basket has."""

    skus: tuple[Sku, ...] = dairy_range()
    lines_more_mean: float = par(1.0, unit="lines", low=0, high=20, grade="C", source="an order of ¥50 at ¥25 a line", meaning="Mean number of lines beyond the first (Poisson).")

    @model_validator(mode="after")
    def _some_share(self) -> Assortment:
        if not 1 <= len(self.skus) <= 64:
            raise ValueError("name 1 to 64 products")
        if sum(sku.share for sku in self.skus) <= 0.0:
            raise ValueError("the products' shares must not all be 0")
        return self


class Goods(NamedTuple):
    """The products as arrays of shape (K,): what the engines read."""

    stock: NDArray[np.int64]
    """Lines in stock before the first order; zeros where goods are produced to order."""
    list_fen: NDArray[np.int64]
    offer_fen: NDArray[np.int64]
    grams: NDArray[np.int64]


def goods(assortment: Assortment, stock: Stock, offer: Offer, streams: Streams, scale: float = 1.0) -> Goods:
    """Prices and weights, and the stock of this replication; `scale` multiplies the expected lines."""
    skus = assortment.skus
    list_fen = np.array([round(sku.price_cny * 100.0) for sku in skus], np.int64)
    keep = 1.0 - offer.discount_share if offer.on else 1.0
    return Goods(
        stock=produced(assortment, stock.forecast, streams, scale) if stock.limited else np.zeros(len(skus), np.int64),
        list_fen=list_fen,
        offer_fen=np.array([round(fen * keep) for fen in list_fen.tolist()], np.int64),
        grams=np.array([round(sku.kg * 1000.0) for sku in skus], np.int64),
    )


def produced(
    assortment: Assortment, forecast: Forecast, streams: Streams, scale: float = 1.0
) -> NDArray[np.int64]:
    """Rule 33: floor(expected × common error × own error × (1 + z·CV)) lines of each product."""
    keys = np.arange(len(assortment.skus), dtype=np.int64)
    common = float(streams.normal("checkout.forecast_common", keys[:1])[0])
    own = streams.normal("checkout.forecast_own", keys)
    variance = math.log1p(forecast.cv * forecast.cv)
    shared, private = variance * forecast.correlation, variance * (1.0 - forecast.correlation)
    margin = 1.0 + NormalDist().inv_cdf(forecast.fractile) * forecast.planned_cv
    total = sum(sku.share for sku in assortment.skus)
    out = np.empty(len(keys), np.int64)
    for k, sku in enumerate(assortment.skus):
        error = math.exp(math.sqrt(shared) * common - 0.5 * shared) * math.exp(
            math.sqrt(private) * float(own[k]) - 0.5 * private
        )
        out[k] = math.floor(forecast.expected_lines * scale * sku.share / total * error * margin)
    return out


def baskets(
    assortment: Assortment, streams: Streams, keys: NDArray[np.int64], night: float = 1.0
) -> NDArray[np.int16]:
    """Lines wanted of each product, (n, K): 1 + Poisson(mean × night) lines, each of a product by its share."""
    lines = 1 + streams.poisson("checkout.lines", keys, assortment.lines_more_mean * night)
    widest = int(lines.max()) if keys.size else 1
    which = streams.uniform("checkout.product", keys, attempts=widest)
    shares = np.array([sku.share for sku in assortment.skus])
    bounds = np.cumsum(shares) / shares.sum()
    out = np.zeros((keys.size, shares.size), np.int16)
    for line in range(widest):
        rows = np.flatnonzero(lines > line)
        chosen = np.minimum(np.searchsorted(bounds, which[rows, line], side="right"), shares.size - 1)
        out[rows, chosen] += 1
    return out
