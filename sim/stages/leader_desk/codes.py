"""Codes of the desk's tasks and classes, and its columns of the log."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Literal

import numpy as np

from sim.orderlog import Column

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Task(IntEnum):
    """What a job is (column `task`)."""

    REGISTER = 0
    CHASE = 1
    ASK_AGAIN = 2
    OTHER_BRAND = 3
    TALLY = 4
    RECEIVE = 5
    SPLIT = 6
    HAND_OVER = 7
    COMPLAINT = 8
    TICKET = 9
    CHAT = 10


ClassName = Literal["hand_over", "complaint", "register", "tally", "split", "chat"]
CLASSES: tuple[ClassName, ...] = ("hand_over", "complaint", "register", "tally", "split", "chat")
"""Job classes by code (column `klass`)."""
REGISTER_CLASS = 2
TASK_CLASS: NDArray[np.int64] = np.array([2, 2, 2, 2, 3, 0, 4, 0, 1, 1, 5], np.int64)
"""Class of each task."""

COLUMNS: tuple[Column, ...] = (
    Column("desk", "leader", "i4", "-", "Community whose leader does the job."),
    Column(
        "desk",
        "task",
        "i1",
        "-",
        "0 register, 1 chase, 2 ask again, 3 other brand, 4 tally, 5 receive, 6 split, 7 hand over, "
        "8 complaint, 9 ticket, 10 chat.",
    ),
    Column(
        "desk",
        "klass",
        "i1",
        "-",
        "Job class: 0 hand over, 1 complaint, 2 register, 3 tally, 4 split, 5 chat.",
    ),
    Column("desk", "order", "i8", "-", "Row of `orders`, -1 where the job belongs to none."),
    Column("desk", "arrive_min", "f8", "min", "When the job reached the desk."),
    Column("desk", "start_min", "f8", "min", "When it was first taken up; NaN: never."),
    Column("desk", "end_min", "f8", "min", "When it was done; NaN: still open."),
    Column("desk", "work_min", "f8", "min", "Minutes the leader has spent on it."),
    Column(
        "desk",
        "waiting",
        "i4",
        "jobs",
        "Jobs of class register waiting when it was first taken up, itself not included; -1: never taken up.",
    ),
    Column("sheets", "community", "i4", "-", "Community of the sheet."),
    Column(
        "sheets",
        "rows",
        "i4",
        "orders",
        "Orders on the sheet: registered, not forgotten, by the end of the tally.",
    ),
    Column(
        "sheets",
        "tally_end_min",
        "f8",
        "min",
        "When the leader had finished and sent it; NaN: not by the end of the night.",
    ),
    Column("sheets", "merge_start_min", "f8", "min", "When a clerk took it up."),
    Column("sheets", "merge_end_min", "f8", "min", "When it was in headquarters' list."),
    Column(
        "orders",
        "known_min",
        "f8",
        "min",
        "By hand: when the leader had registered it; NaN: forgotten, or not by the end of the night.",
    ),
    Column("orders", "mistaken", "bool", "-", "By hand: copied wrongly."),
    Column("orders", "forgotten", "bool", "-", "By hand: the transfer was never registered."),
    Column("orders", "on_sheet", "bool", "-", "By hand: on the sheet the leader sent."),
    Column("leaders", "community", "i4", "-", "Community of the leader."),
    Column("leaders", "fixed_min", "f8", "min", "Group work of a day not tied to an order."),
    Column(
        "leaders",
        "absent",
        "bool",
        "-",
        "Away on the event day: no post, no push, no desk until the next morning.",
    ),
)
