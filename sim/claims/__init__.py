"""The case article's 66 claims as data, in the order of the article's table."""

from __future__ import annotations

from sim.claims import chain, leaders, sales, show
from sim.claims.definition import CLAIMED_TEXT_CONVERSION, Arm, Check, Claim, Driver, Relation, Term

CLAIMS: tuple[Claim, ...] = tuple(
    sorted((*show.ROWS, *sales.ROWS, *chain.ROWS, *leaders.ROWS), key=lambda claim: claim.id)
)

__all__ = ["CLAIMED_TEXT_CONVERSION", "CLAIMS", "Arm", "Check", "Claim", "Driver", "Relation", "Term"]
