"""Failure is never flattered: goods that rot are paid for, shoppers who gave up have waited."""

from __future__ import annotations

from typing import Any

from sim import load_scenario, simulate
from sim.kpis import kpis_of


def figures(*changes: str) -> dict[str, Any]:
    """KPIs of one night of `chenxi_live` with some values changed."""
    scenario = load_scenario("chenxi_live", changes)
    return kpis_of(scenario, simulate(scenario, seed=1, replication=0))


def test_goods_that_reach_nobody_cost_what_they_cost() -> None:
    """With nobody to sort, or four vans, the goods cost as much as on the same night when all arrived."""
    usual = figures()
    for lame in ("sorting.teams=[]", "delivery.vehicles[0].count=4"):
        lost = figures(lame)
        assert lost["delivered_next_day"] < usual["delivered_next_day"]
        assert lost["goods_cny"] == usual["goods_cny"]
        assert lost["contribution_cny"] < usual["contribution_cny"]


def test_a_shop_that_loses_the_slow_is_not_fast() -> None:
    """One worker serves a few shoppers soon; the time to pay counts all who wanted to."""
    usual, melted = figures(), figures("checkout.order_service.servers=1")
    assert melted["payment_success"] < 0.5
    assert usual["checkout_p95_s"] < 60.0 < melted["checkout_p95_s"]
