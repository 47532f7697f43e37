"""The tree of parameters as a table: every leaf with its path, unit, bounds, default, source and grade.

`explain`, the JSON Schema, the documentation pages, error messages and the test that every parameter is alive
all read this one table. A path is the YAML path, the Python path and the `--set` path alike:
`checkout.gateway.rate_per_s`, `sorting.teams[0].people`, `checkout.pin_s.lognormal.median`.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from sim.laws import Law
from sim.tree_steps import Path, Step, below, choices, is_model, keys_of, members, spelled, steps
from sim.units import Params

__all__ = [
    "Leaf",
    "Path",
    "Step",
    "below",
    "bounds_of",
    "choices",
    "field_at",
    "is_model",
    "keys_of",
    "known_paths",
    "leaves",
    "members",
    "spelled",
    "steps",
    "sweep_of",
    "unit_of",
]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One parameter: where it stands, what it may be and how well its default is known."""

    path: str
    annotation: Any
    default: Any
    unit: str
    low: float | None
    high: float | None
    low_open: bool
    high_open: bool
    grade: str
    source: str
    meaning: str
    sweep: tuple[float, float] | None
    role: str
    owner: str
    field: FieldInfo


def leaves(model: type[Params] | Params | None = None, *, split_laws: bool = True) -> Iterator[Leaf]:
    """Every leaf of a tree in order; `default` is the value it has in `model` (class: its default).

    Laws are split into their figures (`pin_s.lognormal.median`) unless `split_laws` is off; elements of lists
    and dictionaries of parameter groups are walked as they stand.
    """
    root = _root(model)
    cls = root if isinstance(root, type) else type(root)
    for name, field in cls.model_fields.items():
        value = _default(field) if isinstance(root, type) else getattr(root, name)
        yield from _walk((name,), field.annotation, field, value, cls.__name__, split_laws)


def _walk(
    path: Path, annotation: Any, field: FieldInfo, value: Any, owner: str, split_laws: bool
) -> Iterator[Leaf]:
    if isinstance(value, Law):
        yield from (
            _law_leaves(path, field, value, owner)
            if split_laws
            else (_leaf(path, annotation, field, value, owner),)
        )
    elif isinstance(value, Params):
        for name, inner in type(value).model_fields.items():
            down = getattr(value, name)
            yield from _walk((*path, name), inner.annotation, inner, down, type(value).__name__, split_laws)
    elif isinstance(value, (list, tuple)) and any(isinstance(item, Params) for item in value):
        for index, item in enumerate(value):
            step = below(annotation, index)
            yield from _walk((*path, index), step and step[0], field, item, owner, split_laws)
    elif isinstance(value, Mapping) and any(isinstance(item, Params) for item in value.values()):
        for key, item in value.items():
            step = below(annotation, key)
            yield from _walk((*path, key), step and step[0], field, item, owner, split_laws)
    else:
        yield _leaf(path, annotation, field, value, owner)


def _law_leaves(path: Path, field: FieldInfo, law: Law, owner: str) -> Iterator[Leaf]:
    inner = getattr(law, law.kind)
    whole = _leaf(path, Law, field, law, owner)
    names: list[str | None] = list(type(inner).model_fields) if isinstance(inner, Params) else [None]
    for number, name in enumerate(names):
        source = type(inner).model_fields[name] if name else Law.model_fields[law.kind]
        low, high, low_open, high_open = _bounds(source)
        yield Leaf(
            path=spelled((*path, law.kind, name) if name else (*path, law.kind)),
            annotation=float,
            default=getattr(inner, name) if name else inner,
            unit="-" if name == "sigma" else whole.unit,
            low=low,
            high=high,
            low_open=low_open,
            high_open=high_open,
            grade=whole.grade,
            source=whole.source,
            meaning=whole.meaning,
            sweep=whole.sweep if number == 0 else None,
            role=whole.role,
            owner=owner,
            field=source,
        )


def field_at(path: str, model: type[Params] | Params | None = None) -> Leaf | None:
    """What stands at a path, leaf or group, with default (class) or value (instance); None: no such key."""
    root = _root(model)
    found, way = None, steps(path)
    if way is None:
        return None
    annotation: Any = root if isinstance(root, type) else type(root)
    value: Any = root
    field: FieldInfo | None = None
    owner = ""
    for step in way:
        found = below(annotation, step)
        if found is None:
            return None
        owner = next(
            (p.__name__ for p in members(annotation) if is_model(p) and step in p.model_fields), owner
        )
        value = _value_below(value, step, found[1])
        annotation = found[0]
        if found[1] is not None and not (field is not None and _extra(field) and not _extra(found[1])):
            field = found[1]  # a law's own figures take unit and source from the field that holds the law
    leaf = _leaf(way, annotation, field or FieldInfo(annotation=Any), value, owner)
    if found is not None and found[1] is not None and found[1] is not field:
        low, high, low_open, high_open = _bounds(found[1])
        return Leaf(
            **{
                **_fields(leaf),
                "low": low,
                "high": high,
                "low_open": low_open,
                "high_open": high_open,
                "field": found[1],
                "unit": "-" if way[-1] == "sigma" else leaf.unit,
            }
        )
    return leaf


def sweep_of(model: type[Params] | Params, path: str) -> tuple[Any, Any] | None:
    """Both ends of a field's sweep as values that may stand there; a law is swept by its first figure."""
    leaf = field_at(path, model)
    if leaf is None or leaf.sweep is None:
        return None
    way = steps(path) or ()
    if isinstance(leaf.default, Law):
        inner = getattr(leaf.default, leaf.default.kind)
        if not isinstance(inner, Params):
            return tuple({leaf.default.kind: end} for end in leaf.sweep)  # type: ignore[return-value]  # two ends
        first, *others = type(inner).model_fields
        rest = {name: getattr(inner, name) for name in others}
        low, high = ({leaf.default.kind: {first: end, **rest}} for end in leaf.sweep)
        return low, high
    swept = field_at(spelled(way[:-2]), model) if len(way) > 2 else None
    if (
        swept is not None
        and isinstance(swept.default, Law)
        and way[-1] != next(iter(_figures(swept.default)))
    ):
        return None
    return leaf.sweep


def _figures(law: Law) -> tuple[str, ...]:
    inner = getattr(law, law.kind)
    return tuple(type(inner).model_fields) if isinstance(inner, Params) else (law.kind,)


@lru_cache(maxsize=8)
def known_paths(root: type[Params]) -> tuple[str, ...]:
    """Every key of the tree as a dotted path, list elements without their number; for suggestions."""
    found: dict[str, None] = {}

    def walk(annotation: Any, path: str, depth: int) -> None:
        for part in members(annotation) if depth < 12 else ():
            if is_model(part):
                for name, field in part.model_fields.items():
                    found[f"{path}.{name}" if path else name] = None
                    walk(field.annotation, f"{path}.{name}" if path else name, depth + 1)
            elif part is not Law:
                for inner in get_args(part):
                    walk(inner, path, depth + 1)

    walk(root, "", 0)
    return tuple(found)


def bounds_of(annotation: Any, field: FieldInfo | None) -> tuple[float | None, float | None, bool, bool]:
    """(low, high, low excluded, high excluded) from a field or from an `Annotated` number."""
    return _bounds(field, annotation)


def unit_of(field: FieldInfo | None) -> str:
    """The unit a field states, "-" when none."""
    return str(_extra(field).get("unit", "-")) if field is not None else "-"


def _root(model: type[Params] | Params | None) -> type[Params] | Params:
    if model is not None:
        return model
    from sim.scenario import Scenario  # the tree's table must not need the tree's stages to be importable

    return Scenario


def _default(field: FieldInfo) -> Any:
    value = field.get_default(call_default_factory=True, validated_data={})
    return None if value is PydanticUndefined else value


def _value_below(value: Any, step: Step, field: FieldInfo | None) -> Any:
    if isinstance(value, type):
        return _default(field) if field is not None else None
    if isinstance(step, str):
        return value.get(step) if isinstance(value, Mapping) else getattr(value, step, None)
    return value[step] if isinstance(value, (list, tuple)) and step < len(value) else None


def _extra(field: FieldInfo) -> dict[str, Any]:
    extra = field.json_schema_extra
    return extra if isinstance(extra, dict) else {}


def _bounds(field: FieldInfo | None, annotation: Any = None) -> tuple[float | None, float | None, bool, bool]:
    metadata = list(field.metadata) if field is not None else []
    if annotation is None and field is not None:
        annotation = field.annotation
    for kind in get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,):
        part = kind
        while get_origin(part) is Annotated:
            part, *more = get_args(part)
            for item in more:
                metadata += item.metadata if isinstance(item, FieldInfo) else [item]
    low = high = None
    low_open = high_open = False
    for item in metadata:
        if getattr(item, "ge", None) is not None:
            low = item.ge
        if getattr(item, "gt", None) is not None:
            low, low_open = item.gt, True
        if getattr(item, "le", None) is not None:
            high = item.le
        if getattr(item, "lt", None) is not None:
            high, high_open = item.lt, True
    return low, high, low_open, high_open


def _leaf(path: Path, annotation: Any, field: FieldInfo, value: Any, owner: str) -> Leaf:
    extra = _extra(field)
    low, high, low_open, high_open = _bounds(field, annotation)
    sweep = extra.get("sweep")
    return Leaf(
        path=spelled(path),
        annotation=annotation,
        default=value,
        unit=unit_of(field),
        low=low,
        high=high,
        low_open=low_open,
        high_open=high_open,
        grade=str(extra.get("grade", "")),
        source=str(extra.get("source", "")),
        meaning=field.description or "",
        sweep=(sweep[0], sweep[1]) if sweep else None,
        role=str(extra.get("role", "model")),
        owner=owner,
        field=field,
    )


def _fields(leaf: Leaf) -> dict[str, Any]:
    return {name: getattr(leaf, name) for name in Leaf.__slots__}
