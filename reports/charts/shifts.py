"""Sorting shifts on the clock: the calendar found above today's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.catalogue import Lang, number, say
from reports.cells import Document, foot
from reports.charts.chart import Axis, Mark, Role, Span, Spans
from sim.clock import DAY_MIN

if TYPE_CHECKING:
    from sim.scenario import Scenario


def shift_gantt(document: Document, lang: Lang) -> Spans:
    """A row a team with its people; breaks are left open; the promise as a mark."""
    rows: list[str] = []
    spans: list[Span] = []
    found = "shifts.found" if document["reached"] else "shifts.fullest"
    calendars: tuple[tuple[str, Document, Role], ...] = (
        (found, document, "main"),
        ("shifts.today", document["today"], "muted"),
    )
    for key, calendar, role in calendars:
        called = say(key, lang, p=number(calendar["p_sorted"], "share", lang), required="")
        for team in calendar["plan"]:
            row = len(rows)
            rows.append(f"{called} · {team['team']}")
            begin = team["start_min"]
            pauses = [(begin + one["after_min"], one["length_min"]) for one in team["breaks"]]
            for at, minutes in pauses:
                spans.append(Span(row, begin, at, str(team["people"]), role))
                begin = at + minutes
            spans.append(Span(row, begin, team["end_min"], str(team["people"]), role))
    title = say("chart.shifts", lang, p=number(document["p_sorted"], "share", lang))
    below = foot("chart.shifts_foot", document, lang, n=document["nights"]["fresh"])
    by = Mark(document["by_min"], say("chart.promise", lang))
    return Spans(title, tuple(rows), Axis(say("axis.clock", lang), "clock"), tuple(spans), (by,), (below,))


def teams_gantt(scenario: Scenario, lang: Lang) -> Spans:
    """The teams of a scenario as they stand, with midnight."""
    spans: list[Span] = []
    for row, team in enumerate(scenario.sorting.teams):
        begin = team.start_min
        for pause in team.breaks:
            at = team.start_min + pause.after_min
            spans.append(Span(row, begin, at, str(team.people)))
            begin = at + pause.length_min
        spans.append(Span(row, begin, team.start_min + team.length_min, str(team.people)))
    rows = tuple(team.name for team in scenario.sorting.teams)
    midnight = Mark(DAY_MIN, say("chart.midnight", lang))
    axis = Axis(say("axis.clock", lang), "clock")
    return Spans(
        say("chart.teams", lang), rows, axis, tuple(spans), (midnight,), (say("chart.teams_foot", lang),)
    )
