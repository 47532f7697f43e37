"""One way from a chart to its figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports.catalogue import Lang
from reports.charts.chart import Bars, Chart, Flow, Heat, Lines, Spans, Spreads, Steps
from reports.plots import blocks, curves

if TYPE_CHECKING:
    from collections.abc import Callable

    from plotly.graph_objects import Figure

CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}
"""What the menu of every figure leaves out."""
_DRAW: dict[type, Callable[[Any, Lang], Figure]] = {
    Lines: curves.lines_figure,
    Heat: curves.heat_figure,
    Spreads: curves.spreads_figure,
    Bars: blocks.bars_figure,
    Steps: blocks.steps_figure,
    Spans: blocks.spans_figure,
    Flow: blocks.flow_figure,
}


def figure_of(chart: Chart, lang: Lang) -> Figure:
    """The chart as a Plotly figure with units, intervals and foot, in the reader's language."""
    return _DRAW[type(chart)](chart, lang)
