"""Agents' hours: the day team on both days, the second line beside it, a larger team on a show night."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sim.clock import DAY_MIN

if TYPE_CHECKING:
    from sim.stages.aftersales.spec import AftersalesParams


class Shift(NamedTuple):
    """So many people from begin to end, minutes since D0 00:00."""

    begin: float
    end: float
    people: int

    @property
    def minutes(self) -> float:
        """Length of the shift."""
        return self.end - self.begin


def first_line(params: AftersalesParams, *, live: bool) -> tuple[Shift, ...]:
    """The planned shifts of those who answer first, in order; the evening team comes on a show night only."""
    start, end, late = (60.0 * h for h in (params.day_from_h, params.day_until_h, params.show_night_until_h))
    return (
        Shift(start, end, params.agents),
        Shift(end, late, params.show_night_agents if live else 0),
        Shift(DAY_MIN + start, DAY_MIN + end, params.agents),
    )


def second_line(params: AftersalesParams) -> tuple[Shift, ...]:
    """The second line keeps the hours of the day team."""
    start, end, people = 60.0 * params.day_from_h, 60.0 * params.day_until_h, params.second_line_agents
    return Shift(start, end, people), Shift(DAY_MIN + start, DAY_MIN + end, people)
