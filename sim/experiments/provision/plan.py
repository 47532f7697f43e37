"""A plan: how many of each resource, and which equipment or policy, on top of a scenario.

Resources are paths of the scenario at which a whole number stands. Equipment and policies are options: named
bundles of changes with a price (`options`). A plan is data; the scenario it means is made by `scenario_of`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sim.experiments.provision.options import option
from sim.scenario_file.changing import changed

if TYPE_CHECKING:
    from sim.scenario import Scenario

SERVERS = "checkout.order_service.servers"
GATEWAY = "checkout.gateway.rate_per_s"
HOST = "audience.questions.team"
STATIONS = "sorting.stations"
HALL = "sorting.hall_limit_people"
DOCKS = "delivery.docks"
AGENTS = "aftersales.agents"
NIGHT_AGENTS = "aftersales.show_night_agents"
HELPERS = "leaders.helpers"
EXPECTED = "delivery.expected_orders"
"""What the route plan expects: no resource, but the plan of a larger show expects more."""


@dataclass(frozen=True)
class Plan:
    """Counts by path, options by name, and figures that cost nothing (`settings`)."""

    counts: Mapping[str, int]
    options: tuple[str, ...] = ()
    settings: Mapping[str, float | bool] = field(default_factory=dict)

    def having(self, **changes: int) -> Plan:
        """The plan with other counts; keys are paths (use `**{path: count}`)."""
        return replace(self, counts={**self.counts, **changes})

    def with_options(self, *names: str) -> Plan:
        """The plan with these options as well."""
        return replace(self, options=tuple(dict.fromkeys((*self.options, *names))))

    def without(self, *names: str) -> Plan:
        """The plan without these options."""
        return replace(self, options=tuple(one for one in self.options if one not in names))

    def setting(self, path: str, value: float | bool) -> Plan:
        """The plan with a figure that costs nothing."""
        return replace(self, settings={**self.settings, path: value})


def plan_of(base: Scenario) -> Plan:
    """What the scenario has today."""
    counts = {
        SERVERS: base.checkout.order_service.servers,
        GATEWAY: round(base.checkout.gateway.rate_per_s),
        HOST: base.audience.questions.team,
        **{f"sorting.teams[{k}].people": team.people for k, team in enumerate(base.sorting.teams)},
        STATIONS: base.sorting.stations,
        HALL: base.sorting.hall_limit_people,
        **{f"delivery.vehicles[{k}].count": kind.count for k, kind in enumerate(base.delivery.vehicles)},
        DOCKS: base.delivery.docks,
        AGENTS: base.aftersales.agents,
        NIGHT_AGENTS: base.aftersales.show_night_agents,
        HELPERS: base.leaders.helpers,
    }
    return Plan(counts)


def teams_of(plan: Plan) -> list[str]:
    """Paths of the sorting teams."""
    return [path for path in plan.counts if path.startswith("sorting.teams[")]


def vehicles_of(plan: Plan) -> list[str]:
    """Paths of the vehicle types."""
    return [path for path in plan.counts if path.startswith("delivery.vehicles[")]


def changes_of(base: Scenario, plan: Plan) -> dict[str, Any]:
    """Everything the plan sets, path → value; options first, so that counts have the last word."""
    out: dict[str, Any] = {}
    for name in plan.options:
        out |= option(name).changes(base)
    out |= plan.settings
    for path, count in plan.counts.items():
        out[path] = float(count) if path == GATEWAY else count
    return out


def scenario_of(base: Scenario, plan: Plan) -> Scenario:
    """The scenario that the plan means."""
    return changed(base, changes_of(base, plan), "provision")
