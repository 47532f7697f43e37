"""Charts as native ones, whose figures open in a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports.catalogue import Lang, say
from reports.charts.chart import Bar, Bars, Chart, Flow, Heat, Lines, Role, Spans, Spreads, Steps
from reports.charts.ticks import clock_step
from reports.ink import LINE, ROLES
from reports.slides import heat, xml
from reports.slides.words import dress, rgb
from sim.clock import DAY_MIN  # sheets count time in days

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS = {"clock": "hh:mm", "share": "0%", "0/1": "0%", "ratio": "0.0"}
PLAIN = "#,##0"
SMALL = "#,##0.0"


def add_chart(slide: Any, chart: Chart, box: Any, lang: Lang) -> None:
    """Put a chart into its box, its title above it."""
    if isinstance(chart, Heat):
        heat.add_heat(slide, chart, box, lang)
        return
    graph = _ADD[type(chart)](slide, chart, box, lang)
    graph.has_title = True
    graph.chart_title.text_frame.text = chart.title
    for paragraph in graph.chart_title.text_frame.paragraphs:
        for run in paragraph.runs:
            dress(run.font, 14, bold=True)
    graph.font.size = _points(12)


def _points(size: float) -> Any:
    from pptx.util import Pt

    return Pt(size)


def _place(slide: Any, kind: Any, data: Any, box: Any) -> Any:
    from pptx.util import Inches

    return slide.shapes.add_chart(kind, *(Inches(side) for side in box), data).chart


def _format(unit: str, largest: float) -> str:
    return FORMATS.get(unit, PLAIN if largest >= 20.0 else SMALL)


def _legend(graph: Any, *, shown: bool) -> None:
    from pptx.enum.chart import XL_LEGEND_POSITION

    graph.has_legend = shown
    if shown:
        graph.legend.position = XL_LEGEND_POSITION.BOTTOM
        graph.legend.include_in_layout = False


def _axis(axis: Any, title: str, number_format: str) -> None:
    axis.has_title = bool(title)
    if title:
        axis.axis_title.text_frame.text = title
        for run in axis.axis_title.text_frame.paragraphs[0].runs:
            dress(run.font, 11)
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = number_format, False
    axis.major_gridlines.format.line.color.rgb = rgb(LINE)


def _lines(slide: Any, chart: Lines, box: Any, _lang: Lang) -> Any:
    from pptx.chart.data import XyChartData
    from pptx.enum.chart import XL_CHART_TYPE

    clock = chart.across.unit == "clock"
    x = [at / DAY_MIN for at in chart.x] if clock else list(chart.x)
    largest = max((v for line in chart.lines for v in (line.high or line.y) if v is not None), default=1.0)
    data = XyChartData(number_format=_format(chart.up.unit, largest))
    inks: list[tuple[str, float, bool]] = []
    for line in chart.lines:
        curves = [(line.name, line.y, 2.25)]
        if line.low is not None and line.high is not None:
            curves += [(f"{line.name} ↓", line.low, 0.75), (f"{line.name} ↑", line.high, 0.75)]
        for name, values, width in curves:
            series = data.add_series(name)
            for at, value in zip(x, values, strict=True):
                if value is not None:
                    series.add_data_point(at, value)
            inks.append((ROLES[line.role], width, line.role == "limit"))
    graph = _place(slide, XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, data, box)
    for series, (ink, width, dashed) in zip(graph.plots[0].series, inks, strict=True):
        xml.stroke(series.format.line, ink, width, dashed=dashed or width < 1.0)
        series.smooth = False
    _axis(graph.category_axis, chart.across.title, _format(chart.across.unit, max(chart.x)))
    _axis(graph.value_axis, chart.up.title, _format(chart.up.unit, largest))
    if clock:
        graph.category_axis.minimum_scale, graph.category_axis.maximum_scale = x[0], x[-1]
        graph.category_axis.major_unit = clock_step(chart.x[0], chart.x[-1]) / DAY_MIN
    graph.value_axis.minimum_scale = 0.0
    if chart.up.unit == "share":
        graph.value_axis.maximum_scale = 1.0
    _legend(graph, shown=True)
    xml.hide_legend_entries(graph, [k for k, (_, width, _) in enumerate(inks) if width < 1.0])
    return graph


def _bars(slide: Any, chart: Bars, box: Any, _lang: Lang) -> Any:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    largest = max((v for bar in chart.bars for v in (bar.high or bar.values) if v is not None), default=1.0)
    shape = _format(chart.along.unit, largest)
    data = CategoryChartData(number_format=shape)
    data.categories = list(chart.names)
    for bar in chart.bars:
        data.add_series(bar.name, list(bar.values))
    kind = XL_CHART_TYPE.BAR_STACKED if chart.stacked else XL_CHART_TYPE.BAR_CLUSTERED
    graph = _place(slide, kind, data, box)
    plot = graph.plots[0]
    plot.gap_width = 60
    if chart.stacked:
        plot.overlap = 100
    for series, bar in zip(plot.series, chart.bars, strict=True):
        xml.fill(series.format, ROLES[bar.role])
        if bar.low is not None and bar.high is not None:
            xml.error_bars(series, *_apart(bar))
    _axis(graph.value_axis, chart.along.title, shape)
    graph.value_axis.minimum_scale = 0.0
    if chart.along.unit == "share" and largest > 0.5:
        graph.value_axis.maximum_scale = 1.0
    graph.category_axis.reverse_order = True
    xml.axis_at_far_end(graph)
    _legend(graph, shown=len(chart.bars) > 1)
    return graph


def _apart(bar: Bar) -> tuple[list[float], list[float]]:
    """How far each interval reaches above and below its value."""
    assert bar.low is not None
    assert bar.high is not None
    ends = [
        (0.0, 0.0)
        if value is None or low is None or high is None
        else (max(high - value, 0.0), max(value - low, 0.0))
        for value, low, high in zip(bar.values, bar.low, bar.high, strict=True)
    ]
    return [above for above, _ in ends], [below for _, below in ends]


def _steps(slide: Any, chart: Steps, box: Any, lang: Lang) -> Any:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    base, run = [], 0.0
    for step in chart.steps:
        before = 0.0 if step.total else run
        run = step.value if step.total else run + step.value
        base.append(0.0 if step.total else min(before, run))
    kinds: tuple[tuple[Role, str], ...] = (
        ("total", "head.total"),
        ("good", "chart.more"),
        ("bad", "chart.less"),
    )
    parts = {
        "total": [step.value if step.total else None for step in chart.steps],
        "good": [step.value if not step.total and step.value >= 0.0 else None for step in chart.steps],
        "bad": [-step.value if not step.total and step.value < 0.0 else None for step in chart.steps],
    }
    data = CategoryChartData(number_format=PLAIN)
    data.categories = [step.name for step in chart.steps]
    data.add_series(" ", base)
    for part, key in kinds:
        data.add_series(say(key, lang), parts[part])
    graph = _place(slide, XL_CHART_TYPE.COLUMN_STACKED, data, box)
    plot = graph.plots[0]
    plot.gap_width, plot.overlap = 40, 100
    plot.series[0].format.fill.background()
    for series, (part, _) in zip(list(plot.series)[1:], kinds, strict=True):
        xml.fill(series.format, ROLES["main" if part == "total" else part])
        xml.labels(series, PLAIN)
    _axis(graph.value_axis, chart.up.title, PLAIN)
    _legend(graph, shown=False)
    return graph


def _spans(slide: Any, chart: Spans, box: Any, _lang: Lang) -> Any:
    """Bars from an invisible base; every gap is an invisible part too."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    by_row = [[span for span in chart.spans if span.row == row] for row in range(len(chart.rows))]
    most = max(len(spans) for spans in by_row)
    data = CategoryChartData(number_format=FORMATS["clock"])
    data.categories = list(chart.rows)
    for k in range(most):
        gaps, lengths = [], []
        for spans in by_row:
            before = spans[k - 1].end if k else 0.0
            gaps.append((spans[k].begin - before) / DAY_MIN if k < len(spans) else None)
            lengths.append((spans[k].end - spans[k].begin) / DAY_MIN if k < len(spans) else None)
        data.add_series(f"{k} ", gaps)
        data.add_series(f"{k}", lengths)
    graph = _place(slide, XL_CHART_TYPE.BAR_STACKED, data, box)
    plot = graph.plots[0]
    plot.gap_width, plot.overlap = 50, 100
    for k, series in enumerate(plot.series):
        if k % 2 == 0:
            series.format.fill.background()
            continue
        xml.fill(series.format, ROLES["main"])
        for row, spans in enumerate(by_row):
            if k // 2 < len(spans):
                point = series.points[row]
                xml.fill(point.format, ROLES[spans[k // 2].role])
                xml.write_label(point, spans[k // 2].word)
    begin, end = min(s.begin for s in chart.spans), max(s.end for s in chart.spans)
    axis = graph.value_axis
    _axis(axis, chart.across.title, FORMATS["clock"])
    step = clock_step(begin, end)
    axis.minimum_scale, axis.maximum_scale = begin // step * step / DAY_MIN, -(-end // step) * step / DAY_MIN
    axis.major_unit = step / DAY_MIN
    graph.category_axis.reverse_order = True
    xml.axis_at_far_end(graph)
    _legend(graph, shown=False)
    return graph


def _flow(slide: Any, chart: Flow, box: Any, lang: Lang) -> Any:
    """Bars of what flows through each node: a sheet has no streams."""
    through = [
        max(sum(link.value for link in chart.links if link[side] == node) for side in (0, 1))
        for node in range(len(chart.nodes))
    ]
    from reports.charts.chart import Axis

    inks = {link.end: link.role for link in chart.links}
    bars = Bars(chart.title, chart.nodes, Axis(say(f"unit.{chart.unit}", lang), chart.unit),
                (Bar("", tuple(through)),))  # fmt: skip
    graph = _bars(slide, bars, box, lang)
    for node in range(len(chart.nodes)):
        xml.fill(graph.plots[0].series[0].points[node].format, ROLES[inks.get(node, "main")])
    return graph


def _spreads(slide: Any, chart: Spreads, box: Any, lang: Lang) -> Any:
    """Percentiles and mean as bars side by side, each with its interval."""
    names = tuple(row.name for row in chart.rows)
    labels = [say("chart.percentile", lang, q=f"{100 * share:g}") for share in chart.shares]
    inks: tuple[Role, ...] = ("total", "muted", "other")
    series = [
        (label, [row.percentiles[k] for row in chart.rows], inks[k % len(inks)])
        for k, label in enumerate(labels)
    ]
    series.append((say("head.mean", lang), [row.mean for row in chart.rows], "main"))
    bars = tuple(
        Bar(label, tuple(p.value for p in points), tuple(p.value if p.low is None else p.low for p in points),
            tuple(p.value if p.high is None else p.high for p in points), role)
        for label, points, role in series
    )  # fmt: skip
    return _bars(slide, Bars(chart.title, names, chart.along, bars), box, lang)


_ADD: dict[type, Callable[[Any, Any, Any, Lang], Any]] = {
    Lines: _lines,
    Bars: _bars,
    Steps: _steps,
    Spans: _spans,
    Flow: _flow,
    Spreads: _spreads,
}
