"""The plan of a fixed timetable, made or read once for all replications that share what it is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.market.points_file import point_names
from sim.remembered import remembered
from sim.stages.delivery import plans

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sim.stages.delivery.spec import DeliveryParams, Plan

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@remembered
def planned_once(
    params: DeliveryParams, prices: plans.VanPrices, members: Ints, road: Floats, metres: Floats, piles: int
) -> Plan:
    """The plan on expected loads (`plans.fixed_plan`, which would read all of this anew to find it)."""
    return plans.fixed_plan(params, prices, members, road, metres, piles)


@remembered
def listed_once(
    params: DeliveryParams, _digest: str, points: str | None, members: Ints, road: Floats, piles: int
) -> Plan:
    """The plan of the scenario's routes file; the digest tells one that was changed meanwhile."""
    assert params.routes_file is not None
    idents = [ident for ident, _ in point_names(points, len(members))]
    return plans.listed_plan(params, params.routes_file, idents, members, road, piles)
