"""Bars, waterfalls, Gantt charts and flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.catalogue import Lang, number, unit_word
from reports.charts.axes import step_words
from reports.charts.chart import Bars, Flow, Spans, Steps
from reports.ink import ROLES, ink
from reports.plots.curves import draw_marks, whiskers
from reports.plots.draft import Draft
from reports.plots.style import axis_layout, escaped, finish

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


ROOM = 0.12
"""Beyond the ends of a waterfall below zero, for whiskers and figures, of its height."""
GAP = 0.015
"""Between a whisker and the figure under it, of a waterfall's height."""


def bars_figure(chart: Bars, lang: Lang) -> Figure:
    """Horizontal bars with their intervals, the first name at the top."""
    draft = Draft()
    names = [escaped(name) for name in chart.names]
    for bar in chart.bars:
        reaches = bar.reaches()
        error = {"error_x": whiskers(reaches, "limit", 1.4, 4)} if reaches else {}
        draft.add(
            "bar",
            x=list(bar.values), y=names, name=escaped(bar.name), orientation="h",
            marker={"color": ink(bar.role)}, showlegend=bool(bar.name),
            hovertemplate="%{y}: %{x:.3~g}<extra>" + escaped(bar.name) + "</extra>",
            **error,
        )  # fmt: skip
    end = max((bar.furthest() for bar in chart.bars), default=1.0)
    mode = "stack" if chart.stacked else "group"
    draft.layout = {"barmode": mode, "bargap": 0.28, "bargroupgap": 0.05, "legend": {"traceorder": "normal"}}
    draft.across = axis_layout(chart.along, lang, 0.0, end) | {"rangemode": "tozero"}
    if chart.along.unit == "share" and end > 0.5:
        draft.across["range"] = [0.0, 1.02]
    draft.up = {"autorange": "reversed", "showgrid": False}
    draw_marks(draft, chart.marks)
    rows = 1 if chart.stacked else len(chart.bars)
    return finish(draft, chart.title, chart.foot, height=150 + len(names) * max(34, 15 * rows))


def steps_figure(chart: Steps, lang: Lang) -> Figure:
    """A waterfall; each step says its amount, its interval stands at its end."""
    draft = Draft()
    ends = [end for _, end in chart.ends()]
    names = [escaped(step.name) for step in chart.steps]
    draft.add(
            "waterfall",
        x=names, y=[step.value for step in chart.steps],
        measure=["absolute" if step.total else "relative" for step in chart.steps],
        connector={"line": {"color": ROLES["muted"], "width": 1}}, cliponaxis=False,
        increasing={"marker": {"color": ROLES["good"]}}, decreasing={"marker": {"color": ROLES["bad"]}},
        totals={"marker": {"color": ROLES["main"]}}, showlegend=False, hoverinfo="skip",
    )  # fmt: skip
    reaches = [step.reach() for step in chart.steps]
    draft.add(
            "scatter",
        x=names, y=ends, mode="markers", marker={"size": 1, "color": ROLES["limit"]}, showlegend=False,
        hoverinfo="skip",
        error_y=whiskers(reaches, "limit", 1.6, 7),
    )  # fmt: skip
    _write_steps(draft, chart, lang)
    low, high = min(0.0, *ends), max(0.0, *ends)
    draft.up = axis_layout(chart.up, lang, low, high)
    if low < 0.0:
        room = ROOM * (high - low)
        draft.up["range"] = [low - room, high + room * (high > 0.0)]
    draft.across = {"showgrid": False}
    return finish(draft, chart.title, chart.foot)


def _write_steps(draft: Draft, chart: Steps, lang: Lang) -> None:
    """The figure of each step beyond its whisker."""
    ends = [end for _, end in chart.ends()]
    reaches, names = [step.reach() for step in chart.steps], [escaped(step.name) for step in chart.steps]
    # the figure of a bar that ends at its foot, below zero, stands under it
    hangs = [end < 0.0 and end < before for before, end in chart.ends()]
    draft.add(
            "scatter",
        x=names, mode="text", text=step_words(chart, lang),
        y=[
            end - below - GAP * (max(ends) - min(ends)) if down else end + above
            for end, (below, above), down in zip(ends, reaches, hangs, strict=True)
        ],
        textposition=["bottom center" if down else "top center" for down in hangs],
        hoverinfo="skip", showlegend=False, cliponaxis=False,
    )  # fmt: skip


def spans_figure(chart: Spans, lang: Lang) -> Figure:
    """A row a team; the word stands in its longest bar."""
    draft = Draft()
    for span in chart.spans:
        hours = f"{number(span.begin, 'clock', lang)} … {number(span.end, 'clock', lang)}"
        draft.add(
            "bar",
            base=[span.begin], x=[span.end - span.begin], y=[escaped(chart.rows[span.row])], orientation="h",
            marker={"color": ink(span.role)}, text=[escaped(span.word)], textposition="inside",
            showlegend=False, insidetextanchor="middle", textangle=0, width=0.62,
            hovertemplate=f"{hours}<extra></extra>",
        )  # fmt: skip
    begin, end = min(s.begin for s in chart.spans), max(s.end for s in chart.spans)
    end = max(end, *(mark.at for mark in chart.marks)) if chart.marks else end
    draft.layout = {"barmode": "overlay"}
    draft.across = axis_layout(chart.across, lang, begin, end) | {"range": [begin - 15.0, end + 30.0]}
    draft.up = {"autorange": "reversed", "showgrid": False}
    draw_marks(draft, chart.marks)
    return finish(draft, chart.title, chart.foot, height=140 + 36 * len(chart.rows))


def flow_figure(chart: Flow, lang: Lang) -> Figure:
    """A Sankey diagram; the names hold the amounts."""
    unit = unit_word(chart.unit, lang)
    x, y = _places(chart)
    draft = Draft()
    draft.add(
        "sankey",
        arrangement="fixed",
        node={"label": [""] * len(chart.nodes), "customdata": [escaped(name) for name in chart.nodes],
              "thickness": 14, "pad": GAP_PX, "x": x, "y": y, "color": ROLES["limit"],
              "hovertemplate": "%{customdata} " + unit + "<extra></extra>"},
        link={"source": [link.begin for link in chart.links],
              "target": [link.end for link in chart.links],
              "value": [link.value for link in chart.links],
              "color": [ink(link.role, 0.45) for link in chart.links],
              "hovertemplate": "%{source.customdata} → %{target.customdata}<extra></extra>"},
    )  # fmt: skip
    for name, across, down in zip(chart.nodes, x, y, strict=True):
        draft.note(
            x=across, y=1.0 - down, xref="paper", yref="paper", xanchor="left", yanchor="middle", xshift=10,
            text=escaped(name), bgcolor="rgba(255,255,255,0.55)", borderpad=1,
        )  # fmt: skip
    return finish(draft, chart.title, chart.foot, height=FLOW_PX + 132)


FLOW_PX, GAP_PX = 328, 20
"""Height of a flow, and between its ends."""
ENDS_AT = 0.74
"""How far to the right streams end, so that their names stand free beside them."""


def _places(chart: Flow) -> tuple[list[float], list[float]]:
    """Centres of the nodes: stages step down from the left, ends stand below each other."""
    begins = [link.begin for link in chart.links]
    through = chart.through()
    stages = [node for node in range(len(chart.nodes)) if node in begins]
    ends = [node for node in range(len(chart.nodes)) if node not in begins]
    gap = GAP_PX / FLOW_PX
    scale = (1.0 - gap * (len(ends) - 1)) / through[stages[0]]  # the scale that Plotly takes
    x, y, top = [0.0] * len(through), [0.0] * len(through), 0.0
    for node in ends:
        x[node], y[node] = ENDS_AT, top + scale * through[node] / 2.0
        top += scale * through[node] + gap
    for k, node in enumerate(stages):
        x[node] = max(0.001, ENDS_AT * k / len(stages))
        y[node] = scale * (through[stages[0]] - through[node] / 2.0) + 1.5 * gap * k
    return x, y
