"""Shifts: the calendar to buy, what being surer costs, and where the work lies."""

from __future__ import annotations

from reports.catalogue import Lang, number, say, span
from reports.cells import Document, called, foot
from reports.charts.shifts import shift_gantt
from reports.charts.through_the_day import station_lines
from reports.decks.deck import Deck, Page
from reports.shifts_tables import price_table, shifts_table


def shifts(document: Document, day: Document, lang: Lang) -> Deck:
    """The deck of `shifts --json` and of the day as it is worked now."""
    said = {
        "p": number(document["p_sorted"], "share", lang),
        "ends": span(document["ci_low"], document["ci_high"], "share", lang),
        "cost": f"{document['cost_cny']:,.0f}",
        "now": f"{document['today']['cost_cny']:,.0f}",
        "now_p": number(document["today"]["p_sorted"], "share", lang),
        "promise": number(document["promise"], "share", lang),
    }
    message = say("deck.shifts" if document["reached"] else "deck.shifts_missed", lang, **said)
    method = say("deck.shifts_method", lang, n=document["nights"]["fresh"])
    pages = [
        Page(message, (shift_gantt(document, lang),), (method,)),
        Page(say("deck.surer", lang), (price_table(document, lang),)),
        Page(say("deck.work", lang), station_lines(day, "sorting", lang)),
        Page(say("deck.calendar", lang), (shifts_table(document, lang),)),
    ]
    below = foot("chart.foot", document, lang, n=document["nights"]["fresh"])
    title = say("deck.shifts_title", lang, scenario=called(document, lang))
    return Deck(title, say("deck.shifts_subtitle", lang), tuple(pages), below)
