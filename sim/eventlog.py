"""The log as a standard event log: case_id, activity, timestamp, resource.

A case is a person; the columns are those process-mining tools read (in XES concept:name and time:timestamp).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.stages.aftersales.causes import Cause, Channel

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Tables = Mapping[str, dict[str, NDArray[Any]]]


class Activity(NamedTuple):
    """Where an activity stands in the log and who did it: column `time` of `table`, resource from `by`."""

    name: str
    table: str
    time: str
    resource: str
    by: str | None = None


ACTIVITIES = (
    Activity("arrive", "people", "arrive_min", "show"),
    Activity("ask", "people", "asked_min", "host_team"),
    Activity("answered", "people", "answered_min", "host_team"),
    Activity("decide", "people", "decide_min", "show"),
    Activity("leave", "people", "leave_min", "show"),
    Activity("click", "orders", "clicked_min", "shop"),
    Activity("placed", "orders", "placed_min", "order_service"),
    Activity("paid", "orders", "paid_min", "gateway"),
    Activity("known", "orders", "known_min", "seller"),
    Activity("cancelled", "orders", "cancelled_min", "shop"),
    Activity("sorted", "orders", "sorted_min", "sorting"),
    Activity("at_depot", "orders", "at_depot_min", "depot", "depot"),
    Activity("sorted_at_depot", "orders", "resort_end_min", "depot", "depot"),
    Activity("at_point", "orders", "at_point_min", "van", "van"),
    Activity("came", "orders", "came_min", "point", "point"),
    Activity("collected", "orders", "collected_min", "leader", "point"),
    Activity("refunded", "orders", "refunded_min", "seller"),
)


def _rows(log: Tables) -> Iterator[tuple[NDArray[np.int64], str, NDArray[np.float64], NDArray[np.str_]]]:
    person = {"people": np.arange(log["people"]["key"].shape[0]), "orders": log["orders"]["person"]}
    for activity in ACTIVITIES:
        time = log[activity.table][activity.time]
        rows = np.flatnonzero(~np.isnan(time))
        if rows.size == 0:
            continue
        names = np.full(rows.size, activity.resource, dtype="<U24")
        if activity.by is not None:
            names = np.char.add(np.char.add(names, "_"), log[activity.table][activity.by][rows].astype("<U8"))
        yield person[activity.table][rows], activity.name, time[rows], names
    tickets = log["tickets"]
    of = log["orders"]["person"][tickets["order"]]
    for name, time in (("ticket", tickets["arrive_min"]), ("ticket_resolved", tickets["resolved_min"])):
        for cause in Cause:
            rows = np.flatnonzero((tickets["cause"] == cause) & ~np.isnan(time))
            channels = np.array(
                [Channel(code).name.lower() for code in tickets["channel"][rows].tolist()], dtype="<U24"
            )
            yield of[rows], f"{name}_{cause.name.lower()}", time[rows], channels


def events(log: Tables) -> pd.DataFrame:
    """All events of a log's tables by (time, case).

    Columns: case_id (the person's key), activity, timestamp (minutes since 00:00 of D0), resource.
    """
    import pandas as pd

    parts = list(_rows(log))
    case = np.concatenate([part[0] for part in parts])
    activity = np.concatenate([np.full(part[0].size, part[1], dtype="<U40") for part in parts])
    time = np.concatenate([part[2] for part in parts])
    resource = np.concatenate([part[3] for part in parts])
    order = np.lexsort((case, time))
    frame = {
        "case_id": log["people"]["key"][case[order]],
        "activity": activity[order],
        "timestamp": time[order],
        "resource": resource[order],
    }
    return pd.DataFrame(frame)
