"""The clerks compiled: who is free first takes the next sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.compiling import compiled, kernel
from sim.orderlog import Table
from sim.stages.leader_desk import rules
from sim.stages.leader_desk.numbers import DeskNumbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

merge_length = compiled(rules.merge_length)

ZERO = np.int64(0)


@kernel
def merge(order, arrive, length_rows, sheet, row, start, end, clerk, clerks):
    """First come, first served by `clerks`; the idle one with the lowest index."""
    free = np.full(clerks, -np.inf)
    for at in range(order.shape[0]):
        job = order[at]
        chosen = ZERO
        for candidate in range(clerks):
            if free[candidate] <= arrive[job]:
                chosen = np.int64(candidate)
                break
            if free[candidate] < free[chosen]:
                chosen = np.int64(candidate)
        start[job] = max(arrive[job], free[chosen])
        end[job] = start[job] + merge_length(length_rows[job], sheet, row)
        free[chosen] = end[job]
        clerk[job] = chosen


def merge_sheets(numbers: DeskNumbers, tally_end_min: NDArray[np.float64], rows: NDArray[np.int64]) -> Table:
    """Merge the sheets that have orders: the `sheets` table, in the order of communities.

    A tally that never ended (NaN) is never merged.
    """
    community = np.flatnonzero(rows)
    arrive = tally_end_min[community]
    n = len(community)
    start, end, clerk = np.full(n, np.nan), np.full(n, np.nan), np.full(n, -1, np.int64)
    order = np.argsort(arrive, kind="stable")
    order = order[: int(np.count_nonzero(~np.isnan(arrive)))]
    merge(
        order,
        arrive,
        rows[community].astype(np.float64),
        float(numbers.merge_sheet),
        float(numbers.merge_row),
        start,
        end,
        clerk,
        numbers.clerks,
    )
    return {
        "community": community.astype(np.int32),
        "rows": rows[community].astype(np.int32),
        "tally_end_min": arrive,
        "merge_start_min": start,
        "merge_end_min": end,
        "clerk": clerk.astype(np.int32),
    }
