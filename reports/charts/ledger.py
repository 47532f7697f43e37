"""The assumption ledger: whose word an answer rests on, and which assumptions move it most."""

from __future__ import annotations

from reports.catalogue import Lang, say
from reports.cells import Document, experiment_foot
from reports.charts.chart import Axis, Bar, Bars, Role
from reports.sensitivity_tables import GRADES
from sim.kpis.definitions import KPIS

INKS: dict[str, Role] = {"A": "good", "B": "total", "C": "main", "claim": "other", "assumed": "bad"}
"""Firm evidence green to blue, claims and assumptions warm."""


def ledger_shares(document: Document, lang: Lang) -> Bars:
    """Shares of each answer's variance by grade of evidence; they add up to one."""
    answers = list(document["ledger"])
    grades = [grade for grade in GRADES if any(grade in document["ledger"][kpi] for kpi in answers)]
    bars = tuple(
        Bar(
            say(GRADES[grade], lang),
            tuple(document["ledger"][kpi].get(grade, {}).get("share", 0.0) for kpi in answers),
            role=INKS[grade],
        )
        for grade in grades
    )
    names = tuple(say(f"kpi.{kpi}", lang) for kpi in answers)
    foot = (say("foot.ledger", lang), experiment_foot(document, lang))
    axis = Axis(say("axis.of_variance", lang), "share")
    return Bars(say("title.ledger", lang), names, axis, bars, stacked=True, foot=foot)


def drivers(document: Document, lang: Lang) -> Bars:
    """What each assumption moves the first answer by over its whole range, with its interval."""
    moving = [row for row in document["inputs"] if row["verdict"] != "no_effect"]
    shown = moving[: document["design"]["top"]]
    unit = "min" if document["unit"] == "clock" else document["unit"]
    effect, low, high = (tuple(row[key] for row in shown) for key in ("effect", "ci_low", "ci_high"))
    kpi = say(f"kpi.{document['kpi']}", lang)
    title = say("title.drivers", lang, kpi=kpi, scenario=document["scenario"])
    axis = Axis(say("axis.moves_by", lang, kpi=kpi), KPIS[document["kpi"]].unit if unit != "min" else unit)
    foot = (say("chart.interval_foot", lang), experiment_foot(document, lang))
    return Bars(title, tuple(row["path"] for row in shown), axis, (Bar("", effect, low, high),), foot=foot)
