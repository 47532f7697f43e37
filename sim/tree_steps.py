"""Steps through the tree of parameters: a path as text or as keys, and what is one step down."""

from __future__ import annotations

import re
import types
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from sim.units import Params

Step = str | int
Path = tuple[Step, ...]
_PATH = re.compile(r"([^.\[\]]+)((?:\[\d{1,6}\])*)(?:\.|$)")


def spelled(path: Path) -> str:
    """`("sorting", "teams", 0, "people")` as `sorting.teams[0].people`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def steps(path: str) -> Path | None:
    """The inverse of `spelled`; None when the text is no path."""
    found: list[Step] = []
    at = 0
    while at < len(path):
        match = _PATH.match(path, at)
        if match is None:
            return None
        found.append(match[1])
        found += [int(index) for index in re.findall(r"\[(\d+)\]", match[2])]
        at = match.end()
    return tuple(found) if found and not path.endswith(".") else None


def members(annotation: Any) -> tuple[Any, ...]:
    """The alternatives of an annotation: of `Law | None` both, of a plain type itself."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(inner for part in get_args(annotation) for inner in members(part))
    return (annotation,)


def is_model(annotation: Any) -> bool:
    """Whether an annotation is a group of parameters."""
    return isinstance(annotation, type) and issubclass(annotation, Params)


def below(annotation: Any, step: Step) -> tuple[Any, FieldInfo | None] | None:
    """Annotation (and field, when a model names it) one step further down; None when there is no such key."""
    for part in members(annotation):
        origin, args = get_origin(part), get_args(part)
        if is_model(part) and isinstance(step, str):
            if step in part.model_fields:
                field = part.model_fields[step]
                return field.annotation, field
        elif origin in (dict, Mapping) and isinstance(step, str):
            return args[1], None
        elif origin in (list, set, frozenset) and isinstance(step, int):
            return args[0], None
        elif origin is tuple and isinstance(step, int) and args:
            if len(args) == 2 and args[1] is Ellipsis:
                return args[0], None
            if step < len(args):
                return args[step], None
    return None


def keys_of(annotation: Any) -> list[str]:
    """The keys that a mapping at this annotation may have."""
    return [name for part in members(annotation) if is_model(part) for name in part.model_fields]


def choices(annotation: Any) -> list[Any]:
    """The values a `Literal` (or an alternative with one) allows; empty for other annotations."""
    return [value for part in members(annotation) if get_origin(part) is Literal for value in get_args(part)]


def describing(root: type[Any]) -> tuple[str, ...]:
    """Top-level texts (name, title): they describe one file, are not inherited and not part of the hash."""
    fields = getattr(root, "model_fields", {})
    return tuple(name for name, info in fields.items() if info.annotation in (str, str | None))


@cache
def named_files(root: Any) -> tuple[tuple[str, str], ...]:
    """(section, key) of every field that names a file: those with the unit `file`."""
    sections = {name: members(info.annotation) for name, info in getattr(root, "model_fields", {}).items()}
    return tuple(
        (section, key)
        for section, kinds in sections.items()
        for kind in kinds
        if is_model(kind)
        for key, info in kind.model_fields.items()
        if (info.json_schema_extra or {}).get("unit") == "file"
    )
