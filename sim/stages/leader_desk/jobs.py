"""Columns of orders into jobs for the desks, and a worked-off desk back into columns of orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from sim.clock import DAY_MIN
from sim.orderlog import Table
from sim.stages.leader_desk.codes import TASK_CLASS, Task
from sim.stages.leader_desk.draws import DeskDraws
from sim.stages.leader_desk.numbers import DeskNumbers
from sim.stages.leader_desk.rules import tally_length, under_load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Split = Literal["by_hand", "by_community_sku", "none"]


class Jobs(NamedTuple):
    """Planned jobs, a row each; the row is the job's id (first come, first served by arrival, then id)."""

    leader: Ints
    task: Ints
    order: Ints
    """Row of `orders`, the index into the draws; -1 for none."""
    arrive_min: Floats
    """Finite."""
    work_min: Floats


class Evening(NamedTuple):
    """What the evening leaves behind. (n,) by order, (c,) by community."""

    desk: Table
    registered_min: Floats
    """When the leader was done registering, forgotten ones included; NaN: not by the end of the night."""
    known_min: Floats
    """The same without the forgotten."""
    mistaken: NDArray[np.bool_]
    on_sheet: NDArray[np.bool_]
    tally_end_min: Floats
    """NaN: no tally, or not by the end of the night."""
    rows: Ints
    """Orders on the sheet."""


def jobs_of(
    leader: Ints, task: int, order: Ints | int, arrive_min: Floats, work_min: NDArray[Any] | float
) -> Jobs:
    """Jobs of one task, in the order given; those that never arrive (NaN, inf) are left out."""
    there = np.flatnonzero(np.isfinite(arrive_min))
    n = len(there)
    return Jobs(
        np.asarray(leader, np.int64)[there],
        np.full(n, int(task), np.int64),
        np.full(n, order, np.int64) if np.ndim(order) == 0 else np.asarray(order, np.int64)[there],
        np.asarray(arrive_min, np.float64)[there],
        np.full(n, work_min, np.float64)
        if np.ndim(work_min) == 0
        else np.asarray(work_min, np.float64)[there],
    )


def join(*parts: Jobs) -> Jobs:
    """Several groups of jobs as one; earlier groups have the lower ids."""
    return Jobs(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def own_jobs(numbers: DeskNumbers, draws: DeskDraws, day: int) -> Jobs:
    """Other brands' orders and chat interruptions of one day (0 or 1), whatever this brand sells."""
    low, high = (-np.inf, DAY_MIN) if day == 0 else (DAY_MIN, np.inf)
    # a window that opens on the event day may end after midnight: its jobs stay with the evening
    if day == 0 and len(numbers.d0_closes):
        high = max(high, float(numbers.d0_closes[-1]))
    elif day == 1 and len(numbers.d0_closes):
        low = max(low, float(numbers.d0_closes[-1]))
    other = (draws.other_at >= low) & (draws.other_at < high)
    chat = (draws.chat_at >= low) & (draws.chat_at < high)
    return join(
        jobs_of(draws.other_leader[other], Task.OTHER_BRAND, -1, draws.other_at[other], numbers.other_brand),
        jobs_of(draws.chat_leader[chat], Task.CHAT, -1, draws.chat_at[chat], draws.chat_work[chat]),
    )


def evening_jobs(
    numbers: DeskNumbers, draws: DeskDraws, community: Ints, reply_min: Floats, cutoff_min: float
) -> Jobs:
    """Make the event day's jobs from orders by hand; with a system pass empty columns.

    Columns in:
        community: (n,) the leader who gets the reply.
        reply_min: (n,) when reply and transfer reach the leader; NaN: never. After the cut-off: not tallied.
        cutoff_min: when the leaders begin to tally.

    """
    if len(reply_min) == 0:
        return own_jobs(numbers, draws, 0)
    n = len(reply_min)
    orders = np.arange(n, dtype=np.int64)
    counted = reply_min <= cutoff_min
    late = counted & (draws.late_luck < numbers.late_share)
    found_min = np.where(late, cutoff_min + draws.late_after, reply_min)
    chased = np.flatnonzero(draws.chase_luck < numbers.chase_share)
    leaders = len(draws.absent)
    replies = np.bincount(community[counted], minlength=leaders)
    additions = np.bincount(community[late], minlength=leaders)
    tallied = np.flatnonzero(replies)
    length = tally_length(
        replies[tallied], additions[tallied], numbers.tally, numbers.tally_reply, numbers.late_tally
    )
    return join(
        jobs_of(community, Task.REGISTER, orders, found_min, draws.register_work),
        jobs_of(community[chased], Task.CHASE, chased, found_min[chased], numbers.chase),
        jobs_of(tallied, Task.TALLY, -1, np.full(len(tallied), cutoff_min), length),
        own_jobs(numbers, draws, 0),
    )


def day_jobs(
    numbers: DeskNumbers,
    draws: DeskDraws,
    *,
    receive_leader: Ints,
    receive_min: Floats,
    receive_crates: Ints,
    leader: Ints,
    at_point_min: Floats,
    handover_arrive_min: Floats,
    split: Split,
    ticket_leader: Ints,
    ticket_order: Ints,
    ticket_min: Floats,
    ticket_work: Floats,
) -> Jobs:
    """Make the delivery day's jobs.

    Columns in:
        receive_leader, receive_min, receive_crates: (s,) a row a van's stop: point, end of unloading, crates.
        leader: (n,) whose point hands the order over.
        at_point_min: (n,) when the order is at the point; NaN: never.
        handover_arrive_min: (n,) when its buyer comes for it (the coming that succeeds); NaN: never.
        split: how orders are taken out of the delivery.
        ticket_leader, ticket_order, ticket_min, ticket_work: (t,) tickets for leaders known beforehand.

    """
    orders = np.arange(len(leader), dtype=np.int64)
    parts = [
        jobs_of(
            receive_leader,
            Task.RECEIVE,
            -1,
            receive_min,
            numbers.receive + numbers.receive_crate * receive_crates,
        ),
        jobs_of(leader, Task.HAND_OVER, orders, handover_arrive_min, numbers.hand_over),
        jobs_of(ticket_leader, Task.TICKET, ticket_order, ticket_min, ticket_work),
        own_jobs(numbers, draws, 1),
    ]
    if split != "none":
        parts.append(
            jobs_of(
                leader,
                Task.SPLIT,
                orders,
                at_point_min,
                numbers.split_order if split == "by_hand" else numbers.split_sku,
            )
        )
    return join(*parts)


def desk_table(
    jobs: Jobs,
    start_min: Floats,
    end_min: Floats,
    work_min: Floats,
    waiting: Ints,
    caused: Jobs,
    caused_start: Floats,
    caused_end: Floats,
    caused_work: Floats,
    caused_waiting: Ints,
    caused_id: Ints,
) -> Table:
    """Make the `desk` table: planned jobs in their order, then the caused ones by (leader, arrival, id)."""
    by = np.lexsort((caused_id, caused.arrive_min, caused.leader))
    task = np.concatenate((jobs.task, caused.task[by]))
    return {
        "leader": np.concatenate((jobs.leader, caused.leader[by])).astype(np.int32),
        "task": task.astype(np.int8),
        "klass": TASK_CLASS[task].astype(np.int8),
        "order": np.concatenate((jobs.order, caused.order[by])),
        "arrive_min": np.concatenate((jobs.arrive_min, caused.arrive_min[by])),
        "start_min": np.concatenate((start_min, caused_start[by])),
        "end_min": np.concatenate((end_min, caused_end[by])),
        "work_min": np.concatenate((work_min, caused_work[by])),
        "waiting": np.concatenate((waiting, caused_waiting[by])).astype(np.int32),
    }


def evening_columns(numbers: DeskNumbers, draws: DeskDraws, desk: Table, orders: int) -> Evening:
    """Read off the desk what it means for the `orders` replies (0 with a system) and the sheets."""
    leaders = len(draws.absent)
    registering = np.flatnonzero(desk["task"] == Task.REGISTER)
    order = desk["order"][registering]
    registered = np.full(orders, np.nan)
    registered[order] = desk["end_min"][registering]
    waiting = np.zeros(orders)
    waiting[order] = np.maximum(desk["waiting"][registering], 0)
    done = ~np.isnan(registered)
    if orders:
        forgotten = draws.forget_luck < under_load(numbers.forgotten_share, numbers.load_gain, waiting)
        mistaken = (
            done
            & ~forgotten
            & (draws.mistake_luck < under_load(numbers.transcription_share, numbers.load_gain, waiting))
        )
    else:
        forgotten = mistaken = np.zeros(0, np.bool_)
    known = np.where(forgotten, np.nan, registered)
    tally = np.full(leaders, np.nan)
    tallying = desk["task"] == Task.TALLY
    tally[desk["leader"][tallying]] = desk["end_min"][tallying]
    home = np.zeros(orders, np.int64)
    home[order] = desk["leader"][registering]
    late = np.zeros(orders, np.bool_)  # found while tallying, for which the sheet was reopened
    late[order] = (draws.late_luck[order] < numbers.late_share) & (
        desk["arrive_min"][registering] <= tally[home[order]]
    )
    on_sheet = ~np.isnan(known) & ((known <= tally[home]) | late)
    rows = np.bincount(home[on_sheet], minlength=leaders).astype(np.int64)
    return Evening(desk, registered, known, mistaken, on_sheet, tally, rows)
