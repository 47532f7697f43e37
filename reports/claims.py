"""The claims table: what the article says, what came out, of what, the verdict and its driver."""

from __future__ import annotations

from collections import Counter

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
    unit, low_high = found.get("unit", "ratio"), ends_of(found)
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
