"""What a field allows, in words, and what to write instead of a wrong value: read from the field alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from sim.laws import KINDS, Law
from sim.problems import nearest, odd_characters, plain_ascii
from sim.scenario_file.nodes import Node
from sim.scenario_file.quantity import meant
from sim.scenario_file.scalars import Scalar, written
from sim.scenario_file.source import kind_of
from sim.scenario_tree import bounds_of, choices, is_model, keys_of, members, unit_of

Owner = tuple[FieldInfo | None, str]
"""The field that says the bounds, and the unit, which a law's figures have from the field that holds it."""
_PLURAL = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days", "ms": "milliseconds"}
_SINGULAR = {"s": "second", "min": "minute", "h": "hour", "d": "day", "ms": "millisecond"}


def unit_words(unit: str) -> str:
    """`orders/s` as `orders per second`; empty for a switch."""
    if unit in ("", "-", "file"):
        return ""
    head, *rest = unit.split("/") if not re.fullmatch(r"[\d/]+", unit) else [unit]
    return " per ".join([_PLURAL.get(head, head), *(_SINGULAR.get(part, part) for part in rest)])


def number(value: float) -> str:
    """A bound as people write it: 100000, 0.5, 1e+20."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)


def allowed(annotation: Any, field: FieldInfo | None, unit: str | None = None) -> str:
    """One phrase for what may stand at a field, with bounds and unit."""
    unit = unit_of(field) if unit is None else unit
    phrases = [_phrase(part, annotation, field) for part in members(annotation) if part is not type(None)]
    text = " or ".join(dict.fromkeys(phrases))
    words = unit_words(unit)
    if (
        words
        and any(part in (int, float, Law) or get_origin(part) for part in members(annotation))
        and not choices(annotation)
    ):
        text += f", {words}"
    return text + (", or null" if type(None) in members(annotation) else "")


def _phrase(part: Any, annotation: Any, field: FieldInfo | None) -> str:
    origin, args = get_origin(part), get_args(part)
    if part in (int, float):
        return ("a whole number" if part is int else "a number") + _range(annotation, field)
    if part is bool:
        return "true or false"
    if part is str:
        return "text"
    if part is Law:
        return "exactly one law of " + ", ".join(KINDS)
    if origin is Literal:
        return "one of " + ", ".join(f"`{written(value)}`" for value in args)
    if is_model(part):
        return "a mapping with " + _some(keys_of(part))
    if origin in (list, tuple, set, frozenset):
        if origin is tuple and not (len(args) == 2 and args[1] is Ellipsis):
            return f"a list of {len(args)}: " + ", ".join(_phrase(_first(arg), arg, None) for arg in args)
        return "a list, each " + _phrase(_first(args[0]), args[0], None)
    if origin in (dict, Mapping):
        return "a mapping of names, each " + _phrase(_first(args[1]), args[1], None)
    return "a value of another kind"


def _first(annotation: Any) -> Any:
    return members(annotation)[0]


def _range(annotation: Any, field: FieldInfo | None) -> str:
    low, high, low_open, high_open = bounds_of(annotation, field)
    if low is None and high is None:
        return ""
    lower = "" if low is None else f" above {number(low)}" if low_open else f" from {number(low)}"
    upper = "" if high is None else f" below {number(high)}" if high_open else f" to {number(high)}"
    return lower + (" up" + upper if low_open and upper.startswith(" to") else upper)


def _some(names: list[str], most: int = 12) -> str:
    return ", ".join(names[:most]) + (f", … ({len(names)} in all)" if len(names) > most else "")


def known_keys(annotation: Any) -> str:
    """The keys that may stand in a mapping, for the problem of an unknown one."""
    return _some(keys_of(annotation), 30)


def found(node: Node) -> str:
    """What stands there, as written, with its kind: `600 QPS  (text)`."""
    if isinstance(node.value, (dict, list)):
        inside = (
            ", ".join(list(node.value)[:6]) if isinstance(node.value, dict) else f"{len(node.value)} items"
        )
        return f"{kind_of(node)} ({inside})" if node.value else f"an empty {kind_of(node).removeprefix('a ')}"
    shown = node.text or written(node.value)
    odd = odd_characters(node.text)
    return f"{shown}  ({kind_of(node)}{', with ' + odd if odd else ''})" if node.text else kind_of(node)


def instead(key: str, annotation: Any, owner: Owner, node: Node, default: Any) -> str:
    """`key: value` with the allowed value nearest to what stands there; empty when none is near."""
    value = _nearest_value(annotation, owner, node, default)
    return "" if value is None else f"{key}: {written(value)}"


def _nearest_value(annotation: Any, owner: Owner, node: Node, default: Any) -> Scalar:
    parts = members(annotation)
    text = plain_ascii(node.text)
    named = [str(value) for value in choices(annotation)]
    if named:
        fallback = default if isinstance(default, str) else named[0]
        return nearest(text, named, 0.4) or fallback
    if bool in parts and not isinstance(node.value, (dict, list)):
        words = {
            "yes": True,
            "on": True,
            "y": True,
            "1": True,
            "no": False,
            "off": False,
            "n": False,
            "0": False,
        }
        return words.get(text.lower(), default if isinstance(default, bool) else None)
    if (int in parts or float in parts) and not isinstance(node.value, (dict, list)):
        return _nearest_number(annotation, owner, text, default, int in parts and float not in parts)
    return None


def _nearest_number(
    annotation: Any, owner: Owner, text: str, default: Any, whole: bool
) -> int | float | None:
    field, unit = owner
    figure = meant(text, unit)
    read = default if figure is None else figure
    if isinstance(read, bool) or not isinstance(read, (int, float)) or abs(read) == float("inf"):
        return None
    low, high, low_open, high_open = bounds_of(annotation, field)
    value: Any = read
    if low is not None and (value < low or (low_open and value == low)):
        value = default if low_open else low
    elif high is not None and (value > high or (high_open and value == high)):
        value = default if high_open else high
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if whole or (float(value).is_integer() and abs(value) < 1e15) else value
