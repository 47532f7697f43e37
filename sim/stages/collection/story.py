"""Collection told with SimPy: each buyer is a process, each pickup point keeps a cold store."""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from sim.ranked import RankedEnvironment
from sim.stages.collection import rules
from sim.stages.collection.flow import Cold, Coming
from sim.stages.collection.spec import CollectionDraws, CollectionNumbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

UNLOAD, COLLECT, COME = range(3)
"""Which of two events of one instant comes first."""

Story = Generator[simpy.Event, Any, None]


def run_coming(
    numbers: CollectionNumbers,
    draws: CollectionDraws,
    at_point: Floats,
    point: NDArray[np.int32],
    opens: Floats,
    closes: Floats,
    desk_opens: Floats,
    desk_closes: Floats,
) -> Coming:
    """When each buyer first comes, and when she stands before her goods.

    Args:
        numbers: constants.
        draws: chance of the orders, shape (n,).
        at_point: end of unloading of each order, shape (n,), NaN where it never arrived.
        point: pickup point of each order, shape (n,).
        opens, closes: opening window of each point on D1, shape (points,).
        desk_opens, desk_closes: windows of the leaders' desks on D1, shape (windows,).

    Returns:
        came_min, handover_arrive_min (both NaN for never) and wasted trips, shape (n,) each.
    """
    n = at_point.shape[0]
    came, arrive, wasted = np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, np.int8)
    env = RankedEnvironment()
    hours = desk_opens.tolist(), desk_closes.tolist()

    def buyer(i: int) -> Story:
        opening = float(opens[point[i]]), float(closes[point[i]])
        goods = float(at_point[i])
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

    for i in range(n):
        env.process(buyer(i))
    env.run()
    return Coming(came, arrive, wasted)


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


def run_cold(
    numbers: CollectionNumbers,
    draws: CollectionDraws,
    at_point: Floats,
    warm_from: Floats,
    collected: Floats,
    point: NDArray[np.int32],
    grams: NDArray[np.int64],
    room: NDArray[np.int64],
    closes: Floats,
) -> Cold:
    """Keep the orders cold as far as there is room, and say which spoil.

    Args:
        numbers: constants.
        draws: chance of the orders, shape (n,).
        at_point: end of unloading, shape (n,), NaN where it never arrived.
        warm_from: when the hold time starts, shape (n,) (unloading, or departure of a van that is not cold).
        collected: end of the hand-over, shape (n,), NaN for never.
        point, grams: pickup point and weight of each order, shape (n,).
        room, closes: cold store in grams and closing time of each point, shape (points,).

    Returns:
        Cold: where it was kept, and what came of it.
    """
    n = at_point.shape[0]
    cold, above = np.full(n, -1, np.int8), np.zeros(n)
    spoiled, noticed, never = np.zeros(n, np.bool_), np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    env = RankedEnvironment()
    points = [PickupPoint(env, int(grams_of)) for grams_of in room]

    def order(i: int) -> Story:
        store = points[point[i]]
        yield env.at(float(at_point[i]), UNLOAD, i)
        cold[i] = 0 if store.unload(i, int(grams[i])) else 1
        if not math.isnan(collected[i]):
            yield env.at(float(collected[i]), COLLECT, i)
            store.hand_out(i, grams)

    for i in range(n):
        if not math.isnan(at_point[i]):
            env.process(order(i))
    env.run()
    for i in np.flatnonzero(cold >= 0).tolist():
        store = points[point[i]]
        left = rules.NEVER if math.isnan(collected[i]) else float(collected[i])
        never[i] = left == rules.NEVER
        if cold[i] == 1:
            moved = store.moved.get(i, rules.NEVER)
            cold[i] = 2 if moved != rules.NEVER else 1
            above[i] = rules.above_limit_min(
                float(warm_from[i]), min(left, moved, float(closes[point[i]])), numbers.hold
            )
        spoiled[i] = above[i] > numbers.limit and not never[i]
        noticed[i] = spoiled[i] and draws.notice_u[i] < numbers.notice_share
    return Cold(cold, above, spoiled, noticed, never)
