"""The page of the article's claims: sentence, test, denominator, drivers."""

from __future__ import annotations

from collections.abc import Iterator

from docs.markdown import figure, head, page, table, value_text
from sim.claims import CLAIMS, Check, Claim, Term


def claims_page() -> str:
    """Every claim: sentence, test, denominator, drivers."""
    lines = head("The case article's 66 claims", _CLAIMS)
    rows = (
        (
            str(claim.id), claim.kind, claim.zh, claim.en, "<br>".join(_claim_checks(claim)),
            claim.denominator, "<br>".join(f"`{driver.path}`" for driver in claim.drivers),
        )
        for claim in CLAIMS
    )  # fmt: skip
    heads = ("#", "kind", "in Chinese", "in English", "test", "denominator", "drivers")
    return page([*lines, "", *table(heads, rows)])


_CLAIMS = """
What the article "从团购接龙到私域直播" says about one dairy, as data. A claim is a target to be tested, never
evidence; the article is probably a composite. Kinds: **I** input of the scenario, shown with its price ·
**O** output of the model · **X** comparison of variants · **C** needs a season of events, which one event
cannot judge.

A row is *supported* (*not supported*) only if its interval, Holm-adjusted over the table, satisfies
(violates) the relation at the default **and** at both ends of the sweep of each of its drivers. If it turns
inside a sweep the verdict is *by assumption* and names that driver; if an interval straddles the relation
it is *cannot tell*. *Reproduced by calibration*: the model was fitted to it, so it says nothing. *Needs
season*: one event cannot say. More replications can settle an open point; they can never turn an assumption
into support.
"""


def _claim_checks(claim: Claim) -> Iterator[str]:
    yield from (_check(check) for check in claim.checks)
    if claim.claimed is not None:
        yield f"claimed: {claim.claimed}"


def _check(check: Check) -> str:
    text = _term(check.figure)
    if check.minus is not None:
        text += f" − {_term(check.minus)}"
    if check.per is not None:
        text = f"({text})" if check.minus is not None else text
        below = _term(check.per) if check.plus is None else f"({_term(check.per)} + {_term(check.plus)})"
        text += f" ÷ {below}"
    if check.relation is not None:
        sign = {">=": "≥", "<=": "≤", "==": "=", "within": "≈"}[check.relation.sign]
        text += f" {sign} {figure(check.relation.value)}"
        if check.relation.tolerance:
            text += f" ± {100 * check.relation.tolerance:g} %"
    basis = check.basis.replace("_", " ")
    return text if check.basis == "tested" else f"{text} ({basis})"


def _term(term: Term) -> str:
    changes = ", ".join(f"{path}={value_text(value)}" for path, value in term.arm.changes)
    return f"`{term.kpi}` of {term.arm.scenario}" + (f" [{changes}]" if changes else "")
