"""A figure as plain data while it is drawn: Plotly looks through it once, when it is finished.

Its own `add_…` and `update_…` check every value at every step, some twenty milliseconds a chart; a reader who
moves a slider waits for all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports.ink import PALE

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

Values = dict[str, Any]


class Draft:
    """Traces and layout as Plotly's JSON has them."""

    def __init__(self) -> None:
        self.traces: list[Values] = []
        self.across: Values = {}
        self.up: Values = {}
        self.layout: Values = {}
        self.notes: list[Values] = []
        self.shapes: list[Values] = []

    def add(self, kind: str, **trace: Any) -> None:
        """Draw one trace of a kind of Plotly's: scatter, bar, heatmap."""
        self.traces.append({"type": kind, **trace})

    def note(self, **annotation: Any) -> None:
        """Words somewhere, without an arrow."""
        self.notes.append({"showarrow": False, **annotation})

    def level(self, at: float, word: str) -> None:
        """A dotted line from left to right with its word at the right, below it."""
        self.shapes.append(_dotted("x domain", "y", (0.0, 1.0), (at, at)))
        self.note(text=word, x=1.0, xref="x domain", xanchor="right", y=at, yref="y", yanchor="top")

    def upright(self, at: float, word: str) -> None:
        """A dotted line from bottom to top with its word above it."""
        self.shapes.append(_dotted("x", "y domain", (at, at), (0.0, 1.0)))
        self.note(text=word, x=at, xref="x", xanchor="center", y=1.0, yref="y domain", yanchor="bottom")

    def figure(self) -> Figure:
        """The figure that Plotly has looked through."""
        from plotly import graph_objects as go

        axes = {"xaxis": self.across, "yaxis": self.up}
        drawn = {"annotations": self.notes, "shapes": self.shapes}
        return go.Figure({"data": self.traces, "layout": self.layout | axes | drawn})


def _dotted(xref: str, yref: str, x: tuple[float, float], y: tuple[float, float]) -> Values:
    line = {"color": PALE, "width": 1.4, "dash": "dot"}
    return {"type": "line", "xref": xref, "yref": yref, "line": line,
            "x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1]}  # fmt: skip
