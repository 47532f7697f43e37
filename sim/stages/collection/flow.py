"""What collecting reads and hands on: (n,) by order, (points,) by pickup point, minutes of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]


class ComingInput(NamedTuple):
    """What coming depends on.

    Attributes:
        buyer: (n,) who believes to have bought; nobody else comes.
        at_point: (n,) end of unloading, NaN where the goods never arrive.
        point: (n,) pickup point.
        opens, closes: (points,) opening window on D1.
        desk_opens, desk_closes: (windows,) of the leaders' desks on D1.
    """

    buyer: Mask
    at_point: Floats
    point: NDArray[np.int32]
    opens: Floats
    closes: Floats
    desk_opens: Floats
    desk_closes: Floats


class Coming(NamedTuple):
    """First coming, standing before the goods (NaN never), trips in vain."""

    came_min: Floats
    handover_arrive_min: Floats
    wasted: NDArray[np.int8]

    @classmethod
    def nobody(cls, n: int) -> Self:
        """Columns of n orders for which nobody comes."""
        return cls(np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, np.int8))


class ColdInput(NamedTuple):
    """What staying cold depends on.

    Attributes:
        at_point: (n,) end of unloading, NaN where the goods never arrive.
        warm_from: (n,) when the hold time starts: unloading, or departure of a van that is not cold.
        collected: (n,) end of the hand-over, NaN for never.
        point, grams: (n,) pickup point and weight.
        room: (points,) grams the cold store holds.
        closes: (points,) closing time on D1.
    """

    at_point: Floats
    warm_from: Floats
    collected: Floats
    point: NDArray[np.int32]
    grams: NDArray[np.int64]
    room: NDArray[np.int64]
    closes: Floats


class Cold(NamedTuple):
    """Where an order was kept, how long too warm, and what came of it; see `spec.COLUMNS`."""

    cold: NDArray[np.int8]
    above_min: Floats
    spoiled: Mask
    noticed: Mask
    never: Mask

    @classmethod
    def nothing(cls, n: int) -> Self:
        """Columns of n orders that were never delivered."""
        flags = np.zeros((3, n), np.bool_)
        return cls(np.full(n, -1, np.int8), np.zeros(n), flags[0], flags[1], flags[2])
