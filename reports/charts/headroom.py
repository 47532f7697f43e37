"""How sure each promise is at every audience, with its band."""

from __future__ import annotations

from reports.catalogue import Lang, say
from reports.cells import Document, called, foot
from reports.charts.chart import Axis, Line, Lines, Mark, Role, Values

INKS: tuple[Role, ...] = ("bad", "main", "good", "other", "muted")
MOST_LINES = 5
"""More curves than this cannot be told apart; the tables have all."""


def headroom_curve(document: Document, lang: Lang) -> Lines:
    """P(kept) against the axis, the first levels to break; the audience of today and the promise as marks."""
    names = list(document["already_broken"])  # what is broken all along is seen lying at the bottom
    names += [knee["level"] for knee in document["levels"]] + list(document["not_monotone"])
    points = document["curve"]
    of_people = all("audience" in point for point in points)
    x = tuple(float(point["audience" if of_people else "value"]) for point in points)
    lines = tuple(
        Line(
            say(f"kpi.{name}", lang),
            _column(points, name, "p"),
            _column(points, name, "ci_low"),
            _column(points, name, "ci_high"),
            INKS[k],
        )
        for k, name in enumerate(names[:MOST_LINES])
    )
    now = next((at for at, point in zip(x, points, strict=True) if point["value"] == document["now"]), None)
    marks = [Mark(document["required_probability"], say("chart.asked", lang), level=True)]
    marks += [] if now is None else [Mark(now, say("chart.now", lang))]
    across = Axis(say("head.audience", lang), "people") if of_people else Axis(document["path"])
    title, up = say("chart.headroom", lang, scenario=called(document, lang)), say("axis.probability", lang)
    below = (say("foot.headroom_band", lang), foot("chart.foot", document, lang))
    return Lines(title, x, across, Axis(up, "share"), lines, tuple(marks), below)


def _column(points: list[Document], name: str, part: str) -> Values:
    return tuple(point[name][part] if name in point else None for point in points)
