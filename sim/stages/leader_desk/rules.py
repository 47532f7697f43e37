"""Arithmetic of the desk shared by both faces: plain scalars in, plain scalars out; minutes."""

from __future__ import annotations


def still_to_do(planned_end: float, now: float) -> float:
    """Work left of a job that stops at `now`: measured from its planned end, so that resuming ends on the same bit."""
    return planned_end - now


def complains(ended: float, arrived: float, tolerance: float, luck: float, chance: float) -> bool:
    """Whether a buyer who waited from `arrived` until handed over at `ended` complains: too long, and of that kind."""
    return ended - arrived > tolerance and luck < chance


def merge_length(rows: float, sheet: float, row: float) -> float:
    """Minutes a clerk needs for one community's sheet of `rows` orders."""
    return sheet + row * rows


def tally_length(replies: float, late: float, base: float, reply: float, reopening: float) -> float:
    """Minutes a leader needs to count up `replies`, reopening the sheet for each of `late` additions."""
    return base + reply * replies + reopening * late


def under_load(share: float, gain: float, waiting: float) -> float:
    """Chance of a mistake with `waiting` jobs looking over the leader's shoulder."""
    return share * (1.0 + gain * waiting)
