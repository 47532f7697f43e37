"""What a figure with words around it means in a field's unit: `18:00`, `95 %`, `30 min`, `¥200`, `5万`.

Read for a remedy only: a scenario holds plain numbers, and whoever wrote something else is shown which.
"""

from __future__ import annotations

import re

NUMBER = re.compile(r"[-+]?\d[\d_, ]{0,30}(\.\d{0,30})?([eE][-+]?\d{1,3})?")
CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::[0-5]\d)?$")
FAMILIES: tuple[dict[str, float], ...] = (
    {"ms": 0.001, "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "秒": 1.0, "min": 60.0, "minute": 60.0,
     "minutes": 60.0, "分": 60.0, "分钟": 60.0, "h": 3600.0, "hour": 3600.0, "hours": 3600.0, "小时": 3600.0,
     "d": 86400.0, "day": 86400.0, "days": 86400.0, "天": 86400.0},
    {"g": 0.001, "克": 0.001, "kg": 1.0, "公斤": 1.0, "t": 1000.0, "吨": 1000.0},
    {"m": 1.0, "米": 1.0, "km": 1000.0, "公里": 1000.0},
    {"fen": 0.01, "分钱": 0.01, "cny": 1.0, "yuan": 1.0, "rmb": 1.0, "元": 1.0},
)  # fmt: skip
"""Unit → how many of the family's own (seconds, kilos, metres, yuan)."""
COUNTS = {"k": 1e3, "千": 1e3, "w": 1e4, "万": 1e4}


def meant(text: str, unit: str) -> float | None:
    """The number in a field's unit that a text most likely means; None where it is no figure at all.

    Args:
        text: what stands there, in plain characters.
        unit: the field's unit as its declaration says it.
    """
    unit = unit.split(" ", maxsplit=1)[0].lower()
    clock = CLOCK.match(text)
    if clock is not None and unit in ("min", "h", "clock"):
        minutes = 60.0 * int(clock[1]) + int(clock[2])
        return minutes / 60.0 if unit == "h" else minutes
    bare = text.lstrip("¥￥ ")
    match = NUMBER.match(bare)
    if match is None:
        return None
    value = float(re.sub(r"[_, ]", "", match[0]))
    rest = bare[match.end() :].strip().lower()
    if rest[:1] in COUNTS and rest not in FAMILIES[1]:
        value, rest = value * COUNTS[rest[0]], rest[1:].strip()
    if rest.startswith("%") or (unit == "share" and not rest and 1.0 < value <= 100.0):
        return value / 100.0
    for family in FAMILIES:
        if rest in family and unit in family:
            return value * family[rest] / family[unit]
    return value
