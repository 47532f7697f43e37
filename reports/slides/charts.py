"""Charts as native ones, whose figures open in a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports.catalogue import Lang
from reports.charts.chart import Bars, Chart, Flow, Heat, Lines, Spans, Spreads, Steps
from reports.slides.bars import add_bars, add_flow, add_spreads
from reports.slides.heat import add_heat
from reports.slides.lines import add_lines
from reports.slides.stacks import add_spans, add_steps
from reports.slides.words import dress

if TYPE_CHECKING:
    from collections.abc import Callable

_ADD: dict[type, Callable[[Any, Any, Any, Lang], Any]] = {
    Lines: add_lines,
    Bars: add_bars,
    Steps: add_steps,
    Spans: add_spans,
    Flow: add_flow,
    Spreads: add_spreads,
}


def add_chart(slide: Any, chart: Chart, box: Any, lang: Lang) -> None:
    """Put a chart into its box, its title above it."""
    if isinstance(chart, Heat):
        add_heat(slide, chart, box, lang)
        return
    graph = _ADD[type(chart)](slide, chart, box, lang)
    dress(graph.font, 12)
    graph.has_title = True
    graph.chart_title.include_in_layout = False
    graph.chart_title.text_frame.text = chart.title
    for paragraph in graph.chart_title.text_frame.paragraphs:
        for run in paragraph.runs:
            dress(run.font, 14, bold=True)
