"""The run's clock: minutes since 00:00 of the event day D0; the run ends with the day after, D1."""

from __future__ import annotations

from typing import Final

DAY_MIN: Final = 1440.0
"""Minutes of a day: midnight after the show, and the beginning of D1."""
RUN_END_MIN: Final = 2.0 * DAY_MIN
"""D1 24:00: what is open then stays open."""
