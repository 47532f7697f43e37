"""What an event was like for each member: what came as promised, and all that can go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.among import among
from sim.kpis.delivering import promised_to_buyers
from sim.stages.audience.people import MEMBER
from sim.states import End

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.orderlog import Table
    from sim.scenario import Scenario
    from sim.season_spec import SeasonParams

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

FAILED = (End.GAVE_UP, End.UNPAID, End.REFUNDED_EXPIRED)
"""Wanted, and could not be placed or paid."""


class Orders(NamedTuple):
    """Of each row of `orders`, (n,) masks: an order may be several of these, but good only alone."""

    good: Mask
    late: Mask
    spoiled: Mask
    wrong: Mask
    missing: Mask
    unpaid: Mask
    wasted: Mask

    @property
    def harmed(self) -> Mask:
        """Those to whom a voucher is owed."""
        return self.late | self.spoiled | self.wrong | self.missing | self.unpaid


class Experience(NamedTuple):
    """Of each member asked for, (m,): what trust would gain, what it lost, what they did.

    harmed: orders that are owed a voucher, whoever made them.
    """

    gained: Floats
    lost: Floats
    delivered: Mask
    bought: Mask
    watched: Mask
    harmed: int


def orders_of(scenario: Scenario, orders: Table) -> Orders:
    """What became of every order, as its buyer sees it."""
    promised = promised_to_buyers(orders)
    there = ~np.isnan(orders["at_point_min"])
    late = promised & there & (orders["at_point_min"] > scenario.delivery.promise_min)
    missing = promised & (~there | (orders["lines"] == 0))
    spoiled = orders["noticed"]
    wrong = there & (orders["missorted"] | orders["mistaken"])
    wasted = orders["wasted"] > 0
    unpaid = among(orders["end"], FAILED)
    good = ~np.isnan(orders["collected_min"]) & ~(late | missing | spoiled | wrong | wasted)
    return Orders(good, late, spoiled, wrong, missing, unpaid, wasted)


def experience(
    scenario: Scenario, season: SeasonParams, tables: dict[str, Table], key: NDArray[np.int64]
) -> Experience:
    """Sum up the event for the members with these keys (rising); strangers are nobody's members."""
    trust, people, orders = season.trust, tables["people"], tables["orders"]
    seen = orders_of(scenario, orders)
    gained = np.where(seen.good, trust.good + trust.warm * scenario.leaders.care, 0.0)
    lost = np.zeros(gained.size)
    for mask, size in (
        (seen.late, trust.late),
        (seen.spoiled, trust.spoiled),
        (seen.wrong, trust.wrong),
        (seen.missing, trust.missing),
        (seen.unpaid, trust.unpaid),
        (seen.wasted, trust.wasted),
    ):
        lost[mask] += size
    remedy = season.remedy
    restored = 1.0 - 0.5 ** (remedy.cny / remedy.half_restores_cny)
    lost[seen.harmed] *= 1.0 - restored
    of_order, buyer = _rows(key, orders["key"])
    come, viewer = _rows(key, people["key"][people["origin"] == MEMBER])
    silent = (~np.isnan(people["asked_min"]) & np.isnan(people["answered_min"]))[people["origin"] == MEMBER]
    of_orders, of_questions = np.zeros(key.size), np.zeros(key.size)
    np.add.at(of_orders, of_order, lost[buyer])
    np.add.at(of_questions, come, trust.unanswered * silent[viewer])
    won = np.zeros(key.size)
    np.add.at(won, of_order, gained[buyer])
    return Experience(
        gained=won,
        lost=of_orders + of_questions,
        delivered=_marked(of_order[seen.good[buyer]], key.size),
        bought=_marked(of_order[~np.isnan(orders["paid_min"][buyer])], key.size),
        watched=_marked(come, key.size),
        harmed=int(np.count_nonzero(seen.harmed)),
    )


def _marked(places: NDArray[np.int64], size: int) -> Mask:
    """(size,) true at these places."""
    mask = np.zeros(size, np.bool_)
    mask[places] = True
    return mask


def _rows(key: NDArray[np.int64], of: NDArray[np.int64]) -> tuple[NDArray[np.int64], Mask]:
    """(places among `key`, which of `of` are there) of the people with keys `of`."""
    place = np.minimum(np.searchsorted(key, of), max(key.size - 1, 0))
    known = key[place] == of if key.size else np.zeros(of.size, np.bool_)
    return place[known], known
