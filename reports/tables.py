"""Tables: (document, language) → title, heads, rows, foot. Terminal, pages and files show the same ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reports.catalogue import Lang, number, say, span, spread, unit_word
from sim.experiments.intervals import replications_to_promise
from sim.kpis.definitions import KPIS, Kpi
from sim.service_levels import AT_LEAST, DIRECTION

Document = Mapping[str, Any]
Row = tuple[str, ...]
ARROWS = {"better": "↑", "worse": "↓", "cannot_tell": "?", "same": "="}
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


def interval(figure: Document, unit: str, lang: Lang) -> str:
    """`low … high`, or nothing where there is no interval."""
    return span(figure["ci_low"], figure["ci_high"], unit, lang) if "ci_low" in figure else ""


def _with_interval(value: float, low_high: Iterable[float] | None, unit: str, lang: Lang) -> str:
    if low_high is None:
        return number(value, unit, lang)
    low, high = low_high
    return spread(value, (high - low) / 2, unit, lang)


def _low_high(figure: Document) -> tuple[float, float] | None:
    return (figure["ci_low"], figure["ci_high"]) if "ci_low" in figure else None


def _heads(lang: Lang, *names: str) -> Row:
    return tuple(say(f"head.{name}", lang) for name in names)


def _foot(document: Document, lang: Lang) -> str:
    return say(
        "foot.experiment",
        lang,
        seed=document["seed"],
        engine=document["engine"],
        n=document["replications"],
        hash=document["config_hash"][:12],
    )


def _grouped(names: Iterable[str], width: int, lang: Lang) -> Iterable[tuple[Kpi, Row | None]]:
    """Each KPI with the heading that stands before it, if a new group begins."""
    group = ""
    for name in names:
        kpi = KPIS[name]
        heading = (
            (f"[{say(f'group.{kpi.group}', lang)}]", *[""] * (width - 1)) if kpi.group != group else None
        )
        group = kpi.group
        yield kpi, heading


def kpi_table(document: Document, lang: Lang) -> Table:
    """KPIs of one scenario with their intervals."""
    rows: list[Row] = []
    for kpi, heading in _grouped(document["kpis"], 4, lang):
        rows += [heading] if heading else []
        figure = document["kpis"][kpi.name]
        rows.append(
            (
                say(f"kpi.{kpi.name}", lang),
                number(figure["mean"], kpi.unit, lang, varies=figure.get("std", 0.0) > 0.0),
                interval(figure, kpi.unit, lang),
                unit_word(kpi.unit, lang),
            )
        )
    title = say("title.run", lang, scenario=document["scenario"], n=document["replications"])
    heads = _heads(lang, "kpi", "mean", "interval", "unit")
    return Table(title, heads, tuple(rows), (_foot(document, lang),), frozenset({0, 3}))


def service_level_table(document: Document, lang: Lang) -> Table:
    """Each promise: how often it was kept, and whether that is often enough."""
    rows: list[Row] = []
    short: set[float] = set()
    for name, level in document["service_levels"].items():
        required = level["target"]
        rows.append(
            (
                say(f"kpi.{name}", lang),
                _promise(name, document["kpis"][name]["target"], lang),
                number(required, "share", lang),
                number(level["p"], "share", lang),
                interval(level, "share", lang),
                say(f"kept.{level['kept']}", lang),
            )
        )
        if level["p"] == 1.0 and level["kept"] == "cannot_tell":
            short.add(required)
    foot = tuple(
        say(
            "foot.nights",
            lang,
            n=replications_to_promise(required),
            required=number(required, "share", lang),
            have=document["replications"],
        )
        for required in sorted(short)
    )
    heads = _heads(lang, "level", "promise", "required", "probability", "interval", "verdict")
    return Table(say("title.levels", lang), heads, tuple(rows), foot, frozenset({0, 5}))


def _promise(kpi: str, target: float, lang: Lang) -> str:
    """What a night must reach, as `≥ 98 %` or `≤ 30 s`."""
    unit = KPIS[kpi].unit
    if unit == "0/1":
        return say("promise.always", lang) if target >= 1.0 else MISSING
    sign = "≥" if DIRECTION[kpi] == AT_LEAST else "≤"
    return f"{sign} {number(target, unit, lang)} {unit_word(unit, lang)}".rstrip()


def station_table(document: Document, lang: Lang) -> Table:
    """How busy each station was; the busiest stands first and in the foot."""
    stations = sorted(
        document["stations"].items(), key=lambda item: (-_peak(item[1]), -item[1].get("utilisation", 0.0))
    )
    rows = tuple(
        (
            say(f"station.{name}", lang),
            number(one.get("utilisation", 0.0), "share", lang),
            number(_peak(one), "share", lang),
            duration(one["wait_mean_s"], lang),
            duration(one["wait_p95_s"], lang),
            f"{one['queue_max']:,.0f}",
        )
        for name, one in stations
    )
    heads = _heads(lang, "station", "utilisation", "utilisation_peak", "wait_mean", "wait_p95", "queue")
    foot = (say("title.busiest", lang, station=rows[0][0], utilisation=rows[0][2]),) if rows else ()
    return Table(say("title.stations", lang), heads, rows, foot)


def _peak(station: Document) -> float:
    return float(station.get("utilisation_peak", station.get("utilisation", 0.0)))


def duration(seconds: float, lang: Lang) -> str:
    """Seconds in the unit a person would say: ms, s, min or h."""
    for unit, size in (("h", 3600.0), ("min", 60.0), ("s", 1.0)):
        if seconds >= (2.0 if unit != "s" else 1.0) * size:
            return f"{seconds / size:,.1f} {unit_word(unit, lang)}"
    return f"{1000 * seconds:,.0f} {unit_word('ms', lang)}" if seconds >= 0.0005 else "0"


def balance_table(document: Document, lang: Lang) -> Table:
    """What became of everybody, summed over the replications."""
    rows = tuple(
        (say(f"state.{state}", lang), f"{count:,}") for state, count in document["balance"].items() if count
    )
    return Table(say("title.balance", lang), _heads(lang, "state", "count"), rows)


def _named(document: Document, name: str, lang: Lang) -> str:
    """A scenario's name, with what it is of the four arms below it."""
    arm = document.get("arms", {}).get(name)
    if arm is None:
        return name
    factors = say(f"arm.{arm['show']}.{arm['system']}", lang)
    return f"{name}\n{factors}"


def comparison_table(document: Document, lang: Lang) -> Table:
    """Every KPI of every arm, each difference to the base with its verdict as an arrow."""
    names = [document["base"], *document["others"]]
    rows: list[Row] = []
    for kpi, heading in _grouped(document["kpis"], len(names) + 2, lang):
        rows += [heading] if heading else []
        figures = document["kpis"][kpi.name]
        cells = [_compared(kpi, figures, name, lang) if name in figures else MISSING for name in names]
        rows.append((say(f"kpi.{kpi.name}", lang), *cells, unit_word(kpi.unit, lang)))
    title = say("title.compare", lang, base=document["base"], n=document["replications"])
    foot = [say("foot.verdicts", lang), _foot(document, lang)]
    if "equal_volume" in document:
        orders = f"{document['equal_volume']['orders']:,.0f}"
        foot.append(say("foot.volume", lang, base=document["base"], orders=orders))
    heads = (say("head.kpi", lang), *(_named(document, name, lang) for name in names), say("head.unit", lang))
    return Table(title, heads, tuple(rows), tuple(foot), frozenset({0, len(names) + 1}))


def _compared(kpi: Kpi, figures: Document, name: str, lang: Lang) -> str:
    figure = figures[name]
    low_high = None if kpi.unit == "0/1" else _low_high(figure)
    text = _with_interval(figure["mean"], low_high, kpi.unit, lang)
    difference = figures["difference"].get(name)
    if difference is None:
        return f"{text}  "
    verdict = difference["verdict"]
    arrow = " " if kpi.better == "none" and verdict == "cannot_tell" else ARROWS[verdict]
    return f"{text} {arrow}"


NEAR = 0.0005
"""A conversion that reads the same as the simulated one is not printed twice."""


def gmv_table(document: Document, lang: Lang) -> Table:
    """GMV ratio = audience × conversion × basket, also as it would read at other conversions of the base."""
    rows: list[Row] = []
    parts = ("audience", "conversion", "basket")
    for name, one in document["gmv_ratio"].items():
        base = _base_conversion(document)
        simulated = say("gmv.simulated", lang, share=number(base, "share", lang)) if base else ""
        rows.append((name, simulated, *(_times(one, part) for part in ("total", *parts))))
        for at in one.get("over_base_conversion", ()):
            if base is None or abs(at["base_conversion"] - base) >= NEAR:
                said = number(at["base_conversion"], "share", lang)
                rows.append(("", said, "", *(f"{at[part]:.2f}" for part in parts)))
    heads = _heads(lang, "scenario", "base_conversion", "ratio", *parts)
    return Table(say("title.gmv", lang), heads, tuple(rows), (say("foot.gmv", lang),))


def _base_conversion(document: Document) -> float | None:
    """Paid ÷ viewers of the base, as ratio of the means: how the decomposition reads it."""
    paid, viewers = (
        document["kpis"].get(name, {}).get(document["base"]) for name in ("orders_paid", "viewers")
    )
    return paid["mean"] / viewers["mean"] if paid and viewers and viewers["mean"] else None


def _times(one: Document, part: str) -> str:
    low_high = one.get("intervals", {}).get(part)
    return f"{one[part]:.2f}" + (f" ({low_high[0]:.2f} … {low_high[1]:.2f})" if low_high else "")


EFFECTS = ("show", "system", "interaction", "shapley_show", "shapley_system")


def attribution_table(document: Document, lang: Lang) -> Table:
    """Which factor moved what."""
    rows = []
    for name, effects in document.get("attribution", {}).items():
        unit = KPIS[name].unit
        intervals = effects.get("intervals", {})
        cells = (_with_interval(effects[effect], intervals.get(effect), unit, lang) for effect in EFFECTS)
        rows.append((say(f"kpi.{name}", lang), *cells, unit_word(unit, lang)))
    heads = _heads(lang, "kpi", *EFFECTS, "unit")
    return Table(
        say("title.attribution", lang),
        heads,
        tuple(rows),
        (say("foot.attribution", lang),),
        frozenset({0, len(heads) - 1}),
    )


VERDICTS = (
    "supported",
    "not_supported",
    "by_assumption",
    "cannot_tell",
    "reproduced_by_calibration",
    "needs_season",
)


def claims_table(document: Document, lang: Lang) -> Table:
    """The article's claims, each with what was claimed, what came out, and the verdict with its driver.

    Further tests of a claim stand below it as rows of their own, named by KPI and scenario.
    """
    rows: list[Row] = []
    for row in document["claims"]:
        of_what = say(f"of.{row['id']}", lang)
        rows.append(_claim_row(str(row["id"]), row[f"claim_{lang}"], of_what, row, lang))
        rows += [
            _claim_row("", f"· {_kpi_words(part['kpi'], lang)}", _arms_words(part), part, lang)
            for part in row["parts"]
            if "verdict" in part
        ]
    counts = Counter(row["verdict"] for row in document["claims"])
    told = " · ".join(f"{say(f'claim.{name}', lang)} {counts[name]}" for name in VERDICTS if counts[name])
    foot = (
        say("foot.claims", lang, n=len(document["claims"]), counts=told),
        say("foot.shipped", lang),
        say("foot.source", lang),
    )
    heads = ("#", *_heads(lang, "claim", "claimed", "simulated", "denominator", "verdict", "driver"))
    return Table(say("title.claims", lang), heads, tuple(rows), foot, frozenset({1, 4, 5, 6}))


def _claim_row(number_: str, claim: str, of_what: str, row: Document, lang: Lang) -> Row:
    verdict = say(f"claim.{row['verdict']}", lang)
    return (
        number_,
        claim,
        _claimed(row, lang),
        _simulated(row, lang),
        of_what,
        verdict,
        _short_path(row["driver"]),
    )


def _kpi_words(kpi: str, lang: Lang) -> str:
    return " ÷ ".join(say(f"kpi.{name}", lang) for name in kpi.split(" / "))


def _arms_words(part: Document) -> str:
    """The scenarios a figure is taken from, each once."""
    return ", ".join(dict.fromkeys(part["arms"]))


LAWS = (".lognormal_mean.mean", ".lognormal.median", ".exponential.mean")


def _short_path(path: str) -> str:
    """A path without the parameter of a law at its end."""
    return next((path.removesuffix(law) for law in LAWS if path.endswith(law)), path)


SIGNS = {">=": "≥ ", "<=": "≤ ", "==": "= ", "within": "≈ "}


def _claimed(row: Document, lang: Lang) -> str:
    claimed = row.get("claimed")
    if claimed is None:
        return ""
    if isinstance(claimed, str):
        return say(f"claimed.{row['id']}", lang)
    unit = row["simulated"].get("unit", "ratio")
    if "relation" not in row or unit == "ratio":
        return f"{SIGNS.get(row.get('relation', ''), '')}{claimed:.4g}"
    text = f"{SIGNS[row['relation']]}{number(claimed, unit, lang)}"
    return text if unit == "0/1" else f"{text} {unit_word(unit, lang)}".rstrip()


def _simulated(row: Document, lang: Lang) -> str:
    found = row["simulated"]
    if "value" not in found:
        return MISSING
    unit, low_high = found.get("unit", "ratio"), _low_high(found)
    if unit == "ratio":
        digits = 4 if abs(found["value"]) < 0.1 else 2
        text = f"{found['value']:.{digits}f}"
        ends = (f"{end:.{digits}f}" for end in low_high or ())
        if low_high is None or low_high[0] < low_high[1]:
            return f"{text} ({' … '.join(ends)})" if low_high else text
        return f"{found['value']:.4g}"
    varies = low_high is not None and low_high[0] < low_high[1]
    text = number(found["value"], unit, lang, varies=varies)
    word = "" if unit == "0/1" else f" {unit_word(unit, lang)}".rstrip()
    brackets = f" ({span(*low_high, unit, lang)})" if low_high is not None and varies else ""
    return f"{text}{brackets}{word}"
