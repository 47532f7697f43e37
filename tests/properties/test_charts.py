"""Charts: what a browser draws and what a slide holds are the same figures, ends and marks."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from reports.catalogue import LANGS, Lang
from reports.charts.axes import clock_ticks, money_ticks, round_step, step_words, titled
from reports.charts.chart import (
    Axis,
    Bar,
    Bars,
    Chart,
    Flow,
    Heat,
    Line,
    Lines,
    Link,
    Mark,
    Point,
    Span,
    Spans,
    Spread,
    Spreads,
    Step,
    Steps,
    reach,
)
from reports.charts.through_the_day import HEAT_MIN, busiest_station, day_heat
from reports.ink import SCALE, shade
from reports.plots import figure_of
from reports.slides.axes import plot_of, scale_of
from reports.slides.charts import add_chart
from reports.slides.deck import BODY, HIGH, WIDE
from reports.slides.words import begin

CLOCK = Axis("Time of day", "clock")
FOOT = ("30 nights, seed 1",)
CHARTS: dict[str, Chart] = {
    "lines": Lines(
        "Hold", (1000.0, 2000.0, 4000.0), Axis("Audience", "people"), Axis("P", "share"),
        (Line("sorted", (1.0, 0.9, 0.0), (0.9, 0.8, 0.0), (1.0, 1.0, 0.1)), Line("sent", (1.0, None, 0.4))),
        (Mark(0.95, "asked for", level=True), Mark(2000.0, "today")), FOOT),
    "day": Lines(
        "Work", (1380.0, 1410.0, 1440.0, 1470.0), CLOCK, Axis("Servers"),
        (Line("at work", (0.0, 3.0, 4.0, 0.0)), Line("there", (0.0, 5.0, 5.0, 0.0), role="limit", step=True)),
        (Mark(1440.0, "midnight"),), FOOT),
    "bars": Bars(
        "Kept", ("sorted", "sent"), Axis("P", "share"),
        (Bar("before", (0.0, 0.9), (0.0, 0.8), (0.3, 1.0)),
         Bar("after", (None, 1.0), (None, 0.7), (None, 1.0))),
        marks=(Mark(0.95, "asked for"),), foot=FOOT),
    "stacked": Bars("Day", ("before", "after"), Axis("Minutes", "min"),
                    (Bar("tally", (60.0, 5.0)), Bar("split", (30.0, None))), stacked=True, foot=FOOT),
    "steps": Steps("Moved", Axis("GMV", "CNY"),
                   (Step("before", 100.0, 90.0, 115.0, total=True), Step("show", 80.0, 60.0, 90.0),
                    Step("system", -30.0, -35.0, -10.0), Step("after", 150.0, total=True)), FOOT),
    "heat": Heat("Where", ("sorting", "docks"), (0.0, 30.0, 180.0), CLOCK,
                 ((0.0, 0.5, None), (1.0, 0.8, 0.2)), Axis("Utilisation", "share"), 1.0, FOOT),
    "spans": Spans("Shifts", ("A", "B"), CLOCK,
                   (Span(0, 1200.0, 1300.0, "8"), Span(0, 1320.0, 1500.0, "8"), Span(1, 1260.0, 1440.0, "5")),
                   (Mark(1440.0, "midnight"),), FOOT),
    "flow": Flow("Where", ("came", "paid", "left"), (Link(0, 1, 60.0), Link(0, 2, 40.0, "bad")), "people",
                 FOOT),
    "spreads": Spreads("GMV", Axis("GMV", "CNY"), (0.05, 0.95),
                       (Spread("before", Point(5.0, 4.0, 6.0), (Point(-2.0, -3.0, 0.0), Point(9.0))),
                        Spread("after", Point(50.0), (Point(40.0), Point(60.0)))), FOOT),
}  # fmt: skip
"""At least one of every kind, with missing figures, losses, and intervals that end at zero."""
NAMES = tuple(CHARTS)


def slide_of(chart: Chart, lang: Lang = "en") -> Any:
    """The chart on a slide of its own, as a file gives it back."""
    from pptx import Presentation

    deck = begin(WIDE, HIGH)
    add_chart(deck.slides.add_slide(deck.slide_layouts[6]), chart, BODY, lang)
    out = io.BytesIO()
    deck.save(out)
    return Presentation(io.BytesIO(out.getvalue())).slides[0]


def native(chart: Chart) -> Any:
    """The native chart on its slide."""
    return next(shape.chart for shape in slide_of(chart).shapes if shape.has_chart)


def whiskers(series: Any) -> list[tuple[float, float]]:
    """How far the error bars of a native series reach below and above; empty without any."""
    from pptx.oxml.ns import qn

    bars = series._element.find(qn("c:errBars"))
    if bars is None:
        return []
    minus, plus = (
        [float(v.text) for v in bars.find(qn(f"c:{side}")).iter(qn("c:v"))] for side in ("minus", "plus")
    )
    return list(zip(minus, plus, strict=True))


def test_the_table_has_every_kind() -> None:
    """A new kind of chart has to be drawn here too."""
    from typing import get_args

    assert {type(chart) for chart in CHARTS.values()} == set(get_args(Chart))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", NAMES)
def test_a_figure_has_title_foot_and_a_file(name: str, lang: Lang) -> None:
    """Every chart becomes a Plotly figure that says what it is, and is JSON a browser can read."""
    chart = CHARTS[name]
    figure = json.loads(str(figure_of(chart, lang).to_json()))
    assert chart.title in figure["layout"]["title"]["text"]
    assert FOOT[0] in [one["text"] for one in figure["layout"]["annotations"]]
    assert figure["data"]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", NAMES)
def test_a_slide_holds_a_native_chart_inside_its_box(name: str, lang: Lang) -> None:
    """Every chart becomes something that can be edited, titled, and nothing leaves the slide's body."""
    from pptx.util import Inches

    shapes = list(slide_of(CHARTS[name], lang).shapes)
    charts = [shape.chart for shape in shapes if shape.has_chart]
    titles = [one.chart_title.text_frame.text for one in charts]
    titles += [shape.text_frame.text for shape in shapes if shape.has_text_frame]
    assert charts or any(shape.has_table for shape in shapes)
    assert CHARTS[name].title in titles
    for shape in shapes:
        assert shape.left >= Inches(BODY.left) - 9
        assert shape.left + shape.width <= Inches(BODY.left + BODY.width) + 9
        assert shape.top + shape.height <= Inches(BODY.top + BODY.height) + 9


@pytest.mark.parametrize("name", ["bars", "stacked"])
def test_bars_have_the_same_ends_on_page_and_slide(name: str) -> None:
    """Values and whiskers are the chart's; an end at zero is an end."""
    chart = CHARTS[name]
    assert isinstance(chart, Bars)
    figure = figure_of(chart, "en")
    for bar, trace, series in zip(chart.bars, figure.data, native(chart).plots[0].series, strict=True):
        assert tuple(trace.x) == tuple(series.values) == bar.values
        assert whiskers(series) == list(bar.reaches())
        if bar.reaches():
            shown = zip(trace.error_x.arrayminus, trace.error_x.array, strict=True)
            assert list(shown) == list(bar.reaches())
    assert CHARTS["bars"].bars[0].reaches() == ((0.0, 0.3), pytest.approx((0.1, 0.1)))  # type: ignore[union-attr]


def test_percentiles_reach_to_zero_on_page_and_slide() -> None:
    """An interval from −3 to 0 around −2 reaches 2 above, and the axis holds its ends."""
    chart = CHARTS["spreads"]
    assert isinstance(chart, Spreads)
    assert chart.ends() == (-3.0, 60.0)
    first = figure_of(chart, "en").data[2]
    assert list(first.error_x.array) == [2.0, 0.0]
    assert list(first.error_x.arrayminus) == [1.0, 0.0]
    series = native(chart).plots[0].series
    assert whiskers(series[0]) == [(1.0, 2.0), (0.0, 0.0)]
    assert whiskers(series[2]) == [(1.0, 1.0), (0.0, 0.0)]


def test_a_waterfall_ends_where_its_steps_do() -> None:
    """On both, bars stand between the running totals, and each interval at the end of its own."""
    chart = CHARTS["steps"]
    assert isinstance(chart, Steps)
    assert chart.ends() == ((0.0, 100.0), (100.0, 180.0), (180.0, 150.0), (0.0, 150.0))
    figure = figure_of(chart, "en")
    assert list(figure.data[1].y) == [100.0, 180.0, 150.0, 150.0]
    assert list(figure.data[1].error_y.array) == [15.0, 10.0, 20.0, 0.0]
    base, total, good, bad, words = native(chart).plots[0].series
    assert tuple(base.values) == (0.0, 100.0, 150.0, 0.0)
    assert (total.values[0], good.values[1], bad.values[2], total.values[3]) == (100.0, 80.0, 30.0, 150.0)
    assert whiskers(total)[0] == (10.0, 15.0)
    assert whiskers(good)[1] == (20.0, 10.0)
    assert whiskers(base)[2] == (5.0, 20.0)
    assert words.points[1].data_label.text_frame.text == "80.0 CNY"


def test_figures_of_a_waterfall_have_one_scale() -> None:
    """In Chinese ten thousands throughout, unless one is too small for them."""
    steps = (Step("a", 18_417.0, total=True), Step("b", 259_508.0), Step("c", 277_925.0, total=True))
    assert step_words(Steps("", Axis("", "CNY"), steps), "zh") == ["1.84万元", "25.95万元", "27.79万元"]
    assert step_words(Steps("", Axis("", "CNY"), steps), "en")[0] == "18,417 CNY"
    small = (Step("a", -971.5, total=True), Step("b", -27_929.0))
    assert step_words(Steps("", Axis("", "CNY"), small), "zh") == ["-971.5 元", "-27,929 元"]


LOSSES = Steps("Left", Axis("Left", "CNY"),
               (Step("before", -10.0, -14.0, -8.0, total=True), Step("show", 40.0, 35.0, 41.0),
                Step("system", -50.0, -52.0, -47.0), Step("both", 5.0, 4.0, 8.0),
                Step("after", -15.0, total=True)))  # fmt: skip


def test_a_waterfall_below_zero_has_its_bars_and_whiskers_there() -> None:
    """A loss hangs from zero, a bar that crosses it has a part on both sides, whiskers stand at the end."""
    assert LOSSES.ends() == ((0.0, -10.0), (-10.0, 30.0), (30.0, -20.0), (-20.0, -15.0), (0.0, -15.0))
    chart = native(LOSSES)
    base, total, good, bad, words, under = chart.plots[0].series
    assert tuple(base.values) == (0.0, 0.0, 0.0, -15.0, 0.0)
    assert (total.values[0], good.values[1], bad.values[2], good.values[3], total.values[4]) == (
        -10.0, 30.0, 30.0, -5.0, -15.0)  # fmt: skip
    assert tuple(under.values) == (0.0, -10.0, -20.0, 0.0, 0.0)
    assert whiskers(total)[0] == (4.0, 2.0)
    assert whiskers(good)[1] == (5.0, 1.0)
    assert whiskers(under)[2] == (2.0, 3.0)
    assert whiskers(base)[3] == (1.0, 3.0)
    assert words.values[0] < 0.0 < words.values[1]
    assert chart.value_axis.minimum_scale <= -22.0
    assert chart.value_axis.maximum_scale >= 31.0
    figure = figure_of(LOSSES, "en")
    assert list(figure.data[2].textposition) == [
        "bottom center", "top center", "bottom center", "top center", "bottom center"]  # fmt: skip
    assert figure.layout.yaxis.range[0] < -22.0


def test_cells_of_a_heat_map_are_the_same_on_page_and_slide() -> None:
    """A cell a value, white where nobody is, and the colour that Plotly's scale has."""
    chart = CHARTS["heat"]
    assert isinstance(chart, Heat)
    trace = figure_of(chart, "en").data[0]
    assert [tuple(row) for row in trace.z] == list(chart.values)
    assert tuple(trace.colorscale) == SCALE
    grid = next(shape.table for shape in slide_of(chart).shapes if shape.has_table)
    for r, row in enumerate(chart.values, 1):
        for k, value in enumerate(row, 1):
            expected = "#ffffff" if value is None else shade(value)
            assert f"#{grid.cell(r, k).fill.fore_color.rgb}".lower() == expected
    assert [shade(at) for at, _ in SCALE] == [colour for _, colour in SCALE]


def test_marks_of_curves_are_series_of_the_sheet() -> None:
    """What was asked for goes from side to side, today from bottom to top; a band is not in the legend."""
    found = {one.name: one for one in native(CHARTS["lines"]).plots[0].series}
    assert list(found["asked for"].values) == [0.95, 0.95]
    assert list(found["today"].values) == [0.0, 1.0]
    assert list(found["sorted"].values) == [1.0, 0.9, 0.0]
    assert list(found["sent"].values) == [1.0, 0.4]
    assert {"sorted ↓", "sorted ↑"} <= set(found)
    there = {one.name: one for one in native(CHARTS["day"]).plots[0].series}["there"]
    assert list(there.values) == [0.0, 0.0, 5.0, 5.0, 0.0, 0.0]


@pytest.mark.parametrize(("name", "share"), [("bars", 0.95), ("spans", None)])
def test_marks_of_bars_stand_where_the_axis_says(name: str, share: float | None) -> None:
    """A line at 95 % of the plot's width, midnight between the hours around it, with its word above."""
    chart = CHARTS[name]
    assert isinstance(chart, Bars | Spans)
    slide = slide_of(chart)
    axis = next(shape.chart for shape in slide.shapes if shape.has_chart).value_axis
    legend = tuple(bar.name for bar in chart.bars) if isinstance(chart, Bars) else ()
    plot, mark = plot_of(chart, BODY, legend), chart.marks[0]
    day = 1.0 if isinstance(chart, Bars) else 1440.0
    expected = (mark.at / day - axis.minimum_scale) / (axis.maximum_scale - axis.minimum_scale)
    assert share is None or expected == pytest.approx(share)
    line = next(shape for shape in slide.shapes if shape.name == mark.word)
    assert line.left / 914_400 == pytest.approx(BODY.left + plot.left + expected * plot.width, abs=1e-3)
    assert mark.word in [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]


def test_a_flow_and_a_gantt_chart_keep_their_amounts() -> None:
    """Through each node flows what comes or goes; gaps and lengths add up to the end of a shift."""
    flow, spans = CHARTS["flow"], CHARTS["spans"]
    assert isinstance(flow, Flow)
    assert flow.through() == (100.0, 60.0, 40.0)
    assert tuple(native(flow).plots[0].series[0].values) == (100.0, 60.0, 40.0)
    columns = [series.values for series in native(spans).plots[0].series]
    assert sum(column[0] for column in columns) * 1440.0 == pytest.approx(1500.0)
    assert sum(column[1] or 0.0 for column in columns) * 1440.0 == pytest.approx(1440.0)


@pytest.mark.parametrize(
    ("value", "low", "high", "reaches"),
    [(2.0, 0.0, 3.0, (2.0, 1.0)), (-2.0, -3.0, 0.0, (1.0, 2.0)), (1.0, None, None, (0.0, 0.0)),
     (None, 0.0, 1.0, (0.0, 0.0)), (1.0, 1.2, 0.8, (0.0, 0.0))],
)  # fmt: skip
def test_an_interval_reaches_as_far_as_its_ends(
    value: float | None, low: float | None, high: float | None, reaches: tuple[float, float]
) -> None:
    """Zero is an end, nothing is none, and rounding never makes a reach negative."""
    assert reach(value, low, high) == reaches


def day(**stations: dict[str, Any]) -> dict[str, Any]:
    """The document of a day of four cells a quarter of an hour each."""
    first = {"load": {"mean": [0.0] * 4}, "queue": {"mean": [0.0] * 4}, "capacity": [1.0] * 4,
             "utilisation": [0.0] * 4}  # fmt: skip
    return {
        "scenario": "x", "replications": 1, "seed": 1, "config_hash": "0" * 16, "cell_min": HEAT_MIN / 2.0,
        "from_min": [k * HEAT_MIN / 2.0 for k in range(4)],
        "stations": {name: first | one for name, one in stations.items()},
    }  # fmt: skip


def test_coarser_cells_divide_work_by_who_is_there() -> None:
    """2 of 2 at work, then 1 of 8: three tenths are used, not the mean of 1 and 1/8; None where nobody is."""
    said = day(sorting={"load": {"mean": [2.0, 1.0, 0.0, 0.0]}, "capacity": [2.0, 8.0, 0.0, 0.0]})
    chart = day_heat(said, "en")
    assert chart.values == ((0.3, None),)
    assert chart.x == (0.0, HEAT_MIN)


def test_it_hurts_where_it_is_full_longest_then_where_most_wait() -> None:
    """Two full cells win over one; of equals the longer queue, whatever the utilisation of other cells."""
    full, half = [1.0, 0.96, 0.0, 0.0], [1.0, 0.5, 0.5, 0.5]
    assert busiest_station(day(a={"utilisation": half}, b={"utilisation": full})) == "b"
    queues = ([0.0, 3.0, 0.0, 0.0], [0.0, 900.0, 0.0, 0.0])
    equals = {name: {"utilisation": [1.0, 1.0, 0.0, 0.0], "queue": {"mean": queue}}
              for name, queue in zip("ab", queues, strict=True)}  # fmt: skip
    assert busiest_station(day(**equals)) == "b"


def test_axes_end_and_step_round() -> None:
    """Six steps or so to a round end that holds the largest figure; shares end at one; clocks are round."""
    for largest in (0.3, 7.0, 29.0, 343_903.0):
        scale = scale_of("people", largest)
        assert largest <= scale.high < largest + scale.step
        assert 3 <= scale.high / scale.step <= 7
    assert scale_of("share", 0.93) == (0.0, 1.0, 0.1)
    assert round_step(0.0) == 1.0
    assert clock_ticks(1170.0, 1475.0) == [1200.0, 1260.0, 1320.0, 1380.0, 1440.0]
    assert money_ticks(0.0, 343_903.0) == [0.0, 100_000.0, 200_000.0, 300_000.0]
    assert titled(Axis("Minutes a leader", "min"), "en") == "Minutes a leader"
    assert titled(Axis("GMV", "CNY"), "zh") == "GMV (元)"
