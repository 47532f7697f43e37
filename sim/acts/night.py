"""Act two, the night: sorting in the hall, loading, and the vans to every pickup point."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.orderlog import Table
from sim.random_streams import Streams
from sim.states import End

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.acts.evening import Show
    from sim.chain import Event


class Night(NamedTuple):
    """What the night hands on: columns of the orders, and the tables of the hall and the road."""

    orders: Table
    sorting: Table
    workers: Table
    trips: Table
    stops: Table


def play_night(event: Event, show: Show) -> Night:
    """Sort what is paid and known, then drive it."""
    from sim.stages.delivery.plan import plan_for
    from sim.stages.delivery.spec import draw as delivery_draw
    from sim.stages.delivery.spec import numbers as delivery_numbers
    from sim.stages.sorting.spec import SortingInput
    from sim.stages.sorting.spec import draw as sorting_draw
    from sim.stages.sorting.spec import numbers as sorting_numbers

    raise RuntimeError


def sortable(event: Event, orders: Table) -> NDArray[np.bool_]:
    """Paid orders the seller knows of, cancelled ones included until the hall hears of it; thinned on request."""
    by_hand = orders["on_sheet"]
    known = ~np.isnan(orders["known_min"]) & ((orders["end"] == End.OPEN) | (orders["end"] == End.CANCELLED))
    able = known & by_hand if not event.scenario.by_system else known
    if event.thin_to is None or int(able.sum()) <= event.thin_to:
        return able
    return thin(able, event.streams, orders, event.thin_to)


def thin(able: NDArray[np.bool_], streams: Streams, orders: Table, count: int) -> NDArray[np.bool_]:
    """Keep the `count` able orders of highest keyed priority; the others end as THINNED."""
    from sim.experiments.equal_volume import thinned

    kept = thinned(able, streams.uniform("equal_volume.priority", orders["key"]), count)
    orders["end"][able & ~kept] = End.THINNED
    return kept
