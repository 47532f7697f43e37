"""Round ticks of an axis, whoever draws it."""

from __future__ import annotations

TICKS = 7
"""About so many on a clock."""
STEPS_MIN = (5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440)


def clock_step(low: float, high: float) -> int:
    """Minutes between round moments of the day, so that about `TICKS` of them stand between two ends."""
    return next((one for one in STEPS_MIN if (high - low) / one <= TICKS), STEPS_MIN[-1])


def clock_ticks(low: float, high: float) -> list[float]:
    """Round moments of the day, about `TICKS` of them."""
    step = clock_step(low, high)
    first = -(-low // step) * step
    return [first + k * step for k in range(int((high - first) // step) + 1)]


def money_ticks(low: float, high: float) -> list[float]:
    """Round amounts in ten thousands."""
    rough = (high - low) / 6.0
    size = 10.0 ** (len(str(int(rough))) - 1)
    step = next(one * size for one in (1.0, 2.0, 2.5, 5.0, 10.0) if rough <= one * size)
    first = -(-low // step) * step
    return [first + k * step for k in range(int((high - first) // step) + 1)]
