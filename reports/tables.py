"""Tables: (document, language) → title, heads, rows, foot. Terminal, pages and files show the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reports.catalogue import Lang, number, say, unit_word
from sim.kpis.definitions import KPIS

Document = Mapping[str, Any]
Row = tuple[str, ...]
ARROWS = {"better": "↑", "worse": "↓", "cannot_tell": "?", "same": "="}


@dataclass(frozen=True)
class Table:
    """A table of words and formatted figures; the first column is text, the others are set right."""

    title: str
    heads: Row
    rows: tuple[Row, ...]
    foot: tuple[str, ...] = ()


def interval(figure: Document, unit: str, lang: Lang) -> str:
    """`low … high`, or nothing where there is no interval."""
    if "ci_low" not in figure:
        return ""
    return f"{number(figure['ci_low'], unit, lang)} … {number(figure['ci_high'], unit, lang)}"


def _foot(document: Document, lang: Lang) -> str:
    return say(
        "foot.experiment", lang, seed=document["seed"], engine=document["engine"], n=document["replications"],
        hash=document["config_hash"][:12],
    )  # fmt: skip


def kpi_table(document: Document, lang: Lang) -> Table:
    """KPIs of one scenario with their intervals."""
    rows: list[Row] = []
    group = ""
    for name, figure in document["kpis"].items():
        kpi = KPIS[name]
        if kpi.group != group:
            group = kpi.group
            rows.append((f"[{say(f'group.{group}', lang)}]", "", "", ""))
        rows.append(
            (
                say(f"kpi.{name}", lang),
                number(figure["mean"], kpi.unit, lang),
                interval(figure, kpi.unit, lang),
                unit_word(kpi.unit, lang),
            )
        )
    heads = tuple(say(f"head.{name}", lang) for name in ("kpi", "mean", "interval", "unit"))
    title = say("title.run", lang, scenario=document["scenario"], n=document["replications"])
    return Table(title, heads, tuple(rows), (_foot(document, lang),))


def service_level_table(document: Document, lang: Lang) -> Table:
    """Each promise: how often it was kept, and whether that is often enough."""
    rows = tuple(
        (
            say(f"kpi.{name}", lang),
            number(level["target"], KPIS[name].unit if KPIS[name].unit != "0/1" else "share", lang),
            number(level["p"], "share", lang),
            interval(level, "share", lang),
            say(f"kept.{level['kept']}", lang),
        )
        for name, level in document["service_levels"].items()
    )
    heads = tuple(
        say(f"head.{name}", lang) for name in ("level", "target", "probability", "interval", "verdict")
    )
    return Table(say("title.levels", lang), heads, rows)


def station_table(document: Document, lang: Lang) -> Table:
    """How busy each station was; the busiest stands first and in the foot."""
    stations = sorted(document["stations"].items(), key=lambda item: -item[1].get("utilisation", 0.0))
    rows = tuple(
        (
            say(f"station.{name}", lang),
            number(one.get("utilisation", 0.0), "share", lang),
            f"{number(one['wait_mean_s'], 's', lang)} {unit_word('s', lang)}",
            f"{number(one['wait_p95_s'], 's', lang)} {unit_word('s', lang)}",
            f"{one['queue_max']:,.0f}",
        )
        for name, one in stations
    )
    heads = tuple(
        say(f"head.{name}", lang) for name in ("station", "utilisation", "wait_mean", "wait_p95", "queue")
    )
    foot = ()
    if rows:
        foot = (say("title.busiest", lang, station=rows[0][0], utilisation=rows[0][1]),)
    return Table(say("title.stations", lang), heads, rows, foot)


def balance_table(document: Document, lang: Lang) -> Table:
    """What became of everybody, summed over the replications."""
    rows = tuple(
        (say(f"state.{state}", lang), f"{count:,}") for state, count in document["balance"].items() if count
    )
    return Table(say("title.balance", lang), (say("head.state", lang), say("head.count", lang)), rows)


def comparison_table(document: Document, lang: Lang) -> Table:
    """Every KPI of every arm, each difference to the base with its verdict as an arrow."""
    names = [document["base"], *document["others"]]
    rows: list[Row] = []
    group = ""
    for kpi_name, figures in document["kpis"].items():
        kpi = KPIS[kpi_name]
        if kpi.group != group:
            group = kpi.group
            rows.append((f"[{say(f'group.{group}', lang)}]", *[""] * (len(names) + 1)))
        cells = []
        for name in names:
            if name not in figures:
                cells.append("–")
                continue
            half = (
                figures[name].get("ci_high", figures[name]["mean"])
                - figures[name].get("ci_low", figures[name]["mean"])
            ) / 2
            arrow = ARROWS[figures["difference"][name]["verdict"]] if name in figures["difference"] else ""
            spread = (
                f" ±{number(half, 'share' if kpi.unit == 'share' else 'min', lang)}"
                if kpi.unit != "0/1"
                else ""
            )
            cells.append(f"{number(figures[name]['mean'], kpi.unit, lang)}{spread} {arrow}".rstrip())
        rows.append((say(f"kpi.{kpi_name}", lang), *cells, unit_word(kpi.unit, lang)))
    title = say("title.compare", lang, base=document["base"], n=document["replications"])
    return Table(
        title,
        (say("head.kpi", lang), *names, say("head.unit", lang)),
        tuple(rows),
        (say("foot.verdicts", lang), _foot(document, lang)),
    )


def gmv_table(document: Document, lang: Lang) -> Table:
    """GMV ratio = audience × conversion × basket, also as it would read at other conversions of the base."""
    rows: list[Row] = []
    for name, one in document["gmv_ratio"].items():
        rows.append(
            (name, "", *(_times(one, part) for part in ("total", "audience", "conversion", "basket")))
        )
        rows.extend(
            (
                "",
                f"{100 * at['base_conversion']:.1f} %",
                f"{one['total']:.2f}",
                *(f"{at[part]:.2f}" for part in ("audience", "conversion", "basket")),
            )
            for at in one.get("over_base_conversion", ())
        )
    heads = tuple(
        say(f"head.{name}", lang)
        for name in ("scenario", "base_conversion", "ratio", "audience", "conversion", "basket")
    )
    return Table(say("title.gmv", lang), heads, tuple(rows))


def _times(one: Document, part: str) -> str:
    low_high = one.get("intervals", {}).get(part)
    return f"{one[part]:.2f}" + (f" ({low_high[0]:.2f} … {low_high[1]:.2f})" if low_high else "")


EFFECTS = ("show", "system", "interaction", "shapley_show", "shapley_system")


def attribution_table(document: Document, lang: Lang) -> Table:
    """Which factor moved what."""
    rows = []
    for name, effects in document.get("attribution", {}).items():
        unit = KPIS[name].unit
        cells = []
        for effect in EFFECTS:
            low_high = effects.get("intervals", {}).get(effect)
            spread = f" ±{number((low_high[1] - low_high[0]) / 2, unit, lang)}" if low_high else ""
            cells.append(f"{number(effects[effect], unit, lang)}{spread}")
        rows.append((say(f"kpi.{name}", lang), *cells, unit_word(unit, lang)))
    heads = (
        say("head.kpi", lang),
        *(say(f"head.{effect}", lang) for effect in EFFECTS),
        say("head.unit", lang),
    )
    return Table(say("title.attribution", lang), heads, tuple(rows))


def claims_table(document: Document, lang: Lang) -> Table:
    """The article's claims, each with what was claimed, what came out, and the verdict with its driver."""
    rows = tuple(
        (
            str(row["id"]),
            row[f"claim_{lang}"],
            _claimed(row),
            _simulated(row, lang),
            row["denominator"] if lang == "en" else row.get("denominator_zh", row["denominator"]),
            say(f"claim.{row['verdict']}", lang),
            row.get("driver") or "",
        )
        for row in document["claims"]
    )
    heads = (
        "#",
        *(
            say(f"head.{name}", lang)
            for name in ("claim", "claimed", "simulated", "denominator", "verdict", "driver")
        ),
    )
    return Table(say("title.claims", lang), heads, rows, (say("foot.source", lang),))


def _claimed(row: Document) -> str:
    if row.get("claimed") is None:
        return ""
    sign = {"at_least": "≥ ", "at_most": "≤ ", ">=": "≥ ", "<=": "≤ "}.get(row.get("relation", ""), "")
    return f"{sign}{row['claimed']:g}" if isinstance(row["claimed"], float | int) else str(row["claimed"])


def _simulated(row: Document, lang: Lang) -> str:
    found = row["simulated"]
    if "value" not in found:
        return ""
    unit = found.get("unit", "ratio")
    if unit == "ratio":
        text = f"{found['value']:.2f}"
        return text + (f" ({found['ci_low']:.2f} … {found['ci_high']:.2f})" if "ci_low" in found else "")
    spread = interval(found, unit, lang)
    return f"{number(found['value'], unit, lang)}" + (f" ({spread})" if spread else "")
