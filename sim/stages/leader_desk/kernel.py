"""The desk compiled: one event loop a leader over columns of jobs.

A job's arrival is (time, rank) on a heap: rank r < n is planned job r, n + r the next thing job r causes
(asks again, complains), 2n + r the ticket that follows a hand-over.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.clock import RUN_END_MIN
from sim.compiling import compiled, kernel, lean
from sim.orderlog import Table
from sim.stages.leader_desk import rules
from sim.stages.leader_desk.codes import CLASSES, TASK_CLASS, Task
from sim.stages.leader_desk.draws import DeskDraws
from sim.stages.leader_desk.jobs import Evening, Jobs, desk_table, evening_columns
from sim.stages.leader_desk.numbers import DeskNumbers
from sim.stages.leader_desk.pile_kernel import CLASS, JOB, NOBODY, ONE, ZERO, enqueue, take, write_job
from sim.station.heap_kernel import heap_pop, heap_push

still_to_do = compiled(rules.still_to_do)
complains = compiled(rules.complains)

__all__ = ["both_days", "evening", "work_desks"]

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


CAUSE = np.dtype(
    [("luck", "f8"), ("after", "f8"), ("work", "f8"), ("follow_after", "f8"), ("follow_work", "f8")],
    align=True,
)
"""By order: what its hand-over causes."""


@lean
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


@lean
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


@lean
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


@lean
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
def run_desks(
    rule,
    causes,
    ask_after,
    jobs,
    classes,
    leader,
    task,
    order,
    arrive,
    work,
    absent,
    opens,
    closes,
    d1_opens,
    d1_closes,
    klass_of,
):
    """Write the planned jobs, work off every desk; returns the number of rows used."""
    n = np.int64(leader.shape[0])
    leaders = absent.shape[0]
    first = np.zeros(leaders + 1, np.int64)
    for job in range(n):
        write_job(
            jobs, job, arrive[job], work[job], leader[job], task[job], klass_of[task[job]], order[job], job
        )
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
            row = one_desk(
                rule,
                causes,
                ask_after,
                jobs,
                classes,
                times,
                ranks,
                size,
                row,
                n,
                d1_opens,
                d1_closes,
                klass_of,
            )
        else:
            row = one_desk(
                rule, causes, ask_after, jobs, classes, times, ranks, size, row, n, opens, closes, klass_of
            )
    return row


def work_desks(numbers: DeskNumbers, draws: DeskDraws, jobs: Jobs, until: float) -> Table:
    """Work off the desks of all leaders up to and including the minute `until`: the `desk` table."""
    n = len(jobs.leader)
    asks = int(np.count_nonzero(jobs.task == Task.REGISTER)) * draws.ask_after.shape[1]
    records = np.empty(n + asks + 2 * int(np.count_nonzero(jobs.task == Task.HAND_OVER)), JOB)
    classes = np.zeros(len(CLASSES), CLASS)
    classes["level"], classes["beats"], classes["finish"] = numbers.level, numbers.beats, numbers.finish
    causes = np.empty(len(draws.complaint_luck), CAUSE)
    for name, column in zip(
        CAUSE.names or (),
        (
            draws.complaint_luck,
            draws.complaint_after,
            draws.complaint_work,
            draws.follow_after,
            draws.follow_work,
        ),
        strict=True,
    ):
        causes[name] = column
    rule = Rule(
        float(numbers.resume_cost),
        float(numbers.ask_again),
        float(numbers.tolerance),
        float(numbers.complaint_share),
        float(until),
    )
    used = run_desks(
        rule,
        causes,
        draws.ask_after,
        records,
        classes,
        *jobs,
        draws.absent,
        numbers.opens,
        numbers.closes,
        numbers.d1_opens,
        numbers.d1_closes,
        TASK_CLASS,
    )
    done, caused = records[:n], records[n:used]
    return desk_table(
        jobs,
        done["start"],
        done["end"],
        done["total"] - done["left"],
        done["waiting"],
        Jobs(caused["leader"], caused["task"], caused["order"], caused["arrive"], caused["total"]),
        caused["start"],
        caused["end"],
        caused["total"] - caused["left"],
        caused["waiting"],
        caused["ident"],
    )


def evening(numbers: DeskNumbers, draws: DeskDraws, jobs: Jobs, until: float) -> Evening:
    """Register and tally until the end of the night; what is not done by then is NaN."""
    return evening_columns(numbers, draws, work_desks(numbers, draws, jobs, until), len(draws.register_work))


def both_days(numbers: DeskNumbers, draws: DeskDraws, jobs: Jobs) -> Table:
    """Work off both days: the `desk` table, which repeats the evening's until the day begins."""
    return work_desks(numbers, draws, jobs, RUN_END_MIN)
