"""Arithmetic of the desk shared by both faces: plain scalars in, plain scalars out; minutes."""

from __future__ import annotations

from typing import Any


def still_to_do(planned_end: float, now: float) -> float:
    """Work left of a job that stops at `now`, from its planned end: counting down would miss a bit."""
    return planned_end - now


def complains(ended: float, arrived: float, tolerance: float, luck: float, chance: float) -> bool:
    """Whether a buyer served from `arrived` to `ended` complains: too long, and she is of that kind."""
    return ended - arrived > tolerance and luck < chance


def merge_length(rows: Any, sheet: float, row: float) -> Any:
    """Minutes a clerk needs for a community's sheet of `rows` orders; a number or an array."""
    return sheet + row * rows


def tally_length(replies: Any, late: Any, base: float, reply: float, reopening: float) -> Any:
    """Minutes to count up `replies`, reopening the sheet for each of `late` additions; numbers or arrays."""
    return base + reply * replies + reopening * late


def under_load(share: float, gain: float, waiting: Any) -> Any:
    """Chance of a mistake with `waiting` jobs looking over the leader's shoulder; numbers or arrays."""
    return share * (1.0 + gain * waiting)
