"""The bill of a plan: what its resources and options cost for one event, line by line.

Prices are in the scenario's `prices`, wages in its `money`. A plan pays for what it keeps ready, whether the
night needs it or not, so that two plans can be compared before they are played.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.experiments.provision import options as opt
from sim.experiments.provision.plan import (
    AGENTS,
    DOCKS,
    GATEWAY,
    HALL,
    HELPERS,
    HOST,
    NIGHT_AGENTS,
    SERVERS,
    STATIONS,
    Plan,
    scenario_of,
    teams_of,
    vehicles_of,
)

SECOND_LINE = "aftersales.second_line_agents"
"""Agents for hard cases: no plan changes their number, but their hours are the day's."""

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.stages.sorting.teams import Team


def shift_cny(scenario: Scenario, team: Team) -> float:
    """One person's whole shift: day and night wage, and what a sorter costs besides."""
    money = scenario.money
    end = team.start_min + team.length_min
    night = max(0.0, end - max(team.start_min, money.night_from_min)) / 60.0
    day = team.length_min / 60.0 - night
    wage = day * money.sorter_cny_per_h + night * money.sorter_night_cny_per_h
    return wage + scenario.prices.sorter_call_cny


def unit_costs(scenario: Scenario, plan: Plan) -> dict[str, float]:
    """What one more of each resource costs, path → CNY; the hall's is that of one more person in it."""
    prices, wage, care = scenario.prices, scenario.money.agent_cny_per_h, scenario.aftersales
    light = prices.put_to_light_cny if scenario.sorting.technology == "put_to_light" else 0.0
    costs = {
        SERVERS: prices.order_service_worker_cny,
        GATEWAY: prices.gateway_request_cny,
        HOST: prices.host_person_cny,
        STATIONS: prices.workstation_cny + light,
        HALL: prices.hall.cny / prices.hall.people,
        DOCKS: prices.dock_cny,
        AGENTS: 2.0 * (care.day_until_h - care.day_from_h) * wage,
        NIGHT_AGENTS: (care.show_night_until_h - care.day_until_h) * wage if scenario.live else 0.0,
        HELPERS: prices.helper_cny * scenario.market.communities,
    }
    for path, team in zip(teams_of(plan), scenario.sorting.teams, strict=True):
        costs[path] = shift_cny(scenario, team)
    for path, kind in zip(vehicles_of(plan), scenario.delivery.vehicles, strict=True):
        costs[path] = prices.vans.of(kind.payload_kg)
    return costs


def option_cny(base: Scenario, name: str) -> float:
    """What an option costs by itself; what it changes in other lines stands there."""
    prices = base.prices
    return {
        opt.DATABASE: prices.database.cny,
        opt.SHELF: prices.shelf.cny * base.market.communities,
        opt.BOT: prices.bot.cny,
        opt.COLD_BOXES: prices.cold_box_cny * base.market.communities,
    }.get(name, 0.0)


def halls_bought(base: Scenario, plan: Plan) -> int:
    """Whole halls beyond the first that the plan's limit needs."""
    more = plan.counts[HALL] - base.sorting.hall_limit_people
    return -(-max(0, more) // base.prices.hall.people)


def bill_of(base: Scenario, plan: Plan) -> dict[str, float]:
    """Every line of the bill, path or option → CNY; the first hall is there and costs nothing more."""
    costs = unit_costs(scenario_of(base, plan), plan)
    lines = {path: count * costs[path] for path, count in plan.counts.items() if path != HALL}
    lines[HALL] = halls_bought(base, plan) * base.prices.hall.cny
    lines[SECOND_LINE] = base.aftersales.second_line_agents * costs[AGENTS]
    return lines | {name: option_cny(base, name) for name in plan.options}


def cost_of(base: Scenario, plan: Plan) -> float:
    """The whole bill in CNY."""
    return sum(bill_of(base, plan).values())
