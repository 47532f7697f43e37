"""What a stage of the search says: the plan so far, what was tried and what binds."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Generator
from dataclasses import dataclass, field
from typing import Any

from sim.experiments.provision.plan import Plan


@dataclass(frozen=True)
class Tried:
    """One way to hold the levels of a stage: its price beside the others', or why it fails.

    `plan` is the least that holds, None where nothing does; `cny` is the bill of the whole plan, so only
    differences between ways of one stage mean something.
    """

    name: str
    levels: tuple[str, ...]
    plan: Plan | None
    cny: float | None
    p: dict[str, float]
    lost_orders: float = 0.0
    lost_cny: float = 0.0

    @property
    def worth_cny(self) -> float:
        """The bill with the worth of the orders that this way loses against the best of its stage."""
        return (self.cny or 0.0) + self.lost_cny

    def document(self, chosen: Collection[str], base_cny: float) -> dict[str, Any]:
        """A row of `alternatives`; `extra_cny` against today's bill, absent where the way fails."""
        row: dict[str, Any] = {"way": self.name, "levels": list(self.levels), "holds": self.plan is not None}
        row |= {"chosen": self.plan is not None and self.name in chosen, "p": self.p}
        if self.cny is None:
            return row
        row |= {"extra_cny": self.cny - base_cny}
        lost = {"lost_orders": self.lost_orders, "lost_cny": self.lost_cny}
        return row | lost if self.lost_orders else row


@dataclass(frozen=True)
class Binding:
    """What stands in the way: with all there is of `resource`, `level` is kept with probability `p` only."""

    resource: str
    level: str
    now: int
    most: int
    p: float

    def document(self) -> dict[str, Any]:
        """A row of `binding`."""
        return {
            "resource": self.resource,
            "level": self.level,
            "now": self.now,
            "most": self.most,
            "p": self.p,
        }


@dataclass(frozen=True)
class Step:
    """The plan after a stage."""

    plan: Plan
    chosen: tuple[str, ...] = ()
    tried: tuple[Tried, ...] = ()
    binding: tuple[Binding, ...] = ()
    failed: tuple[str, ...] = field(default_factory=tuple)


Search = Generator[int, bool, int | None]
"""Yields counts to try, is sent whether they hold, returns the least that does."""


def seek(low: int, high: int, start: int, *, ratio: float = 2.0, grain: float = 0.0) -> Search:
    """Look for the smallest count in [low, high] that holds, where more never hurts.

    Goes up or down from `start` by `ratio`, then by its square and so on, until the answer lies between two
    counts; then halves what is between, down to `grain` of the count (0: to the unit). Returns None where
    even `high` fails.
    """
    at, fails, holds, leap = min(max(start, low), high), low - 1, high + 1, ratio
    while holds > high or (fails < low and holds > low):
        if (yield at):
            holds = at
            lower = min(at - 1, int(at / leap))
            at = max(low, fails + 1, lower) if fails < low else (fails + holds) // 2
        elif at >= high:
            return None
        else:
            fails = at
            at = min(high, max(at + 1, math.ceil(at * leap))) if holds > high else (fails + holds) // 2
        leap *= ratio
        if fails >= low and holds <= high:
            break
    while holds - fails > max(1.0, grain * holds):
        at = (holds + fails) // 2
        if (yield at):
            holds = at
        else:
            fails = at
    return holds


def least(test: Callable[[int], bool], search: Search) -> int | None:
    """Drive one search with a test."""
    try:
        count = next(search)
        while True:
            count = search.send(test(count))
    except StopIteration as ended:
        return None if ended.value is None else int(ended.value)


def together(
    test: Callable[[dict[str, int]], dict[str, bool]], searches: dict[str, Search]
) -> dict[str, int | None]:
    """Drive several searches side by side: each trial tells all of them whether their own count holds.

    A search that has ended stays at its answer (the last count tried, where nothing holds).
    """
    at, found = {}, dict[str, int | None]()
    for name, search in searches.items():
        at[name] = next(search)
    while len(found) < len(searches):
        verdicts = test(at)
        for name in [name for name in searches if name not in found]:
            try:
                at[name] = searches[name].send(verdicts[name])
            except StopIteration as ended:
                found[name] = ended.value
                at[name] = at[name] if ended.value is None else int(ended.value)
    return found
