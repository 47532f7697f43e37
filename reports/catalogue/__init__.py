"""All words a user reads, in Chinese and English, and how numbers look in each."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Literal

Lang = Literal["zh", "en"]


@cache
def _words(lang: Lang) -> dict[str, str]:
    words: dict[str, str] = json.loads(files("reports.catalogue").joinpath(f"{lang}.json").read_text("utf-8"))
    return words


def say(key: str, lang: Lang, **values: object) -> str:
    """The phrase of a key, its places filled; a missing key is an error of ours."""
    return _words(lang)[key].format(**values) if values else _words(lang)[key]


def keys(lang: Lang) -> set[str]:
    """Every key the catalogue has in a language."""
    return set(_words(lang))


def number(value: float, unit: str, lang: Lang) -> str:
    """A figure as people of that language write it, without its unit (see `unit_word`)."""
    if unit == "clock":
        day, minute = divmod(round(value), 1440)
        clock = f"{minute // 60:02d}:{minute % 60:02d}"
        return clock if day == 0 else f"{clock}{'次日' if lang == 'zh' else ' +1'}"
    if unit == "share":
        return f"{100 * value:.1f} %"
    if unit.startswith("CNY") and abs(value) >= 100_000 and lang == "zh":
        return f"{value / 10_000:,.1f}万"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 10 else f"{value:,.1f}"


def unit_word(unit: str, lang: Lang) -> str:
    """The unit as the language writes it; empty for shares and times of day."""
    return say(f"unit.{unit}", lang)
