"""What tables are made of: title, heads, rows, foot; figures with their intervals as cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reports.catalogue import Lang, number, say, span, spread
from sim.kpis.definitions import KPIS, Kpi

Document = Mapping[str, Any]
Row = tuple[str, ...]
MISSING = "–"


@dataclass(frozen=True)
class Table:
    """A table of words and formatted figures.

    A row whose first cell is `[in brackets]` and whose others are empty is a heading. Columns of words are
    set left, figures right.
    """

    title: str
    heads: Row
    rows: tuple[Row, ...]
    foot: tuple[str, ...] = ()
    words: frozenset[int] = field(default_factory=lambda: frozenset({0}))


def is_heading(row: Row) -> bool:
    """Whether a row of a table stands above others."""
    return row[0][:1] == "[" and row[0][-1:] == "]" and not any(row[1:])


def interval(figure: Document, unit: str, lang: Lang) -> str:
    """`low … high`; nothing without an interval; of what never happened, on how many nights it may."""
    if "ci_low" not in figure:
        return ""
    text = span(figure["ci_low"], figure["ci_high"], unit, lang)
    if figure["ci_low"] == figure["ci_high"] and "nonzero_share_high" in figure:
        return say("cell.nonzero", lang, share=number(figure["nonzero_share_high"], "share", lang))
    return text


def with_interval(
    value: float, low_high: Iterable[float] | None, unit: str, lang: Lang, *, wan: bool = False
) -> str:
    """The value with how far its interval reaches to each side; the value alone where there is none."""
    if low_high is None:
        return spread(value, value, value, unit, lang, wan=True) if wan else number(value, unit, lang)
    low, high = low_high
    if value == low == 0.0 < high:  # a count that never happened
        return f"0 (≤ {number(high, unit, lang)})"
    return spread(value, low, high, unit, lang, wan=wan)


def ends_of(figure: Document) -> tuple[float, float] | None:
    """The ends of a figure's interval; None where it has none."""
    return (figure["ci_low"], figure["ci_high"]) if "ci_low" in figure else None


def heads_of(lang: Lang, *names: str) -> Row:
    """Column heads by name."""
    return tuple(say(f"head.{name}", lang) for name in names)


def experiment_foot(document: Document, lang: Lang) -> str:
    """Seed, engine, replications and hash."""
    return foot("foot.experiment", document, lang)


def foot(key: str, document: Document, lang: Lang, **more: object) -> str:
    """What brings the same figures back, in the words of a key: seed, hash, engine, and `n` replications."""
    said = {name: document.get(name) for name in ("seed", "engine")}
    said |= {"n": document.get("replications"), "hash": document["config_hash"][:12]}
    return say(key, lang, **said | more)


def title_of(said: Document, lang: Lang) -> str:
    """What a scenario calls itself; empty where it does not."""
    return str(said.get(f"title_{lang}", ""))


def called(document: Document, lang: Lang) -> str:
    """A scenario's title, or its name where it has none."""
    return title_of(document, lang) or str(document["scenario"])


def grouped(names: Iterable[str], width: int, lang: Lang) -> Iterable[tuple[Kpi, Row | None]]:
    """Each KPI with the heading that stands before it, if a new group begins."""
    group = ""
    for name in names:
        kpi = KPIS[name]
        heading = (
            (f"[{say(f'group.{kpi.group}', lang)}]", *[""] * (width - 1)) if kpi.group != group else None
        )
        group = kpi.group
        yield kpi, heading
