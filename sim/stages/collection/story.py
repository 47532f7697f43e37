"""Collection told with SimPy: each buyer is a process, each pickup point keeps a cold store."""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from sim.ranked import RankedEnvironment
from sim.stages.collection import rules
from sim.stages.collection.flow import Cold, ColdInput, Coming, ComingInput
from sim.stages.collection.spec import CollectionDraws, CollectionNumbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNLOAD, COLLECT, COME = range(3)
"""Which of two events of one instant comes first."""

Story = Generator[simpy.Event, Any, None]


def run_coming(numbers: CollectionNumbers, draws: CollectionDraws, given: ComingInput) -> Coming:
    """When each buyer first comes, and when she stands before her goods."""
    came, arrive, wasted = out = Coming.nobody(given.at_point.shape[0])
    env = RankedEnvironment()
    hours = given.desk_opens.tolist(), given.desk_closes.tolist()

    def buyer(i: int) -> Story:
        opening = float(given.opens[given.point[i]]), float(given.closes[given.point[i]])
        goods = float(given.at_point[i])
        wish = rules.coming_min(float(draws.part_u[i]), float(draws.place_u[i]), numbers)
        first = rules.within_opening(wish, *opening, *hours)
        if first == rules.NEVER:
            return
        yield env.at(first, COME, i)
        came[i] = env.now
        if draws.vague_u[i] < numbers.vague_share:
            wasted[i] += 1
        if not goods <= env.now + numbers.wait_max:
            wasted[i] += 1
            again = rules.within_opening(float(draws.back_min[i]), *opening, *hours)
            if math.isnan(goods) or again == rules.NEVER:
                return
            yield env.at(max(again, env.now), COME, i)
            if goods > again + numbers.wait_max:
                return
            first = again
        stands = first if goods <= first else rules.within_opening(goods, *opening, *hours)
        if stands != rules.NEVER:
            yield env.at(max(stands, env.now), COME, i)
            arrive[i] = stands

    for i in np.flatnonzero(given.buyer).tolist():
        env.process(buyer(i))
    env.run()
    return out


class PickupPoint:
    """A cold store of limited weight; who finds no place waits in the box and moves in by lowest order id."""

    def __init__(self, env: RankedEnvironment, room: int) -> None:
        self.env = env
        self.free = room
        self.inside: set[int] = set()
        self.outside: list[int] = []
        self.moved: dict[int, float] = {}

    def unload(self, order: int, grams: int) -> bool:
        """Take an order in; True when it found a cold place."""
        if grams <= self.free:
            self.free -= grams
            self.inside.add(order)
            return True
        self.outside.append(order)
        self.outside.sort()
        return False

    def hand_out(self, order: int, weights: NDArray[np.int64]) -> None:
        """Give an order to its buyer and let waiting ones move into the freed place."""
        if order in self.outside:
            self.outside.remove(order)
            return
        self.inside.remove(order)
        self.free += int(weights[order])
        while (nxt := next((o for o in self.outside if weights[o] <= self.free), None)) is not None:
            self.outside.remove(nxt)
            self.inside.add(nxt)
            self.free -= int(weights[nxt])
            self.moved[nxt] = self.env.now


def run_cold(numbers: CollectionNumbers, draws: CollectionDraws, given: ColdInput) -> Cold:
    """Keep the orders cold as far as there is room, and say which spoil."""
    cold, above, spoiled, noticed, never = out = Cold.nothing(given.at_point.shape[0])
    env = RankedEnvironment()
    points = [PickupPoint(env, int(grams)) for grams in given.room]

    def order(i: int) -> Story:
        store = points[given.point[i]]
        yield env.at(float(given.at_point[i]), UNLOAD, i)
        cold[i] = 0 if store.unload(i, int(given.grams[i])) else 1
        if not math.isnan(given.collected[i]):
            yield env.at(float(given.collected[i]), COLLECT, i)
            store.hand_out(i, given.grams)

    for i in np.flatnonzero(~np.isnan(given.at_point)).tolist():
        env.process(order(i))
    env.run()
    for i in np.flatnonzero(cold >= 0).tolist():
        collected, closes = float(given.collected[i]), float(given.closes[given.point[i]])
        left = rules.NEVER if math.isnan(collected) else collected
        never[i] = left == rules.NEVER
        if cold[i] == 1:
            moved = points[given.point[i]].moved.get(i, rules.NEVER)
            cold[i] = 2 if moved != rules.NEVER else 1
            above[i] = rules.above_limit_min(
                float(given.warm_from[i]), min(left, moved, closes), numbers.hold
            )
        spoiled[i] = rules.spoils(float(above[i]), numbers.limit, bool(never[i]))
        noticed[i] = spoiled[i] and draws.notice_u[i] < numbers.notice_share
    return out
