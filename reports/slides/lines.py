"""Curves as native scatter charts: bands as thin lines, marks as series of their own."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

from reports.catalogue import Lang
from reports.charts.axes import clock_step, round_step
from reports.charts.chart import Line, Lines
from reports.ink import PALE, ROLES, tint
from reports.slides import xml
from reports.slides.axes import Scale, format_of, scale_of, show_legend, write_axis
from reports.slides.marks import mark_points
from sim.clock import DAY_MIN

BAND_PT = 0.75
THICK_PT, MARK_PT = 2.25, 1.5


class Curve(NamedTuple):
    """What one series of the sheet is: its points and how it is drawn; only a named one is in the legend."""

    name: str
    points: tuple[tuple[float, float], ...]
    colour: str
    width_pt: float
    dash: xml.Dash
    named: bool = True


def add_lines(slide: Any, chart: Lines, box: Any, lang: Lang) -> Any:
    """Sheets count time in days; every other x is as it is."""
    from pptx.chart.data import XyChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    unit = DAY_MIN if chart.across.unit == "clock" else 1.0
    up = scale_of(chart.up.unit, max((line.furthest() for line in chart.lines), default=1.0))
    ends = (chart.x[0], chart.x[-1])
    curves = [curve for line in chart.lines for curve in _curves(line, chart.x)]
    curves += [
        Curve(mark.word, mark_points(mark, ends, up), PALE, MARK_PT, "ROUND_DOT" if mark.level else "DASH")
        for mark in chart.marks
    ]
    curves.sort(key=lambda curve: -len(curve.points))  # LibreOffice hides a series before a longer one
    data = XyChartData(number_format=format_of(chart.up.unit, up, lang))
    for curve in curves:
        series = data.add_series(curve.name)
        for at, value in curve.points:
            series.add_data_point(at / unit, value)
    place = (Inches(side) for side in box)
    graph = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, *place, data).chart
    for series, curve in zip(graph.plots[0].series, curves, strict=True):
        xml.stroke(series.format.line, curve.colour, curve.width_pt, curve.dash)
        series.smooth = False
    across = None
    if chart.across.unit == "clock":
        across = Scale(*(end / unit for end in (*ends, clock_step(*ends))))
    whole = Scale(*ends, round_step(ends[1] - ends[0]))
    write_axis(graph.category_axis, chart.across, across, format_of(chart.across.unit, whole, lang), lang)
    write_axis(graph.value_axis, chart.up, up, format_of(chart.up.unit, up, lang), lang)
    show_legend(graph, shown=True)
    xml.hide_legend_entries(graph, [k for k, curve in enumerate(curves) if not curve.named])
    return graph


def _curves(line: Line, x: tuple[float, ...]) -> list[Curve]:
    """The curve, and the ends of its band without an entry in the legend."""
    colour = ROLES[line.role]
    dash: xml.Dash = "DASH" if line.role == "limit" else "SOLID"
    found = [Curve(line.name, _points(line, x), colour, THICK_PT, dash)]
    for name, values in ((f"{line.name} ↓", line.low), (f"{line.name} ↑", line.high)):
        if values is not None:
            end = _points(line._replace(y=values), x)
            found.append(Curve(name, end, tint(colour), BAND_PT, "DASH", named=False))
    return found


def _points(line: Line, x: tuple[float, ...]) -> tuple[tuple[float, float], ...]:
    """What is known; a step holds its value until the next moment."""
    known = [(at, value) for at, value in zip(x, line.y, strict=True) if value is not None]
    if not line.step:
        return tuple(known)
    stairs = known[:1]
    for (_, before), (at, value) in pairwise(known):
        stairs += [(at, before), (at, value)] if value != before else []
    return tuple(stairs + known[-1:])
