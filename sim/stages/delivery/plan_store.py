"""Plans kept on disk: the search for a scenario's fixed routes runs once on a machine, not once a command."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from sim.array_store import name_of, sources, store, stored
from sim.stages.delivery.spec import Plan

SOURCES = tuple(
    Path(__file__).parent / name
    for name in (
        "route_search.py",
        "route_problem.py",
        "plans.py",
        "plan_times.py",
        "flow.py",
        "spec.py",
        "fleet.py",
        "../../laws.py",
    )
)


def _name(key: str) -> str:
    return name_of(key, sources(*SOURCES), version("pyvrp"))


def stored_plan(key: str) -> Plan | None:
    """The plan stored under a key, if there is a readable one."""
    found = stored("plans", _name(key), Plan._fields)
    return Plan(**found | {"relaxed": int(found["relaxed"])}) if found else None


def store_plan(key: str, plan: Plan) -> Plan:
    """Store a plan under a key; returns it."""
    store("plans", _name(key), plan._asdict())
    return plan
