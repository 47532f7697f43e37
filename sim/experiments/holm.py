"""Many questions, one error: Holm's step-down adjustment over a whole table (Scand. J. Statist. 6, 1979).

With 55 KPIs and no adjustment, two equal scenarios differ "significantly" somewhere in three
comparisons of four.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def holm(p_values: Floats) -> Floats:
    """Adjusted (m,) p-values: reject where ≤ α, and P(any false rejection) ≤ α, however they depend."""
    order = np.argsort(p_values, kind="stable")
    steps = np.maximum.accumulate(p_values[order] * np.arange(p_values.size, 0, -1))
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(steps, 1.0)
    return adjusted


def holm_steps(p_values: Floats) -> Floats:
    """The factor of each p-value: m for the smallest, m − 1 for the next, … 1; ties by position.

    Tests that belong to one row of the table (the same claim at the end of a sweep) are held against
    α / factor of that row.
    """
    steps = np.empty_like(p_values)
    steps[np.argsort(p_values, kind="stable")] = np.arange(p_values.size, 0, -1)
    return steps
