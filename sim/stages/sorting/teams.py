"""The shift calendar: teams as data, and the same as one row a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from pydantic import Field, model_validator

from sim.units import Params, par

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PLAN = "shifts drawn up for an ordinary night of 5,600 orders; `lianlu shifts` says how surely they finish"
TEAM_BITS = 20
"""A worker's key is team << 20 | place in it: one person more moves no one's luck in another team."""


class Break(Params):
    """A break of a whole team; someone in the middle of a job takes it after the job, in full length."""

    after_min: float = par(
        105.0,
        unit="min",
        low=0,
        high=1440,
        grade="assumed",
        source=_PLAN,
        meaning="Start of the break, counted from the start of the shift.",
    )
    length_min: float = par(
        15.0, unit="min", low=0, high=240, grade="assumed", source=_PLAN, meaning="Length of the break."
    )


class Team(Params):
    """People who come and go together."""

    name: str = par(
        "A", unit="-", grade="rule", source="a name", meaning="Name of the team in reports.", role="display"
    )
    start_min: float = par(
        1200.0,
        unit="min since D0 00:00",
        low=0,
        high=2880,
        grade="assumed",
        source=_PLAN,
        meaning="Start of the team's shift.",
    )
    length_min: float = par(
        270.0,
        unit="min",
        low=0,
        high=1440,
        grade="assumed",
        source=_PLAN,
        meaning="Length of the shift with its breaks; begun jobs are finished after it.",
    )
    people: int = par(
        16,
        unit="people",
        low=0,
        high=100_000,
        grade="assumed",
        source=_PLAN,
        meaning="People on the calendar; each is absent with `night.absence_share`.",
    )
    breaks: list[Break] = Field(
        default_factory=list, max_length=10, description="Breaks of the shift, one after the other."
    )

    @model_validator(mode="after")
    def _breaks_in_order(self) -> Team:
        ends = 0.0
        for pause in self.breaks:
            if pause.after_min < ends:
                raise ValueError("`breaks` must follow one another without overlap")
            ends = pause.after_min + pause.length_min
        if ends > self.length_min:
            raise ValueError("`breaks` must end inside the shift")
        return self


def default_teams() -> list[Team]:
    """Two teams of 16 and 14 from 20:00 and 20:30, both until 00:30 at the latest."""
    return [
        Team(
            name="A",
            start_min=1200.0,
            length_min=270.0,
            people=16,
            breaks=[Break(after_min=105.0, length_min=15.0)],
        ),
        Team(
            name="B",
            start_min=1230.0,
            length_min=240.0,
            people=14,
            breaks=[Break(after_min=120.0, length_min=15.0)],
        ),
    ]


def most_people(teams: list[Team]) -> tuple[float, int]:
    """The first moment with the most people on the calendar, and how many; a shift is [start, end)."""
    best = (0.0, 0)
    for moment in sorted({team.start_min for team in teams}):
        people = sum(
            team.people for team in teams if team.start_min <= moment < team.start_min + team.length_min
        )
        if people > best[1]:
            best = (moment, people)
    return best


class Shifts(NamedTuple):
    """One row a person; breaks of person w are rows break_first[w] … break_first[w + 1].

    `bell_min`, `bell_worker`: every start, break and end of all people, by time then person.
    """

    key: NDArray[np.int64]
    team: NDArray[np.int16]
    start: NDArray[np.float64]
    end: NDArray[np.float64]
    break_first: NDArray[np.int64]
    break_start: NDArray[np.float64]
    break_length: NDArray[np.float64]
    bell_min: NDArray[np.float64]
    bell_worker: NDArray[np.int64]


def shifts_of(teams: list[Team]) -> Shifts:
    """The calendar of every person, in the order of the teams."""
    people = np.array([team.people for team in teams], np.int64)
    number = np.repeat(np.arange(len(teams), dtype=np.int64), people)
    place = np.arange(len(number), dtype=np.int64) - np.repeat(np.cumsum(people) - people, people)
    start = np.array([team.start_min for team in teams], np.float64)
    end = np.array([team.start_min + team.length_min for team in teams], np.float64)
    pauses = np.array([len(team.breaks) for team in teams], np.int64)
    first = np.zeros(len(number) + 1, np.int64)
    np.cumsum(pauses[number], out=first[1:])
    taken = [
        (team.start_min + pause.after_min, pause.length_min)
        for team in teams
        for _ in range(team.people)
        for pause in team.breaks
    ]
    table = np.array(taken, np.float64).reshape(len(taken), 2)
    worker = np.arange(len(number), dtype=np.int64)
    bells = np.concatenate([start[number], table[:, 0], end[number]])
    rung = np.concatenate([worker, np.repeat(worker, pauses[number]), worker])
    order = np.argsort(bells, kind="stable")
    return Shifts(
        key=number << TEAM_BITS | place,
        team=number.astype(np.int16),
        start=start[number],
        end=end[number],
        break_first=first,
        break_start=table[:, 0].copy(),
        break_length=table[:, 1].copy(),
        bell_min=bells[order],
        bell_worker=rung[order],
    )
