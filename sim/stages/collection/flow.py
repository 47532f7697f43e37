"""What collecting hands on, columns of shape (n,) by order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]


class Coming(NamedTuple):
    """First coming, standing before the goods (NaN never), trips in vain."""

    came_min: Floats
    handover_arrive_min: Floats
    wasted: NDArray[np.int8]


class Cold(NamedTuple):
    """Where an order was kept, how long too warm, and what came of it; see `spec.COLUMNS`."""

    cold: NDArray[np.int8]
    above_min: Floats
    spoiled: Mask
    noticed: Mask
    never: Mask
