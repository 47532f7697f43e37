"""The JSON Schema of a scenario file: what an editor completes and explains with."""

from __future__ import annotations

from typing import Any

from sim.laws import KINDS
from sim.units import Params


def scenario_schema(root: type[Params] | None = None) -> dict[str, Any]:
    """JSON Schema (draft 2020-12); every field carries unit, grade and source, and no field must be given."""
    if root is None:
        from sim.scenario import Scenario

        root = Scenario
    schema = root.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        _adjust(part)
    law = schema.get("$defs", {}).get("Law")
    if law is not None:  # exactly one kind, said in the schema's own words
        law["minProperties"] = law["maxProperties"] = 1
        for kind, inner in law["properties"].items():
            law["properties"][kind] = next(
                (alt for alt in inner.get("anyOf", ()) if alt.get("type") != "null"), inner
            )
    extends = {
        "type": "string",
        "title": "Extends",
        "description": "A shipped name or a path relative to this file; say only what differs.",
    }
    schema["properties"] = {"extends": extends, **schema["properties"]}
    schema.pop("required", None)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "lianlu scenario"}


def _adjust(part: dict[str, Any]) -> None:
    """A scenario says only what differs from the one it extends, so no key is required."""
    part.pop("required", None)
    for inner in part.get("properties", {}).values():
        if "default" in inner:
            inner["default"] = _one_law(inner["default"])


def _one_law(value: Any) -> Any:
    """A default as a file would write it: a law with its own kind alone."""
    if isinstance(value, dict):
        law = set(value) == set(KINDS)
        return {key: _one_law(inner) for key, inner in value.items() if not (law and inner is None)}
    return [_one_law(inner) for inner in value] if isinstance(value, (list, tuple)) else value
