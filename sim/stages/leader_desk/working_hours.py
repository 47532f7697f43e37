"""When a leader is at her desk: the windows of both days, as parameters and as [open, close) in minutes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import BeforeValidator, field_validator

from sim.clock import DAY_MIN
from sim.units import Params, par

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TALLY_SLOT_MIN = 45.0
"""From the cut-off on the leader must be at the desk this long, else the tally waits for the morning."""

_WINDOW = re.compile(r"(\d{1,2}):([0-5]\d)-(\d{1,2}):([0-5]\d)")


_HOURS = "hours a neighbourhood shopkeeper keeps, with a midday break; no survey found"


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Windows = Annotated[tuple[str, ...], BeforeValidator(_tuple)]


class WorkingHours(Params):
    """The windows of both days; part of `LeaderDeskParams`."""

    windows_d0: Windows = par(
        ("10:00-13:00", "15:00-22:00"),
        unit="clock",
        grade="assumed",
        source=_HOURS,
        meaning="Hours at the desk on the event day; [open, close), overlapping windows are joined.",
    )
    windows_d1: Windows = par(
        ("09:00-13:00", "15:00-22:00"),
        unit="clock",
        grade="assumed",
        source=_HOURS,
        meaning="Hours at the desk on the day of delivery.",
    )

    @field_validator("windows_d0", "windows_d1")
    @classmethod
    def _readable(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        clock_windows(texts)
        return texts

    @property
    def open_windows(self) -> tuple[tuple[float, float], ...]:
        """[open, close) of both days in order, minutes since D0 00:00."""
        days = enumerate((self.windows_d0, self.windows_d1))
        return tuple(
            (DAY_MIN * day + float(opens), DAY_MIN * day + float(closes))
            for day, texts in days
            for opens, closes in zip(*merged(clock_windows(texts)), strict=True)
        )


def clock_windows(texts: Iterable[str]) -> list[tuple[float, float]]:
    """Read `HH:MM-HH:MM` as (open, close) minutes of the day; may pass 24. Raises ValueError."""
    found = []
    for text in texts:
        match = _WINDOW.fullmatch(text)
        if match is None:
            raise ValueError(f"`{text}` is not a window; write it as 09:00-13:00")
        h1, m1, h2, m2 = (int(part) for part in match.groups())
        opens, closes = 60.0 * h1 + m1, 60.0 * h2 + m2
        if not opens < closes <= DAY_MIN + 9 * 60.0 or opens >= DAY_MIN:
            raise ValueError(f"window `{text}` must open before 24:00, close after it opens and by 33:00")
        found.append((opens, closes))
    return found


def merged(windows: Iterable[tuple[float, float]]) -> tuple[Floats, Floats]:
    """Join overlapping or touching windows, drop empty ones; returns openings and closings in order."""
    joined: list[list[float]] = []
    for opens, closes in sorted(window for window in windows if window[0] < window[1]):
        if joined and opens <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], closes)
        else:
            joined.append([opens, closes])
    return np.array([w[0] for w in joined], np.float64), np.array([w[1] for w in joined], np.float64)


def check_tally_hours(windows_d0: Iterable[str], cutoff_min: float) -> None:
    """Refuse hours in which the tally cannot be made at the cut-off (manual arms). Raises ValueError."""
    opens, closes = merged(clock_windows(windows_d0))
    if not np.any((opens <= cutoff_min) & (cutoff_min + TALLY_SLOT_MIN <= closes)):
        raise ValueError(
            f"`windows_d0` must hold the {TALLY_SLOT_MIN:.0f} min after the cut-off, "
            "else every tally waits for the morning"
        )
