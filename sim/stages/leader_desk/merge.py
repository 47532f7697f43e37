"""Headquarters merges the leaders' sheets: clerks are a station, first come, first served."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.orderlog import Table
from sim.stages.leader_desk.numbers import DeskNumbers
from sim.stages.leader_desk.rules import merge_length
from sim.station import Station, serve
from sim.station.serve import Engine

if TYPE_CHECKING:
    from numpy.typing import NDArray


def merge_sheets(
    numbers: DeskNumbers, tally_end_min: NDArray[np.float64], rows: NDArray[np.int64], engine: Engine
) -> Table:
    """Merge the sheets that have orders: the `sheets` table, in the order of communities.

    A sheet comes when its tally ends (those of one moment in the order of communities); a tally that never
    ended (NaN) is never merged. `engine` says which face of the station plays.
    """
    community = np.flatnonzero(rows)
    arrive = tally_end_min[community]
    start, end = np.full(len(community), np.nan), np.full(len(community), np.nan)
    sent = np.flatnonzero(~np.isnan(arrive))
    length = merge_length(rows[community[sent]], numbers.merge_sheet, numbers.merge_row)
    merged = serve(Station(servers=numbers.clerks), arrive[sent], length, engine)
    start[sent], end[sent] = merged.start, merged.end
    return {
        "community": community.astype(np.int32),
        "rows": rows[community].astype(np.int32),
        "tally_end_min": arrive,
        "merge_start_min": start,
        "merge_end_min": end,
    }
