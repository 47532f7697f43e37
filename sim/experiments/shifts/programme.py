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
        self._rules = _rules(scenario, self.kinds)

    def minutes(self, moment: float) -> Floats:
        """(kinds,) minutes a person on each shift works from a moment to the deadline."""
        return minutes_left(self.kinds, np.array([moment]), self.by_min, self.begun_min)[:, 0]

    def stands(self, plan: Plan, moment: float) -> float:
        """Person-minutes of a calendar from a moment to the deadline."""
        left = minutes_left([kind for kind, _ in plan], np.array([moment]), self.by_min, self.begun_min)
        return float(np.array([people for _, people in plan], np.float64) @ left[:, 0])

    def allows(self, plan: Plan) -> bool:
        """Whether a calendar keeps every rule."""
        people = np.zeros(len(self.kinds))
        for kind, count in plan:
            people[self.kinds.index(kind)] = count
        matrix, most = self._rules
        return bool((matrix @ np.concatenate([people, people > 0.0]) <= most + 1e-9).all())

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

        count, rosters = len(self.kinds), self.scenario.rosters
        matrix, most = self._rules
        constraints = [LinearConstraint(matrix, -np.inf, most)]
        if cuts:
            rows = np.stack([self.minutes(cut.moment) for cut in cuts])
            needs = np.array([cut.minutes for cut in cuts])
            wide = np.hstack([rows, np.zeros_like(rows)])
            constraints.append(LinearConstraint(wide, needs, np.inf))
        upper = np.concatenate([np.full(count, float(rosters.largest_team_people)), np.ones(count)])
        found: Any = milp(
            np.concatenate([objective, np.zeros(count)]),
            integrality=np.ones(2 * count),
            bounds=Bounds(np.zeros(2 * count), upper),
            constraints=constraints,
            options={"mip_rel_gap": 0.0, "time_limit": SECONDS},
        )
        self.solved += 1
        if found.x is None:
            if found.status == 1:
                raise Unusable(
                    f"{count} kinds of shift are too many to choose from in {SECONDS:g} s; "
                    "make the steps in `rosters` coarser"
                )
            return None
        people = np.rint(found.x[:count]).astype(int).tolist()
        return tuple((kind, n) for kind, n in zip(self.kinds, people, strict=True) if n > 0)


def _rules(scenario: Scenario, kinds: Sequence[Kind]) -> tuple[NDArray[np.float64], Floats]:
    """Rows over (people of each kind, kind is used) and what each may come to at most."""
    rosters, sorting = scenario.rosters, scenario.sorting
    count = len(kinds)
    rows: list[Floats] = []
    most: list[float] = []

    def rule(people: Any, used: Any, limit: float) -> None:
        rows.append(np.concatenate([np.broadcast_to(people, count), np.broadcast_to(used, count)]))
        most.append(limit)

    for i in range(count):
        one = np.eye(count)[i]
        rule(one, -rosters.largest_team_people * one, 0.0)
        rule(-one, rosters.smallest_team_people * one, 0.0)
    rule(0.0, 1.0, float(rosters.most_teams))
    for moment in sorted({kind.start for kind in kinds}):
        inside = [float(kind.start <= moment < kind.end) for kind in kinds]
        rule(np.array(inside), 0.0, float(sorting.hall_limit_people))
    back = {kind.start + after + length for kind in kinds for after, length in kind.breaks}
    if sorting.stations < sorting.hall_limit_people:
        for moment in sorted({kind.start for kind in kinds} | back):
            busy = [float(_works(kind, moment)) for kind in kinds]
            rule(np.array(busy), 0.0, float(sorting.stations))
    return np.stack(rows), np.array(most)


def _works(kind: Kind, moment: float) -> bool:
    """Whether somebody on the shift is planned to work at a moment."""
    pause = any(kind.start + after <= moment < kind.start + after + length for after, length in kind.breaks)
    return kind.start <= moment < kind.end and not pause
