"""Which sorting shifts may be proposed: starts, lengths, breaks, sizes of teams, rest and pay.

A shift that is worked stands in `sorting.teams`; here stands which ones `lianlu shifts` may choose from.
"""

from __future__ import annotations

from pydantic import model_validator

from sim.units import Params, par

_HABIT = "what people can be asked to come for on a weekday evening; your own agreement stands in its place"
_BREAKS = (
    "Break of at least 15 min after at most 2.5-3 h in a hall of 2-6 degrees; DIN 33403-5 asks for "
    "warming-up breaks, an agreement fixes them"
)
_TEAMS = "a team has one leader, whom everybody in it can ask; below that size it has no leader of its own"


class RostersParams(Params):
    """Shifts that a search may propose."""

    earliest_start_min: float = par(
        1170.0,
        unit="min since D0 00:00",
        low=0,
        high=2880,
        grade="assumed",
        source="19:30, when the first orders are paid",
        meaning="Earliest start of a proposed shift.",
        role="search",
    )
    latest_start_min: float = par(
        1320.0,
        unit="min since D0 00:00",
        low=0,
        high=2880,
        grade="assumed",
        source=_HABIT,
        meaning="Latest start of a proposed shift.",
        role="search",
    )
    start_step_min: float = par(
        30.0,
        unit="min",
        low=5,
        high=240,
        grade="assumed",
        source="shifts begin on the hour or half hour",
        meaning="Proposed starts are so far apart, counted from the earliest.",
        role="search",
    )
    shortest_length_min: float = par(
        180.0,
        unit="min",
        low=30,
        high=720,
        grade="assumed",
        source=_HABIT,
        meaning="Shortest proposed shift with its breaks.",
        role="search",
    )
    longest_length_min: float = par(
        480.0,
        unit="min",
        low=30,
        high=720,
        grade="assumed",
        source="eight hours a day, Labour Law of the People's Republic of China, art. 36",
        meaning="Longest proposed shift with its breaks.",
        role="search",
    )
    length_step_min: float = par(
        30.0,
        unit="min",
        low=5,
        high=240,
        grade="assumed",
        source="shifts last whole and half hours",
        meaning="Proposed lengths are so far apart, counted from the shortest.",
        role="search",
    )
    longest_stretch_min: float = par(
        150.0,
        unit="min",
        low=30,
        high=720,
        grade="assumed",
        source=_BREAKS,
        meaning="Nobody is planned to work longer without a break.",
        role="search",
    )
    break_length_min: float = par(
        15.0,
        unit="min",
        low=0,
        high=120,
        grade="assumed",
        source=_BREAKS,
        meaning="Length of each break of a proposed shift.",
        role="search",
    )
    break_step_min: float = par(
        30.0,
        unit="min",
        low=5,
        high=240,
        grade="assumed",
        source="breaks are moved by half hours at most",
        meaning="The breaks of a shift are tried this far apart.",
        role="search",
    )
    most_teams: int = par(
        3,
        unit="teams",
        low=1,
        high=20,
        grade="assumed",
        source="each start of a team costs a briefing and a handover",
        meaning="Most teams in a proposed calendar.",
        role="search",
    )
    smallest_team_people: int = par(
        4,
        unit="people",
        low=1,
        high=1000,
        grade="assumed",
        source=_TEAMS,
        meaning="Fewest people in a proposed team.",
        role="search",
    )
    largest_team_people: int = par(
        20,
        unit="people",
        low=1,
        high=1000,
        grade="assumed",
        source=_TEAMS,
        meaning="Most people in a proposed team.",
        role="search",
    )
    next_shift_min: float = par(
        2340.0,
        unit="min since D0 00:00",
        low=1440,
        high=4320,
        grade="assumed",
        source="15:00, the earliest other work of the same people on the day after",
        meaning="When a sorter may have to work again after the night.",
        role="search",
    )
    min_rest_h: float = par(
        11.0,
        unit="h",
        low=0,
        high=48,
        grade="A",
        source="Directive 2003/88/EC, art. 3: 11 h in a day; the Chinese labour law names no daily rest",
        meaning="Rest from the end of a proposed shift to `next_shift_min`.",
        role="search",
    )
    min_paid_h: float = par(
        3.0,
        unit="h",
        low=0,
        high=12,
        grade="assumed",
        source="call-out minimum usual in hourly work; nobody travels for less",
        meaning="A shorter shift is paid as if it went on to this length.",
        role="search",
    )

    @model_validator(mode="after")
    def _possible(self) -> RostersParams:
        pairs = (
            ("earliest_start_min", "latest_start_min"),
            ("shortest_length_min", "longest_length_min"),
            ("smallest_team_people", "largest_team_people"),
        )
        for least, most in pairs:
            if getattr(self, least) > getattr(self, most):
                raise ValueError(f"`{most}` must not be below `{least}`")
        return self
