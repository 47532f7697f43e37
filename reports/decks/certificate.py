"""Capacity certificate: this system carries so many viewers; it breaks first here; valid under this."""

from __future__ import annotations

from reports.catalogue import Lang, number, say
from reports.cells import Document, called, foot
from reports.charts.headroom import headroom_curve
from reports.decks.day import day_pages
from reports.decks.deck import Deck, Page
from reports.headroom_tables import assumption_table, curve_table, headroom_table


def certificate(document: Document, day: Document, lang: Lang) -> Deck:
    """The deck of `headroom --json` and of the scenario's day at today's audience."""
    pages = [
        Page(
            carries(document, lang), (headroom_table(document, lang),), (say("deck.headroom_method", lang),)
        ),
        Page(_first(document, lang), (headroom_curve(document, lang),), (say("foot.headroom_band", lang),)),
        *day_pages(day, lang),
    ]
    if "assumptions" in document:
        pages.append(Page(say("deck.valid_under", lang), (assumption_table(document, lang),)))
    pages.append(Page(say("deck.curve_figures", lang), (curve_table(document, lang),)))
    title = say("deck.certificate", lang, scenario=called(document, lang))
    return Deck(
        title, say("deck.certificate_subtitle", lang), tuple(pages), foot("chart.foot", document, lang)
    )


def carries(document: Document, lang: Lang) -> str:
    """The audience at which the first promise reaches the probability asked; what is broken already first."""
    required = number(document["required_probability"], "share", lang)
    least, text = least_looked_at(document, lang), ""
    for certain, key in ((True, "deck.broken_already"), (False, "deck.broken_perhaps")):
        if levels := _broken(document, lang, certain=certain):
            text += say(key, lang, levels=levels, least=least)
    if not document["levels"]:
        return text + say("deck.carries_unknown", lang)
    first = min(document["levels"], key=lambda knee: knee.get("audience_p95", knee["value_p95"]))
    if "audience_p95" not in first:
        value = f"{first['value_p95']:.4g}"
        return text + say("deck.carries_value", lang, value=value, path=document["path"], required=required)
    said = {name: number(first[key], "people", lang) for name, key in
            (("viewers", "audience_p95"), ("low", "ci_low"), ("high", "ci_high"))}  # fmt: skip
    return text + say("deck.carries", lang, required=required, **said)


def least_looked_at(document: Document, lang: Lang) -> str:
    """The easiest point of the range: `1,461 viewers`, or the value of another path."""
    points = document["curve"]
    easy = min(points, key=lambda point: point.get("audience", point["value"]))
    if "audience" in easy:
        return say("deck.viewers", lang, n=number(easy["audience"], "people", lang))
    return f"{document['path']} = {easy['value']:.4g}"


def _broken(document: Document, lang: Lang, *, certain: bool) -> str:
    """The levels that even the least audience breaks, for certain or perhaps; empty where there are none."""
    levels = document["already_broken"]
    named = [level for level in levels if document["outside"][level]["certain"] == certain]
    return say("list.and", lang).join(say(f"kpi.{level}", lang) for level in named)


def _first(document: Document, lang: Lang) -> str:
    if broken := _broken(document, lang, certain=True):
        return say("deck.breaks_at_once", lang, levels=broken)
    if document["first_to_break"] is None:
        return say("deck.carries_unknown", lang)
    return say("deck.breaks_first", lang, level=say(f"kpi.{document['first_to_break']}", lang))
