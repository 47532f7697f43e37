"""Tables of `lianlu sensitivity`: the ranked drivers, the ledger by grade of evidence, luck apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.catalogue import Lang, number, say, span, spread, unit_word
from reports.cells import experiment_foot
from reports.tables import MISSING, Row, Table
from sim.kpis.definitions import KPIS

Document = Mapping[str, Any]

ENOUGH = {"trajectories": 10, "samples": 64}
"""Below these an order of drivers may be luck's: Morris asks for ten trajectories and more."""
GRADES = {
    "A": "grade.A",
    "B": "grade.B",
    "C": "grade.C",
    "claim": "grade.claim",
    "assumed": "grade.assumed",
}
VERDICTS = {"drives": "drives.yes", "cannot_tell": "drives.cannot_tell", "no_effect": "drives.no"}
CLEAR = 0.5
"""A mean effect below this share of the mean size has no direction: it goes both ways."""


def tables(document: Document, lang: Lang) -> list[Table]:
    """Every table of the answer."""
    return [drivers_table(document, lang), *([ledger_table(document, lang)] if document["ledger"] else [])]


def drivers_table(document: Document, lang: Lang) -> Table:
    """The inputs that move the first KPI, strongest first, with what they are and who says so."""
    moving = [row for row in document["inputs"] if row["verdict"] != "no_effect"]
    shown = moving[: document["design"]["top"]]
    kpi = say(f"kpi.{document['kpi']}", lang)
    title = say("title.drivers", lang, kpi=kpi, scenario=document["scenario"])
    foot = tuple(_foot(document, len(moving) - len(shown), lang))
    if not moving:
        mean = number(document["noise"][document["kpi"]]["mean"], document["unit"], lang)
        said = say("foot.constant", lang, kpi=kpi, mean=mean, n=document["design"]["inputs"])
        return Table(title, (say("head.answer", lang),), ((said,),), foot)
    shared = document["kpi"] in document["ledger"]
    rows = tuple(_driver(row, document["unit"], lang, shared=shared) for row in shown)
    heads = tuple(say(f"head.{name}", lang) for name in HEADS)
    return Table(title, heads, rows, foot, frozenset({0, 1}))


HEADS = ("assumption", "range", "effect", "of_variance")


def _driver(row: Document, unit: str, lang: Lang, *, shared: bool) -> Row:
    """A driver in four cells, since a terminal is 80 wide; who says so is told by `explain`."""
    grade = say(GRADES[row["grade"]], lang) if row["grade"] in GRADES else row["grade"]
    word = "" if row["unit"] in ("-", "share") else f" {row['unit']}"
    return (
        f"{row['path']}\n{row['meaning']}" if row["meaning"] else row["path"],
        f"{row['low']:g} … {row['high']:g}{word}\n{grade}",
        f"{_effect(row, unit, lang)}\n{say(VERDICTS[row['verdict']], lang)}",
        _part(row, lang) if shared else MISSING,
    )


def _effect(row: Document, unit: str, lang: Lang) -> str:
    """What the figure moves by over the whole range, and in which direction."""
    side = "↕" if abs(row["mu"]) < CLEAR * row["effect"] else "↑" if row["mu"] > 0 else "↓"
    plain = "min" if unit == "clock" else unit
    word = "" if unit == "0/1" else unit_word(plain, lang)
    effect = f"{side} {number(row['effect'], plain, lang, varies=True)} {word}".rstrip()
    return f"{effect}\n({span(row['ci_low'], row['ci_high'], plain, lang)})"


def _part(row: Document, lang: Lang) -> str:
    part = number(row["share_of_variance"], "share", lang)
    if "share_low" in row:
        return f"{part}\n({span(row['share_low'], row['share_high'], 'share', lang)})"
    return f"≈ {part}" if row["share_of_variance"] else part


def _foot(document: Document, more: int, lang: Lang) -> list[str]:
    out, kpi = document["screened_out"], document["kpi"]
    noise = document["noise"][kpi]
    unit = "min" if document["unit"] == "clock" else document["unit"]
    foot = []
    if more > 0:
        foot.append(say("foot.more_drivers", lang, n=more))
    if any(document["design"][name] < least for name, least in ENOUGH.items()):
        foot.append(say("foot.small_design", lang, **ENOUGH))
    foot.append(
        say(
            "foot.screened",
            lang,
            n=document["design"]["inputs"],
            still=len(out["no_effect"]),
            unsure=len(out["cannot_tell"]),
            floor=number(noise["floor"], unit, lang),
        )
    )
    if out["not_varied"].get("decision"):
        foot.append(say("foot.decisions", lang, n=out["not_varied"]["decision"]))
    if noise["left_at_value"] > 0.0:
        foot.append(say("foot.left", lang, share=number(noise["left_at_value"], "share", lang)))
    return [*foot, say("foot.drivers", lang), experiment_foot(document, lang)]


def ledger_table(document: Document, lang: Lang) -> Table:
    """Whose word each answer rests on: shares of its variance by grade, and luck's part of one night."""
    grades = [grade for grade in GRADES if any(grade in one for one in document["ledger"].values())]
    rows = []
    for kpi, noise in document["noise"].items():
        one = document["ledger"].get(kpi)
        cells = [_graded(one, grade, lang) for grade in grades]
        luck = number(noise["luck_of_one_night"], "share", lang) if one else MISSING
        rows.append((say(f"kpi.{kpi}", lang), *cells, _off(kpi, noise, lang), luck))
    heads = (
        say("head.answer", lang),
        *(say(GRADES[grade], lang) for grade in grades),
        say("head.off_by", lang),
        say("head.luck", lang),
    )
    foot = [say("foot.ledger", lang)]
    for why, key in (("constant", "foot.same"), ("without_meaning", "foot.meaningless")):
        if document[why]:
            named = say("list.comma", lang).join(say(f"kpi.{kpi}", lang) for kpi in document[why])
            foot.append(say(key, lang, kpis=named))
    return Table(say("title.ledger", lang), heads, tuple(rows), tuple(foot))


def _graded(ledger: Document | None, grade: str, lang: Lang) -> str:
    if ledger is None or grade not in ledger:
        return MISSING
    one = ledger[grade]
    return f"{number(one['share'], 'share', lang)}\n({span(one['ci_low'], one['ci_high'], 'share', lang)})"


def _off(kpi: str, noise: Document, lang: Lang) -> str:
    """How far the answer may be off for the inputs' sake: its value and one standard deviation."""
    unit, mean, off = KPIS[kpi].unit, noise["mean"], noise.get("std_inputs", 0.0)
    return f"{spread(mean, mean - off, mean + off, unit, lang)} {unit_word(unit, lang)}".rstrip()


def uncertainty_table(document: Document, lang: Lang) -> Table:
    """Each KPI's interval for luck alone, for the inputs alone and for both (`run --input-uncertainty`)."""
    unsure = document["input_uncertainty"]
    rows = []
    for kpi, one in unsure["kpis"].items():
        unit = KPIS[kpi].unit
        rows.append(
            (
                say(f"kpi.{kpi}", lang),
                number(one["mean"], unit, lang, varies=True),
                span(one["luck_low"], one["luck_high"], unit, lang),
                span(one["inputs_low"], one["inputs_high"], unit, lang),
                span(one["ci_low"], one["ci_high"], unit, lang),
                number(one["share_of_inputs"], "share", lang),
                span(one["share_low"], one["share_high"], "share", lang),
                unit_word(unit, lang),
            )
        )
    heads = tuple(say(f"head.{name}", lang) for name in UNSURE)
    foot = say("foot.unsure", lang, n=unsure["inputs"], draws=unsure["draws"], nights=unsure["nights"])
    return Table(say("title.unsure", lang), heads, tuple(rows), (foot,), frozenset({0, len(heads) - 1}))


UNSURE = ("kpi", "mean", "by_luck", "by_inputs", "by_both", "input_part", "interval", "unit")
