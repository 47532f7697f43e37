"""The claims table: what a simulation may say about each of the article's sentences.

The verdict rule. A claim is *supported* (*not supported*) only if its Holm-adjusted test satisfies (violates)
the relation at the default **and** at both ends of the sweep of each of its drivers. If it does so at one
point and the contrary at another, the answer is *by assumption*, and the driver is named: the assumption
decides, not the model. If some point stays open, *cannot tell*. More replications settle open points, and a
settled contradiction is an assumption named, so replications alone never turn an assumption into support.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from sim.claims import CLAIMS, Arm, Check, Claim, Driver, Term
from sim.experiments.holm import holm, holm_steps
from sim.experiments.measured import Measured, measure
from sim.experiments.replications import Replications
from sim.experiments.verdicts import ALPHA
from sim.kpis.definitions import KPIS

ClaimVerdict = Literal[
    "supported",
    "not_supported",
    "cannot_tell",
    "by_assumption",
    "reproduced_by_calibration",
    "needs_season",
]
Evaluate = Callable[[str, Mapping[str, Any], int], Replications]
"""(scenario name, changed fields by path, replications) → its rows, all with one seed so that arms share
their luck; KeyError where there is no such scenario or it has no such field."""
Sweep = Callable[[str], tuple[Any, Any] | None]
"""path → both ends of the field's sweep; None where the field has none."""

LOOKS = ((10, 0.1), (20, 0.2))
"""Early looks at the end of a sweep: replications, and the share of the verdict's error they may use."""


class Ruling(NamedTuple):
    """A verdict and the driver it hangs on: the one that turns it, else the one that comes nearest."""

    verdict: ClaimVerdict
    driver: str


class Runs:
    """Arms under changed fields, each run once: claims that share a driver share its runs.

    At the ends of sweeps effects are larger, so few replications do there mostly. Where they equal those
    of the arm as it is in every figure, the arm does not read the field, and its own rows stand for the end.
    """

    def __init__(self, evaluate: Evaluate, known: Iterable[Replications], replications: int) -> None:
        self._evaluate, self.replications = evaluate, replications
        self._rows: dict[str, Replications | None] = {_key(rows.name, {}): rows for rows in known}

    def rows(self, arm: Arm, end: tuple[str, Any] | None = None, at_end: int | None = None) -> Replications:
        """Rows of an arm as it is, or at least `at_end` of them at one end of a driver's sweep.

        Raises:
            KeyError: the arm itself cannot be run.
        """
        changes = dict(arm.changes)
        own = self._run(arm.scenario, changes, self.replications)
        if own is None:
            raise KeyError(arm.scenario)
        if end is None:
            return own
        moved = changes | {end[0]: end[1]}
        found = self._run(arm.scenario, moved, min(at_end or LOOKS[0][0], self.replications))
        if found is None:
            return own
        if found is not own and _equal(found, own):
            self._rows[_key(arm.scenario, moved)] = own
            return own
        return found

    def moves(self, check: Check, end: tuple[str, Any]) -> bool:
        """Whether any arm of the check reads the driver's field."""
        return any(self.rows(term.arm, end) is not self.rows(term.arm) for term in check.terms)

    def _run(self, scenario: str, changes: Mapping[str, Any], replications: int) -> Replications | None:
        key = _key(scenario, changes)
        if key in self._rows:
            rows = self._rows[key]
            if rows is None or len(rows) >= replications:
                return rows
        try:
            self._rows[key] = self._evaluate(scenario, changes, replications)
        except KeyError:
            self._rows[key] = None
        return self._rows[key]


def _equal(some: Replications, all_of_them: Replications) -> bool:
    """Whether every figure of these replications is that of the others, to the bit."""
    n = len(some)
    return (
        n <= len(all_of_them)
        and some.kpis == all_of_them.kpis
        and np.array_equal(some.table, all_of_them.table[:n], equal_nan=True)
    )


@dataclass(frozen=True)
class _Part:
    """A check of a claim as it stands at the default."""

    claim: Claim
    check: Check
    measured: Measured | None


def claims_table(
    evaluate: Evaluate,
    sweep: Sweep,
    *,
    claims: Sequence[Claim] = CLAIMS,
    known: Iterable[Replications] = (),
    replications: int = 50,
    alpha: float = ALPHA,
) -> list[dict[str, Any]]:
    """Judge every claim; the `claims` rows of `compare --json`, in order.

    Args:
        evaluate: runs a scenario with changed fields.
        sweep: the range over which a field's verdict must not change.
        claims: the table.
        known: arms run before, by scenario name; they are not run again.
        replications: of the arms as they are, and at most of those at the ends of sweeps.
        alpha: probability of any false "supported" or "not supported" in the table.
    """
    runs = Runs(evaluate, known, replications)
    parts = [_Part(claim, check, _measured(check, runs)) for claim in claims for check in claim.checks]
    tested = [part for part in parts if part.measured is not None and _is_tested(part.check)]
    p_values = np.array([part.measured.p_value for part in tested if part.measured is not None], np.float64)
    adjusted, steps = holm(p_values), holm_steps(p_values)
    limits = {
        id(part): (float(p) <= alpha, alpha / float(step))
        for part, p, step in zip(tested, adjusted, steps, strict=True)
    }
    rows = []
    for claim in claims:
        own = [part for part in parts if part.claim is claim]
        rulings = [_rule(part, limits.get(id(part)), runs, sweep) for part in own]
        rows.append(_document(claim, own, rulings))
    return rows


def _rule(part: _Part, limit: tuple[bool, float] | None, runs: Runs, sweep: Sweep) -> Ruling:
    """Verdict of one check; `limit` is (rejected by Holm at the default, the row's own α)."""
    claim, check, first = part.claim, part.check, part.claim.drivers[0].path
    if claim.kind == "C":
        return Ruling("needs_season", first)
    if claim.kind == "I" or check.basis in ("by_fiat", "shown"):
        return Ruling("by_assumption", first)
    if part.measured is None or limit is None:
        return Ruling("cannot_tell", first)
    rejected, alpha = limit
    here = _decided(part.measured, alpha) if rejected else 0
    if check.basis == "calibrated":
        return Ruling("not_supported" if here < 0 else "reproduced_by_calibration", first)
    return _swept(part, here, alpha, runs, sweep)


def _swept(part: _Part, here: int, alpha: float, runs: Runs, sweep: Sweep) -> Ruling:
    """Hold the decision at the default (1 satisfied, −1 violated, 0 open) against the ends of all drivers."""
    open_at: str | None = None
    nearest, least = part.claim.drivers[0].path, (0, -1.0)
    for driver in part.claim.drivers:
        decisions = {here}
        for end in _ends(driver, sweep):
            if not runs.moves(part.check, end):
                continue
            decision, closeness = _at_end(part.check, end, alpha, runs, briefly=here == 0)
            decisions.add(decision)
            if decision == 0:
                open_at = open_at or driver.path
            elif closeness > least:
                nearest, least = driver.path, closeness
        if {-1, 1} <= decisions:
            return Ruling("by_assumption", driver.path)
    if here == 0 or open_at is not None:
        return Ruling("cannot_tell", open_at or nearest)
    return Ruling("supported" if here > 0 else "not_supported", nearest)


def _at_end(
    check: Check, end: tuple[str, Any], alpha: float, runs: Runs, *, briefly: bool
) -> tuple[int, tuple[int, float]]:
    """Decide at one end of a sweep, and say how near it came to staying open.

    A few replications decide only where they leave most of the error unused, the last look has the rest of it
    (Haybittle, Repeated assessment of results in clinical trials, 1971): all looks together err no more often
    than one would. `briefly`: the claim is open at the default anyway, so the last look is left out.
    """
    looks, left = [], 1.0
    for replications, share in LOOKS:
        if replications < runs.replications:
            looks.append((replications, share))
            left -= share
    if looks and briefly:
        looks[-1] = (looks[-1][0], looks[-1][1] + left)
    else:
        looks.append((runs.replications, left))
    for tried, (replications, share) in enumerate(looks):
        there = _measured(check, runs, end, replications)
        if there is None:
            break
        decision = _decided(there, share * alpha)
        if decision != 0:
            return decision, (tried, there.p_value)
    return 0, (len(looks), 1.0)


def _ends(driver: Driver, sweep: Sweep) -> list[tuple[str, Any]]:
    ends = sweep(driver.path) or driver.ends
    return [] if ends is None else [(driver.path, end) for end in ends]


def _decided(measured: Measured, alpha: float) -> int:
    if measured.p_value > alpha:
        return 0
    return 1 if measured.satisfied < measured.violated else -1


def _is_tested(check: Check) -> bool:
    return check.relation is not None and check.basis in ("tested", "calibrated")


def _measured(
    check: Check, runs: Runs, end: tuple[str, Any] | None = None, at_end: int | None = None
) -> Measured | None:
    def rows_of(term: Term) -> Replications:
        return runs.rows(term.arm, end, at_end)

    try:
        return measure(check, rows_of)
    except KeyError:
        return None


def _document(claim: Claim, parts: Sequence[_Part], rulings: Sequence[Ruling]) -> dict[str, Any]:
    head = {"id": claim.id, "kind": claim.kind, "claim_zh": claim.zh, "claim_en": claim.en}
    if not parts:
        season = claim.kind == "C"
        ruling = Ruling("needs_season" if season else "by_assumption", claim.drivers[0].path)
        body: dict[str, Any] = {"kpi": "", "claimed": claim.claimed, "simulated": {}}
        body |= {"verdict": ruling.verdict, "driver": ruling.driver}
        return head | body | {"denominator": claim.denominator, "parts": []}
    rows = [_part_document(claim, part, ruling) for part, ruling in zip(parts, rulings, strict=True)]
    for part, row in zip(parts[1:], rows[1:], strict=True):
        if part.check.basis == "shown":  # a figure beside the row claims nothing
            del row["verdict"], row["driver"]
    return head | rows[0] | {"denominator": claim.denominator, "parts": rows[1:]}


def _part_document(claim: Claim, part: _Part, ruling: Ruling) -> dict[str, Any]:
    check, measured = part.check, part.measured
    out: dict[str, Any] = {"kpi": check.kpi, "arms": [arm_name(term.arm) for term in check.terms]}
    if check.relation is not None:
        out |= {"claimed": check.relation.value, "relation": check.relation.sign}
        out |= {"tolerance": check.relation.tolerance}
    elif claim.claimed is not None:
        out["claimed"] = claim.claimed
    simulated: dict[str, Any] = {}
    if measured is not None:
        simulated = {"value": measured.value, "replications": measured.n}
        simulated["unit"] = check.unit or (KPIS[check.figure.kpi].unit if check.per is None else "ratio")
        if check.minus is not None and check.per is None:
            simulated["difference"] = True
        if measured.interval is not None:
            simulated |= {"ci_low": measured.interval.low, "ci_high": measured.interval.high}
    return out | {"simulated": simulated, "verdict": ruling.verdict, "driver": ruling.driver}


def arm_name(arm: Arm) -> str:
    """An arm as a person writes it: `chenxi_live`, `chenxi_live[leaders.absent_share=0.2]`."""
    changes = ",".join(f"{path}={value}" for path, value in arm.changes)
    return f"{arm.scenario}[{changes}]" if changes else arm.scenario


def _key(scenario: str, changes: Mapping[str, Any]) -> str:
    return f"{scenario} {sorted((path, repr(value)) for path, value in changes.items())}"
