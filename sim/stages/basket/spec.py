"""Products, prices and baskets.

The shares make a mean line: ¥29.41 at list price (an order of two lines ¥58.82), ¥25.00 in the offer, 1.5 kg.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from pydantic import model_validator

from sim.random_streams import Streams, purpose_code
from sim.remembered import remembered
from sim.units import Params, par

if TYPE_CHECKING:
    from numpy.typing import NDArray

RANGE = "a dairy's range; mix chosen so that a mean line is ¥29.41 and 1.5 kg"
ORDER = (
    "开源证券 on 叮咚's forward warehouses: an order of ¥50 is an analyst's base case; ¥58.82 before 15 % off"
)
LOW_CNY_A_KG, HIGH_CNY_A_KG = 8.0, 40.0
MOST_SKUS = 64


class Sku(Params):
    """One product; a line of a basket is one of it."""

    price_fen: int = par(
        2941, unit="fen", low=1, high=10_000_000, grade="C", source=ORDER, meaning="List price."
    )
    kg: float = par(
        1.5, unit="kg", low=0.001, high=1000, grade="assumed", source=RANGE, meaning="Weight, packed."
    )
    share: float = par(
        1.0,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source="no sales mix published",
        meaning="Share of the lines wanted; normalised over all products.",
    )
    new: bool = par(
        False,
        unit="-",
        grade="claim",
        source="the case article: a new children's yoghurt",
        meaning="Whether this is the product launched in the show (read by `new_sku_share`).",
    )


def dairy_range() -> tuple[Sku, ...]:
    """Fresh milk, high-calcium milk, chilled yoghurt, flavoured yoghurt, cheese, children's yoghurt (new)."""
    return (
        Sku(price_fen=2680, kg=1.9, share=0.30),
        Sku(price_fen=2980, kg=1.8, share=0.20),
        Sku(price_fen=3280, kg=1.2, share=0.15),
        Sku(price_fen=2880, kg=1.3, share=0.15),
        Sku(price_fen=2980, kg=1.0, share=0.10),
        Sku(price_fen=3190, kg=0.95, share=0.10, new=True),
    )


class BasketParams(Params):
    """The range, the basket and its prices."""

    skus: tuple[Sku, ...] = dairy_range()
    more_lines_mean: float = par(
        1.0,
        unit="lines",
        low=0,
        high=20,
        grade="C",
        source=ORDER,
        meaning="Mean number of lines beyond the first (Poisson); × the night's factor.",
    )
    offer_discount_share: float = par(
        0.15,
        unit="share",
        low=0,
        high=0.95,
        grade="claim",
        source="the case article: 15 % off",
        meaning="Off the list price in the offer of a live arm.",
    )
    member_discount_share: float = par(
        0.0,
        unit="share",
        low=0,
        high=0.5,
        grade="claim",
        source="the case article names an exclusive price, without a figure",
        meaning="Further off for members, in the offer: their exclusive price.",
    )

    @model_validator(mode="after")
    def _sellable(self) -> BasketParams:
        if not 1 <= len(self.skus) <= MOST_SKUS:
            raise ValueError(f"name 1 to {MOST_SKUS} products")
        total = sum(sku.share for sku in self.skus)
        if total <= 0.0:
            raise ValueError("the products' shares must not all be 0")
        if self.offer_discount_share + self.member_discount_share >= 1.0:
            raise ValueError("`offer_discount_share` + `member_discount_share` must be below 1")
        mean_cny = sum(sku.share * sku.price_fen for sku in self.skus) / total / 100.0
        a_kg = (
            mean_cny
            * (1.0 - self.offer_discount_share)
            / (sum(sku.share * sku.kg for sku in self.skus) / total)
        )
        if not LOW_CNY_A_KG <= a_kg <= HIGH_CNY_A_KG:
            raise ValueError(
                f"the basket costs ¥{a_kg:.2f} a kg in the offer, which no dairy sells at; "
                f"choose prices and weights between ¥{LOW_CNY_A_KG:g} and ¥{HIGH_CNY_A_KG:g} a kg"
            )
        return self


class Prices(NamedTuple):
    """The products as int64 arrays (K,)."""

    list_fen: NDArray[np.int64]
    offer_fen: NDArray[np.int64]
    member_offer_fen: NDArray[np.int64]
    grams: NDArray[np.int64]


@remembered
def prices(params: BasketParams) -> Prices:
    """Prices in fen, rounded half up a product, and weights in grams."""
    listed = np.array([sku.price_fen for sku in params.skus], np.int64)
    offer = 1.0 - params.offer_discount_share
    member = offer - params.member_discount_share
    return Prices(
        list_fen=listed,
        offer_fen=np.floor(listed * offer + 0.5).astype(np.int64),
        member_offer_fen=np.floor(listed * member + 0.5).astype(np.int64),
        grams=np.array([int(sku.kg * 1000.0 + 0.5) for sku in params.skus], np.int64),
    )


def draw_basket(
    params: BasketParams, streams: Streams, keys: NDArray[np.int64], night_basket: float = 1.0
) -> NDArray[np.int16]:
    """Lines wanted of each product, (n, K) int16, at least one line a basket.

    Args:
        params: range and basket.
        streams: of the replication.
        keys: (n,) of the shoppers; a basket depends on nothing but its key.
        night_basket: factor of the night on the mean number of further lines.
    """
    from sim.stages.basket import draws_kernel

    shares = np.array([sku.share for sku in params.skus])
    bounds = np.cumsum(shares) / shares.sum()
    out = np.zeros((len(keys), len(shares)), np.int16)
    draws_kernel.fill_basket(
        out,
        streams.seed,
        streams.replication,
        np.uint64(purpose_code("basket.lines")),
        keys,
        params.more_lines_mean * night_basket,
        bounds,
    )
    return out
