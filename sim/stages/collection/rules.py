"""Arithmetic of coming and warming, shared by both faces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.stages.collection.spec import CollectionNumbers

NEVER = float("inf")


def coming_min(part_u: float, place_u: float, n: CollectionNumbers) -> float:
    """When a buyer wants to come (minutes of the run); infinite for those who never do."""
    edges = n.edges
    if part_u < n.until_morning:
        return edges[0] + (edges[1] - edges[0]) * place_u
    if part_u < n.until_midday:
        return edges[1] + (edges[2] - edges[1]) * place_u
    if part_u < n.until_evening:
        return edges[2] + (edges[3] - edges[2]) * place_u
    if part_u < n.until_later:
        return edges[3] + (edges[4] - edges[3]) * place_u
    return NEVER


def within_opening(
    time: float, open_min: float, close_min: float, desk_opens: Sequence[float], desk_closes: Sequence[float]
) -> float:
    """The first moment from `time` on when the point is open and its leader at the desk; infinite after it.

    `desk_opens` and `desk_closes` are the leader's windows on D1, in order of time.
    """
    moment = max(time, open_min)
    for window in range(len(desk_opens)):
        if moment < desk_closes[window]:
            moment = max(moment, desk_opens[window])
            return moment if moment < close_min else NEVER
    return NEVER


def above_limit_min(start: float, end: float, hold: float) -> float:
    """Minutes above the temperature limit between unloading and `end` for goods that hold for `hold`."""
    return max(0.0, end - start - hold)


def spoils(above: float, limit: float, never: bool) -> bool:
    """Whether goods so long above the temperature limit are spoiled when collected; `never`: they are not."""
    return above > limit and not never
