"""Why a gate says no, in one line: promises that are broken, and those that so few nights cannot tell."""

from __future__ import annotations

from typing import Any

from reports.catalogue import Lang, say


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
    return say("gate.no", lang, why="; ".join(parts)) if parts else ""
