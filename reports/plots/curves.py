"""Curves with bands, heat maps and mean-and-percentile rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reports.catalogue import Lang, number, say
from reports.charts.chart import Heat, Lines, Mark, Point, Role, Spreads
from reports.ink import ROLES, SCALE, ink
from reports.plots.draft import Draft
from reports.plots.style import axis_layout, escaped, finish

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
"""Besides ink, so that curves differ in print too."""


def lines_figure(chart: Lines, lang: Lang) -> Figure:
    """Each curve over its band."""
    draft = Draft()
    x = list(chart.x)
    for k, line in enumerate(chart.lines):
        shape = "hv" if line.step else "linear"
        if line.low is not None and line.high is not None:
            band: dict[str, Any] = {"mode": "lines", "line": {"width": 0, "shape": shape}}
            band |= {"hoverinfo": "skip", "showlegend": False, "connectgaps": False}
            draft.add("scatter", x=x, y=list(line.high), **band)
            draft.add(
                "scatter", x=x, y=list(line.low), fill="tonexty", fillcolor=ink(line.role, 0.16), **band
            )
        dash = (
            "dash" if line.role == "limit" else DASHES[k % len(DASHES)] if len(chart.lines) > 2 else "solid"
        )
        draft.add(
            "scatter",
            x=x, y=list(line.y), name=escaped(line.name), mode="lines",
            line={"color": ink(line.role), "width": 2.4, "shape": shape, "dash": dash},
            text=[number(at, chart.across.unit or "factor", lang) for at in x],
            hovertemplate="%{text}: %{y:.3~g}<extra>" + escaped(line.name) + "</extra>",
        )  # fmt: skip
    top = max((line.furthest() for line in chart.lines), default=1.0)
    draft.across = axis_layout(chart.across, lang, x[0], x[-1]) | {"range": [x[0], x[-1]]}
    up = axis_layout(chart.up, lang, 0.0, top)
    draft.up = up | {"rangemode": "tozero"} | ({"range": [-0.02, 1.04]} if chart.up.unit == "share" else {})
    draw_marks(draft, chart.marks)
    return finish(draft, chart.title, chart.foot, narrow=True)


def draw_marks(draft: Draft, marks: tuple[Mark, ...], *, upright: bool = True) -> None:
    """Dotted lines with a word at their end."""
    for mark in marks:
        draw = draft.level if mark.level or not upright else draft.upright
        draw(mark.at, escaped(mark.word))


def heat_figure(chart: Heat, lang: Lang) -> Figure:
    """Rows from the top in their order; white where nothing is."""
    clock = [number(at, chart.across.unit, lang) for at in chart.x]
    draft = Draft()
    draft.add(
        "heatmap",
        x=list(chart.x), y=[escaped(row) for row in chart.rows], z=[list(row) for row in chart.values],
        zmin=0.0, zmax=chart.top, colorscale=[list(stop) for stop in SCALE], hoverongaps=False,
        text=[clock] * len(chart.rows), hovertemplate="%{y}, %{text}: %{z:.0%}<extra></extra>",
        colorbar={"title": {"text": chart.scale.title, "side": "right"}, "tickformat": ".0%",
                  "thickness": 14},
    )  # fmt: skip
    draft.across = axis_layout(chart.across, lang, chart.x[0], chart.x[-1]) | {"showgrid": False}
    draft.up = {"autorange": "reversed", "showgrid": False}
    return finish(draft, chart.title, chart.foot, height=120 + 34 * len(chart.rows))


def spreads_figure(chart: Spreads, lang: Lang) -> Figure:
    """A box from the least to the greatest percentile, the mean as a diamond, each with its interval."""
    draft = Draft()
    names = [escaped(row.name) for row in chart.rows]
    for row, name in zip(chart.rows, names, strict=True):
        ends = [point.value for point in row.percentiles]
        draft.add("scatter", x=ends, y=[name] * len(ends), mode="lines", hoverinfo="skip", showlegend=False,
                           line={"color": ink("muted", 0.35), "width": 16})  # fmt: skip
    for k, share in enumerate(chart.shares):
        points = [row.percentiles[k] for row in chart.rows]
        label = say("chart.percentile", lang, q=f"{100 * share:g}")
        draft.add("scatter", **_points(points, names, label, "line-ns-open", "main"))
    means = [row.mean for row in chart.rows]
    draft.add("scatter", **_points(means, names, say("head.mean", lang), "diamond", "bad"))
    low, high = chart.ends()
    draft.across = axis_layout(chart.along, lang, low, high)
    draft.up = {"autorange": "reversed", "showgrid": False}
    return finish(draft, chart.title, chart.foot, height=150 + 52 * len(names))


def whiskers(reaches: Sequence[tuple[float, float]], role: Role, thick: float, wide: int) -> dict[str, Any]:
    """Error bars that reach so far below and above their values."""
    return {
        "type": "data", "symmetric": False, "thickness": thick, "width": wide, "color": ROLES[role],
        "array": [above for _, above in reaches], "arrayminus": [below for below, _ in reaches],
    }  # fmt: skip


def _points(points: list[Point], names: list[str], label: str, symbol: str, role: Role) -> dict[str, Any]:
    return {
        "x": [point.value for point in points], "y": names, "name": label, "mode": "markers",
        "marker": {"symbol": symbol, "size": 12, "color": ink(role),
                   "line": {"width": 2.5, "color": ink(role)}},
        "error_x": whiskers([point.reach() for point in points], role, 1.6, 5),
        "hovertemplate": "%{x:.4~g}<extra>" + label + "</extra>",
    }  # fmt: skip
