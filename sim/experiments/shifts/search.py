"""The search: the programme proposes, the nights judge, and what fails teaches a cut."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.experiments.shifts.alternatives import TooMany, alternatives
from sim.experiments.shifts.kinds import Plan, cost_of, minutes_left
from sim.experiments.shifts.programme import Cut, Programme

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiments.shifts.trials import Nights, Trial

    Floats = NDArray[np.float64]

CAUTION = 0.98
"""First cuts ask for this share of the promised night's work, so that they exclude nothing that could do."""
STEP = 0.5
"""A failed calendar teaches half of what it lacked: enough to get on, too little to pass the answer by."""
GRID_MIN = 10.0
"""Moments at which work and people are weighed, minutes apart."""
MOST_TRIALS = 200
LUCK = 0.05
"""Share of a calendar's work that people's luck could make up on a sample of nights."""


class Found(NamedTuple):
    """A calendar and how it did on the nights of the search.

    `reached` is false where no calendar holds the promise; `complete` says that every cheaper calendar within
    reach of people's luck was tried as well.
    """

    plan: Plan
    trial: Trial
    reached: bool
    complete: bool = False


def most_missed(nights: int, promise: float) -> int:
    """How many nights of a sample may be missed: the share kept must be at least `promise`."""
    return math.floor(nights * (1.0 - promise) + 1e-9)


def moments_of(programme: Programme, nights: Nights) -> Floats:
    """The moments at which cuts may stand: a grid from the first start until nothing more is released."""
    last = max(float(queue.release[-1]) if len(queue.release) else -np.inf for queue in nights.queues)
    first = min(kind.start for kind in programme.kinds)
    steps = max(0, math.ceil((min(last, programme.by_min) - first) / GRID_MIN))
    moments: Floats = first + GRID_MIN * np.arange(steps + 1, dtype=np.float64)
    return moments


def cheapest(programme: Programme, nights: Nights, promise: float) -> Found:
    """The cheapest calendar that is in time on at least a share `promise` of the nights.

    Fewer person-minutes from some moment on never do better where people are alike; so a calendar that fails
    excludes all that have, from its tightest moment to the deadline, no more. Cuts taught by one promise hold
    for every higher one, and are kept in `programme`.
    """
    allowed = most_missed(len(nights), promise)
    moments = moments_of(programme, nights)
    needs = nights.demand(promise, moments)
    first = [Cut(t, CAUTION * need) for t, need in zip(moments.tolist(), needs.tolist(), strict=True)]
    for _ in range(MOST_TRIALS):
        plan = programme.cheapest([*first, *programme.cuts])
        if plan is None:
            break
        trial = nights.trial(plan, allowed)
        if trial.missed <= allowed:
            return second_look(
                programme, nights, Found(plan, trial, reached=True), allowed, [*first, *programme.cuts]
            )
        programme.cuts.append(_taught(nights, plan, trial, allowed, moments, needs))
    return _best(programme, nights, promise, moments)


def second_look(
    programme: Programme, nights: Nights, found: Found, allowed: int, cuts: Sequence[Cut]
) -> Found:
    """The cheapest of the calendars that cost less and lack so little that luck could make it up.

    A person's absence and pace belong to a team and a place in it, so two calendars of equal strength need
    not miss the same nights. Where there are too many to try them all, the answer stays: to choose the
    luckiest of thousands would be to fit the nights, not the work.
    """
    weaker = [Cut(cut.moment, cut.minutes * (1.0 - LUCK)) for cut in cuts]
    try:
        cheaper = alternatives(programme, weaker, cost_of(found.plan, programme.scenario))
    except TooMany:
        return found
    for plan in cheaper:
        trial = nights.trial(plan, allowed)
        if trial.missed <= allowed:
            return Found(plan, trial, reached=True, complete=True)
    return found._replace(complete=True)


def _taught(nights: Nights, plan: Plan, trial: Trial, allowed: int, moments: Floats, needs: Floats) -> Cut:
    """What a failed calendar teaches: more person-minutes from its tightest moment on."""
    can = _can(plan, moments, nights.by_min)
    tightest = int(np.argmin(can - needs))
    lacked = float(np.sort(trial.short)[::-1][allowed])
    return Cut(float(moments[tightest]), float(can[tightest]) + max(1.0, STEP * lacked))


def _can(plan: Plan, moments: Floats, by_min: float) -> Floats:
    people = np.array([count for _, count in plan], np.float64)
    return people @ minutes_left([kind for kind, _ in plan], moments, by_min)


def tightest_min(nights: Nights, plan: Plan, promise: float, moments: Floats) -> float:
    """The moment from which on the promised night's work is closest to what the calendar can still do."""
    return float(
        moments[int(np.argmin(_can(plan, moments, nights.by_min) - nights.demand(promise, moments)))]
    )


def _best(programme: Programme, nights: Nights, promise: float, moments: Floats) -> Found:
    """The calendar that is in time most often, where no calendar is left to try."""
    allowed = most_missed(len(nights), promise)
    best: Found | None = None
    looked: set[float] = set()
    moment = float(moments[0])
    while moment not in looked:
        looked.add(moment)
        plan = programme.fullest(moment)
        if plan is None:
            break
        trial = nights.trial(plan)
        if best is None or trial.missed < best.trial.missed:
            best = Found(plan, trial, reached=trial.missed <= allowed)
        moment = tightest_min(nights, plan, promise, moments)
    if best is None:
        raise AssertionError("a programme without cuts has a solution: nobody at all")
    return best
