"""Kinds of shift: start, length and breaks that the rosters allow, their wages, and what they can do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.stages.sorting.teams import Break, Team

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.money import MoneyParams
    from sim.rosters import RostersParams
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]

SMALL = 1e-9
"""Slack against rounding where steps of a grid meet its end."""
TO_FIVE = 5.0
"""Breaks begin at whole five minutes."""


class Kind(NamedTuple):
    """A shift that a team can be given; minutes, breaks as (minutes after the start, length)."""

    start: float
    length: float
    breaks: tuple[tuple[float, float], ...]

    @property
    def end(self) -> float:
        """When it is over, minutes since 00:00 of D0."""
        return self.start + self.length


Plan = tuple[tuple[Kind, int], ...]
"""A calendar: (kind of shift, people) of each team, by start, length, breaks."""


def kinds_of(rosters: RostersParams) -> list[Kind]:
    """Every kind of shift that the rosters allow, by start, length and breaks; rest limits the end."""
    latest_end = rosters.next_shift_min - 60.0 * rosters.min_rest_h
    return [
        Kind(start, length, breaks)
        for start in _grid(rosters.earliest_start_min, rosters.latest_start_min, rosters.start_step_min)
        for length in _grid(rosters.shortest_length_min, rosters.longest_length_min, rosters.length_step_min)
        if start + length <= latest_end + SMALL
        for breaks in breaks_of(length, rosters)
    ]


def _grid(first: float, last: float, step: float) -> list[float]:
    return [first + step * i for i in range(int((last - first) / step + SMALL) + 1)]


def breaks_of(length: float, rosters: RostersParams) -> list[tuple[tuple[float, float], ...]]:
    """Ways to place the fewest breaks that keep every stretch short enough: even, and all a step off it."""
    pause, longest = rosters.break_length_min, rosters.longest_stretch_min
    if length <= longest + SMALL or pause == 0.0:
        return [()]
    # n breaks leave n + 1 stretches of length − n × pause
    count = max(1, math.ceil((length - longest) / (longest + pause) - SMALL))
    if count * pause >= length:
        return []
    stretch = (length - count * pause) / (count + 1)
    found = []
    for shift in (0.0, -rosters.break_step_min, rosters.break_step_min):
        after = [TO_FIVE * round((stretch * (i + 1) + pause * i + shift) / TO_FIVE) for i in range(count)]
        edges = [0.0, *(edge for start in after for edge in (start, start + pause)), length]
        worked = [edges[i + 1] - edges[i] for i in range(0, len(edges), 2)]
        if min(worked) > 0.0 and max(worked) <= longest + SMALL:
            found.append(tuple((start, pause) for start in after))
    return sorted(dict.fromkeys(found))


def kind_of(team: Team) -> Kind:
    """The shift of a team of a scenario."""
    return Kind(
        team.start_min, team.length_min, tuple((one.after_min, one.length_min) for one in team.breaks)
    )


def teams_of(plan: Plan) -> list[Team]:
    """The calendar as a scenario's `sorting.teams`: A, B, C … in its order."""
    return [
        Team(
            name=chr(ord("A") + i) if i < 26 else f"T{i + 1}",
            start_min=kind.start,
            length_min=kind.length,
            people=people,
            breaks=[Break(after_min=after, length_min=length) for after, length in kind.breaks],
        )
        for i, (kind, people) in enumerate(plan)
    ]


def price_of(kind: Kind, scenario: Scenario) -> float:
    """Expected wage of one person on a shift, CNY: as the KPI `cost_cny` pays, without overtime.

    The KPI pays whoever comes from start to end of the shift, breaks included, the night wage from
    `money.night_from_min` on, and nobody who is absent; so this is the wage times the probability to come. A
    shift below `rosters.min_paid_h` is paid as if it went on to there, which the KPI does not know.
    """
    paid_until = kind.start + max(kind.length, 60.0 * scenario.rosters.min_paid_h)
    return (1.0 - scenario.night.absence_share) * wage(kind.start, paid_until, scenario.money)


def top_up(kind: Kind, scenario: Scenario) -> float:
    """The part of `price_of` that the KPI `cost_cny` does not pay: what a short shift is topped up by."""
    worked = (1.0 - scenario.night.absence_share) * wage(kind.start, kind.end, scenario.money)
    return price_of(kind, scenario) - worked


def wage(start: float, end: float, money: MoneyParams) -> float:
    """Wage from start to end, the part after the night hour at the night's rate."""
    night = max(0.0, end - max(start, money.night_from_min)) / 60.0
    hours = (end - start) / 60.0
    return (hours - night) * money.sorter_cny_per_h + night * money.sorter_night_cny_per_h


def cost_of(plan: Plan, scenario: Scenario) -> float:
    """Expected wages of a calendar, CNY."""
    return sum(people * price_of(kind, scenario) for kind, people in plan)


def minutes_left(kinds: Sequence[Kind], moments: Floats, by_min: float, begun_min: float = 0.0) -> Floats:
    """(kinds, moments) minutes that one person on a shift works from each moment to the deadline.

    Whoever goes home first finishes the job begun, `begun_min` on average; whoever is still there at the
    deadline has so much of a job in hand that is not done in time, or stands idle while the last are done.
    """
    out = np.zeros((len(kinds), len(moments)))
    for i, kind in enumerate(kinds):
        out[i] = _overlap(moments, kind.start, min(kind.end, by_min))
        for after, length in kind.breaks:
            out[i] -= _overlap(moments, kind.start + after, min(kind.start + after + length, by_min))
        out[i] += np.where(out[i] > 0.0, begun_min if kind.end < by_min else -begun_min, 0.0)
    return out


def _overlap(moments: Floats, start: float, end: float) -> Floats:
    """Minutes of [start, end) that lie after each moment."""
    rest: Floats = np.maximum(0.0, end - np.maximum(moments, start))
    return rest
