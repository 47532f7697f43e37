"""What waits for a van and what stands in one, as the story keeps it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.stages.delivery.flow import DeliveryInput, Plan
from sim.stages.sorting.rules import crates_of


@dataclass(eq=False)
class Errand:
    """Orders of one route that wait for a van; the first one ranks errands of one instant."""

    route: int
    orders: list[int]
    unsorted: int = 0
    complete: Any = None


@dataclass
class Load:
    """What stands in a van: whose goods at which point, and in how many crates."""

    crate_grams: int
    grams: int = 0
    crates: int = 0
    orders: dict[int, list[int]] = field(default_factory=dict)
    piles: dict[int, dict[int, int]] = field(default_factory=dict)

    def more_crates(self, point: int, goods: list[tuple[int, int]]) -> int:
        """Crates that these goods, (sort of crate, grams) each, would add."""
        pile = self.piles.get(point, {})
        return sum(
            crates_of(pile.get(kind, 0) + grams, self.crate_grams)
            - crates_of(pile.get(kind, 0), self.crate_grams)
            for kind, grams in goods
        )

    def put(self, order: int, point: int, goods: list[tuple[int, int]], grams: int, more_crates: int) -> None:
        """Take an order aboard."""
        pile = self.piles.setdefault(point, {})
        for kind, weight in goods:
            pile[kind] = pile.get(kind, 0) + weight
        self.orders.setdefault(point, []).append(order)
        self.grams += grams
        self.crates += more_crates

    def crates_at(self, point: int) -> int:
        """Crates for one point."""
        return sum(crates_of(grams, self.crate_grams) for grams in self.piles[point].values())

    def aboard(self) -> list[int]:
        """All orders, by number."""
        return sorted(order for orders in self.orders.values() for order in orders)


def first_errands(plan: Plan, given: DeliveryInput) -> list[Errand]:
    """The first errand of every route that has something to bring.

    `unsorted` also counts orders that will never be sorted: no one at the centre knows that.
    """
    route_of = {}
    for route in range(len(plan.van)):
        for point in plan.points[plan.first[route] : plan.first[route + 1]].tolist():
            route_of[point] = route
    point_of, sorted_min = given.point.tolist(), given.sorted_min.tolist()
    errands: dict[int, Errand] = {}
    for order in np.flatnonzero(given.goes).tolist():
        where = route_of.get(point_of[order])
        if where is None:
            continue
        errand = errands.setdefault(where, Errand(where, []))
        errand.unsorted += 1
        if not math.isnan(sorted_min[order]):
            errand.orders.append(order)
    return [errands[route] for route in sorted(errands) if errands[route].orders]
