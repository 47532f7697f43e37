"""All calendars under a price that keep the rules and some cuts: where there are few, each can be tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.shifts.kinds import Plan, cost_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiments.shifts.programme import Cut, Programme

    Floats = NDArray[np.float64]

MOST_LOOKS = 400
"""Calendars that may be listed."""
MOST_STEPS = 30_000
"""Partial calendars that may be looked at on the way."""


class TooMany(Exception):  # noqa: N818  # not an error: there are more than anybody could try
    """More calendars than may be listed."""


def alternatives(programme: Programme, cuts: Sequence[Cut], below_cny: float) -> list[Plan]:
    """Every calendar that costs less and keeps the rules and the cuts, the cheapest first.

    Raises:
        TooMany: there are more than `MOST_LOOKS`, or it takes too long to find out.
    """
    found: list[Plan] = []
    for plan in _Tree(programme, cuts, below_cny).plans():
        found.append(plan)
        if len(found) > MOST_LOOKS:
            raise TooMany
    scenario = programme.scenario
    return sorted(found, key=lambda plan: (cost_of(plan, scenario), plan))


class _Tree:
    """Teams added one by one in the order of the kinds; a branch ends where money or hall is used up."""

    def __init__(self, programme: Programme, cuts: Sequence[Cut], below_cny: float) -> None:
        self.kinds, self.price = programme.kinds, programme.price
        self.rosters, self.rules = programme.scenario.rosters, programme
        self.below = below_cny - 1e-6
        self.minutes = np.stack([programme.minutes(cut.moment) for cut in cuts], axis=1)
        self.needs = np.array([cut.minutes for cut in cuts])
        worth = self.minutes / np.maximum(self.price, 1e-12)[:, None]
        self.best = np.maximum.accumulate(worth[::-1], axis=0)[::-1]  # minutes a CNY buys from kind i on
        self.steps = 0

    def plans(self) -> Iterator[Plan]:
        """All of them, in the order of the kinds."""
        yield from self._more((), 0, 0.0, np.zeros(len(self.needs)))

    def _more(self, plan: Plan, first: int, cost: float, done: Floats) -> Iterator[Plan]:
        if (done >= self.needs).all() and self.rules.allows(plan):
            yield plan
        if len(plan) == self.rosters.most_teams:
            return
        for i in range(first, len(self.kinds)):
            if (done + (self.below - cost) * self.best[i] < self.needs).any():
                return
            for people in range(self.rosters.smallest_team_people, self.rosters.largest_team_people + 1):
                self.steps += 1
                if self.steps > MOST_STEPS:
                    raise TooMany
                price = cost + people * float(self.price[i])
                if price >= self.below:
                    break
                yield from self._more(
                    (*plan, (self.kinds[i], people)), i + 1, price, done + people * self.minutes[i]
                )
