"""The desk compiled: one event loop a leader over columns of jobs, and the clerks' merge.

A job's arrival is (time, rank) on a heap: rank r < n is planned job r, n + r the next thing job r causes (asks
again, complains), 2n + r the ticket that follows a hand-over. Waiting jobs hang in one list a level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.compiling import compiled, kernel
from sim.orderlog import Table
from sim.stages.leader_desk import rules
from sim.stages.leader_desk.draws import DeskDraws
from sim.stages.leader_desk.jobs import Evening, Jobs, desk_table, evening_columns
from sim.stages.leader_desk.spec import RUN_END_MIN, TASK_CLASS, DeskNumbers, Task
from sim.station.heap_kernel import heap_pop, heap_push

if TYPE_CHECKING:
    from numpy.typing import NDArray

still_to_do = compiled(rules.still_to_do)
complains = compiled(rules.complains)
merge_length = compiled(rules.merge_length)

NOBODY = np.int64(-1)
ZERO = np.int64(0)
ONE = np.int64(1)
CLASS_COUNT = np.int64(6)
REGISTERING = np.int64(2)
REGISTER = np.int64(Task.REGISTER)
ASK_AGAIN = np.int64(Task.ASK_AGAIN)
HAND_OVER = np.int64(Task.HAND_OVER)
COMPLAINT = np.int64(Task.COMPLAINT)
TICKET = np.int64(Task.TICKET)


class Order(NamedTuple):
    """Rules of the desk as the loop reads them."""

    level: NDArray[np.int64]
    beats: NDArray[np.int64]
    finish: NDArray[np.bool_]
    resume_cost: float
    ask_again: float
    tolerance: float
    complaint_share: float
    until: float


class Causes(NamedTuple):
    """What jobs cause, by order."""

    ask_after: NDArray[np.float64]
    complaint_luck: NDArray[np.float64]
    complaint_after: NDArray[np.float64]
    complaint_work: NDArray[np.float64]
    follow_after: NDArray[np.float64]
    follow_work: NDArray[np.float64]


class Work(NamedTuple):
    """Columns over planned and caused jobs; rows from n on are caused."""

    leader: NDArray[np.int64]
    task: NDArray[np.int64]
    order: NDArray[np.int64]
    arrive: NDArray[np.float64]
    total: NDArray[np.float64]
    left: NDArray[np.float64]
    start: NDArray[np.float64]
    end: NDArray[np.float64]
    waiting: NDArray[np.int64]
    ident: NDArray[np.int64]
    after: NDArray[np.int64]
    asked: NDArray[np.int64]


class Queue(NamedTuple):
    """Scratch of one desk: heap of arrivals, and by level the list's ends and the job put aside."""

    times: NDArray[np.float64]
    ranks: NDArray[np.int64]
    head: NDArray[np.int64]
    tail: NDArray[np.int64]
    aside: NDArray[np.int64]
    count: NDArray[np.int64]


@compiled
def enqueue(work, queue, level, job):
    """Append a job to its level, keeping (arrival, id) among jobs of one instant."""
    last = queue.tail[level]
    work.after[job] = NOBODY
    if last == NOBODY:
        queue.head[level] = job
        queue.tail[level] = job
        return
    if work.arrive[last] < work.arrive[job] or work.ident[last] < work.ident[job]:
        work.after[last] = job
        queue.tail[level] = job
        return
    before = NOBODY
    here = queue.head[level]
    while work.arrive[here] < work.arrive[job] or work.ident[here] < work.ident[job]:
        before = here
        here = work.after[here]
    work.after[job] = here
    if before == NOBODY:
        queue.head[level] = job
    else:
        work.after[before] = job


@compiled
def take(queue, work):
    """The next job: lowest level, there the one put aside first."""
    for level in range(CLASS_COUNT):
        job = queue.aside[level]
        if job != NOBODY:
            queue.aside[level] = NOBODY
            return job
        job = queue.head[level]
        if job != NOBODY:
            queue.head[level] = work.after[job]
            if queue.head[level] == NOBODY:
                queue.tail[level] = NOBODY
            return job
    return NOBODY


@compiled
def caused(work, row, parent, task, now, length, ident):
    """Write a caused job into its row."""
    work.leader[row] = work.leader[parent]
    work.order[row] = work.order[parent]
    work.task[row] = task
    work.arrive[row] = now
    work.total[row] = length
    work.left[row] = length
    work.start[row] = np.nan
    work.end[row] = np.nan
    work.waiting[row] = NOBODY
    work.ident[row] = ident


@compiled
def ask_later(causes, work, queue, size, parent, n):
    """Note when a waiting buyer asks next."""
    order = work.order[parent]
    turn = work.asked[parent]
    if order >= 0 and turn < causes.ask_after.shape[1]:
        after = causes.ask_after[order, turn]
        work.asked[parent] = turn + ONE
        if after < np.inf:
            size = heap_push(queue.times, queue.ranks, size, work.arrive[parent] + after, n + parent)
    return size


@compiled
def handed_over(rule, causes, work, queue, size, job, now, n):
    """What a finished hand-over causes later."""
    order = work.order[job]
    if order < 0:
        return size
    if complains(now, work.arrive[job], rule.tolerance, causes.complaint_luck[order], rule.complaint_share):
        size = heap_push(queue.times, queue.ranks, size, now + causes.complaint_after[order], n + job)
    if causes.follow_after[order] < np.inf:
        size = heap_push(queue.times, queue.ranks, size, now + causes.follow_after[order], n + n + job)
    return size


@compiled
def one_desk(rule, causes, work, queue, size, row, n, opens, closes, klass_of):
    """Work off one leader's jobs, `size` of them on the heap; returns the next free row for caused jobs."""
    busy = NOBODY
    planned_end = np.inf
    overtime = False
    is_open = False
    window = ZERO
    boundary = opens[0] if opens.shape[0] > 0 else np.inf
    mask = ZERO
    while True:
        now = min(planned_end, boundary)
        if size > 0 and queue.times[0] < now:
            now = queue.times[0]
        if now > rule.until or now == np.inf:
            break
        if planned_end == now:
            work.end[busy] = now
            work.left[busy] = 0.0
            if work.task[busy] == HAND_OVER and busy < n:
                size = handed_over(rule, causes, work, queue, size, busy, now, n)
            busy = NOBODY
            planned_end = np.inf
        give_way = False
        if boundary == now:
            if is_open:
                is_open = False
                window += ONE
                boundary = opens[window] if window < opens.shape[0] else np.inf
                if busy != NOBODY:
                    overtime = True
                    give_way = not rule.finish[klass_of[work.task[busy]]]
            else:
                is_open = True
                boundary = closes[window]
        while size > 0 and queue.times[0] == now:
            _, rank, size = heap_pop(queue.times, queue.ranks, size)
            if rank < n:
                job = rank
                if work.task[job] == REGISTER:
                    size = ask_later(causes, work, queue, size, job, n)
            else:
                job = row
                parent = rank % n
                if rank >= n + n:
                    caused(work, row, parent, TICKET, now, causes.follow_work[work.order[parent]], rank)
                elif work.task[parent] == HAND_OVER:
                    caused(work, row, parent, COMPLAINT, now, causes.complaint_work[work.order[parent]], rank)
                elif np.isnan(work.start[parent]):
                    size = ask_later(causes, work, queue, size, parent, n)
                    if not is_open:
                        continue
                    caused(work, row, parent, ASK_AGAIN, now, rule.ask_again, rank)
                else:
                    continue
                row += ONE
            klass = klass_of[work.task[job]]
            enqueue(work, queue, rule.level[klass], job)
            queue.count[klass] += ONE
            mask |= ONE << klass
        if busy != NOBODY and not give_way and is_open and not overtime:
            give_way = (mask & rule.beats[klass_of[work.task[busy]]]) != 0
        if give_way:
            klass = klass_of[work.task[busy]]
            work.left[busy] = still_to_do(planned_end, now)
            queue.aside[rule.level[klass]] = busy
            queue.count[klass] += ONE
            mask |= ONE << klass
            busy = NOBODY
            planned_end = np.inf
        if is_open and busy == NOBODY and mask != 0:
            busy = take(queue, work)
            klass = klass_of[work.task[busy]]
            queue.count[klass] -= ONE
            if queue.count[klass] == 0:
                mask ^= ONE << klass
            overtime = False
            if np.isnan(work.start[busy]):
                work.start[busy] = now
                work.waiting[busy] = queue.count[REGISTERING]
                planned_end = now + work.left[busy]
            else:
                work.total[busy] += rule.resume_cost
                planned_end = now + (work.left[busy] + rule.resume_cost)
    if busy != NOBODY:
        work.left[busy] = still_to_do(planned_end, rule.until)
    return row


@kernel
def run_desks(rule, causes, work, n, absent, opens, closes, d1_opens, d1_closes, klass_of):
    """Work off every desk; returns the number of rows used."""
    leaders = absent.shape[0]
    first = np.zeros(leaders + 1, np.int64)
    for job in range(n):
        first[work.leader[job] + 1] += 1
    most = ZERO
    for leader in range(leaders):
        most = max(most, first[leader + 1])
        first[leader + 1] += first[leader]
    place = first[:-1].copy()
    mine = np.empty(n, np.int64)
    for job in range(n):
        mine[place[work.leader[job]]] = job
        place[work.leader[job]] += 1
    room = np.int64(3) * most + ONE
    queue = Queue(np.empty(room, np.float64), np.empty(room, np.int64), np.empty(CLASS_COUNT, np.int64), np.empty(CLASS_COUNT, np.int64),
                  np.empty(CLASS_COUNT, np.int64), np.empty(CLASS_COUNT, np.int64))
    row = n
    for leader in range(leaders):
        queue.head[:] = NOBODY
        queue.tail[:] = NOBODY
        queue.aside[:] = NOBODY
        queue.count[:] = ZERO
        size = ZERO
        for at in range(first[leader], first[leader + 1]):
            size = heap_push(queue.times, queue.ranks, size, work.arrive[mine[at]], mine[at])
        if absent[leader]:
            row = one_desk(rule, causes, work, queue, size, row, n, d1_opens, d1_closes, klass_of)
        else:
            row = one_desk(rule, causes, work, queue, size, row, n, opens, closes, klass_of)
    return row


def work_desks(numbers: DeskNumbers, draws: DeskDraws, jobs: Jobs, until: float) -> Table:
    """The `desk` table of all leaders up to and including the minute `until`."""
    n = len(jobs.leader)
    asks = int(np.count_nonzero(jobs.task == Task.REGISTER)) * draws.ask_after.shape[1]
    room = n + asks + 2 * int(np.count_nonzero(jobs.task == Task.HAND_OVER))

    def column(planned: NDArray, dtype: type) -> NDArray:
        out = np.empty(room, dtype)
        out[:n] = planned
        return out

    work = Work(
        column(jobs.leader, np.int64), column(jobs.task, np.int64), column(jobs.order, np.int64), column(jobs.arrive_min, np.float64),
        column(jobs.work_min, np.float64), column(jobs.work_min, np.float64), column(np.nan, np.float64), column(np.nan, np.float64),
        column(-1, np.int64), column(np.arange(n), np.int64), np.empty(room, np.int64), np.zeros(n, np.int64),
    )
    rule = Order(numbers.level, numbers.beats, numbers.finish, float(numbers.resume_cost), float(numbers.ask_again), float(numbers.tolerance),
                 float(numbers.complaint_share), float(until))
    causes = Causes(draws.ask_after, draws.complaint_luck, draws.complaint_after, draws.complaint_work, draws.follow_after, draws.follow_work)
    used = run_desks(rule, causes, work, n, draws.absent, numbers.opens, numbers.closes, numbers.d1_opens, numbers.d1_closes, TASK_CLASS)
    spent = work.total[:used] - work.left[:used]
    late = slice(n, used)
    return desk_table(
        jobs, work.start[:n], work.end[:n], spent[:n], work.waiting[:n],
        Jobs(work.leader[late], work.task[late], work.order[late], work.arrive[late], work.total[late]),
        work.start[late], work.end[late], spent[late], work.waiting[late], work.ident[late],
    )


def evening(numbers: DeskNumbers, draws: DeskDraws, jobs: Jobs, until: float) -> Evening:
    """Register and tally until the end of the night; what is not done by then is NaN."""
    return evening_columns(numbers, draws, work_desks(numbers, draws, jobs, until), len(draws.register_work))


def both_days(numbers: DeskNumbers, draws: DeskDraws, jobs: Jobs) -> Table:
    """The `desk` table of both days; up to the start of the day's first job equal to the evening's."""
    return work_desks(numbers, draws, jobs, RUN_END_MIN)


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
    """The `sheets` table: sheets with orders, in the order of communities; a tally that never ended is never merged."""
    community = np.flatnonzero(rows)
    arrive = tally_end_min[community]
    n = len(community)
    start, end, clerk = np.full(n, np.nan), np.full(n, np.nan), np.full(n, -1, np.int64)
    order = np.argsort(arrive, kind="stable")
    order = order[: int(np.count_nonzero(~np.isnan(arrive)))]
    merge(order, arrive, rows[community].astype(np.float64), float(numbers.merge_sheet), float(numbers.merge_row), start, end, clerk, numbers.clerks)
    return {"community": community.astype(np.int32), "rows": rows[community].astype(np.int32), "tally_end_min": arrive, "merge_start_min": start,
            "merge_end_min": end, "clerk": clerk.astype(np.int32)}
