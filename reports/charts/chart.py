"""Charts as data: what is shown, whoever draws it (browser, slide, workbook).

Numbers stay numbers, with their catalogue unit; words are in the reader's language already. An interval that
does not exist is None and is not drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Role = Literal["main", "other", "good", "bad", "limit", "muted", "total"]
"""What a mark stands for; who draws it chooses ink that every eye tells apart."""
Values = tuple[float | None, ...]


class Axis(NamedTuple):
    """Its title and the catalogue unit of its numbers (`""` for names or bare numbers)."""

    title: str
    unit: str = ""


class Line(NamedTuple):
    """One curve; `low`, `high` (both or none) are its band; `step` holds each value until the next."""

    name: str
    y: Values
    low: Values | None = None
    high: Values | None = None
    role: Role = "main"
    step: bool = False

    def furthest(self) -> float:
        """The greatest value of the curve or of its band."""
        ends = self.y if self.high is None else (*self.y, *self.high)
        return max((end for end in ends if end is not None), default=1.0)


class Mark(NamedTuple):
    """A line across the chart at a value of the x axis (or, `level`, of the y axis), with a word."""

    at: float
    word: str
    level: bool = False


@dataclass(frozen=True)
class Lines:
    """Curves over a common x."""

    title: str
    x: tuple[float, ...]
    across: Axis
    up: Axis
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...] = ()
    foot: tuple[str, ...] = ()


def reach(value: float | None, low: float | None, high: float | None) -> tuple[float, float]:
    """How far an interval reaches below and above its value; an end that does not exist reaches nowhere."""
    if value is None:
        return 0.0, 0.0
    below, above = (value if low is None else low), (value if high is None else high)
    return max(value - below, 0.0), max(above - value, 0.0)


class Bar(NamedTuple):
    """One bar a name; `low`, `high` (both or none) are the ends of each interval."""

    name: str
    values: Values
    low: Values | None = None
    high: Values | None = None
    role: Role = "main"

    def reaches(self) -> tuple[tuple[float, float], ...]:
        """How far each interval reaches below and above its value; empty without intervals."""
        if self.low is None or self.high is None:
            return ()
        return tuple(map(reach, self.values, self.low, self.high))

    def furthest(self) -> float:
        """The greatest value or end of an interval."""
        ends = self.values if self.high is None else (*self.values, *self.high)
        return max((end for end in ends if end is not None), default=1.0)


@dataclass(frozen=True)
class Bars:
    """Horizontal bars, the first name at the top; `stacked` where the parts add up."""

    title: str
    names: tuple[str, ...]
    along: Axis
    bars: tuple[Bar, ...]
    stacked: bool = False
    marks: tuple[Mark, ...] = ()
    foot: tuple[str, ...] = ()


class Step(NamedTuple):
    """A change of the running total, or (`total`) the total itself, with its interval."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    total: bool = False

    def reach(self) -> tuple[float, float]:
        """How far its interval reaches below and above it."""
        return reach(self.value, self.low, self.high)


@dataclass(frozen=True)
class Steps:
    """A waterfall from one total to another."""

    title: str
    up: Axis
    steps: tuple[Step, ...]
    foot: tuple[str, ...] = ()

    def ends(self) -> tuple[tuple[float, float], ...]:
        """Where each bar begins and where it ends: the running total before and after it."""
        found, run = [], 0.0
        for step in self.steps:
            before = 0.0 if step.total else run
            run = before + step.value
            found.append((before, run))
        return tuple(found)


@dataclass(frozen=True)
class Heat:
    """Rows of cells, light to dark with the value; `values` is (rows, cells), None where nothing is."""

    title: str
    rows: tuple[str, ...]
    x: tuple[float, ...]
    across: Axis
    values: tuple[Values, ...]
    scale: Axis
    top: float
    foot: tuple[str, ...] = ()


class Span(NamedTuple):
    """A bar from begin to end in a row."""

    row: int
    begin: float
    end: float
    word: str
    role: Role = "main"


@dataclass(frozen=True)
class Spans:
    """A Gantt chart, the first row at the top."""

    title: str
    rows: tuple[str, ...]
    across: Axis
    spans: tuple[Span, ...]
    marks: tuple[Mark, ...] = ()
    foot: tuple[str, ...] = ()


class Link(NamedTuple):
    """A stream between two nodes."""

    begin: int
    end: int
    value: float
    role: Role = "main"


@dataclass(frozen=True)
class Flow:
    """Streams from left to right (Sankey); a node's size is what flows through it."""

    title: str
    nodes: tuple[str, ...]
    links: tuple[Link, ...]
    unit: str
    foot: tuple[str, ...] = ()

    def through(self) -> tuple[float, ...]:
        """What flows through each node."""
        return tuple(
            max(sum(link.value for link in self.links if link[side] == node) for side in (0, 1))
            for node in range(len(self.nodes))
        )


class Point(NamedTuple):
    """A figure with its interval, where it has one."""

    value: float
    low: float | None = None
    high: float | None = None

    def reach(self) -> tuple[float, float]:
        """How far its interval reaches below and above it."""
        return reach(self.value, self.low, self.high)


class Spread(NamedTuple):
    """A row of a measure-of-risk-and-error plot: the mean, and percentiles in rising order."""

    name: str
    mean: Point
    percentiles: tuple[Point, ...]


@dataclass(frozen=True)
class Spreads:
    """Mean and percentiles, each with its interval, a row a scenario (MORE plot: Nelson 2008)."""

    title: str
    along: Axis
    shares: tuple[float, ...]
    rows: tuple[Spread, ...]
    foot: tuple[str, ...] = ()

    def ends(self) -> tuple[float, float]:
        """The least and the greatest value or end of an interval."""
        ends = [
            end
            for row in self.rows
            for point in (*row.percentiles, row.mean)
            for end in point
            if end is not None
        ]
        return min(ends), max(ends)


Chart = Lines | Bars | Steps | Heat | Spans | Flow | Spreads
