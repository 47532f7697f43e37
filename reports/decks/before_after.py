"""Before and after: the other scenarios against the first, with what a board asks about each difference."""

from __future__ import annotations

from collections.abc import Iterator

from reports.catalogue import Lang, number, say, span, unit_word
from reports.cells import Document, experiment_foot
from reports.charts import comparison as charts
from reports.charts.funnel import funnel
from reports.charts.through_the_day import busiest_station, day_heat, station_lines
from reports.claims import claims_table
from reports.comparison import comparison_table, promise_table, summary_table
from reports.decks.deck import Deck, Page
from sim.kpis.definitions import KPIS

MOVED = "gmv_cny"


def before_after(document: Document, played: Document, day: Document, lang: Lang) -> Deck:
    """The deck of a comparison.

    Args:
        document: `compare --json`.
        played, day: `run --json` and the profile of the last scenario, the one that is proposed.
        lang: of every word.

    """
    names = charts.arm_names(document, lang)
    after = document["others"][-1]
    title = say("deck.before_after", lang, base=names[document["base"]], other=names[after])
    pages = tuple(_pages(document, played, day, after, lang))
    return Deck(
        title, say("deck.subtitle", lang, n=document["replications"]), pages, experiment_foot(document, lang)
    )


def _pages(document: Document, played: Document, day: Document, after: str, lang: Lang) -> Iterator[Page]:
    method = (say("foot.verdicts", lang), say("deck.method", lang), experiment_foot(document, lang))
    yield Page(_headline(document, after, lang), (summary_table(document, lang),), method)
    if document["service_levels"]:
        yield Page(_promises(document, after, lang), (charts.promises_kept(document, lang),),
                   (say("foot.promises", lang),))  # fmt: skip
    if after in document["gmv_ratio"]:
        yield Page(_ratio(document, after, lang), (charts.gmv_factors(document, after, lang),),
                   (say("foot.gmv", lang),))  # fmt: skip
    yield Page(_nights(document, after, lang), (charts.spread_of(document, MOVED, lang),),
               (say("deck.spread_method", lang),))  # fmt: skip
    if MOVED in document.get("attribution", {}):
        yield Page(_moved(document, lang), (charts.attribution_steps(document, MOVED, lang),),
                   (say("foot.attribution", lang),))  # fmt: skip
    yield Page(_leaders(document, after, lang), (charts.leader_day(document, lang),))
    yield Page(say("deck.funnel", lang), (funnel(played, lang),))
    station = busiest_station(day)
    hurts = say("deck.hurts", lang, station=say(f"station.{station}", lang))
    yield Page(hurts, (day_heat(day, lang),), (say("chart.band", lang),))
    yield Page(hurts, station_lines(day, station, lang))
    if document["claims"]:
        yield Page(say("deck.claims", lang), (claims_table(document, lang),))
    if document["service_levels"]:
        yield Page(say("deck.promise_table", lang), (promise_table(document, lang),))
    yield Page(say("deck.all_figures", lang), (comparison_table(document, lang),), method)


def _figure(document: Document, kpi: str, name: str, lang: Lang) -> str:
    one = document["kpis"][kpi][name]
    unit = KPIS[kpi].unit
    figure = number(one["mean"], unit, lang, varies=True).replace("-", "−")  # no line ends behind this minus
    return f"{figure} {unit_word(unit, lang)}".strip()


def _headline(document: Document, after: str, lang: Lang) -> str:
    """GMV before and after, and what remains of it."""
    base = document["base"]
    said = {
        "before": _figure(document, MOVED, base, lang),
        "after": _figure(document, MOVED, after, lang),
        "left_before": _figure(document, "contribution_cny", base, lang),
        "left_after": _figure(document, "contribution_cny", after, lang),
    }
    return say("deck.headline", lang, **said)


def _promises(document: Document, after: str, lang: Lang) -> str:
    """Which promises the proposed scenario is shown to break."""
    levels = document["service_levels"]
    broken = [level for level, arms in levels.items() if arms.get(after, {}).get("kept") == "no"]
    unsure = sum(arms.get(after, {}).get("kept") == "cannot_tell" for arms in levels.values())
    words = say("list.and", lang).join(say(f"kpi.{level}", lang) for level in broken)
    key = "deck.promises_broken" if broken else "deck.promises_none"
    return say(key, lang, levels=words, unsure=unsure)


def _ratio(document: Document, after: str, lang: Lang) -> str:
    one = document["gmv_ratio"][after]
    ends = one.get("intervals", {}).get("total")
    between = f" ({ends[0]:.1f} … {ends[1]:.1f})" if ends else ""
    largest = max(("audience", "conversion", "basket"), key=lambda part: one[part])
    return say("deck.ratio", lang, total=f"{one['total']:.1f}{between}", part=say(f"head.{largest}", lang),
               factor=f"{one[largest]:.1f}")  # fmt: skip


def _nights(document: Document, after: str, lang: Lang) -> str:
    """From the bad night to the good one."""
    found = document["dispersion"]["kpis"][MOVED][after]["percentiles"]
    ends = span(found[0]["value"], found[-1]["value"], KPIS[MOVED].unit, lang)
    return say("deck.nights", lang, ends=f"{ends} {unit_word(KPIS[MOVED].unit, lang)}")


def _moved(document: Document, lang: Lang) -> str:
    share = document["attribution"][MOVED].get("shares", {}).get("show")
    if share is None:
        return say("deck.moved_untold", lang)
    text = (
        f"{number(share['value'], 'share', lang)} ({span(share['ci_low'], share['ci_high'], 'share', lang)})"
    )
    return say("deck.moved", lang, share=text)


def _leaders(document: Document, after: str, lang: Lang) -> str:
    kpi = "leader_hours_all"
    before, now = (_figure(document, kpi, name, lang) for name in (document["base"], after))
    return say("deck.leaders", lang, before=before, after=now)
