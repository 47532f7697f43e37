"""What slides have no chart for, as bars on invisible ones: waterfalls and Gantt charts."""

from __future__ import annotations

from typing import Any

from reports.catalogue import Lang, number, say, unit_word
from reports.charts.axes import clock_step
from reports.charts.chart import Span, Spans, Steps
from reports.ink import ROLES
from reports.slides import xml
from reports.slides.axes import CLOCK, Scale, format_of, plot_of, scale_of, show_legend, write_axis
from reports.slides.bars import first_at_the_top
from reports.slides.marks import add_marks
from sim.clock import DAY_MIN

PARTS = (("total", "head.total"), ("good", "chart.more"), ("bad", "chart.less"))
WORD_SHARE = 0.07
"""Room above a bar for its figure, of the axis."""


def add_steps(slide: Any, chart: Steps, box: Any, lang: Lang) -> Any:
    """A waterfall: each step with its interval at its end and its figure above."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    ends, reaches = chart.ends(), [step.reach() for step in chart.steps]
    tops = [max(pair) + above for pair, (_, above) in zip(ends, reaches, strict=True)]
    scale = scale_of(chart.up.unit, max(tops) * (1.0 + WORD_SHARE))
    shape = format_of(chart.up.unit, scale, lang)
    kinds = ["total" if step.total else "good" if step.value >= 0.0 else "bad" for step in chart.steps]
    data = CategoryChartData(number_format=shape)
    data.categories = [step.name for step in chart.steps]
    data.add_series(" ", [min(pair) for pair in ends])
    for part, key in PARTS:
        heights = zip(kinds, ends, strict=True)
        data.add_series(say(key, lang), [abs(b - a) if kind == part else None for kind, (a, b) in heights])
    data.add_series("  ", [above + WORD_SHARE * scale.high for _, above in reaches])
    place = (Inches(side) for side in box)
    graph = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_STACKED, *place, data).chart
    plot = graph.plots[0]
    plot.gap_width, plot.overlap = 40, 100
    base, *parts, words = plot.series
    for part, series in zip(("bad", "total", "good"), (base, *parts[:2]), strict=True):
        # a loss ends where its invisible base does
        here = [reach if kind == part else (0.0, 0.0) for kind, reach in zip(kinds, reaches, strict=True)]
        xml.error_bars(series, here if any(map(any, here)) else ())
    for series, (part, _) in zip(parts, PARTS, strict=True):
        xml.fill(series.format, ROLES["main" if part == "total" else "good" if part == "good" else "bad"])
    base.format.fill.background()
    words.format.fill.background()
    unit = unit_word(chart.up.unit, lang)
    for k, step in enumerate(chart.steps):
        figure = f"{number(step.value, chart.up.unit, lang, varies=True)} {unit}".strip()
        xml.write_label(words.points[k], figure, colour=ROLES["limit"], at_end=True)
    write_axis(graph.value_axis, chart.up, scale, shape, lang)
    show_legend(graph, shown=False)
    return graph


def add_spans(slide: Any, chart: Spans, box: Any, lang: Lang) -> Any:
    """Bars from an invisible base; every gap is an invisible part too."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    by_row = [[span for span in chart.spans if span.row == row] for row in range(len(chart.rows))]
    data = CategoryChartData(number_format=CLOCK)
    data.categories = list(chart.rows)
    for k in range(max(map(len, by_row))):
        pairs = [_gap_and_length(spans, k) for spans in by_row]
        data.add_series(f"{k} ", [gap for gap, _ in pairs])
        data.add_series(f"{k}", [length for _, length in pairs])
    place = (Inches(side) for side in box)
    graph = slide.shapes.add_chart(XL_CHART_TYPE.BAR_STACKED, *place, data).chart
    plot = graph.plots[0]
    plot.gap_width, plot.overlap = 50, 100
    for k, series in enumerate(plot.series):
        if k % 2 == 0:
            series.format.fill.background()
            continue
        for row, spans in enumerate(by_row):
            if k // 2 < len(spans):
                xml.fill(series.points[row].format, ROLES[spans[k // 2].role])
                xml.write_label(series.points[row], spans[k // 2].word)
    scale = _hours(chart)
    days = Scale(*(end / DAY_MIN for end in scale))
    write_axis(graph.value_axis, chart.across, days, CLOCK, lang)
    first_at_the_top(graph)
    show_legend(graph, shown=False)
    where = plot_of(chart, box)
    xml.place_plot(graph, where, box)
    add_marks(slide, chart.marks, box, where, scale)
    return graph


def _gap_and_length(spans: list[Span], k: int) -> tuple[float | None, float | None]:
    """Days from the end of the span before to the k-th one, and its length; None for a row with fewer."""
    if k >= len(spans):
        return None, None
    before = spans[k - 1].end if k else 0.0
    return (spans[k].begin - before) / DAY_MIN, (spans[k].end - spans[k].begin) / DAY_MIN


def _hours(chart: Spans) -> Scale:
    """Round hours around all spans and marks, in minutes."""
    begins = [span.begin for span in chart.spans] + [mark.at for mark in chart.marks]
    ends = [span.end for span in chart.spans] + [mark.at for mark in chart.marks]
    step = clock_step(min(begins), max(ends))
    return Scale(min(begins) // step * step, -(-max(ends) // step) * step, step)
