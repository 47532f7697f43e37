"""Horizontal bars as native charts: intervals, flows and spreads."""

from __future__ import annotations

from typing import Any

from reports.catalogue import Lang, say
from reports.charts.chart import Axis, Bar, Bars, Flow, Role, Spreads
from reports.ink import ROLES
from reports.slides import xml
from reports.slides.axes import format_of, plot_of, scale_of, show_legend, write_axis
from reports.slides.marks import add_marks
from reports.slides.words import rgb


def add_bars(slide: Any, chart: Bars, box: Any, lang: Lang) -> Any:
    """Bars with their intervals as error bars, the first name at the top."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    scale = scale_of(chart.along.unit, _furthest(chart))
    shape = format_of(chart.along.unit, scale, lang)
    data = CategoryChartData(number_format=shape)
    data.categories = list(chart.names)
    for bar in chart.bars:
        data.add_series(bar.name, list(bar.values))
    kind = XL_CHART_TYPE.BAR_STACKED if chart.stacked else XL_CHART_TYPE.BAR_CLUSTERED
    graph = slide.shapes.add_chart(kind, *(Inches(side) for side in box), data).chart
    plot = graph.plots[0]
    plot.gap_width, plot.overlap = 60, 100 if chart.stacked else 0
    for series, bar in zip(plot.series, chart.bars, strict=True):
        xml.fill(series.format, ROLES[bar.role])
        xml.error_bars(series, bar.reaches())
    legend = tuple(bar.name for bar in chart.bars) if len(chart.bars) > 1 else ()
    write_axis(graph.value_axis, chart.along, scale, shape, lang)
    first_at_the_top(graph)
    show_legend(graph, shown=bool(legend))
    place = plot_of(chart, box, legend)
    xml.place_plot(graph, place, box)
    add_marks(slide, chart.marks, box, place, scale)
    return graph


def _furthest(chart: Bars) -> float:
    """Where the longest bar, or stack of bars, ends."""
    if not chart.stacked:
        return max(bar.furthest() for bar in chart.bars)
    columns = zip(*(bar.values for bar in chart.bars), strict=True)
    return max(sum(value or 0.0 for value in column) for column in columns)


def first_at_the_top(graph: Any) -> None:
    """Names from the top in their order, the other axis below them."""
    from pptx.enum.chart import XL_TICK_MARK

    graph.category_axis.reverse_order = True
    graph.category_axis.major_tick_mark = graph.value_axis.major_tick_mark = XL_TICK_MARK.NONE
    graph.value_axis.format.line.fill.background()
    graph.category_axis.format.line.color.rgb = rgb(ROLES["muted"])
    xml.axis_at_far_end(graph)


def add_flow(slide: Any, chart: Flow, box: Any, lang: Lang) -> Any:
    """Bars of what flows through each node: a sheet has no streams."""
    bars = Bars(chart.title, chart.nodes, Axis(say(f"unit.{chart.unit}", lang), chart.unit),
                (Bar("", chart.through()),))  # fmt: skip
    graph = add_bars(slide, bars, box, lang)
    roles = {link.end: link.role for link in chart.links}
    for node in range(len(chart.nodes)):
        xml.fill(graph.plots[0].series[0].points[node].format, ROLES[roles.get(node, "main")])
    return graph


def add_spreads(slide: Any, chart: Spreads, box: Any, lang: Lang) -> Any:
    """Percentiles and mean as bars side by side, each with its interval."""
    inks: tuple[Role, ...] = ("total", "muted", "other")
    shown = [
        (say("chart.percentile", lang, q=f"{100 * share:g}"), [row.percentiles[k] for row in chart.rows],
         inks[k % len(inks)])
        for k, share in enumerate(chart.shares)
    ]  # fmt: skip
    shown.append((say("head.mean", lang), [row.mean for row in chart.rows], "main"))
    bars = tuple(
        Bar(label, tuple(p.value for p in points), tuple(p.low for p in points),
            tuple(p.high for p in points), role)
        for label, points, role in shown
    )  # fmt: skip
    names = tuple(row.name for row in chart.rows)
    return add_bars(slide, Bars(chart.title, names, chart.along, bars), box, lang)
