"""The answer: for each promise the cheapest calendar, its price, and how it does on nights never searched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sim.experiments.intervals import Interval, replications_to_promise, share_interval
from sim.experiments.shifts.cheapest import Found, cheapest
from sim.experiments.shifts.kinds import Kind, Plan, kind_of, kinds_of
from sim.experiments.shifts.programme import Programme
from sim.experiments.shifts.queues import Queue, gather
from sim.experiments.shifts.trials import Nights, Trial
from sim.problems import Unusable

if TYPE_CHECKING:
    from sim.engines import Engine
    from sim.scenario import Scenario

PROMISES = (0.90, 0.95, 0.99)
"""Promises whose prices stand side by side, besides the one asked for."""
FRESH = 1_000_000
"""Number of the first fresh night: no search comes that far."""
ROUNDS = 3
"""How often fresh nights may refuse the answer and join the nights of the search."""
LEAST, MOST = 0.5, 0.999
"""Promises that can be asked for; nights for more than .999 would take hours."""


class Asked(NamedTuple):
    """A question: which scenario, which nights, by when, how sure.

    Attributes:
        scenario, name, seed, engine, jobs: as everywhere.
        replications: nights that are searched, and again as many fresh ones.
        promise: probability that everything is sorted in time.
        by_min: when everything must be sorted; None: 24:00 by the system, when the first van must begin to
            load by hand.
    """

    scenario: Scenario
    name: str
    seed: int = 1
    engine: Engine = "compiled"
    jobs: int = 1
    replications: int = 1000
    promise: float = 0.95
    by_min: float | None = None


class Held(NamedTuple):
    """A calendar and how it did: `found` on the nights searched, `fresh` on others, with 95 % interval."""

    promise: float
    found: Found
    fresh: Trial
    band: Interval

    @property
    def share(self) -> float:
        """Share of the fresh nights with everything sorted in time."""
        return 1.0 - self.fresh.missed / self.fresh.nights


@dataclass(frozen=True)
class Answer:
    """What was found for each promise, lowest first, and today's calendar beside it."""

    asked: Asked
    programme: Programme
    searched: Nights
    fresh: Nights
    held: tuple[Held, ...]
    today: Plan
    today_fresh: Trial

    @property
    def main(self) -> Held:
        """The calendar for the promise asked for."""
        return next(one for one in self.held if one.promise == self.asked.promise)


def cheapest_shifts(
    asked: Asked,
    expect: Callable[[int], None] | None = None,
    tick: Callable[[int], None] | None = None,
) -> Answer:
    """Search, ask fresh nights, and search on with them while they disagree.

    Args:
        asked: the question.
        expect: called with how many more evenings will be played.
        tick: called with the number of each evening played.

    Raises:
        Unusable: nothing can be chosen from, or the promise cannot be shown; one sentence says why.
    """
    kinds = _kinds(asked)
    promises = sorted({*PROMISES, asked.promise})
    known: list[Queue] = []
    least = replications_to_promise(asked.promise) if asked.promise > max(PROMISES) else 1
    count = max(asked.replications, least)
    if expect is not None:
        expect(2 * count)
    fresh = _play(asked, range(count), tick)
    for turn in range(ROUNDS):
        known += fresh
        searched = Nights(asked.scenario, known, asked.jobs)
        programme = Programme(asked.scenario, kinds, searched.by_min, searched.begun_min)
        found = [cheapest(programme, searched, promise) for promise in promises]
        first = FRESH + turn * count
        fresh = _play(asked, range(first, first + count), tick)
        unseen = Nights(asked.scenario, fresh, asked.jobs)
        held = tuple(_held(one, promise, unseen) for one, promise in zip(found, promises, strict=True))
        if all(agreed(one, strict=turn == 0) for one in held):
            break
        if expect is not None and turn < ROUNDS - 1:
            expect(count)
    today = tuple((kind_of(team), team.people) for team in asked.scenario.sorting.teams if team.people)
    return Answer(asked, programme, searched, unseen, held, today, unseen.trial(today, paid=True))


def agreed(held: Held, *, strict: bool) -> bool:
    """Whether fresh nights bear the search out: they keep the promise, or it lies within their interval.

    The calendar was chosen for what it did on the nights of the search, so these flatter it a little; a
    `strict` look asks that the promise is kept on all nights together as well. A promise that no calendar
    holds has nothing to be borne out.
    """
    if not held.found.reached or held.share >= held.promise:
        return True
    nights = held.fresh.nights + held.found.trial.nights
    together = 1.0 - (held.fresh.missed + held.found.trial.missed) / nights
    return held.band.contains(held.promise) and (not strict or together >= held.promise)


def _held(found: Found, promise: float, unseen: Nights) -> Held:
    trial = unseen.trial(found.plan, paid=True)
    return Held(promise, found, trial, share_interval(trial.nights - trial.missed, trial.nights))


def _play(asked: Asked, nights: range, tick: Callable[[int], None] | None) -> list[Queue]:
    return gather(
        asked.scenario,
        asked.seed,
        nights,
        engine=asked.engine,
        jobs=asked.jobs,
        by_min=asked.by_min,
        tick=tick,
    )


def _kinds(asked: Asked) -> list[Kind]:
    """The shifts to choose from, once the question has been found to make sense."""
    rosters, sorting = asked.scenario.rosters, asked.scenario.sorting
    if not LEAST <= asked.promise <= MOST:
        raise Unusable(
            f"a promise is a probability from {LEAST} to {MOST}; found {asked.promise:g} "
            "(no number of nights can show that something never fails)"
        )
    if rosters.smallest_team_people > sorting.hall_limit_people:
        raise Unusable(
            f"no team fits: `rosters.smallest_team_people` is {rosters.smallest_team_people}, "
            f"`sorting.hall_limit_people` is {sorting.hall_limit_people}"
        )
    kinds = kinds_of(rosters)
    if not kinds:
        rest = rosters.next_shift_min - 60.0 * rosters.min_rest_h
        raise Unusable(
            f"`rosters` allow no shift: the shortest ({rosters.shortest_length_min:g} min) from the earliest "
            f"start (minute {rosters.earliest_start_min:g}) must end by minute {rest:g} to leave "
            f"{rosters.min_rest_h:g} h of rest, and its breaks must fit"
        )
    return kinds
