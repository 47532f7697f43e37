"""Columns that sorting writes into the log."""

from __future__ import annotations

from sim.orderlog import Column

COLUMNS: tuple[Column, ...] = (
    Column("orders", "release_min", "f8", "min", "When the centre may begin the order; NaN never."),
    Column("orders", "sorted_min", "f8", "min", "When the order is sorted; NaN never."),
    Column("orders", "missorted", "?", "-", "A line of the order is wrong or in the wrong place."),
    Column("sorting", "job", "i8", "-", "Number of the job in the order of the queue."),
    Column("sorting", "order", "i8", "-", "Order of the job; -1 for a crate."),
    Column("sorting", "community", "i4", "-", "Pickup point the job is for."),
    Column("sorting", "sku", "i2", "-", "SKU of a crate; -1 for an order."),
    Column("sorting", "release_min", "f8", "min", "When the job may be begun."),
    Column(
        "sorting", "start_min", "f8", "min", "When the job was begun; NaN never (cancelled, or no one left)."
    ),
    Column("sorting", "end_min", "f8", "min", "When the job was done."),
    Column("sorting", "worker", "i4", "-", "Who did it; -1 no one."),
    Column("workers", "worker", "i4", "-", "Number of the person in the calendar."),
    Column("workers", "team", "i2", "-", "Team, in the order of the scenario."),
    Column("workers", "start_min", "f8", "min", "Came; NaN absent."),
    Column("workers", "end_min", "f8", "min", "Went home: end of the shift, or of the last job; NaN absent."),
    Column("workers", "absent", "?", "-", "Did not turn up."),
    Column("workers", "pace", "f8", "-", "Factor on the person's times."),
)
