"""KPIs: one row of figures from one log. `kpis_of` is the only way to get them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.kpis.definitions import KPIS, Kpi

if TYPE_CHECKING:
    from sim.orderlog import OrderLog
    from sim.scenario import Scenario

__all__ = ["KPIS", "Kpi", "kpis_of"]


def kpis_of(scenario: Scenario, log: OrderLog) -> dict[str, float]:
    """Every KPI that has a meaning for this log, in the order of `KPIS`."""
    from sim.kpis import audience, collecting, delivering, funnel, leading, money, sorting, support

    found: dict[str, float] = {}
    for group in (audience, funnel, money, sorting, delivering, collecting, support, leading):
        found.update(group.measure(scenario, log))
    return {name: float(found[name]) for name in KPIS if name in found and not math.isnan(found[name])}
