"""Before and after: the other scenarios against the first, with what a board asks about each difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reports.catalogue import Lang, number, say, span, unit_word
from reports.cells import Document, experiment_foot, foot
from reports.charts import comparison as charts
from reports.charts.chart import Flow
from reports.charts.funnel import funnel
from reports.claims import claims_in_a_sentence, claims_table
from reports.comparison import comparison_table, promise_table, summary_table
from reports.decks.day import day_pages
from reports.decks.deck import Deck, Page
from reports.dispersion import needs
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
    yield Page(_headline(document, after, lang), (summary_table(document, lang),), method,
               below=say("foot.arrows", lang))  # fmt: skip
    if document["claims"]:
        yield Page(claims_in_a_sentence(document, lang), (charts.claim_counts(document, lang),))
    if document["service_levels"]:
        yield Page(_promises(document, after, lang), (charts.promises_kept(document, lang),),
                   (say("foot.promises", lang),))  # fmt: skip
    if after in document["gmv_ratio"]:
        yield Page(_ratio(document, after, lang), (charts.gmv_factors(document, after, lang),),
                   (say("foot.gmv", lang),))  # fmt: skip
    yield Page(_nights(document, after, lang), (charts.spread_of(document, MOVED, lang),),
               (say("deck.spread_method", lang),), below=_spread_words(document, lang))  # fmt: skip
    for kpi, key in (("gmv_cny", "deck.moved"), ("contribution_cny", "deck.left")):
        if kpi in document.get("attribution", {}):
            yield Page(_moved(document, kpi, key, lang), (charts.attribution_steps(document, kpi, lang),))
    yield Page(_leaders(document, after, lang), (charts.leader_day(document, lang),))
    of_run = foot("foot.experiment", played, lang)
    flow = funnel(played, lang)
    yield Page(_lost(flow, lang), (flow,), foot=of_run)
    yield from day_pages(day, lang)
    yield from _fallen(document, lang)
    yield Page(say("deck.appendix", lang), ())
    if document["claims"]:
        yield Page(say("deck.all_claims", lang), (claims_table(document, lang, in_words=True),))
    if document["service_levels"]:
        yield Page(say("deck.promise_table", lang), (promise_table(document, lang),))
    yield Page(say("deck.all_figures", lang), (comparison_table(document, lang),), method)


def _fallen(document: Document, lang: Lang) -> Iterator[Page]:
    """Which claims fall."""
    fallen = sum(row["verdict"] == "not_supported" for row in document["claims"])
    if fallen:
        shown = claims_table(document, lang, only=("not_supported",), in_words=True)
        claims = tuple(row for row in shown.rows if row[0])  # their further tests stand in the appendix
        message = say("deck.claims_fall", lang, n=fallen)
        yield Page(message, (replace(shown, title=message, rows=claims),))


def _figure(document: Document, kpi: str, name: str, lang: Lang) -> str:
    one = document["kpis"][kpi][name]
    unit = KPIS[kpi].unit
    figure = number(one["mean"], unit, lang, varies=True).replace("-", "−")  # no line ends behind this minus
    return f"{figure} {unit_word(unit, lang)}".strip()


def _headline(document: Document, after: str, lang: Lang) -> str:
    """GMV before and after, and what remains of it; all in one scale, in yuan."""
    base = document["base"]
    said = {
        "before": _yuan(document, MOVED, base),
        "after": _yuan(document, MOVED, after),
        "left_before": _yuan(document, "contribution_cny", base),
        "left_after": _yuan(document, "contribution_cny", after),
    }
    return say("deck.headline", lang, **said)


def _promises(document: Document, after: str, lang: Lang) -> str:
    """Which promises the proposed scenario is shown to break."""
    levels = document["service_levels"]
    broken = [level for level, arms in levels.items() if arms.get(after, {}).get("kept") == "no"]
    unsure = sum(arms.get(after, {}).get("kept") == "cannot_tell" for arms in levels.values())
    words = say("list.and", lang).join(say(f"kpi.{level}", lang) for level in broken)
    key = "deck.promises_broken" if broken else "deck.promises_none"
    name = charts.arm_names(document, lang)[after]
    return say(key, lang, name=name, levels=words, unsure=unsure)


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
    low, high = (f"{100 * one['q']:g}" for one in (found[0], found[-1]))
    name = charts.arm_names(document, lang)[after]
    unit = unit_word(KPIS[MOVED].unit, lang)
    return say("deck.nights", lang, name=name, low=low, high=high, ends=f"{ends} {unit}".replace("万 ", "万"))


def _spread_words(document: Document, lang: Lang) -> str:
    """How the percentiles are drawn, and from how many nights on the outer ones have an interval."""
    return " ".join((say("deck.bars_are", lang), *needs(document["dispersion"], lang)))


def _moved(document: Document, kpi: str, key: str, lang: Lang) -> str:
    """What the show brings alone, what the system alone, and what only both together; in one scale."""
    unit, effects = KPIS[kpi].unit, document["attribution"][kpi]
    first, *_, last = (step.value for step in charts.attribution_steps(document, kpi, lang).steps)
    moved = {name: _signed(effects[name], unit) for name in ("show", "system", "interaction")}
    parts = f"{say('deck.parts', lang, **moved)} {unit_word(unit, lang)}"
    return say(key, lang, parts=parts, whole=_signed(last - first, unit, plus=""),
               before=_signed(first, unit, plus=""), after=_signed(last, unit, plus=""))  # fmt: skip


def _signed(value: float, unit: str, *, plus: str = "+") -> str:
    """A figure with its sign, yuan by yuan; no line ends behind this minus."""
    text = f"{value:,.0f}" if unit == "CNY" else number(value, unit, "en", varies=True)
    return text.replace("-", "−") if value < 0.0 else f"{plus}{text}"


def _yuan(document: Document, kpi: str, name: str) -> str:
    return _signed(document["kpis"][kpi][name]["mean"], KPIS[kpi].unit, plus="")


def _lost(flow: Flow, lang: Lang) -> str:
    """How many came, wanted to buy, paid, and had their goods brought."""
    came, wanted, paid, brought = (f"{amount:,.0f}" for amount in flow.through()[:4])
    return say("deck.funnel", lang, came=came, wanted=wanted, paid=paid, brought=brought)


def _leaders(document: Document, after: str, lang: Lang) -> str:
    """Hours of a leader for all brands, and for this one."""
    said = {}
    for place, kpi in (("", "leader_hours_all"), ("own_", "leader_hours_mean")):
        said[f"{place}before"] = _figure(document, kpi, document["base"], lang)
        said[f"{place}after"] = _figure(document, kpi, after, lang)
    return say("deck.leaders", lang, **said)
