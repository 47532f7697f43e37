"""Tables of `compare`: KPIs side by side, promises, the GMV ratio taken apart, show or system, the best."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reports.catalogue import Lang, in_wan, number, say, span, unit_word
from reports.cells import (
    MISSING,
    Document,
    Row,
    Table,
    ends_of,
    experiment_foot,
    grouped,
    heads_of,
    title_of,
    with_interval,
)
from sim.experiments.verdicts import ALPHA
from sim.kpis.definitions import KPIS, Kpi

ARROWS = {"better": "↑", "worse": "↓", "cannot_tell": "?", "same": "="}
ANSWERS = {"decided": "best.decided", "tied": "best.tied", "cannot_tell": "best.cannot_tell"}
ROUNDED = "≈"
"""Better or worse for sure, but by less than the digits that are shown."""
DIFFERS = ("△", "▽")
"""Higher, lower, of a figure of which neither direction is better."""


def _named(document: Document, name: str, lang: Lang) -> str:
    """A scenario's name, with what it is of the four arms below it."""
    arm = document.get("arms", {}).get(name, {})
    if "show" not in arm:
        return name
    factors = say(f"arm.{arm['show']}.{arm['system']}", lang)
    return f"{name}\n{factors}"


def _titles(document: Document, lang: Lang) -> list[str]:
    """A line for each arm that has a title."""
    said = {name: title_of(arm, lang) for name, arm in document.get("arms", {}).items()}
    return [f"{name}: {title}" for name, title in said.items() if title]


HEADLINES = (
    "gmv_cny",
    "contribution_cny",
    "orders_paid",
    "conversion",
    "payment_success",
    "all_sorted_by_midnight",
    "all_stops_on_time",
    "tickets_per_100",
    "leader_hours_mean",
)
"""What a board asks first: money, orders, the three promises it has heard of, complaints, leaders."""
FOUND = (("better", "summary.better"), ("worse", "summary.worse"), ("cannot_tell", "summary.cannot_tell"))


def summary_table(document: Document, lang: Lang) -> Table:
    """The answer on one screen: headline figures, how many figures are better or worse, broken promises."""
    names = [document["base"], *document["others"]]
    rows = [_kpi_row(document, KPIS[kpi], names, lang) for kpi in HEADLINES if kpi in document["kpis"]]
    verdicts = {name: _verdicts(document, name) for name in document["others"]}
    rows += [
        (say(key, lang), "", *(str(verdicts[name][verdict]) for name in document["others"]), "")
        for verdict, key in FOUND
    ]
    foot = [say("foot.arrows", lang)]
    for name in names:
        broken = _levels(document, name, "no")
        unsure = len(_levels(document, name, "cannot_tell"))
        words = " · ".join(say(f"kpi.{level}", lang) for level in broken)  # some names hold a comma
        key = "summary.broken" if broken else "summary.none_broken"
        foot.append(say(key, lang, name=name, levels=words, unsure=unsure))
    title = say("title.summary", lang, base=document["base"], n=document["replications"])
    return Table(
        title, _arm_heads(document, names, lang), tuple(rows), tuple(foot), frozenset({0, len(names) + 1})
    )


def _verdicts(document: Document, name: str) -> Counter[str]:
    """How many figures and promises of an arm are better, worse, the same, or cannot be told.

    A difference that does not survive rounding to the shown digits counts as none of them.
    """
    base, found = document["base"], Counter[str]()
    for kpi, figures in document["kpis"].items():
        if name in figures["difference"]:
            shown = _reads_the_same(KPIS[kpi], figures, base, name)
            found["rounded" if shown else figures["difference"][name]["verdict"]] += 1
    for arms in document["service_levels"].values():
        if name in arms["difference"]:
            found[arms["difference"][name]["verdict"]] += 1
    return found


def _reads_the_same(kpi: Kpi, figures: Document, base: str, name: str) -> bool:
    """Whether a difference that is sure is smaller than the digits shown, which are English everywhere."""
    if figures["difference"][name]["verdict"] not in ("better", "worse"):
        return False
    shown = [_cell(kpi, figures[one], None, "en").split(" ")[0] for one in (base, name)]
    return shown[0] == shown[1]


def _levels(document: Document, name: str, kept: str) -> list[str]:
    """The promises of an arm that are kept so."""
    levels = document["service_levels"]
    return [level for level, arms in levels.items() if name in arms and arms[name]["kept"] == kept]


def comparison_table(document: Document, lang: Lang, *, only: Sequence[str] | None = None) -> Table:
    """KPIs of every arm (all, or `only` some), each difference to the base with its verdict as an arrow."""
    names = [document["base"], *document["others"]]
    rows: list[Row] = []
    wanted = [kpi for kpi in document["kpis"] if only is None or kpi in only]
    for kpi, heading in grouped(wanted, len(names) + 2, lang):
        rows += [heading] if heading else []
        rows.append(_kpi_row(document, kpi, names, lang))
    title = say("title.compare", lang, base=document["base"], n=document["replications"])
    foot = [say("foot.verdicts", lang), *_titles(document, lang), experiment_foot(document, lang)]
    if "equal_volume" in document:
        orders = f"{document['equal_volume']['orders']:,.0f}"
        foot.append(say("foot.volume", lang, base=document["base"], orders=orders))
    heads = _arm_heads(document, names, lang)
    return Table(title, heads, tuple(rows), tuple(foot), frozenset({0, len(names) + 1}))


def _arm_heads(document: Document, names: Sequence[str], lang: Lang) -> Row:
    return (say("head.kpi", lang), *(_named(document, name, lang) for name in names), say("head.unit", lang))


def _kpi_row(document: Document, kpi: Kpi, names: Sequence[str], lang: Lang) -> Row:
    figures = document["kpis"][kpi.name]
    wan = in_wan((figures[name]["mean"] for name in names if name in figures), kpi.unit, lang)
    kept = document["service_levels"].get(kpi.name, {})
    cells = []
    for name in names:
        if name not in figures:
            cells.append(MISSING)
            continue
        text = _cell(kpi, figures[name], kept.get(name), lang, wan=wan)
        difference = name in figures["difference"]
        cells.append(f"{text} {_sign(kpi, figures, names[0], name)}" if difference else f"{text}  ")
    unit = say("unit.wan", lang) if wan else unit_word(kpi.unit, lang)
    return (say(f"kpi.{kpi.name}", lang), *cells, unit)


def _cell(kpi: Kpi, figure: Document, kept: Document | None, lang: Lang, *, wan: bool = False) -> str:
    """A figure with its interval, in the unit of its row: of nights the exact one of the promise."""
    if kpi.unit == "0/1":
        return with_interval(figure["mean"], ends_of(kept) if kept else None, kpi.unit, lang)
    # a row of yuan too small for ten thousands is in yuan throughout, which English writes
    tongue: Lang = "en" if kpi.unit.startswith("CNY") and not wan else lang
    return with_interval(figure["mean"], ends_of(figure), kpi.unit, tongue, wan=wan).replace("万", "")


def _sign(kpi: Kpi, figures: Document, base: str, name: str) -> str:
    difference = figures["difference"][name]
    verdict = difference["verdict"]
    if _reads_the_same(kpi, figures, base, name):
        return ROUNDED
    if kpi.better == "none" and verdict != "same" and difference["p_holm"] <= ALPHA:
        return DIFFERS[difference["mean"] < 0.0]
    return ARROWS[verdict]


def promise_table(document: Document, lang: Lang) -> Table:
    """Every service level of every arm: P(kept), and whether it is kept more often than by the base."""
    names = [document["base"], *document["others"]]
    rows: list[Row] = []
    for level, arms in document["service_levels"].items():
        cells = []
        for name in names:
            if name not in arms:
                cells.append(MISSING)
                continue
            one, difference = arms[name], arms["difference"].get(name)
            text = f"{number(one['p'], 'share', lang)} ({span(one['ci_low'], one['ci_high'], 'share', lang)})"
            cells.append(f"{text} {ARROWS[difference['verdict']] if difference else ' '}")
        rows.append((say(f"kpi.{level}", lang), *cells))
    heads = (say("head.level", lang), *(_named(document, name, lang) for name in names))
    title = say("title.promises", lang, n=document["replications"])
    return Table(title, heads, tuple(rows), (say("foot.promises", lang),))


def best_table(document: Document, lang: Lang) -> Table:
    """The best of the arms in one KPI: who remains, who left when, and what it took."""
    best = document["best"]
    kpi = KPIS[best["kpi"]]
    rows = tuple(
        (
            name,
            number(arm["mean"], kpi.unit, lang, varies=True),
            f"{arm['replications']:,}",
            say("best.out", lang, by=arm["out_by"]) if "out_by" in arm else say("best.remains", lang),
        )
        for name, arm in best["arms"].items()
    )
    zone = number(best["delta"], kpi.unit, lang) if kpi.unit in ("share", "0/1") else f"{best['delta']:,g}"
    delta = f"{zone} {'' if kpi.unit == '0/1' else unit_word(kpi.unit, lang)}".rstrip()
    said = {"kpi": say(f"kpi.{kpi.name}", lang), "delta": delta, "first": best["first"], "most": best["most"]}
    said |= {"best": best.get("best", ""), "remaining": ", ".join(best["remaining"])}
    said |= {"confidence": number(best["confidence"], "share", lang), "by": best.get("decides_by", 0)}
    heads = heads_of(lang, "scenario", "mean", "nights", "race")
    foot = (say(ANSWERS[best["answer"]], lang, **said), say("foot.best", lang, **said))
    return Table(say("title.best", lang, kpi=said["kpi"]), heads, rows, foot, frozenset({0, 3}))


NEAR = 0.0005
"""A conversion that reads the same as the simulated one is not printed twice."""


def gmv_table(document: Document, lang: Lang) -> Table:
    """GMV ratio = audience × conversion × basket, also as it would read at other conversions of the base."""
    rows: list[Row] = []
    parts = ("audience", "conversion", "basket")
    for name, one in document["gmv_ratio"].items():
        base = _base_conversion(document)
        factors = [_times(one, part) for part in ("total", *parts)]
        if not _text_base(document):
            rows.append((name, *factors))
            continue
        simulated = say("gmv.simulated", lang, share=number(base, "share", lang)) if base else ""
        rows.append((name, simulated, *factors))
        for at in one.get("over_base_conversion", ()):
            if base is None or abs(at["base_conversion"] - base) >= NEAR:
                said = number(at["base_conversion"], "share", lang)
                rows.append(("", said, "", *(_times(at, part) for part in parts)))
    heads = heads_of(lang, "scenario", "ratio", *parts)
    foot = [say("foot.gmv", lang)]
    if _text_base(document):
        heads = (heads[0], say("head.base_conversion", lang), *heads[1:])
        foot.append(say("foot.gmv_reread", lang))
    return Table(say("title.gmv", lang), heads, tuple(rows), tuple(foot))


def _text_base(document: Document) -> bool:
    """Whether the base sells by posts, whose conversion is only claimed."""
    return bool(document.get("arms", {}).get(document["base"], {}).get("show") == "text")


def _base_conversion(document: Document) -> float | None:
    """Paid ÷ viewers of the base, as ratio of the means: how the decomposition reads it."""
    paid, viewers = (
        document["kpis"].get(name, {}).get(document["base"]) for name in ("orders_paid", "viewers")
    )
    return paid["mean"] / viewers["mean"] if paid and viewers and viewers["mean"] else None


def _times(one: Document, part: str) -> str:
    ends = one.get("intervals", {}).get(part)
    return f"{one[part]:.2f}" + (f" ({ends[0]:.2f} … {ends[1]:.2f})" if ends else "")


def _part(share: Document | None, lang: Lang) -> str:
    """A share of the whole difference with its interval; in words where the two factors pull apart."""
    if share is None:
        return MISSING
    if share["ci_high"] < 0.0 or share["ci_low"] > 1.0:
        return say("share.opposed", lang)
    if share["ci_low"] < 0.0 or share["ci_high"] > 1.0:
        return say("share.cannot_tell", lang)
    ends = span(share["ci_low"], share["ci_high"], "share", lang)
    return f"{number(share['value'], 'share', lang)} ({ends})"


EFFECTS = ("show", "system", "interaction", "shapley_show", "shapley_system")


def attribution_table(document: Document, lang: Lang) -> Table:
    """Which factor moved what."""
    rows = []
    for name, effects in document.get("attribution", {}).items():
        unit = KPIS[name].unit
        intervals = effects.get("intervals", {})
        cells = (with_interval(effects[effect], intervals.get(effect), unit, lang) for effect in EFFECTS)
        share = effects.get("shares", {}).get("show")
        rows.append((say(f"kpi.{name}", lang), *cells, unit_word(unit, lang), _part(share, lang)))
    heads = heads_of(lang, "kpi", *EFFECTS, "unit", "share_of_show")
    return Table(
        say("title.attribution", lang),
        heads,
        tuple(rows),
        (say("foot.attribution", lang),),
        frozenset({0, len(heads) - 2}),
    )
