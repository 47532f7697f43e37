"""A page's own inputs: a widget each, held by session and address, checked where a link brings them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import streamlit as st

from app.web.asked import MOST_LETTERS, Asked, remember

Value = TypeVar("Value")


class Whole(NamedTuple):
    """A number of things: its bounds, the step of its buttons, and where it stands at first."""

    low: int
    high: int
    step: int
    first: int

    def read(self, texts: Sequence[str]) -> int | None:
        """The number a link says; None where it says none within the bounds."""
        digits = texts[0] if len(texts) == 1 else ""
        if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(self.high))):
            return None
        return int(digits) if self.low <= int(digits) <= self.high else None


def whole(now: Asked, name: str, label: str, what: Whole, **more: Any) -> int:
    """A number that can be typed."""
    held = _held(now, name, what.first, what.read, lambda value: [str(value)])
    return int(st.number_input(label, what.low, what.high, step=what.step, **held, **more))


def switch(now: Asked, name: str, label: str, **more: Any) -> bool:
    """Off at first."""
    held = _held(now, name, False, lambda texts: True if list(texts) == ["1"] else None, lambda _: ["1"])
    return st.toggle(label, **held, **more)


def one_of(now: Asked, name: str, label: str, options: Sequence[str], first: str = "", **more: Any) -> str:
    """One of some words, at first the one named, else the first."""
    held = _held(now, name, first or options[0], lambda texts: _one(texts, options), lambda value: [value])
    return str(st.selectbox(label, options, **held, **more))


def some_of(
    now: Asked, name: str, label: str, options: Sequence[str], first: Sequence[str], **more: Any
) -> list[str]:
    """Some of some words, in the order they were chosen; none is an empty text in a link."""
    held = _held(now, name, list(first), lambda texts: _some(texts, options), lambda value: value or [""])
    return list(st.multiselect(label, options, **held, **more))


def words(now: Asked, name: str, label: str) -> str:
    """A short text, empty at first."""
    held = _held(now, name, "", _line, lambda value: [value])
    return str(st.text_input(label, **held, max_chars=MOST_LETTERS // 10))


def _held(
    now: Asked,
    name: str,
    first: Value,
    read: Callable[[Sequence[str]], Value | None],
    write: Callable[[Value], list[str]],
) -> dict[str, Any]:
    """Set the widget of that name to what the session holds; its key, and what it calls when it is moved.

    Each language has a widget of its own: the browser holds a choice as the words of its option.
    """
    key = f"{name}:{now.lang}"
    now.shown[name] = None
    value: Value | None = first
    if name in now.inputs:
        value = read(now.inputs[name])
    if value is None:
        del now.inputs[name]
        now.refused.append(name)
        value = first
    st.session_state[key] = value

    def moved() -> None:
        new = st.session_state[key]
        if new == first:
            now.inputs.pop(name, None)
        else:
            now.inputs[name] = write(new)
        remember(now)  # a part of a page that runs by itself does not come to the end of the page

    return {"key": key, "on_change": moved}


def _one(texts: Sequence[str], options: Sequence[str]) -> str | None:
    return texts[0] if len(texts) == 1 and texts[0] in options else None


def _some(texts: Sequence[str], options: Sequence[str]) -> list[str] | None:
    if list(texts) == [""]:
        return []
    return list(texts) if len(set(texts)) == len(texts) and set(texts) <= set(options) else None


def _line(texts: Sequence[str]) -> str | None:
    return texts[0] if len(texts) == 1 and texts[0].isprintable() else None
