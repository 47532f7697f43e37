"""Sales, costs and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import RUN_END_MIN
from sim.kpis.measures import share
from sim.stages.aftersales.shifts import first_line, second_line
from sim.states import Method

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.orderlog import OrderLog
    from sim.scenario import Scenario


def _fen(values: NDArray[np.int64], where: NDArray[np.bool_]) -> float:
    return float(values[where].sum()) / 100.0


def sorting_cost(scenario: Scenario, log: OrderLog) -> float:
    """Wages of the sorters who came, to the end of shift or last job, with the night premium."""
    workers = log["workers"]
    here = ~workers["absent"]
    start, until = workers["start_min"][here], workers["end_min"][here]
    m = scenario.money
    night = np.maximum(0.0, until - np.maximum(start, m.night_from_min)).sum() / 60.0
    hours = (until - start).sum() / 60.0
    return float((hours - night) * m.sorter_cny_per_h + night * m.sorter_night_cny_per_h)


def delivery_cost(scenario: Scenario, log: OrderLog) -> float:
    """Kilometres, hours and vehicles used, and the depots."""
    trips, m = log["trips"], scenario.money
    hours = float((trips["return_min"] - trips["depart_min"]).sum()) / 60.0
    km = float(trips["metres"].sum()) / 1000.0
    vans: int = np.unique(trips["van"]).shape[0]
    return km * m.van_cny_per_km + hours * m.van_cny_per_h + vans * m.van_cny_used + depot_cost(scenario, log)


def depot_cost(scenario: Scenario, log: OrderLog) -> float:
    """Rent of the depots and night wages of their sorters, who stay until the last order of theirs."""
    p, orders = scenario.depots, log["orders"]
    depots: int = min(p.count, len(log["communities"]["members"]))  # one stands at a point
    until = np.full(depots, p.sort_from_min)
    done = ~np.isnan(orders["resort_end_min"])
    np.maximum.at(until, orders["depot"][done], orders["resort_end_min"][done])
    hours = float((until - p.sort_from_min).sum()) / 60.0
    return depots * p.rent_cny + hours * p.sorters * scenario.money.sorter_night_cny_per_h


def support_cost(scenario: Scenario, log: OrderLog) -> float:
    """Agents of both days (system arms) and clerks who merge sheets (manual arms)."""
    a, m = scenario.aftersales, scenario.money
    if scenario.by_system:
        shifts = (*first_line(a, live=scenario.live), *second_line(a))
        return sum(shift.minutes * shift.people for shift in shifts) / 60.0 * m.agent_cny_per_h
    sheets = log["sheets"]
    merged = ~np.isnan(sheets["merge_end_min"])
    return (
        float((sheets["merge_end_min"] - sheets["merge_start_min"])[merged].sum()) / 60.0 * m.clerk_cny_per_h
    )


def acquisition_cost(scenario: Scenario, paid: int, quiz: float) -> float:
    """What is spent to win the buyers, discount and commission apart."""
    m = scenario.money
    if scenario.show == "text":
        return m.text_post_cny
    return m.show_crew_cny + m.koc_fee_cny * scenario.audience.koc.count + quiz + m.bag_cny * paid


def _at_risk(log: OrderLog, private: NDArray[np.bool_]) -> float:
    """CNY·h in leaders' accounts, until headquarters has merged the sheet."""
    orders, sheets = log["orders"], log["sheets"]
    settled = np.full(log["communities"]["members"].shape[0], RUN_END_MIN)
    done = ~np.isnan(sheets["merge_end_min"])
    settled[sheets["community"][done]] = sheets["merge_end_min"][done]
    until = np.where(orders["on_sheet"], settled[orders["community"]], RUN_END_MIN)
    held = np.maximum(0.0, until - orders["paid_min"])[private]
    return float((orders["amount_fen"][private] / 100.0 * held).sum()) / 60.0


def measure(scenario: Scenario, log: OrderLog) -> dict[str, float]:
    """KPIs of the group `money`."""
    orders, stock, m = log["orders"], log["stock"], scenario.money
    paid = ~np.isnan(orders["paid_min"])
    delivered = ~np.isnan(orders["at_point_min"])
    kept = paid & delivered & np.isnan(orders["refunded_min"])
    count = int(np.count_nonzero(paid))
    gmv, net = _fen(orders["amount_fen"], paid), _fen(orders["amount_fen"] - orders["short_fen"], kept)
    list_value = _fen(orders["list_fen"], paid)
    discount = list_value - gmv
    gifts = int(np.count_nonzero(orders["gift"])) * m.gift_cny
    quiz = scenario.quiz_prizes_cny(log) + gifts
    handling = sorting_cost(scenario, log) + delivery_cost(scenario, log) + support_cost(scenario, log)
    acquisition = acquisition_cost(scenario, count, quiz)
    commission = scenario.leaders.commission_share * net
    fees = m.payment_fee_share * _fen(orders["amount_fen"], paid & (orders["method"] == Method.WECHAT))
    waste = (
        float((stock["left"] * stock["price_fen"]).sum())
        / 100.0
        * (scenario.stock.unit_cost_share - scenario.stock.salvage_share)
    )
    system = m.system_cny if scenario.system == "system" else 0.0
    cost = handling + acquisition + commission + fees + waste + system
    taken = (stock["initial"] - stock["left"]) @ stock["price_fen"]  # also what never reached a point
    goods = scenario.stock.unit_cost_share * float(taken) / 100.0
    out = {
        "gmv_cny": gmv,
        "gmv_net_cny": net,
        "aov_cny": share(gmv, count),
        "goods_cny": goods,
        "cost_cny": cost,
        "cost_per_order_cny": share(handling, count),
        "contribution_cny": net - goods - cost,
        "discount_cny": discount,
        "quiz_cost_cny": quiz,
        "refunds_cny": gmv - net,
        "cac_cny": share(acquisition + commission + discount, count),
        "cac_excl_discount_cny": share(acquisition + commission, count),
        "new_sku_share": _new_share(scenario, log, paid),
    }
    if scenario.system == "manual":
        private = paid & (orders["method"] == Method.TRANSFER)
        out["private_money_cny"] = _fen(orders["amount_fen"], private)
        out["money_at_risk_cny_h"] = _at_risk(log, private)
    if stock["forecast"].sum() > 0:
        wanted = int(orders["lines_wanted"].sum())
        out["forecast_error"] = share(abs(float(stock["forecast"].sum()) - wanted), wanted)
        out["waste_cny"] = waste
    return out


def _new_share(scenario: Scenario, log: OrderLog, paid: NDArray[np.bool_]) -> float:
    lines = log["orders"]["sku_lines"][paid].sum(axis=0, dtype=np.int64)
    new = np.array([sku.new for sku in scenario.basket.skus])
    return share(float(lines[new].sum()), float(lines.sum()))
