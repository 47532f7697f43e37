"""Widgets made from the scenario's own fields: bounds, unit and meaning stand in the field, once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from app.web.asked import Asked
from reports.catalogue import Lang, say, unit_word
from reports.catalogue.meanings import parameter_meaning, unit_meaning
from sim.scenario_tree import Leaf, choices, field_at

if TYPE_CHECKING:
    from sim.scenario import Scenario


class Slider(NamedTuple):
    """A number that a page puts within reach: its words in the catalogue and the range a hand needs."""

    path: str
    low: float
    high: float
    step: float


def slide(asked: Asked, wanted: Slider, scenario: Scenario) -> None:
    """A slider for a number of the scenario; moving it is a change, moving it back takes the change away."""
    leaf = _leaf(scenario, wanted.path)
    value = leaf.default
    original = _leaf(asked.original(), wanted.path).default
    whole = isinstance(original, int)
    kind = int if whole else float
    low, high = (
        min(wanted.low, float(value), float(original)),
        max(wanted.high, float(value), float(original)),
    )
    key = f"slide:{wanted.path}"
    st.session_state[key] = kind(value)

    def moved() -> None:
        new = st.session_state[key]
        asked.change(wanted.path, None if new == original else json.dumps(new))

    st.slider(
        label(wanted.path, leaf, asked.lang), kind(low), kind(high), step=kind(wanted.step), key=key,
        on_change=moved, help=_help(leaf, asked.lang),
    )  # fmt: skip


def choose(asked: Asked, path: str, scenario: Scenario) -> None:
    """A choice among the words or the yes and no that a field takes."""
    leaf = _leaf(scenario, path)
    original = _leaf(asked.original(), path).default
    options = [True, False] if isinstance(original, bool) else choices(leaf.annotation)
    key = f"choose:{path}:{asked.lang}"  # the browser holds a choice as the words of its option
    st.session_state[key] = leaf.default

    def chosen() -> None:
        new = st.session_state[key]
        asked.change(path, None if new == original else json.dumps(new))

    st.selectbox(
        label(path, leaf, asked.lang), options, key=key, on_change=chosen, help=_help(leaf, asked.lang),
        format_func=lambda option: option_words(option, asked.lang),
    )  # fmt: skip


def option_words(option: Any, lang: Lang) -> str:
    """Yes and no in words; a code of the model as the catalogue calls it."""
    if isinstance(option, bool):
        return say("app.yes" if option else "app.no", lang)
    return say(f"option.{option}", lang)


def label(path: str, leaf: Leaf, lang: Lang) -> str:
    """What a widget is called, with its unit."""
    unit = (
        unit_word(leaf.unit, lang) if leaf.unit in ("share", "min", "s", "people", "1/s", "CNY", "h") else ""
    )
    name = say(f"slider.{path}", lang)
    return f"{name} ({unit})" if unit else name


def _help(leaf: Leaf, lang: Lang) -> str:
    """Meaning, unit and path."""
    meaning, unit = parameter_meaning(leaf, lang), unit_meaning(leaf.unit, lang)
    return " · ".join(part for part in (meaning, unit, f"`{leaf.path}`") if part)


def _leaf(scenario: Scenario, path: str) -> Leaf:
    leaf = field_at(path, scenario)
    assert leaf is not None, path
    return leaf
