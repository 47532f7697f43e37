"""The market: who lives where, which pickup point serves them, and what it can keep cold.

market = market_of(market_params, roads_params, scale=1.0)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.market.spec import MarketParams

if TYPE_CHECKING:
    from sim.market.market import Market, build_market, market_of

__all__ = ["Market", "MarketParams", "build_market", "market_of"]


def __getattr__(name: str) -> Any:
    if name not in ("Market", "build_market", "market_of"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("sim.market.market"), name)
