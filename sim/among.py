"""Which entries of a column of small codes are among some of them: a table read once an entry."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from enum import IntEnum

    from numpy.typing import NDArray


def among(column: NDArray[Any], codes: Sequence[IntEnum]) -> NDArray[np.bool_]:
    """(n,) True where the column of integers has one of these codes of one enumeration."""
    found: NDArray[np.bool_] = _table(type(codes[0]), tuple(codes))[column]
    return found


@cache
def _table(kind: type[IntEnum], codes: tuple[IntEnum, ...]) -> NDArray[np.bool_]:
    """By code: whether it is among them."""
    table = np.zeros(max(kind) + 1, np.bool_)
    table[list(codes)] = True
    return table
