"""The columns of the `people` table on their way through the show."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MEMBER, STRANGER, FRIEND = 0, 1, 2
"""Values of the `origin` column."""


class Crowd(NamedTuple):
    """Who comes, a row of `people` each (n,): members and strangers by key, friends as their bringers."""

    key: NDArray[np.int64]
    community: NDArray[np.int32]
    origin: NDArray[np.int8]
    reached_min: Floats


class People(NamedTuple):
    """The `people` table (n,); see `spec.COLUMNS` for meanings and units.

    `wants` is final in the arms by hand and for posts; before a checkout it marks who would buy if the chat
    were silent, and the mood can only make fewer of them.
    """

    key: NDArray[np.int64]
    community: NDArray[np.int32]
    origin: NDArray[np.int8]
    reached_min: Floats
    arrive_min: Floats
    leave_min: Floats
    quiz: NDArray[np.bool_]
    asked_min: Floats
    answer_start_min: Floats
    answered_min: Floats
    decide_min: Floats
    score: Floats
    threshold: Floats
    wants: NDArray[np.bool_]
