"""Why a gate says no, in one line: promises that are broken, and those that so few nights cannot tell."""

from __future__ import annotations

from typing import Any

from reports.catalogue import Lang, say
from reports.provision_words import level_names

OBJECTIONS = {"kept_less": "gate.kept_less", "worse": "gate.worse", "undecided": "gate.undecided"}
"""What a comparison objects to, by the reason in `sim.experiments.gate`."""


def refusal(why: str, lang: Lang) -> str:
    """The one line with which a command says no."""
    return say("gate.no", lang, why=why)


def levels_missed(levels: list[str], lang: Lang) -> str:
    """The refusal where these service levels are not kept."""
    return refusal(say("gate.broken", lang, levels=level_names(levels, lang)), lang)


def plan_refused(document: dict[str, Any], lang: Lang) -> str:
    """The refusal of a `provision` document: a level out of reach, or a budget that is too small."""
    if not document["feasible"]:
        return levels_missed(document["unreachable"], lang)
    return refusal(say("gate.budget", lang), lang)


def objection(arm: str, level: str, reason: str, lang: Lang) -> str:
    """The refusal of a comparison, one objection."""
    named = say(f"kpi.{level}", lang) if level else ""
    return refusal(say(OBJECTIONS[reason], lang, arm=arm, level=named), lang)


def gate_sentence(document: dict[str, Any], lang: Lang) -> str:
    """The refusal of a `run` document; empty where every service level is shown to be kept."""
    levels = document["service_levels"]
    parts = []
    for kept, key in (("no", "gate.broken"), ("cannot_tell", "gate.cannot_tell")):
        named = [say(f"kpi.{name}", lang) for name, one in levels.items() if one["kept"] == kept]
        if named:
            parts.append(say(key, lang, levels=", ".join(named), n=document["replications"]))
    unknown = [say(f"kpi.{name}", lang) for name in document["service_levels_without_data"]]
    if unknown:
        parts.append(say("gate.no_data", lang, levels=", ".join(unknown)))
    return refusal("; ".join(parts), lang) if parts else ""
