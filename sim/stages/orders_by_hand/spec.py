"""What orders by hand read: who replies, and until when a reply, an offer and a refund hold."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sim.cutoff import Cutoff

    Floats = NDArray[np.float64]


class HandNumbers(NamedTuple):
    """Minutes of D0 that decide what a reply is worth."""

    offer_from: float
    offer_until: float
    """Not included."""
    paid_by: float
    """Who transfers later is refunded."""
    told: float
    """When the list is closed and those who get nothing hear of it."""


class Replies(NamedTuple):
    """Those who reply, (n,) each; the lines they want are (n, K)."""

    person: NDArray[np.int64]
    key: NDArray[np.int64]
    community: NDArray[np.int32]
    member: NDArray[np.bool_]
    replied_min: Floats
    paid_min: Floats
    wanted: NDArray[np.int16]


def numbers(cutoff: Cutoff, *, offer: tuple[float, float] | None, list_delay_min: float) -> HandNumbers:
    """The minutes that decide; without an offer there is no price but the list's."""
    opens, closes = offer or (math.inf, math.inf)
    return HandNumbers(opens, closes, float(cutoff.paid_by_min), cutoff.paid_by_min + list_delay_min)
