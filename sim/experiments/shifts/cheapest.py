"""The search: the programme proposes, the nights judge, and what fails teaches a cut."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.experiments.shifts.alternatives import TooMany, alternatives
from sim.experiments.shifts.kinds import Plan, cost_of
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
EDGE = 4
"""Nights on either side of the one that decides, which are asked when the hall was last idle."""
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
    first = min(kind.start for kind in programme.kinds)
    last = max(float(queue.release.max(initial=first)) for queue in nights.queues)
    steps = max(0, math.ceil((min(last, programme.by_min) - first) / GRID_MIN))
    moments: Floats = first + GRID_MIN * np.arange(steps + 1, dtype=np.float64)
    return moments


def cheapest(programme: Programme, nights: Nights, promise: float) -> Found:
    """The cheapest calendar that is in time on at least a share `promise` of the nights.

    On the nights that decide, a calendar that fails worked without a pause from its binding moment to the
    deadline, and whatever was released before was done; so it excludes all that have no more person-minutes
    from there on. Cuts taught by one promise hold for every higher one, and are kept in `programme`.
    """
    allowed = most_missed(len(nights), promise)
    moments = moments_of(programme, nights)
    needs = nights.demand(allowed, moments)
    ask, failed, before = CAUTION, False, None
    for _ in range(MOST_TRIALS):
        first = [Cut(t, ask * need) for t, need in zip(moments.tolist(), needs.tolist(), strict=True)]
        plan = programme.cheapest([*first, *programme.cuts])
        if plan is None:
            break
        trial = nights.trial(plan, allowed)
        if trial.missed > allowed:
            failed = True
            programme.cuts.append(_taught(programme, plan, trial, allowed))
        elif failed or plan == before:
            found = Found(plan, trial, reached=True)
            return second_look(programme, nights, found, allowed, [*first, *programme.cuts])
        else:  # nothing has failed yet: a cheaper one may do, if it is the first cuts that exclude it
            ask, before = ask * CAUTION, plan
    return _best(programme, nights, allowed, float(moments[0]))


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


def _taught(programme: Programme, plan: Plan, trial: Trial, allowed: int) -> Cut:
    """What a failed calendar teaches: more person-minutes from its binding moment on."""
    moment = binding_min(plan, trial, allowed)
    lacked = float(np.sort(trial.short)[::-1][allowed])
    return Cut(moment, programme.stands(plan, moment) + max(1.0, STEP * lacked))


def binding_min(plan: Plan, trial: Trial, allowed: int) -> float:
    """From when on nobody waited for work, on the nights that decide whether the promise is kept.

    From there to the deadline the work that remains is closest to what the calendar can still do: earlier
    there were idle people to spare, later none stand idle and both shrink alike. Where nobody ever waited it
    is the start of the first shift.
    """
    hardest = np.lexsort((-trial.unsorted, -trial.short))
    edge = hardest[max(0, allowed - EDGE) : allowed + EDGE + 1]
    first = min((kind.start for kind, _ in plan), default=-np.inf)
    return max(first, float(np.median(trial.idle[edge])))


def _best(programme: Programme, nights: Nights, allowed: int, moment: float) -> Found:
    """The calendar that is in time most often, where no calendar is left to try."""
    best: Found | None = None
    looked: set[float] = set()
    while moment not in looked:
        looked.add(moment)
        plan = programme.fullest(moment)
        if plan is None:
            break
        trial = nights.trial(plan)
        if best is None or trial.missed < best.trial.missed:
            best = Found(plan, trial, reached=trial.missed <= allowed)
        moment = binding_min(plan, trial, allowed)
    if best is None:
        raise AssertionError("a programme without cuts has a solution: nobody at all")
    return best
