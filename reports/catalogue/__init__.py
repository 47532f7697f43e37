"""All words a user reads, in Chinese and English, and how numbers look in each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Literal

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")

WAN = 10_000.0
"""Chinese readers count money in 万, ten thousands, from 100,000 on."""


@cache
def _words(lang: Lang) -> dict[str, str]:
    words: dict[str, str] = json.loads(files("reports.catalogue").joinpath(f"{lang}.json").read_text("utf-8"))
    return words


def say(key: str, lang: Lang, **values: object) -> str:
    """Give the phrase of a key, its places filled; a missing key is an error of ours."""
    return _words(lang)[key].format(**values) if values else _words(lang)[key]


def keys(lang: Lang) -> set[str]:
    """Every key the catalogue has in a language."""
    return set(_words(lang))


def in_wan(values: Iterable[float], unit: str, lang: Lang) -> bool:
    """Whether figures side by side are written in ten thousands: one of them is, and none is too small."""
    known = [abs(value) for value in values if value]
    return any(_in_wan(value, unit, lang) for value in known) and min(known, default=0.0) >= WAN / 10.0


def unit_word(unit: str, lang: Lang) -> str:
    """Give the unit as the language writes it; empty for shares and times of day."""
    return say(f"unit.{unit}", lang)


def number(value: float, unit: str, lang: Lang, *, varies: bool = False) -> str:
    """Write a figure as people of that language do, without its unit (see `unit_word`).

    A whole number has no digits after the point unless it `varies`, as the mean of other figures.
    """
    if unit == "clock":
        return _clock(value, lang)
    return _plain(value, unit, lang, _decimals(value, unit, varies=varies)) + _sign(value, unit, lang)


def spread(value: float, low: float, high: float, unit: str, lang: Lang, *, wan: bool = False) -> str:
    """Write `value ±half`, or `value −below +above` where the ends are not equally far.

    All with the same digits after the point; a figure that never varies stands alone. With `wan` in ten
    thousands in any case, because its neighbours are.
    """
    if wan:
        value, low, high = value / WAN, low / WAN, high / WAN
        below, above = f"{value - low:,.2f}", f"{high - value:,.2f}"
        return f"{value:,.2f}{f' {_sides(below, above)}' if low < high else ''}万"
    if low == high:
        return number(value, unit, lang)
    if unit == "clock":
        below, above = (str(max(1, round(side))) for side in (value - low, high - value))
        minutes = "分" if lang == "zh" else " min"
        return f"{_clock(value, lang)} {_sides(below, above)}{minutes}"
    decimals = _decimals(max(abs(value), high - value), unit, varies=True)
    wan = _in_wan(value, unit, lang)
    below, above = (_plain(side, unit, lang, decimals, wan=wan) for side in (value - low, high - value))
    return f"{_plain(value, unit, lang, decimals, wan=wan)} {_sides(below, above)}{_sign(value, unit, lang)}"


def _sides(below: str, above: str) -> str:
    return f"±{above}" if below == above else f"−{below} +{above}"


def span(low: float, high: float, unit: str, lang: Lang) -> str:
    """Write `low … high` with the same digits after the point; one figure where they are the same."""
    if low == high:
        return number(low, unit, lang)
    if unit == "clock":
        return f"{_clock(low, lang)} … {_clock(high, lang)}"
    largest = max(abs(low), abs(high))
    decimals, wan = _decimals(largest, unit, varies=True), _in_wan(largest, unit, lang)
    texts = [_plain(end, unit, lang, decimals, wan=wan) for end in (low, high)]
    return f"{texts[0]} … {texts[1]}{_sign(largest, unit, lang)}"


def _clock(value: float, lang: Lang) -> str:
    day, minute = divmod(round(value), 1440)
    clock = f"{minute // 60:02d}:{minute % 60:02d}"
    if day == 0:
        return clock
    return f"{'次日' if day == 1 else f'第{day + 1}天'}{clock}" if lang == "zh" else f"{clock} +{day}d"


def _percent(unit: str) -> bool:
    """Shares, and 0/1 outcomes, whose mean is the share of nights."""
    return unit in ("share", "0/1")


def _in_wan(value: float, unit: str, lang: Lang) -> bool:
    return lang == "zh" and unit.startswith("CNY") and abs(value) >= 10 * WAN


def _sign(value: float, unit: str, lang: Lang) -> str:
    """What belongs to the digits themselves: per cent, or ten thousands."""
    if _percent(unit):
        return "%" if lang == "zh" else " %"
    return "万" if _in_wan(value, unit, lang) else ""


def _decimals(value: float, unit: str, *, varies: bool = False) -> int:
    if _percent(unit):
        return 1
    size = abs(value)
    if size >= 1000 or (value == round(value) and not varies):
        return 0
    return 1 if size >= 10 else 2 if size >= 1 else 3


def _plain(value: float, unit: str, lang: Lang, decimals: int, *, wan: bool | None = None) -> str:
    if _percent(unit):
        return f"{100 * value:.{decimals}f}"
    if _in_wan(value, unit, lang) if wan is None else wan:
        return f"{value / WAN:,.1f}"
    return f"{value:,.{decimals}f}"
