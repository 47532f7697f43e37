"""Nothing is lost and nothing is made: people, orders, fen, grams, stock, tickets and times balance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim import load_scenario, simulate
from sim.orderlog import OrderLog
from sim.scenario_file import shipped
from tests.properties.balances import broken

SHIPPED = [name for name in shipped() if name != "base"]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenarios_balance(name: str) -> None:
    """Five replications of every shipped scenario break no balance."""
    scenario = load_scenario(name)
    for replication in range(5):
        assert broken(scenario, simulate(scenario, seed=3, replication=replication)) == []


@pytest.mark.parametrize("keep", [0, 1, 300, 100_000])
def test_thinned_events_balance(keep: int) -> None:
    """Cut down to a text arm's volume, no more orders than asked go on, and all balances hold."""
    scenario = load_scenario("chenxi_live")
    log = simulate(scenario, seed=3, replication=1, thin_to=keep)
    assert broken(scenario, log) == []
    assert int(np.count_nonzero(~np.isnan(log["orders"]["release_min"]))) <= keep


SLIPS: list[tuple[str, str, str, Any]] = [
    ("an order for everybody who wants", "people", "wants", np.zeros_like),
    ("no key twice", "people", "key", np.zeros_like),
    ("collected orders end so", "orders", "end", lambda end: np.where(end == 7, 8, end).astype(end.dtype)),
    (
        "only paid orders are refunded",
        "orders",
        "refunded_min",
        lambda at: np.where(np.isnan(at), 1500.0, at),
    ),
    ("no more than the list price", "orders", "amount_fen", lambda fen: fen * 2),
    ("list price of the lines", "orders", "list_fen", lambda fen: fen + 1),
    ("delivered = unloaded", "stops", "grams", lambda grams: grams + 1),
    ("grams by trip", "trips", "grams", lambda grams: grams + 1),
    ("initial = sold + left − oversold", "stock", "left", lambda left: left + 1),
    ("sold lines are in the orders", "stock", "sold", lambda sold: sold + 1),
    ("tickets of orders", "tickets", "order", lambda order: order - 1_000_000),
    ("ticket times", "tickets", "start_min", lambda start: start - 1_000.0),
    ("clicks counted", "orders", "tries", lambda tries: tries + 1),
    ("one job at a time", "sorting", "start_min", lambda start: start - 5.0),
    ("times of the goods", "orders", "sorted_min", lambda at: at + 3_000.0),
    ("times of a payment", "orders", "placed_min", lambda at: at + 3_000.0),
    ("desk times", "desk", "start_min", lambda at: at - 3_000.0),
]
"""A balance, and a slip in one column that it must notice."""


@pytest.mark.parametrize(("balance", "table", "column", "slip"), SLIPS, ids=[slip[0] for slip in SLIPS])
def test_balances_notice_a_slip(balance: str, table: str, column: str, slip: Any) -> None:
    """Each balance is sharp: one column a little wrong, and it is named."""
    scenario = load_scenario("chenxi_live")
    log = simulate(scenario, seed=3, replication=0)
    spoilt = {name: dict(columns) for name, columns in log.tables.items()}
    spoilt[table][column] = slip(spoilt[table][column])
    assert balance in broken(scenario, OrderLog(log.seed, log.replication, spoilt))
