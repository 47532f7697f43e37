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
from sim.stages.leader_desk.spec import CLASSES, RUN_END_MIN, TASK_CLASS, DeskNumbers, Task
from sim.station.heap_kernel import heap_pop, heap_push

if TYPE_CHECKING:
    from numpy.typing import NDArray

still_to_do = compiled(rules.still_to_do)
complains = compiled(rules.complains)
merge_length = compiled(rules.merge_length)

NOBODY = np.int64(-1)
ZERO = np.int64(0)
ONE = np.int64(1)
TWO = np.int64(2)
REGISTERING = np.int64(2)
REGISTER = np.int64(Task.REGISTER)
ASK_AGAIN = np.int64(Task.ASK_AGAIN)
HAND_OVER = np.int64(Task.HAND_OVER)
COMPLAINT = np.int64(Task.COMPLAINT)
TICKET = np.int64(Task.TICKET)


class Rule(NamedTuple):
    """Scalars of the desk."""

    resume_cost: float
    ask_again: float
    tolerance: float
    complaint_share: float
    until: float


JOB = np.dtype([("arrive", "f8"), ("total", "f8"), ("left", "f8"), ("start", "f8"), ("end", "f8"), ("leader", "i8"), ("task", "i8"), ("klass", "i8"),
                ("order", "i8"), ("waiting", "i8"), ("ident", "i8"), ("after", "i8"), ("asked", "i8")], align=True)
"""One record a job; rows from n on are caused. `after`: the next in its list. `asked`: asks noted so far."""
CLASS = np.dtype([("level", "i8"), ("beats", "i8"), ("count", "i8"), ("head", "i8"), ("tail", "i8"), ("aside", "i8"), ("finish", "?")], align=True)
"""By class: level, beats, finish, jobs waiting. By level: ends of the list, and the job put aside."""
CAUSE = np.dtype([("luck", "f8"), ("after", "f8"), ("work", "f8"), ("follow_after", "f8"), ("follow_work", "f8")], align=True)
"""By order: what its hand-over causes."""


@compiled
def enqueue(jobs, classes, job):
    """Append a job to its level's list, keeping (arrival, id) among jobs of one instant."""
    klass = jobs[job].klass
    level = classes[klass].level
    classes[klass].count += ONE
    jobs[job].after = NOBODY
    last = classes[level].tail
    if last == NOBODY:
        classes[level].head = job
        classes[level].tail = job
        return
    arrive = jobs[job].arrive
    ident = jobs[job].ident
    if jobs[last].arrive < arrive or jobs[last].ident < ident:
        jobs[last].after = job
        classes[level].tail = job
        return
    before = NOBODY
    here = classes[level].head
    while jobs[here].arrive < arrive or jobs[here].ident < ident:
        before = here
        here = jobs[here].after
    jobs[job].after = here
    if before == NOBODY:
        classes[level].head = job
    else:
        jobs[before].after = job


@compiled
def take(jobs, classes):
    """The next job: lowest level, there the one put aside first."""
    for level in range(classes.shape[0]):
        job = classes[level].aside
        if job != NOBODY:
            classes[level].aside = NOBODY
            return job
        job = classes[level].head
        if job != NOBODY:
            following = jobs[job].after
            classes[level].head = following
            if following == NOBODY:
                classes[level].tail = NOBODY
            return job
    return NOBODY


@compiled
def write_job(jobs, row, arrive, work, leader, task, klass, order, ident):
    """Write a fresh job into its row."""
    jobs[row].arrive = arrive
    jobs[row].total = work
    jobs[row].left = work
    jobs[row].start = np.nan
    jobs[row].end = np.nan
    jobs[row].leader = leader
    jobs[row].task = task
    jobs[row].klass = klass
    jobs[row].order = order
    jobs[row].waiting = NOBODY
    jobs[row].ident = ident
    jobs[row].asked = ZERO


@compiled
def ask_later(ask_after, jobs, times, ranks, size, parent, n):
    """Note when a waiting buyer asks next."""
    order = jobs[parent].order
    turn = jobs[parent].asked
    if order >= 0 and turn < ask_after.shape[1]:
        jobs[parent].asked = turn + ONE
        after = ask_after[order, turn]
        if after < np.inf:
            size = heap_push(times, ranks, size, jobs[parent].arrive + after, n + parent)
    return size


@compiled
def handed_over(rule, causes, jobs, times, ranks, size, job, now, n):
    """Note what a finished hand-over causes later."""
    order = jobs[job].order
    if order < 0:
        return size
    if complains(now, jobs[job].arrive, rule.tolerance, causes[order].luck, rule.complaint_share):
        size = heap_push(times, ranks, size, now + causes[order].after, n + job)
    if causes[order].follow_after < np.inf:
        size = heap_push(times, ranks, size, now + causes[order].follow_after, n + n + job)
    return size


@compiled
def caused_job(rule, causes, jobs, row, parent, rank, now, n, klass_of):
    """Write what `parent` causes now: a ticket, a complaint or another look at the reply."""
    order = jobs[parent].order
    task = ASK_AGAIN
    work = rule.ask_again
    if rank >= n + n:
        task = TICKET
        work = causes[order].follow_work
    elif jobs[parent].task == HAND_OVER:
        task = COMPLAINT
        work = causes[order].work
    write_job(jobs, row, now, work, jobs[parent].leader, task, klass_of[task], order, rank)


@compiled
def one_desk(rule, causes, ask_after, jobs, classes, times, ranks, size, row, n, opens, closes, klass_of):
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
        if size > 0 and times[0] < now:
            now = times[0]
        if now > rule.until or now == np.inf:
            break
        if planned_end == now:
            jobs[busy].end = now
            jobs[busy].left = 0.0
            if jobs[busy].task == HAND_OVER:
                size = handed_over(rule, causes, jobs, times, ranks, size, busy, now, n)
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
                    give_way = not classes[jobs[busy].klass].finish
            else:
                is_open = True
                boundary = closes[window]
        while size > 0 and times[0] == now:
            _, rank, size = heap_pop(times, ranks, size)
            job = rank
            if rank >= n:
                parent = rank % n
                job = row
                if jobs[parent].task == REGISTER:
                    if not np.isnan(jobs[parent].start):
                        continue
                    size = ask_later(ask_after, jobs, times, ranks, size, parent, n)
                    if not is_open:
                        continue
                caused_job(rule, causes, jobs, row, parent, rank, now, n, klass_of)
                row += ONE
            elif jobs[job].task == REGISTER:
                size = ask_later(ask_after, jobs, times, ranks, size, job, n)
            enqueue(jobs, classes, job)
            mask |= ONE << jobs[job].klass
        if busy != NOBODY and is_open and not overtime:
            give_way = (mask & classes[jobs[busy].klass].beats) != 0
        if give_way:
            klass = jobs[busy].klass
            jobs[busy].left = still_to_do(planned_end, now)
            classes[classes[klass].level].aside = busy
            classes[klass].count += ONE
            mask |= ONE << klass
            busy = NOBODY
            planned_end = np.inf
        if is_open and busy == NOBODY and mask != 0:
            busy = take(jobs, classes)
            klass = jobs[busy].klass
            classes[klass].count -= ONE
            if classes[klass].count == 0:
                mask ^= ONE << klass
            overtime = False
            if np.isnan(jobs[busy].start):
                jobs[busy].start = now
                jobs[busy].waiting = classes[REGISTERING].count
                planned_end = now + jobs[busy].left
            else:
                jobs[busy].total += rule.resume_cost
                planned_end = now + (jobs[busy].left + rule.resume_cost)
    if busy != NOBODY:
        jobs[busy].left = still_to_do(planned_end, rule.until)
    return row


@kernel
def run_desks(rule, causes, ask_after, jobs, classes, leader, task, order, arrive, work, absent, opens, closes, d1_opens, d1_closes, klass_of):
    """Write the planned jobs, work off every desk; returns the number of rows used."""
    n = np.int64(leader.shape[0])
    leaders = absent.shape[0]
    first = np.zeros(leaders + 1, np.int64)
    for job in range(n):
        write_job(jobs, job, arrive[job], work[job], leader[job], task[job], klass_of[task[job]], order[job], job)
        first[leader[job] + 1] += 1
    most = ZERO
    for desk in range(leaders):
        most = max(most, first[desk + 1])
        first[desk + 1] += first[desk]
    place = first[:-1].copy()
    mine = np.empty(n, np.int64)
    for job in range(n):
        mine[place[leader[job]]] = job
        place[leader[job]] += 1
    # a job has at most two entries at once: its own until it arrives, then what it causes
    times = np.empty(TWO * most + ONE, np.float64)
    ranks = np.empty(TWO * most + ONE, np.int64)
    row = n
    for desk in range(leaders):
        for level in range(classes.shape[0]):
            classes[level].count = ZERO
            classes[level].head = NOBODY
            classes[level].tail = NOBODY
            classes[level].aside = NOBODY
        size = ZERO
        for at in range(first[desk], first[desk + 1]):
            size = heap_push(times, ranks, size, arrive[mine[at]], mine[at])
        if absent[desk]:
            row = one_desk(rule, causes, ask_after, jobs, classes, times, ranks, size, row, n, d1_opens, d1_closes, klass_of)
        else:
            row = one_desk(rule, causes, ask_after, jobs, classes, times, ranks, size, row, n, opens, closes, klass_of)
    return row


def work_desks(numbers: DeskNumbers, draws: DeskDraws, jobs: Jobs, until: float) -> Table:
    """The `desk` table of all leaders up to and including the minute `until`."""
    n = len(jobs.leader)
    asks = int(np.count_nonzero(jobs.task == Task.REGISTER)) * draws.ask_after.shape[1]
    records = np.empty(n + asks + 2 * int(np.count_nonzero(jobs.task == Task.HAND_OVER)), JOB)
    classes = np.zeros(len(CLASSES), CLASS)
    classes["level"], classes["beats"], classes["finish"] = numbers.level, numbers.beats, numbers.finish
    causes = np.empty(len(draws.complaint_luck), CAUSE)
    for name, column in zip(CAUSE.names or (), (draws.complaint_luck, draws.complaint_after, draws.complaint_work, draws.follow_after, draws.follow_work),
                            strict=True):
        causes[name] = column
    rule = Rule(float(numbers.resume_cost), float(numbers.ask_again), float(numbers.tolerance), float(numbers.complaint_share), float(until))
    used = run_desks(rule, causes, draws.ask_after, records, classes, *jobs, draws.absent, numbers.opens, numbers.closes, numbers.d1_opens,
                     numbers.d1_closes, TASK_CLASS)
    done, caused = records[:n], records[n:used]
    return desk_table(
        jobs, done["start"], done["end"], done["total"] - done["left"], done["waiting"],
        Jobs(caused["leader"], caused["task"], caused["order"], caused["arrive"], caused["total"]),
        caused["start"], caused["end"], caused["total"] - caused["left"], caused["waiting"], caused["ident"],
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
