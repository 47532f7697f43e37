"""The claims table: what the article says, what came out, of what, the verdict and its driver."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container
from functools import partial

from reports.catalogue import Lang, number, say, span, unit_word
from reports.cells import MISSING, Document, Row, Table, ends_of, heads_of

VERDICTS = (
    "supported",
    "not_supported",
    "by_assumption",
    "cannot_tell",
    "reproduced_by_calibration",
    "needs_season",
)


STANDS = {
    "supported": "stand.supported",
    "not_supported": "stand.not_supported",
    "by_assumption": "stand.by_assumption",
    "cannot_tell": "stand.cannot_tell",
    "reproduced_by_calibration": "stand.reproduced_by_calibration",
    "needs_season": "stand.needs_season",
}


def claims_in_a_sentence(document: Document, lang: Lang) -> str:
    """How many claims stand, fall, or wait for what: `Of 66 claims of the article 17 stand, 4 fall …`."""
    counts = Counter(row["verdict"] for row in document["claims"])
    parts = [say(STANDS[name], lang, n=counts[name]) for name in VERDICTS if counts[name]]
    told = say("list.comma", lang).join(parts)
    return say("deck.claims", lang, n=len(document["claims"]), parts=told)


def claims_table(
    document: Document, lang: Lang, *, only: Container[str] = VERDICTS, in_words: bool = False
) -> Table:
    """The article's claims, each with what was claimed, what came out, and the verdict with its driver.

    Further tests of a claim stand below it as rows of their own, named by KPI and scenario.

    Args:
        document: `compare --json`.
        lang: of every word.
        only: verdicts whose claims are wanted.
        in_words: drivers as what they mean, their path below it, once a claim; else the path alone.

    """
    rows: list[Row] = []
    driver = partial(_meaning, lang=lang) if in_words else _short_path
    for row in document["claims"]:
        if row["verdict"] not in only:
            continue
        of_what = say(f"of.{row['id']}", lang)
        told = _claim_row(str(row["id"]), row[f"claim_{lang}"], of_what, row, lang)
        rows.append((*told, driver(row["driver"])))
        for part in row["parts"]:
            if "verdict" in part:
                told = _claim_row("", f"· {_kpi_words(part['kpi'], lang)}", _arms_words(part), part, lang)
                again = in_words and part["driver"] == row["driver"]  # a sentence is not said twice
                rows.append((*told, "" if again else driver(part["driver"])))
    counts = Counter(row["verdict"] for row in document["claims"])
    words = (f"{say(f'claim.{name}', lang)} {counts[name]}" for name in VERDICTS if counts[name])
    foot = (
        say("foot.claims", lang, n=len(document["claims"]), counts=" · ".join(words)),
        say("foot.shipped", lang),
        say("foot.source", lang),
    )
    heads = ("#", *heads_of(lang, "claim", "claimed", "simulated", "denominator", "verdict", "driver"))
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
    )


def _kpi_words(kpi: str, lang: Lang) -> str:
    return " ÷ ".join(say(f"kpi.{name}", lang) for name in kpi.split(" / "))


def _arms_words(part: Document) -> str:
    """The scenarios a figure is taken from, each once."""
    return ", ".join(dict.fromkeys(part["arms"]))


def _meaning(path: str, lang: Lang) -> str:
    """What a driver means, its path in brackets; the path alone where it is no parameter."""
    from reports.catalogue.meanings import parameter_meaning
    from sim.scenario_tree import field_at

    leaf = field_at(path)
    if leaf is None:
        return path
    meaning = re.split(r"[;；。]|\.$", parameter_meaning(leaf, lang))[0]
    return f"{meaning} [{_short_path(path)}]"


LAWS = (".lognormal_mean.mean", ".lognormal.median", ".exponential.mean")


def _short_path(path: str) -> str:
    """A path without the parameter of a law at its end."""
    return next((path.removesuffix(law) for law in LAWS if path.endswith(law)), path)


SIGNS = {">=": "≥ ", "<=": "≤ ", "==": "= ", "within": "≈ "}


def _claimed(row: Document, lang: Lang) -> str:
    """The relation with its tolerance, in the unit of the figure; words where no figure was claimed."""
    claimed = row.get("claimed")
    if claimed is None:
        return ""
    if isinstance(claimed, str):
        return say(f"claimed.{row['id']}", lang)
    found = row["simulated"]
    if "relation" not in row:
        return number(claimed, "share", lang) if found.get("unit") == "share" else f"{claimed:,.4g}"
    text = f"{SIGNS[row['relation']]}{_in_unit((claimed,), found, lang, varies=False)}"
    return f"{text} {_tolerance(row, lang)}".rstrip()


def _tolerance(row: Document, lang: Lang) -> str:
    """By how much the relation may be missed, relative to its value."""
    if not row["tolerance"]:
        return ""
    sign = {">=": "−", "<=": "+"}.get(row["relation"], "±")
    return f"({sign}{number(row['tolerance'], 'share', lang)})"


def _simulated(row: Document, lang: Lang) -> str:
    """The figure with its interval, in its unit."""
    found = row["simulated"]
    if "value" not in found:
        return MISSING
    ends = ends_of(found)
    varies = ends is not None and ends[0] < ends[1]
    return _in_unit(
        (found["value"], *(ends or ())) if varies else (found["value"],), found, lang, varies=varies
    )


def _in_unit(values: tuple[float, ...], found: Document, lang: Lang, *, varies: bool) -> str:
    """A value, or a value with the ends of its interval, with the unit: ×, points, or that of the KPI."""
    unit = found.get("unit", "ratio")
    if unit == "ratio" and found.get("value") is not None:
        digits = 3 if max(map(abs, values)) < 0.1 else 2
        texts = [f"{one:.{digits}f}" if varies else f"{one:.4g}" for one in values]
        return f"{_bracketed(texts)} {say('claims.times', lang)}"
    if unit == "share" and found.get("difference"):
        return f"{_bracketed([f'{100 * one:.1f}' for one in values])} {say('claims.points', lang)}"
    text = number(values[0], unit, lang, varies=varies)
    if len(values) > 1:
        text += f" ({span(values[1], values[2], unit, lang)})"
    return text if unit == "0/1" else f"{text} {unit_word(unit, lang)}".rstrip()


def _bracketed(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{texts[0]} ({texts[1]} … {texts[2]})"
