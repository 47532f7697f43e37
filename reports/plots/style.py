"""Ink, type and axes that every figure has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports.catalogue import Lang, number
from reports.charts.axes import clock_ticks, money_ticks, titled
from reports.charts.chart import Axis
from reports.ink import INK, LINE, PALE
from reports.plots.draft import Draft
from reports.typeface import FACES, text_width

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def axis_layout(
    axis: Axis, lang: Lang, low: float | None = None, high: float | None = None
) -> dict[str, Any]:
    """Title with unit, and ticks as the language writes them."""
    layout: dict[str, Any] = {
        "title": {"text": titled(axis, lang), "font": {"size": 13}},
        "gridcolor": LINE,
        "zeroline": False,
    }
    if axis.unit == "clock" and low is not None and high is not None:
        at = clock_ticks(low, high)
        layout |= {"tickvals": at, "ticktext": [number(moment, "clock", lang) for moment in at]}
    elif axis.unit in ("share", "0/1"):
        layout |= {"tickformat": ".0%" if high is None or high > 0.1 else ".1%"}
    elif axis.unit.startswith("CNY") and lang == "zh" and high is not None and high >= 100_000.0:
        at = money_ticks(0.0 if low is None else min(low, 0.0), high)
        layout |= {"tickvals": at, "ticktext": [f"{value / 10_000:g}万" for value in at]}
    else:
        layout |= {"tickformat": ",~f" if high is None or high >= 10.0 else ",~g", "separatethousands": True}
    return layout


def finish(
    draft: Draft, title: str, foot: tuple[str, ...], *, height: int = 420, narrow: bool = False
) -> Figure:
    """Title above, foot below, the product's type; nothing that asks the network."""
    lines, titles = wrapped(foot, NARROW if narrow else WIDE), wrapped((title,), NARROW if narrow else TITLE)
    words = MARK_PX * bool(draft.shapes)
    above = 22 + 22 * len(titles) + 20 * _legend_rows(draft) + words
    legend = {"orientation": "h", "x": 0.0, "y": 1.0 + (4 + words) / height, "xanchor": "left"}
    draft.layout |= {
        "title": {"text": "<br>".join(f"<b>{line}</b>" for line in titles), "x": 0.0, "xref": "container",
                  "xanchor": "left", "y": 1.0, "yref": "container", "yanchor": "top",
                  "pad": {"l": 12, "t": 12 * len(titles)},
                  "font": {"size": 16, "color": INK}},
        "font": {"family": FACES, "size": 13, "color": INK},
        "margin": {"l": 12, "r": 18, "t": above, "b": AXIS_PX + 8 + 15 * len(lines)},
        "height": height + above - 70 + 15 * len(lines),
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "legend": legend | {"yanchor": "bottom"} | draft.layout.get("legend", {}),
        "hoverlabel": {"font": {"family": FACES}},
    }  # fmt: skip
    draft.across |= {"automargin": True, "ticklabelstandoff": 5}
    draft.up |= {"automargin": True, "ticklabelstandoff": 5}
    draft.note(
        text="<br>".join(lines), x=0.0, xref="paper", xanchor="left", y=0.0, yref="paper", yanchor="top",
        yshift=-AXIS_PX, align="left", font={"size": 11, "color": PALE},
    )  # fmt: skip
    figure = draft.figure()
    figure.layout.template = "none"
    return figure


AXIS_PX = 54
"""Room below a chart for ticks and title of its axis."""
ROW_PX = 900
"""Room for a row of the legend on the narrowest screen that shows a chart whole."""


def _legend_rows(draft: Draft) -> int:
    """Rows the legend takes above the chart."""
    named = [trace for trace in draft.traces if trace.get("name") and trace.get("showlegend") is not False]
    widest = max((text_width(trace["name"]) for trace in named), default=0)
    a_row = max(1, ROW_PX // (7 * widest + 60))
    return -(-len(named) // a_row)


MARK_PX = 18
"""Room for a mark's word above the chart."""
WIDE, TITLE, NARROW = 105, 88, 62
"""Letters of a line of the foot and of the title; of both where two charts stand side by side."""


def wrapped(foot: tuple[str, ...], letters: int = WIDE) -> list[str]:
    """Texts in lines that fit under or above a chart."""
    lines: list[str] = []
    for text in foot:
        width, line = 0, ""
        for letter in text:
            wide = text_width(letter)
            if width + wide > letters and (letter == " " or wide == 2):
                lines.append(escaped(line.strip()))
                width, line = 0, ""
            line += letter
            width += wide
        lines.append(escaped(line.strip()))
    return lines


def escaped(text: str) -> str:
    """A name as text, whatever it contains: Plotly reads some HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
