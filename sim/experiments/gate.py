"""The go/no-go question of a comparison: may another scenario take the base's place?

Not unless it can be shown that it keeps every service level as the base does: an arm is refused where the
verdict over the whole table is that it keeps a level less often, or that the level's own KPI is worse while
the arm does not certainly keep it. With a search for the best, the question is about the best alone, and
"cannot tell" is a no. A difference that cannot be told is no objection; more replications may make it one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Objection(NamedTuple):
    """Why the answer is no: the arm (empty where no arm is the best), its service level, and the reason.

    reason: kept_less · worse · undecided.
    """

    arm: str
    level: str
    reason: str


def objections(document: Mapping[str, Any]) -> list[Objection]:
    """Everything in a `compare` document that speaks against it; empty: the gate is open."""
    best = document.get("best")
    if best is not None and best["answer"] == "cannot_tell":
        return [Objection("", "", "undecided")]
    wanted = document["others"] if best is None else [best["remaining"][0]]
    return [
        Objection(arm, level, reason)
        for arm in wanted
        for level, entry in document["service_levels"].items()
        if (reason := _reason(document, arm, level, entry)) is not None
    ]


def _reason(document: Mapping[str, Any], arm: str, level: str, entry: Mapping[str, Any]) -> str | None:
    promise = entry["difference"].get(arm, {}).get("verdict")
    if promise == "worse":
        return "kept_less"
    figure = document["kpis"][level]["difference"].get(arm, {}).get("verdict")
    return "worse" if figure == "worse" and entry[arm]["kept"] != "yes" else None
