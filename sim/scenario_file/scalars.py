"""Plain scalars of YAML 1.2's core schema: what `600`, `true` and `12:30` mean, and how to write them.

Stricter than most readers on purpose: `1_000`, `yes` and `12:30` are text, so a typo never becomes a number.
"""

from __future__ import annotations

import json
import re

Scalar = str | int | float | bool | None

_INT = re.compile(r"[-+]?[0-9]{1,25}\Z")
_BASED = re.compile(r"0o[0-7]{1,20}\Z|0x[0-9a-fA-F]{1,16}\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_WORDS: dict[str, bool | None] = {"": None, "~": None}
_WORDS |= dict.fromkeys(("null", "Null", "NULL"))
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(("false", "False", "FALSE"), False)
_SAFE = re.compile(r"[^\W\d_][\w ./+*·–-]*\Z")

CORE_TAGS = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
    "tag:yaml.org,2002:bool": bool,
    "tag:yaml.org,2002:null": type(None),
}


def resolve(text: str) -> Scalar:
    """Value of a plain (unquoted) scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text):
        return int(text)
    if _BASED.match(text):
        return int(text, 0)
    if _FLOAT.match(text):
        return float(text)
    if _INFINITE.match(text):
        return float(text.replace(".", "", 1))
    return text


def written(value: Scalar) -> str:
    """The scalar as YAML that `resolve` reads back to the same value."""
    if isinstance(value, str):
        safe = _SAFE.match(value) and value == value.strip() and isinstance(resolve(value), str)
        return value if safe and len(value) < 200 else json.dumps(value, ensure_ascii=False)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)
