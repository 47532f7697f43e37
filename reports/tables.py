"""Tables: (document, language) → title, heads, rows, foot. Terminal, pages and files show the same ones."""

from __future__ import annotations

from reports.catalogue import Lang, number, say, unit_word
from reports.cells import (
    MISSING,
    Document,
    Row,
    Table,
    experiment_foot,
    grouped,
    heads_of,
    interval,
    title_of,
)
from reports.claims import VERDICTS, claims_table
from reports.comparison import (
    attribution_table,
    best_table,
    comparison_table,
    gmv_table,
    promise_table,
    summary_table,
)
from reports.dispersion import dispersion_table
from sim.experiments.intervals import replications_to_promise
from sim.kpis.definitions import KPIS
from sim.service_levels import AT_LEAST, DIRECTION

__all__ = [
    "MISSING",
    "VERDICTS",
    "Document",
    "Row",
    "Table",
    "attribution_table",
    "balance_table",
    "best_table",
    "claims_table",
    "comparison_table",
    "dispersion_table",
    "duration",
    "gmv_table",
    "interval",
    "kpi_table",
    "promise_table",
    "service_level_table",
    "station_table",
    "summary_table",
]


def kpi_table(document: Document, lang: Lang) -> Table:
    """KPIs of one scenario with their intervals."""
    rows: list[Row] = []
    for kpi, heading in grouped(document["kpis"], 4, lang):
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
    name, called = document["scenario"], title_of(document, lang)
    scenario = f"{name} ({called})" if called else name
    title = say("title.run", lang, scenario=scenario, n=document["replications"])
    heads = heads_of(lang, "kpi", "mean", "interval", "unit")
    return Table(title, heads, tuple(rows), (experiment_foot(document, lang),), frozenset({0, 3}))


def service_level_table(document: Document, lang: Lang) -> Table:
    """Each promise: how often it was kept, and whether that is often enough."""
    rows: list[Row] = []
    short: set[float] = set()
    for name, level in document["service_levels"].items():
        required = level["target"]
        rows.append(
            (
                say(f"kpi.{name}", lang),
                promise_words(name, document["kpis"][name]["target"], lang),
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
    unknown = document["service_levels_without_data"]
    if unknown:
        named = ", ".join(say(f"kpi.{name}", lang) for name in unknown)
        foot = (*foot, say("foot.no_data", lang, levels=named))
    heads = heads_of(lang, "level", "promise", "required", "probability", "interval", "verdict")
    return Table(say("title.levels", lang), heads, tuple(rows), foot, frozenset({0, 5}))


def promise_words(kpi: str, target: float, lang: Lang) -> str:
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
    heads = heads_of(lang, "station", "utilisation", "utilisation_peak", "wait_mean", "wait_p95", "queue")
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
    """What became of everybody: people of all replications together, and how many that is a night."""
    nights = document["replications"]
    rows = tuple(
        (say(f"state.{state}", lang), f"{count:,}", number(count / nights, "people", lang, varies=True))
        for state, count in document["balance"].items()
        if count
    )
    heads = heads_of(lang, "state", "count", "count_a_night")
    return Table(say("title.balance", lang, n=nights), heads, rows)
