"""Axes, titles and legends of native charts, and where in its frame a chart draws."""

from __future__ import annotations

from typing import Any, NamedTuple

from reports.catalogue import WAN, Lang
from reports.charts.axes import round_step, titled
from reports.charts.chart import Axis, Bars, Spans
from reports.ink import LINE
from reports.slides.words import dress, rgb
from reports.typeface import text_width

CLOCK = "hh:mm"
LETTER_IN, TITLE_LETTER_IN = 0.09, 0.105
"""Width of a Latin letter at 12 points and in the title; a Chinese one is twice as wide."""
TITLE_IN, WORD_IN, TICKS_IN, LEGEND_IN, MARGIN_IN = 0.27, 0.28, 0.7, 0.3, 0.2
"""Room for a line of title, words of marks, ticks and title of an axis, a row of the legend; the right."""


class Scale(NamedTuple):
    """From where to where an axis goes, in what steps."""

    low: float
    high: float
    step: float


class Plot(NamedTuple):
    """Where the axes stand, in inches from the upper left corner of the chart's frame."""

    left: float
    top: float
    width: float
    height: float


def scale_of(unit: str, largest: float) -> Scale:
    """From zero to a round end; shares of more than a half go up to one."""
    if unit in ("share", "0/1") and 0.5 < largest <= 1.0:
        return Scale(0.0, 1.0, 0.1)
    step = round_step(largest)
    steps = -(-largest // step) if largest > 0.0 else 1.0
    return Scale(0.0, step * steps, step)


def format_of(unit: str, scale: Scale, lang: Lang) -> str:
    """How a sheet writes numbers of a unit; Chinese money in ten thousands from 100,000 on."""
    if unit == "clock":
        return CLOCK
    if unit in ("share", "0/1"):
        return "0%" if scale.step >= 0.01 else "0.0%"
    if lang == "zh" and unit.startswith("CNY") and scale.high >= 10.0 * WAN:
        return '0\\.0,"万"'
    return "#,##0" if scale.step == round(scale.step) and unit != "ratio" else "#,##0.0##"


def write_axis(axis: Any, told: Axis, scale: Scale | None, number_format: str, lang: Lang) -> None:
    """Title with unit, ends, steps and gridlines; without a scale the reader's program chooses."""
    title = titled(told, lang)
    axis.has_title = bool(title)
    if title:
        axis.axis_title.text_frame.text = title
        for run in axis.axis_title.text_frame.paragraphs[0].runs:
            dress(run.font, 11)
    if scale is not None:
        axis.minimum_scale, axis.maximum_scale, axis.major_unit = scale
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = number_format, False
    axis.major_gridlines.format.line.color.rgb = rgb(LINE)


def show_legend(graph: Any, *, shown: bool) -> None:
    """Below the chart, on nothing."""
    from pptx.enum.chart import XL_LEGEND_POSITION

    graph.has_legend = shown
    if shown:
        graph.legend.position = XL_LEGEND_POSITION.BOTTOM
        graph.legend.include_in_layout = False


def plot_of(chart: Bars | Spans, box: Any, legend: tuple[str, ...] = ()) -> Plot:
    """Room for the longest name at the left, for words of marks above, for the legend below.

    Args:
        chart: its names stand at the vertical axis.
        box: the chart's frame in inches.
        legend: its entries.

    """
    names = chart.rows if isinstance(chart, Spans) else chart.names
    longest = max(map(text_width, names), default=0)
    left = min(0.2 + LETTER_IN * longest, 0.4 * box.width)
    entry = 0.4 + LETTER_IN * max((text_width(name) for name in legend), default=0)
    rows = -(-len(legend) // max(1, int(box.width / entry)))
    lines = -(-TITLE_LETTER_IN * text_width(chart.title) // (0.8 * box.width))
    top = 0.3 + TITLE_IN * lines + WORD_IN * bool(chart.marks)
    below = TICKS_IN + LEGEND_IN * rows + 0.1 * bool(rows)
    return Plot(left, top, box.width - left - MARGIN_IN, box.height - top - below)
