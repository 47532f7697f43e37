"""Columns that delivery writes into the log."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from sim.orderlog import Column, Table

COLUMNS: tuple[Column, ...] = (
    Column("orders", "van", "i2", "-", "Van that brought the order; -1 none."),
    Column("orders", "trip", "i1", "-", "Trip of that van, from 0; -1 none."),
    Column("orders", "at_point_min", "f8", "min", "When its stop was unloaded; NaN never."),
    Column("trips", "van", "i2", "-", "Van of the trip; trips stand in the order of loading."),
    Column("trips", "trip", "i1", "-", "Trips the van made before."),
    Column("trips", "ready_min", "f8", "min", "When the van asked for a dock."),
    Column("trips", "load_start_min", "f8", "min", "When loading began."),
    Column("trips", "load_end_min", "f8", "min", "When the last crate was loaded."),
    Column("trips", "depart_min", "f8", "min", "When it left."),
    Column("trips", "return_min", "f8", "min", "When it was back, or broke down."),
    Column("trips", "metres", "f8", "m", "Driven, with the way back."),
    Column("trips", "grams", "i8", "g", "Goods loaded."),
    Column("trips", "crates", "i8", "-", "Crates loaded."),
    Column("trips", "m3", "f8", "m3", "Volume of the crates."),
    Column("trips", "fill", "f8", "share", "Share of payload or usable volume used, whichever is more."),
    Column("trips", "binds", "i1", "-", "Limit the trip came nearest to: 0 weight, 1 volume, 2 time."),
    Column("stops", "van", "i2", "-", "Van of the stop."),
    Column("stops", "trip", "i1", "-", "Its trip."),
    Column("stops", "seq", "i4", "-", "Number of the stop in the trip, from 0."),
    Column("stops", "point", "i4", "-", "Pickup point."),
    Column("stops", "arrive_min", "f8", "min", "Arrival."),
    Column("stops", "unload_end_min", "f8", "min", "When the last crate was unloaded."),
    Column("stops", "grams", "i8", "g", "Goods unloaded."),
    Column("stops", "crates", "i8", "-", "Crates unloaded."),
    Column("stops", "orders", "i8", "-", "Orders unloaded."),
)


def types_of(table: str) -> dict[str, np.dtype[np.generic]]:
    """Column types of a table."""
    return {column.name: np.dtype(column.dtype) for column in COLUMNS if column.table == table}


TRIP_TYPES: Final = types_of("trips")
STOP_TYPES: Final = types_of("stops")


def table_of(rows: list[dict[str, Any]], types: dict[str, np.dtype[np.generic]]) -> Table:
    """Rows as columns."""
    return {name: np.array([row[name] for row in rows], kind) for name, kind in types.items()}
