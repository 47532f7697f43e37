"""What both faces of a station read and write: checked arrays, the station as numbers, columns to fill."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.station import rules
from sim.station.spec import (
    CircuitBreaker,
    DropAbandoned,
    LoadShedding,
    RetryBudget,
    ScaleOut,
    Station,
    WaitingRoom,
)

Floats = NDArray[np.float64]

INFINITE = int(np.array(np.inf).view(np.uint64))
"""Bits of infinity: as unsigned numbers, those of NaN and of all negatives are higher, of the rest lower."""


NO_BUDGET, NO_BREAKER = RetryBudget(0, 0), CircuitBreaker(1, 1, 1.0, 0.0)
NO_SCALE_OUT, NO_ROOM = ScaleOut(1, 1, 0.0, 0), WaitingRoom(1, 1)
"""What stands in for a protection that is absent: made once, a station is asked often."""


class PerAttempt(NamedTuple):
    """A value for each attempt: row i of `columns` in a flat array; one column serves every attempt."""

    flat: Floats
    columns: int

    def of(self, customer: int, attempt: int) -> float:
        """Return the value of that attempt of that customer."""
        value: float = self.flat.item(customer * self.columns + min(attempt, max(self.columns - 1, 0)))
        return value


class Inputs(NamedTuple):
    """All chance of one station; `order` sorts arrivals stably, `delays` is flat, tries − 1 a customer."""

    tries: int
    arrivals: Floats
    order: NDArray[np.int64]
    services: PerAttempt
    patience: PerAttempt
    timeout: PerAttempt
    delays: Floats
    priority: Floats

    def delay(self, customer: int, attempt: int) -> float:
        """Return how long after this attempt failed the next one comes; inf: never."""
        if attempt + 1 >= self.tries:
            return np.inf
        value: float = self.delays.item(customer * (self.tries - 1) + attempt)
        return value


class Columns(NamedTuple):
    """One entry a customer, as `serve` returns them; `leave` is NaN while nobody has left."""

    served: NDArray[np.bool_]
    start: Floats
    end: Floats
    leave: Floats
    wait: Floats
    attempts: NDArray[np.int64]

    @classmethod
    def blank(cls, n: int) -> Columns:
        """Return the columns of `n` customers nothing has happened to."""
        start, end, leave, wait = (np.full(n, np.nan) for _ in range(4))
        return cls(np.zeros(n, np.bool_), start, end, leave, wait, np.zeros(n, np.int64))

    @classmethod
    def unwritten(cls, n: int) -> Columns:
        """Return columns whose every entry is still to be written."""
        start, end, leave, wait = (np.empty(n) for _ in range(4))
        return cls(np.empty(n, np.bool_), start, end, leave, wait, np.empty(n, np.int64))


class Settings(NamedTuple):
    """A station as plain numbers: −1 or 0 where a protection is absent."""

    servers: int
    places: int
    discipline: int
    off_shift: int
    preempts: bool
    alpha: float
    beta: float
    drops: bool
    budget_percent: int
    budget_burst: int
    breaker_percent: int
    breaker_minimum: int
    breaker_tick: float
    breaker_open_for: float
    scale_queue: int
    scale_add: int
    scale_lag: float
    scale_maximum: int
    room_total: int
    room_rate: int
    room_session: float
    room_minute: float

    @classmethod
    def of(cls, station: Station) -> Settings:
        """Return the numbers of a station."""
        have: dict[type, Any] = {type(protection): protection for protection in station.protections}
        budget, breaker = have.get(RetryBudget, NO_BUDGET), have.get(CircuitBreaker, NO_BREAKER)
        scale, room = have.get(ScaleOut, NO_SCALE_OUT), have.get(WaitingRoom, NO_ROOM)
        places = rules.NO_LIMIT if station.waiting_places is None else int(station.waiting_places)
        if LoadShedding in have:
            places = min(places, have[LoadShedding].queue)
        return cls(
            servers=station.calendar.counts[0] if station.calendar.constant else 0,
            places=places,
            discipline=("fifo", "lifo", "priority").index(station.discipline),
            off_shift=("finish", "crew", "resume", "restart").index(station.off_shift),
            preempts=station.preempts,
            alpha=station.law.alpha if station.law else 0.0,
            beta=station.law.beta if station.law else 0.0,
            drops=DropAbandoned in have,
            budget_percent=budget.percent if RetryBudget in have else -1,
            budget_burst=budget.burst,
            breaker_percent=breaker.percent if CircuitBreaker in have else -1,
            breaker_minimum=breaker.minimum,
            breaker_tick=breaker.tick,
            breaker_open_for=breaker.open_for,
            scale_queue=scale.queue if ScaleOut in have else 0,
            scale_add=scale.add,
            scale_lag=scale.lag,
            scale_maximum=scale.maximum,
            room_total=room.total_active_users if WaitingRoom in have else 0,
            room_rate=room.new_users_per_minute,
            room_session=room.session_min,
            room_minute=room.minute,
        )


def _numbers(value: Any, name: str) -> Floats:
    """Read an array of float64, C-ordered and writeable (so that kernels compile once), or refuse it."""
    try:
        return np.require(value, np.float64, ["C", "W"])
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: found {type(value).__name__}, allowed an array of numbers") from error


def _in_range(values: Floats, name: str, low: float, *, infinite: bool) -> None:
    """Refuse NaN, values below `low`, and infinity where it has no meaning."""
    if values.size == 0:
        return
    if low == 0.0 and values.view(np.uint64).max() <= (INFINITE if infinite else INFINITE - 1):
        return
    least = values.min()
    fits = least >= low and least > -np.inf and (infinite or values.max() < np.inf)
    if not fits:
        wanted = "a number" if low == -np.inf else f"a number from {low:g} up"
        extra = " or inf" if infinite else ""
        found = values.max() if least >= low and least > -np.inf else least
        raise ValueError(f"{name}: found {found}, allowed {wanted}{extra}")


def _per_attempt(value: Any, name: str, n: int, tries: int, *, infinite: bool) -> PerAttempt:
    """Check an (n,) or (n, tries) array; None means never."""
    if value is None:
        return PerAttempt(np.full(1, np.inf), 0)
    numbers = _numbers(value, name)
    if numbers.shape not in ((n,), (n, tries)):
        raise ValueError(f"{name}: found shape {numbers.shape}, allowed ({n},) or ({n}, {tries})")
    _in_range(numbers, name, 0.0, infinite=infinite)
    return PerAttempt(numbers.reshape(-1), 1 if numbers.ndim == 1 else tries)


def check_inputs(
    station: Station,
    arrivals: Any,
    services: Any,
    priority: Any,
    patience: Any,
    timeout: Any,
    retry_delay: Any,
) -> Inputs:
    """Check the arrays handed to `serve`.

    Raises:
        ValueError: naming the array, what was found and what is allowed.

    """
    came = _numbers(arrivals, "arrivals")
    if came.ndim != 1:
        raise ValueError(f"arrivals: found shape {came.shape}, allowed (n,)")
    _in_range(came, "arrivals", -np.inf, infinite=False)
    n = came.shape[0]
    delays = _numbers(np.empty((n, 0)) if retry_delay is None else retry_delay, "retry_delay")
    if delays.ndim != 2 or delays.shape[0] != n:
        raise ValueError(f"retry_delay: found shape {delays.shape}, allowed ({n}, tries − 1)")
    _in_range(delays, "retry_delay", 0.0, infinite=True)
    tries = delays.shape[1] + 1
    if n * 2 * tries >= 2**40:
        raise ValueError(f"retry_delay: found {n} × {tries} tries, allowed fewer than 2**40 attempts")
    ranks = np.zeros(1)
    if station.discipline == "priority":
        if priority is None:
            raise ValueError("priority: found None, allowed an (n,) array: the discipline is 'priority'")
        ranks = _numbers(priority, "priority")
        if ranks.shape != (n,):
            raise ValueError(f"priority: found shape {ranks.shape}, allowed ({n},)")
        _in_range(ranks, "priority", -np.inf, infinite=False)
    ordered = n < 2 or bool((came[1:] >= came[:-1]).all())
    return Inputs(
        tries=tries,
        arrivals=came,
        order=np.arange(n) if ordered else np.argsort(came, kind="stable"),
        services=_per_attempt(services, "services", n, tries, infinite=False),
        patience=_per_attempt(patience, "patience", n, tries, infinite=True),
        timeout=_per_attempt(timeout, "timeout", n, tries, infinite=True),
        delays=delays.reshape(-1),
        priority=ranks,
    )
