"""The integer programme: people on kinds of shift, under the rosters' rules, the hall and the cuts so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.experiments.shifts.kinds import Kind, Plan, minutes_left, price_of
from sim.problems import Unusable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario import Scenario

    Floats = NDArray[np.float64]

SECONDS = 20.0
"""Most time for one programme; it never takes a tenth of that with the shipped rosters."""
INFEASIBLE = 2
"""How SciPy passes on that there is no solution."""
NUDGE = 1e-6
"""CNY a person-minute: of two calendars that cost the same, the one that can do more."""


class Cut(NamedTuple):
    """From `moment` to the deadline at least `minutes` person-minutes must stand on the calendar."""

    moment: float
    minutes: float


class Programme:
    """Rules that every calendar must keep, and the cuts it has been taught."""

    def __init__(
        self, scenario: Scenario, kinds: Sequence[Kind], by_min: float, begun_min: float = 0.0
    ) -> None:
        self.scenario, self.kinds = scenario, list(kinds)
        self.by_min, self.begun_min = by_min, begun_min
        self.price = np.array([price_of(kind, scenario) for kind in kinds])
        self.cuts: list[Cut] = []
        self.solved = 0
        self._inside, self._most = _presence(scenario, self.kinds)

    def minutes(self, moment: float) -> Floats:
        """(kinds,) minutes a person on each shift works from a moment to the deadline."""
        return minutes_left(self.kinds, np.array([moment]), self.by_min, self.begun_min)[:, 0]

    def stands(self, plan: Plan, moment: float) -> float:
        """Person-minutes of a calendar from a moment to the deadline."""
        left = minutes_left([kind for kind, _ in plan], np.array([moment]), self.by_min, self.begun_min)
        return float(np.array([people for _, people in plan], np.float64) @ left[:, 0])

    def allows(self, plan: Plan) -> bool:
        """Whether a calendar keeps every rule."""
        rosters = self.scenario.rosters
        people = np.zeros(len(self.kinds))
        for kind, count in plan:
            people[self.kinds.index(kind)] = count
        sizes = [count for _, count in plan]
        return (
            len(plan) <= rosters.most_teams
            and min(sizes, default=rosters.smallest_team_people) >= rosters.smallest_team_people
            and max(sizes, default=0) <= rosters.largest_team_people
            and bool((self._inside @ people <= self._most + 1e-9).all())
        )

    def cheapest(self, cuts: Sequence[Cut]) -> Plan | None:
        """The cheapest calendar under these cuts; None where no calendar keeps them."""
        most_work = self.minutes(-np.inf)
        return self._solve(self.price - NUDGE * most_work, cuts)

    def fullest(self, moment: float) -> Plan | None:
        """The calendar that can do most from a moment on, and the cheapest of them."""
        most = float(self.price.max(initial=1.0)) or 1.0
        return self._solve(self.price * (0.001 / most) - self.minutes(moment), ())

    def _solve(self, objective: Floats, cuts: Sequence[Cut]) -> Plan | None:
        from scipy.optimize import Bounds, LinearConstraint, milp

        work = np.stack([np.zeros(len(self.kinds)), *(self.minutes(cut.moment) for cut in cuts)])
        alike = self._alike(np.vstack([objective, work, self._inside]))
        first, count = [group[0] for group in alike], len(alike)
        teams = np.array([len(group) for group in alike], np.float64)
        rosters, none = self.scenario.rosters, np.zeros
        small, large = rosters.smallest_team_people, rosters.largest_team_people
        rows = (
            np.hstack([np.eye(count), -large * np.eye(count)]),
            np.hstack([-np.eye(count), small * np.eye(count)]),
            np.hstack([none((1, count)), np.ones((1, count))]),
            np.hstack([self._inside[:, first], none((len(self._most), count))]),
            np.hstack([-work[:, first], none((len(work), count))]),
        )
        needs = [0.0, *(-cut.minutes for cut in cuts)]
        limits = np.concatenate([none(2 * count), [float(rosters.most_teams)], self._most, needs])
        found: Any = milp(
            np.concatenate([objective[first], none(count)]),
            integrality=np.ones(2 * count),
            bounds=Bounds(none(2 * count), np.concatenate([large * teams, teams])),
            constraints=LinearConstraint(np.vstack(rows), -np.inf, limits),
            options={"mip_rel_gap": 0.0, "time_limit": SECONDS},
        )
        self.solved += 1
        if found.status == INFEASIBLE:
            return None
        if found.status != 0:
            raise Unusable(
                f"{len(self.kinds)} kinds of shift are too many to choose from in {SECONDS:g} s; "
                "make the steps in `rosters` coarser"
            )
        people = np.rint(found.x).astype(int).tolist()
        return self._plan(alike, people[:count], people[count:])

    def _alike(self, columns: Floats) -> list[list[int]]:
        """Kinds that no row of the programme tells apart, as groups; in the middle are the even breaks.

        Most differ in their breaks alone, and each such pair would double the work of proving an optimum.
        """
        groups: dict[tuple[float, float, bytes], list[int]] = {}
        for i, kind in enumerate(self.kinds):
            groups.setdefault((kind.start, kind.length, columns[:, i].tobytes()), []).append(i)
        return [group[len(group) // 2 :] + group[: len(group) // 2] for group in groups.values()]

    def _plan(self, alike: list[list[int]], people: list[int], teams: list[int]) -> Plan:
        """The calendar: the people of a group in as many teams as the programme says, as even as can be."""
        plan: list[tuple[Kind, int]] = []
        for group, count, number in zip(alike, people, teams, strict=True):
            sizes = [count // number + (k < count % number) for k in range(number if count else 0)]
            plan += [(self.kinds[i], size) for i, size in zip(group, sizes, strict=False)]
        return tuple(sorted(plan))


def _presence(scenario: Scenario, kinds: Sequence[Kind]) -> tuple[Floats, Floats]:
    """(moments, kinds) 1 where a shift takes a place in the hall or a station; (moments,) the places."""
    sorting = scenario.sorting
    starts = sorted({kind.start for kind in kinds})
    rows = [[float(kind.start <= moment < kind.end) for kind in kinds] for moment in starts]
    most = [float(sorting.hall_limit_people)] * len(rows)
    if sorting.stations < sorting.hall_limit_people:
        back = {kind.start + after + length for kind in kinds for after, length in kind.breaks}
        busy = sorted({*starts, *back})
        rows += [[float(_works(kind, moment)) for kind in kinds] for moment in busy]
        most += [float(sorting.stations)] * len(busy)
    return np.array(rows).reshape(len(rows), len(kinds)), np.array(most)


def _works(kind: Kind, moment: float) -> bool:
    """Whether somebody on the shift is planned to work at a moment."""
    pause = any(kind.start + after <= moment < kind.start + after + length for after, length in kind.breaks)
    return kind.start <= moment < kind.end and not pause
