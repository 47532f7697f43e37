"""The pile of waiting jobs, compiled: one list a level of urgency, threaded through the jobs' records."""

from __future__ import annotations

import numpy as np

from sim.compiling import lean

NOBODY = np.int64(-1)
ZERO = np.int64(0)
ONE = np.int64(1)
JOB = np.dtype(
    [
        ("arrive", "f8"),
        ("total", "f8"),
        ("left", "f8"),
        ("start", "f8"),
        ("end", "f8"),
        ("leader", "i8"),
        ("task", "i8"),
        ("klass", "i8"),
        ("order", "i8"),
        ("waiting", "i8"),
        ("ident", "i8"),
        ("after", "i8"),
        ("asked", "i8"),
    ],
    align=True,
)
"""One record a job; rows from n on are caused. `after`: the next in its list. `asked`: asks noted so far."""
CLASS = np.dtype(
    [
        ("level", "i8"),
        ("beats", "i8"),
        ("count", "i8"),
        ("head", "i8"),
        ("tail", "i8"),
        ("aside", "i8"),
        ("finish", "?"),
    ],
    align=True,
)
"""By class: level, beats, finish, jobs waiting. By level: ends of the list, and the job put aside."""


@lean
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


@lean
def take(jobs, classes):
    """Take the next job: lowest level, there the one put aside first."""
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


@lean
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
