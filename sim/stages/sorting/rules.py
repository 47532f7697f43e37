"""The arithmetic of sorting, read by both faces."""

from __future__ import annotations

import math

AS_PAID = 0
AT_CUTOFF = 1
PER_SHEET = 2
FULL_LIST = 3


def listed_min(known_min: float, sheet_min: float, by_sheet: bool, close_min: float) -> float:
    """When the centre has an order on its list; NaN for an order that misses it.

    With sheets that is when its leader's sheet is merged, without when its payment is known, if the list is
    open.
    """
    if by_sheet:
        return sheet_min if known_min <= sheet_min else math.nan
    return known_min if known_min <= close_min else math.nan


def release_min(rule: int, listed: float, last_listed: float, cutoff_min: float, close_min: float) -> float:
    """When an order on the list may be begun; `last_listed` is when the last order of all came on it."""
    if rule == AT_CUTOFF:
        return max(listed, close_min)
    if rule == PER_SHEET:
        return max(listed, cutoff_min)
    if rule == FULL_LIST:
        return max(last_listed, close_min)
    return listed


def work_min(units: float, unit_min: float, noise: float, night_pace: float, own_pace: float) -> float:
    """Working time of a job of `units` lines (or one crate) in the hands of one person."""
    return units * unit_min * noise * night_pace * own_pace


def done_min(start: float, work: float, power_from: float, power_to: float) -> float:
    """When work begun at `start` is done, if nothing is worked from `power_from` to `power_to`."""
    end = start + work
    if start < power_from and end > power_from:
        end += power_to - power_from
    return end


def power_is_off(now: float, power_from: float, power_to: float) -> bool:
    """Whether nothing can be begun at `now`; the window is closed at the left."""
    return power_from <= now < power_to


def crates_of(grams: int, crate_grams: int) -> int:
    """Crates that hold `grams`."""
    return (grams + crate_grams - 1) // crate_grams
