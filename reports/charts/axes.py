"""Titles with units and round ticks of an axis, whoever draws it."""

from __future__ import annotations

import math

from reports.catalogue import Lang, in_wan, number, spread, unit_word
from reports.charts.chart import Axis, Steps

TICKS = 7
"""About so many on a clock."""
STEPS_MIN = (5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440)


def titled(axis: Axis, lang: Lang) -> str:
    """The title with the unit, where it does not say it already."""
    unit = unit_word(axis.unit, lang) if axis.unit else ""
    if not unit or axis.unit == "ratio" or unit in axis.title.lower():
        return axis.title
    return f"{axis.title} ({unit})"


def step_words(chart: Steps, lang: Lang) -> list[str]:
    """The figure of each step with its unit, all in one scale."""
    unit, values = chart.up.unit, [step.value for step in chart.steps]
    word = unit_word(unit, lang)
    if in_wan(values, unit, lang):
        return [f"{spread(value, value, value, unit, lang, wan=True)}{word}" for value in values]
    return [f"{number(value, unit, lang, varies=True)} {word}".strip() for value in values]


def clock_step(low: float, high: float) -> int:
    """Minutes between round moments of the day, so that about `TICKS` of them stand between two ends."""
    return next((one for one in STEPS_MIN if (high - low) / one <= TICKS), STEPS_MIN[-1])


def clock_ticks(low: float, high: float) -> list[float]:
    """Round moments of the day, about `TICKS` of them."""
    step = clock_step(low, high)
    first = -(-low // step) * step
    return [first + k * step for k in range(int((high - first) // step) + 1)]


def round_step(length: float) -> float:
    """1, 2, 2.5 or 5 times a power of ten, so that about six of them make a length; 1 for none."""
    if length <= 0.0:
        return 1.0
    rough = length / 6.0
    size: float = 10.0 ** math.floor(math.log10(rough))
    return next(one * size for one in (1.0, 2.0, 2.5, 5.0, 10.0) if rough <= one * size * (1.0 + 1e-9))


def money_ticks(low: float, high: float) -> list[float]:
    """Round amounts in ten thousands."""
    step = round_step(high - low)
    first = -(-low // step) * step
    return [first + k * step for k in range(int((high - first) // step) + 1)]
