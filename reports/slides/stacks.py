"""What slides have no chart for, as bars on invisible ones: waterfalls and Gantt charts."""

from __future__ import annotations

from typing import Any, NamedTuple

from reports.catalogue import Lang, say
from reports.charts.axes import clock_step, round_step, step_words
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


class Column(NamedTuple):
    """A bar of a waterfall as parts of a stack: what is above zero is stacked upwards, the rest downwards.

    `base` is not seen; `seen` goes on from it; `under` is what a bar that crosses zero has below it.
    `whisker` names the part that ends where the running total does; `word` is room for the figure.
    """

    base: float
    seen: float
    under: float
    whisker: str
    word: float


def column_of(before: float, after: float, reach: tuple[float, float], room: float) -> Column:
    """The parts of a bar from one running total to the next, `reach` below and above the latter."""
    low, high = min(before, after), max(before, after)
    below, above = reach
    if low >= 0.0:
        return Column(low, high - low, 0.0, "seen" if after == high else "base", above + room)
    if high > 0.0:
        return Column(0.0, high, low, "seen" if after == high else "under", above + room)
    beyond = below if after == low else 0.0
    return Column(high, low - high, 0.0, "seen" if after == low else "base", -beyond - room)


def add_steps(slide: Any, chart: Steps, box: Any, lang: Lang) -> Any:
    """A waterfall: each step with its interval at its end and its figure beyond its bar."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_TICK_LABEL_POSITION
    from pptx.util import Inches

    ends, reaches = chart.ends(), [step.reach() for step in chart.steps]
    scale, room = _scale(chart)
    shape = format_of(chart.up.unit, scale, lang)
    columns = [column_of(*pair, reach, room) for pair, reach in zip(ends, reaches, strict=True)]
    kinds = ["total" if step.total else "good" if step.value >= 0.0 else "bad" for step in chart.steps]
    data = CategoryChartData(number_format=shape)
    data.categories = [step.name for step in chart.steps]
    data.add_series(" ", [column.base for column in columns])
    for part, key in PARTS:
        of_kind = zip(kinds, columns, strict=True)
        data.add_series(say(key, lang), [one.seen if kind == part else None for kind, one in of_kind])
    data.add_series("  ", [column.word for column in columns])
    crosses = any(column.under for column in columns)
    if crosses:
        data.add_series("   ", [column.under for column in columns])
    place = (Inches(side) for side in box)
    graph = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_STACKED, *place, data).chart
    graph.plots[0].gap_width, graph.plots[0].overlap = 40, 100
    _paint(graph, chart, columns, kinds, lang)
    write_axis(graph.value_axis, chart.up, scale, shape, lang)
    if scale.low < 0.0:
        graph.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    show_legend(graph, shown=False)
    return graph


def _scale(chart: Steps) -> tuple[Scale, float]:
    """From below the lowest bar to above the highest, round; and the room of a figure."""
    ends, reaches = chart.ends(), [step.reach() for step in chart.steps]
    high = max(0.0, *(max(*pair, pair[1] + above) for pair, (_, above) in zip(ends, reaches, strict=True)))
    low = min(0.0, *(min(*pair, pair[1] - below) for pair, (below, _) in zip(ends, reaches, strict=True)))
    if low >= 0.0:
        scale = scale_of(chart.up.unit, high * (1.0 + WORD_SHARE))
    else:
        step, room = round_step((1.0 + 2.0 * WORD_SHARE) * (high - low)), WORD_SHARE * (high - low)
        top = -(-(high + room) // step) * step if high > 0.0 else 0.0
        scale = Scale((low - room) // step * step, top, step)
    return scale, WORD_SHARE * (scale.high - scale.low)


def _paint(graph: Any, chart: Steps, columns: list[Column], kinds: list[str], lang: Lang) -> None:
    """Ink, whiskers and figures of a waterfall."""
    base, total, good, bad, words, *under = graph.plots[0].series
    by_kind = {"total": total, "good": good, "bad": bad}
    inks = {"total": ROLES["main"], "good": ROLES["good"], "bad": ROLES["bad"]}
    for kind, series in by_kind.items():
        xml.fill(series.format, inks[kind])
    base.format.fill.background()
    words.format.fill.background()
    for k, kind in enumerate(kinds if under else ()):
        xml.fill(under[0].points[k].format, inks[kind])
    owners = [
        {"base": base, "seen": by_kind[kind], "under": under[0] if under else base}[column.whisker]
        for kind, column in zip(kinds, columns, strict=True)
    ]
    for series in (base, *by_kind.values(), *under):
        here = [step.reach() if owner is series else (0.0, 0.0)
                for owner, step in zip(owners, chart.steps, strict=True)]  # fmt: skip
        xml.error_bars(series, here if any(map(any, here)) else ())
    for k, figure in enumerate(step_words(chart, lang)):
        xml.write_label(words.points[k], figure, colour=ROLES["limit"], at_end=True)


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
