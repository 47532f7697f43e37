"""Percentiles of KPIs over the nights beside their means: what a good and a bad night look like."""

from __future__ import annotations

from reports.catalogue import Lang, number, say, span, unit_word
from reports.cells import Document, Row, Table, ends_of, grouped, heads_of
from sim.kpis.definitions import KPIS


def dispersion_table(document: Document, lang: Lang) -> Table:
    """Mean and percentiles of every KPI that varies (of all, where none does), a line for each arm."""
    found = document["dispersion"]
    arms = list(found["arms"])
    width = 4 + len(found["quantiles"])
    rows: list[Row] = []
    for kpi, heading in grouped(_varying(found) or found["kpis"], width, lang):
        rows += [heading] if heading else []
        entry = found["kpis"][kpi.name]
        words = say(f"kpi.{kpi.name}", lang)
        for name in (name for name in arms if name in entry):
            one = entry[name]
            ends = ends_of(one["mean"])
            varies = ends is not None and ends[0] < ends[1]
            mean = number(one["mean"]["value"], kpi.unit, lang, varies=varies)
            cells = [_with_ends(mean, one["mean"], kpi.unit, lang)]
            cells += [
                _with_ends(number(cell["value"], kpi.unit, lang), cell, kpi.unit, lang)
                for cell in one["percentiles"]
            ]
            rows.append((words, name, *cells, unit_word(kpi.unit, lang)))
            words = ""
    heads = (
        *heads_of(lang, "kpi", "scenario", "mean"),
        *(say("head.percentile", lang, p=f"{100 * q:g}") for q in found["quantiles"]),
        *heads_of(lang, "unit"),
    )
    foot = [say("foot.percentiles", lang), *needs(found, lang)]
    return Table(say("title.dispersion", lang), heads, tuple(rows), tuple(foot), frozenset({0, 1, width - 1}))


def _varying(found: Document) -> list[str]:
    """KPIs of which at least one arm has different nights."""
    return [
        kpi
        for kpi, entry in found["kpis"].items()
        if any(
            cell["value"] != one["mean"]["value"]
            for name, one in entry.items()
            if name in found["arms"]
            for cell in one["percentiles"]
        )
        and kpi in KPIS
    ]


def _with_ends(text: str, cell: Document, unit: str, lang: Lang) -> str:
    ends = ends_of(cell)
    return text if ends is None or ends[0] == ends[1] else f"{text} ({span(*ends, unit, lang)})"


def needs(found: Document, lang: Lang) -> list[str]:
    """Which percentiles have no interval yet, and how many replications give one."""
    needs = {
        cell["q"]: cell["needs"]
        for entry in found["kpis"].values()
        for name, one in entry.items()
        if name in found["arms"]
        for cell in one["percentiles"]
        if "needs" in cell
    }
    return [say("foot.needs", lang, p=f"{100 * q:g}", n=n) for q, n in sorted(needs.items())]
