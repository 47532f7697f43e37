"""Tables of a campaign: figures of the season side by side, then each arm event by event."""

from __future__ import annotations

from reports.catalogue import Lang, in_wan, number, say, unit_word
from reports.cells import (
    MISSING,
    Document,
    Row,
    Table,
    ends_of,
    experiment_foot,
    heads_of,
    title_of,
    with_interval,
)
from reports.comparison import ARROWS
from sim.season.figures import OF_EVENT, SEASON_KPIS

SHOWN = ("viewers", "orders_paid", "gmv_cny", "contribution_cny", "members", "leaders", "trust_mean")
"""Figures of an event that the table shows; the document has all."""


def season_tables(document: Document, lang: Lang) -> list[Table]:
    """The season's figures, then an arm's events each."""
    return [season_table(document, lang), *(events_table(document, name, lang) for name in document["arms"])]


def season_table(document: Document, lang: Lang) -> Table:
    """Every figure of the season by arm, with its interval and what the base's difference says."""
    arms = document["arms"]
    rows = [
        _row(document, name, lang)
        for name in SEASON_KPIS
        if any(name in arm["kpis"] for arm in arms.values())
    ]
    said = {name: title_of(arm, lang) for name, arm in arms.items()}
    foot = [f"{name}: {title}" for name, title in said.items() if title]
    foot += [say("foot.season_verdicts", lang)] if document["others"] else []
    foot += [say("foot.season", lang), experiment_foot(document, lang)]
    title = say("title.season", lang, n=document["replications"])
    heads = (say("head.kpi", lang), *arms, say("head.unit", lang))
    return Table(title, heads, tuple(rows), tuple(foot), frozenset({0, len(arms) + 1}))


def _row(document: Document, name: str, lang: Lang) -> Row:
    arms, unit = document["arms"], SEASON_KPIS[name].unit
    means = [arm["kpis"][name]["mean"] for arm in arms.values() if name in arm["kpis"]]
    wan = in_wan(means, unit, lang)
    cells = []
    for arm, told in arms.items():
        figure = told["kpis"].get(name)
        if figure is None:
            cells.append(MISSING)
            continue
        text = with_interval(figure["mean"], ends_of(figure), unit, lang, wan=wan)
        difference = document["differences"].get(name, {}).get(arm)
        cells.append(f"{text} {ARROWS[difference['verdict']]}" if difference else f"{text}  ")
    return (say(f"season.{name}", lang), *cells, unit_word(unit, lang))


def events_table(document: Document, arm: str, lang: Lang) -> Table:
    """One arm event by event: means over the replications."""
    told = document["arms"][arm]
    rows = tuple(
        (
            str(event["event"]),
            *(
                number(event["kpis"][name]["mean"], OF_EVENT[name].unit, lang, varies=True)
                if name in event["kpis"]
                else MISSING
                for name in SHOWN
            ),
        )
        for event in told["events"]
    )
    title = say("title.season_events", lang, name=arm, days=f"{told['every_days']:g}")
    return Table(title, heads_of(lang, "event", *(f"event_{name}" for name in SHOWN)), rows)
