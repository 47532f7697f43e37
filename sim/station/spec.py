"""A station as data: how many servers when, who waits where, who is picked, what protects it.

Servers on a calendar, a queue with a rule, perhaps a finite room, perhaps customers who lose patience and
come back: so the host's question team, the clerks who merge sheets and the support desk are served. Checkout,
leader's desk, sorting hall and docks need what it does not have and tell their queues themselves (a table in
docs/architecture.md, "A station"). Every option is a tiny type here; the two faces (`story`, `kernel`) say
what happens. All times are in one unit, the unit of the arrays handed to `serve`.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

Discipline = Literal["fifo", "lifo", "priority"]
"""Who is picked: first come, last come, or the lowest priority number (within one number, first come)."""

OffShift = Literal["finish", "crew", "resume", "restart"]
"""What a server does with its customer when its shift ends.

finish: it works on, and its place counts as taken until then. crew: every calendar entry is a new crew;
the old one finishes, and the new one doesn't wait for it. resume, restart: as many of the latest-started as
the new shift has no place for go back to the front of the queue (within their priority); they go on later,
or begin anew (their `start` is then the last one).
"""

Shifts: TypeAlias = "int | Sequence[tuple[float, int]]"
LARGEST = 2**40


def _count(value: Any, name: str, low: int, problems: list[str]) -> int:
    """`value` as an int from `low` up, or a problem noted."""
    try:
        number = -1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = -1
    if not low <= number < LARGEST or isinstance(value, bool):
        problems.append(f"{name}: found {value!r}, allowed a whole number from {low} up")
        return low
    return number


def _time(value: Any, name: str, problems: list[str], low: float = 0.0, *, above: bool = False) -> float:
    """`value` as a finite time from `low` up (or above it), or a problem noted."""
    try:
        number = math.nan if isinstance(value, (bool, str)) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and (number > low if above else number >= low)):
        wanted = "" if low == -math.inf else f" above {low:g}" if above else f" from {low:g} up"
        problems.append(f"{name}: found {value!r}, allowed a finite number{wanted}")
        return math.nan
    return number


def _refuse(owner: object, problems: list[str]) -> None:
    """Report everything wrong at once."""
    if problems:
        raise ValueError(f"{type(owner).__name__}: " + "; ".join(problems))


def _check(
    option: Any, *, counts: dict[str, int], lengths: Iterable[str] = (), above: Iterable[str] = ()
) -> None:
    """Check the named fields of a frozen option and store them as plain int and float."""
    problems: list[str] = []
    for field in fields(option):
        value = getattr(option, field.name)
        if field.name in counts:
            value = _count(value, field.name, counts[field.name], problems)
        elif field.name in lengths or field.name in above:
            value = _time(value, field.name, problems, above=field.name in above)
        object.__setattr__(option, field.name, value)
    _refuse(option, problems)


@dataclass(frozen=True, slots=True)
class ConcurrencyLaw:
    """Universal Scalability Law: a service takes 1 + alpha·(n − 1) + beta·n·(n − 1) times as long.

    n: busy servers when the service starts, itself included. Source: Gunther, Guerrilla Capacity Planning,
    Springer, 2007.
    """

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        _check(self, counts={}, lengths=("alpha", "beta"))


@dataclass(frozen=True, slots=True)
class LoadShedding:
    """An attempt that finds `queue` or more waiting (and no idle server) is refused at once."""

    queue: int

    def __post_init__(self) -> None:
        _check(self, counts={"queue": 0})


@dataclass(frozen=True, slots=True)
class DropAbandoned:
    """A server skips, in no time, an attempt whose client stopped listening; its place is kept until then."""


@dataclass(frozen=True, slots=True)
class RetryBudget:
    """Retries may be `percent` of first attempts: a bucket of tokens, counted in integer hundredths.

    It starts full with `burst` tokens; a first attempt puts in percent/100 (never above `burst`); a client
    that fails and would retry takes one whole token at that moment, or gives up where there is none.
    """

    percent: int
    burst: int

    def __post_init__(self) -> None:
        _check(self, counts={"percent": 0, "burst": 0})


@dataclass(frozen=True, slots=True)
class CircuitBreaker:
    """Opens, for `open_for`, when failures are ≥ `percent` of at least `minimum` outcomes of the tick.

    Ticks are [k·tick, (k + 1)·tick). An outcome is a client that heard its answer (success) or was refused,
    lost patience or timed out (failure); a failure is what can open it. While it is open every attempt fails
    at once and is no outcome. Opening and a new tick both start the counts at 0.
    """

    percent: int
    minimum: int
    tick: float
    open_for: float

    def __post_init__(self) -> None:
        _check(self, counts={"percent": 1, "minimum": 1}, lengths=("open_for",), above=("tick",))


@dataclass(frozen=True, slots=True)
class ScaleOut:
    """When `queue` or more still wait after the idle servers have picked, `add` servers come `lag` later.

    One order at a time, `maximum` extra servers in all; they stay to the end.
    """

    queue: int
    add: int
    lag: float
    maximum: int

    def __post_init__(self) -> None:
        _check(self, counts={"queue": 1, "add": 1, "maximum": 0}, lengths=("lag",))


@dataclass(frozen=True, slots=True)
class WaitingRoom:
    """A virtual room before the station: customers enter first come first served, before their first attempt.

    At most `total_active_users` are inside, at most `new_users_per_minute` enter in one clock minute
    [k·minute, (k + 1)·minute). A place is free again `session_min` after its customer left the station.
    `minute`: one minute in the station's time unit. Patience and timeouts begin inside.
    """

    total_active_users: int
    new_users_per_minute: int
    session_min: float = 0.0
    minute: float = 1.0

    def __post_init__(self) -> None:
        _check(
            self,
            counts={"total_active_users": 1, "new_users_per_minute": 1},
            lengths=("session_min",),
            above=("minute",),
        )


Protection: TypeAlias = LoadShedding | DropAbandoned | RetryBudget | CircuitBreaker | ScaleOut | WaitingRoom


@dataclass(frozen=True, slots=True)
class Calendar:
    """How many servers from when: `times` strictly rising, `counts` ≥ 0; nobody before the first time."""

    times: tuple[float, ...]
    counts: tuple[int, ...]

    @property
    def constant(self) -> bool:
        """True when the number of servers never changes."""
        return self.times == (-math.inf,)


def _calendar(servers: Any, problems: list[str]) -> Calendar:
    """Read a count or [(from_time, count), …] as a Calendar."""
    if isinstance(servers, np.ndarray):
        servers = servers.tolist()
    if isinstance(servers, (list, tuple)):
        try:
            pairs = [(start, count) for start, count in servers]
        except (TypeError, ValueError):
            problems.append(f"servers: found {servers!r}, allowed a count or [(from_time, count), …]")
            return Calendar((), ())
        times = tuple(_time(start, "servers, from_time", problems, -math.inf) for start, _ in pairs)
        counts = tuple(_count(count, "servers, count", 0, problems) for _, count in pairs)
        if any(later <= earlier for earlier, later in pairwise(times)):
            problems.append(f"servers: from_times must rise, found {list(times)}")
        return Calendar(times, counts)
    return Calendar((-math.inf,), (_count(servers, "servers", 0, problems),))


@dataclass(frozen=True)
class Station:
    """Servers, a queue and its rules.

    Args:
        servers: a count ≥ 0, or `[(from_time, count), …]` with rising times (nobody before the first).
        waiting_places: places in the queue, or None for no limit.
        discipline: "fifo", "lifo" or "priority".
        off_shift: "finish", "crew", "resume" or "restart"; see `OffShift`.
        law: a `ConcurrencyLaw`, or None.
        protections: any of the protection types, each at most once.

    Raises:
        ValueError: naming every argument that is wrong, what was found and what is allowed.

    """

    servers: Shifts
    waiting_places: int | None = None
    discipline: Discipline = "fifo"
    off_shift: OffShift = "finish"
    law: ConcurrencyLaw | None = None
    protections: tuple[Protection, ...] = ()

    def __post_init__(self) -> None:
        problems: list[str] = []
        object.__setattr__(self, "_calendar", _calendar(self.servers, problems))
        if self.waiting_places is not None:
            _count(self.waiting_places, "waiting_places", 0, problems)
        for name, value, allowed in (
            ("discipline", self.discipline, get_args(Discipline)),
            ("off_shift", self.off_shift, get_args(OffShift)),
        ):
            if value not in allowed:
                problems.append(f"{name}: found {value!r}, allowed {' | '.join(allowed)}")
        if self.law is not None and not isinstance(self.law, ConcurrencyLaw):
            problems.append(f"law: found {self.law!r}, allowed a ConcurrencyLaw or None")
        try:
            object.__setattr__(self, "protections", tuple(self.protections))
        except TypeError:
            problems.append(f"protections: found {self.protections!r}, allowed a tuple of protections")
        else:
            problems.extend(self._wrong_protections())
        _refuse(self, problems)

    def _wrong_protections(self) -> list[str]:
        kinds = [type(protection) for protection in self.protections]
        known = get_args(Protection)
        wrong = [f"protections: {kind.__name__} is none" for kind in kinds if kind not in known]
        twice = {kind.__name__ for kind in kinds if kinds.count(kind) > 1}
        return wrong + [f"protections: {name} given twice" for name in sorted(twice)]

    @property
    def calendar(self) -> Calendar:
        """The servers over time."""
        calendar: Calendar = self.__dict__["_calendar"]
        return calendar

    @property
    def preempts(self) -> bool:
        """True when the end of a shift takes customers off their servers."""
        return self.off_shift in ("resume", "restart") and not self.calendar.constant
