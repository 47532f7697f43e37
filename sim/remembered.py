"""Answers remembered by the identity of what was asked about.

Parameters are frozen, so what is worked out from them never changes; but comparing two of them looks through
every field, which costs more than most answers. So they are told apart by identity, plain values by value.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

MOST = 32
"""Answers a function keeps; searches ask about many scenarios, one after the other."""
PLAIN = frozenset((bool, int, float, str, tuple, type(None)))


def remembered(function: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Keep the answers of a function of frozen objects and plain values; callers must not change them."""
    kept: dict[Any, tuple[Any, Answer]] = {}

    @wraps(function)
    def answer(*args: Asked.args, **named: Asked.kwargs) -> Answer:
        key = (*map(_name, args), *((word, _name(value)) for word, value in named.items()))
        found = kept.get(key)
        if found is None:
            if len(kept) >= MOST:
                kept.clear()
            # what was asked about is kept too, so that nothing else takes its identity
            found = kept[key] = (args, named), function(*args, **named)
        return found[1]

    return answer


def _name(value: Any) -> Any:
    return value if type(value) in PLAIN else ("object", id(value))
