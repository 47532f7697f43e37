"""What becomes of replies on paper: the leader's sheet, then headquarters' list against the stock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.orderlog import Table
from sim.stages.basket.stock import Goods, ration, refund_empty, stock_table
from sim.stages.orders_by_hand.spec import HandNumbers
from sim.states import End

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]


def write_down(orders: Table, registered_min: Floats, known_min: Floats, mistaken: Mask, sheet: Mask) -> None:
    """Note what the leaders' evening means for the replies, (n,) each; see `leader_desk.jobs.Evening`."""
    orders["known_min"] = known_min
    orders["mistaken"] = mistaken & sheet
    orders["forgotten"] = ~np.isnan(registered_min) & np.isnan(known_min)
    orders["on_sheet"] = sheet & (orders["end"] == End.OPEN)
    orders["end"][(orders["end"] == End.OPEN) & ~sheet] = End.NOT_SORTED


def take_stock(n: HandNumbers, orders: Table, sheets: Table, sold: Goods, *, limited: bool) -> Table:
    """Give the rows their lines, sheet by sheet as merged; the `stock` table.

    Where goods are produced to order (`limited` off) there are as many as are asked for.
    """
    merged = np.full(int(orders["community"].max(initial=0)) + 1, np.inf)
    known = sheets["community"] < merged.size
    merged[sheets["community"][known]] = np.where(
        np.isnan(sheets["merge_end_min"]), np.inf, sheets["merge_end_min"]
    )[known]
    rows = np.flatnonzero(orders["on_sheet"] & (orders["end"] == End.OPEN))
    rows = rows[np.argsort(merged[orders["community"][rows]], kind="stable")]
    if not limited:
        total = orders["sku_lines"][rows].sum(axis=0, dtype=np.int64)
        return stock_table(sold, initial=total.copy(), asked=total)
    total = ration(orders, rows, sold.stock, sold)
    refund_empty(orders, rows, n.told)
    return stock_table(sold, initial=sold.stock.copy(), asked=total)
