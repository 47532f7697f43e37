"""Arithmetic of coming and warming, shared by both faces."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.stages.collection.spec import CollectionNumbers

NEVER = float("inf")
DAY = 1440.0


def coming_min(part_u: float, place_u: float, n: CollectionNumbers) -> float:
    """When a buyer wants to come (minutes of the run); infinite for those who never do."""
    if part_u < n.until_morning:
        return DAY + 600.0 + 120.0 * place_u
    if part_u < n.until_midday:
        return DAY + 720.0 + 240.0 * place_u
    if part_u < n.until_evening:
        return DAY + 960.0 + 240.0 * place_u
    if part_u < n.until_later:
        return DAY + 1200.0 + 120.0 * place_u
    return NEVER


def within_opening(time: float, open_min: float, close_min: float) -> float:
    """The first moment from `time` on at which the point is open on D1; infinite after its closing."""
    if time < open_min:
        return open_min
    if time < close_min:
        return time
    return NEVER


def above_limit_min(start: float, end: float, hold: float) -> float:
    """Minutes above the temperature limit between unloading and `end` for goods that hold for `hold`."""
    return max(0.0, end - start - hold)


def second_coming(back: float, at_point: float, open_min: float, close_min: float, wait_max: float) -> float:
    """When the buyer of a wasted trip stands before her goods; infinite when they are not there then either."""
    second = within_opening(back, open_min, close_min)
    if second >= at_point:
        return second
    if at_point <= second + wait_max:
        return within_opening(at_point, open_min, close_min)
    return NEVER
