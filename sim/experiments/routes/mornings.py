"""Mornings: what the vans find when they leave, kept so that other routes can be tried on the same mornings.

Evening and hall do not depend on the routes (but where whole crates are sorted in the order in which vans
are loaded; `plan` then says which), so they are played once a morning, and a plan is then driven through all
of them. What drives is the engine's own delivery, draw by draw: a morning under the scenario's own plan is
the morning that `run` plays.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from sim.acts.evening import play_evening
from sim.acts.event import Event
from sim.acts.night import Morning, before_the_hall, before_the_road, luck_on_the_road
from sim.chain import event_of
from sim.experiments.executors import usable_cpus
from sim.stages.delivery import spec as delivery
from sim.stages.delivery.spec import Plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sim.acts.event import Event
    from sim.engines import Engine
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


class Driven(NamedTuple):
    """A plan driven through N mornings to P points.

    done_min: (N, P) when the last crate due was unloaded, inf where something due never came, NaN where
    nothing was due. km, hours, vans, second_trips: (N,).
    """

    done_min: Floats
    km: Floats
    hours: Floats
    vans: Floats
    second_trips: Floats

    def late(self, promise_min: float) -> Flags:
        """(N, P) whether something due at the point came after the promise, or never."""
        late: Flags = self.done_min > promise_min
        return late

    def p_on_time(self, promise_min: float) -> Floats:
        """(P,) share of the mornings with something due on which it came in time; 1 where nothing was due."""
        due = np.count_nonzero(~np.isnan(self.done_min), axis=0)
        late = np.count_nonzero(self.late(promise_min), axis=0)
        share: Floats = 1.0 - late / np.maximum(due, 1)
        return share


class Mornings:
    """The mornings `first` … `first + number − 1` of a scenario.

    kg, crates: (N, P) load due at every point each morning.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        number: int,
        first: int = 0,
        *,
        engine: Engine = "compiled",
        jobs: int | None = None,
        tick: Callable[[int], None] | None = None,
        plan: Plan | None = None,
    ) -> None:
        self.scenario, self.first = scenario, first
        self.event = event_of(scenario, seed, first, engine)
        self._found: list[tuple[Event, Morning]] = []
        with ThreadPoolExecutor(jobs or usable_cpus()) as pool:
            for one in pool.map(
                lambda r: _play(scenario, seed, r, engine, plan), range(first, first + number)
            ):
                self._found.append(one)
                if tick is not None:
                    tick(len(self._found))
        loads = [_loads(morning, self.event.market.communities) for _, morning in self._found]
        self.kg: Floats = np.array([kg for kg, _ in loads])
        self.crates: Floats = np.array([crates for _, crates in loads])

    def __len__(self) -> int:
        return len(self._found)

    def with_fleet(self, scenario: Scenario) -> Self:
        """The same mornings under another fleet or departure: only the luck of the vans is drawn anew."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__, scenario=scenario)
        other._found = [(event, _redrawn(event, morning, scenario)) for event, morning in self._found]
        return other

    @property
    def vans(self) -> int:
        """Vehicles there are, spare ones included."""
        return len(self._found[0][1].numbers.fleet.payload_g)

    def absent(self) -> NDArray[np.int64]:
        """(N,) drivers who do not come."""
        return np.array([int(np.count_nonzero(morning.draws.absent)) for _, morning in self._found])

    def room(self, vans: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Kilos and crates that each of these vans holds."""
        fleet = self._found[0][1].numbers.fleet
        return fleet.payload_g[vans] / 1000.0, fleet.room_crates[vans].astype(np.float64)

    def drive(self, plan: Plan) -> Driven:
        """Drive the plan through every morning."""
        rows = [_drive(event, morning, plan) for event, morning in self._found]
        done, *figures = (np.array(column) for column in zip(*rows, strict=True))
        return Driven(done, *figures)


def _play(
    scenario: Scenario, seed: int, replication: int, engine: Engine, plan: Plan | None
) -> tuple[Event, Morning]:
    event = event_of(scenario, seed, replication, engine)
    show = play_evening(event)
    hall = before_the_hall(event, show, plan)
    morning = before_the_road(event, show, event.face.run_sorting(hall.numbers, hall.draws, hall.given))
    return event, morning


def _redrawn(event: Event, morning: Morning, scenario: Scenario) -> Morning:
    s = scenario
    numbers = delivery.numbers(s.delivery, s.roads.bands()[0], crates_by_sku=morning.numbers.crates_by_sku)
    return Morning(numbers, luck_on_the_road(event, s, numbers.fleet), morning.given)


def _loads(morning: Morning, points: int) -> tuple[Floats, Floats]:
    """(P,) kilos and crates due at each point."""
    given, goes = morning.given, morning.given.goes
    where = given.point[goes]
    size = float(morning.numbers.crate_grams)
    grams = np.bincount(where, weights=given.grams[goes], minlength=points)
    if not morning.numbers.crates_by_sku:
        return grams / 1000.0, np.ceil(grams / size)
    crates = np.zeros(points)
    for sku, unit in enumerate(given.sku_grams.tolist()):
        crates += np.ceil(
            np.bincount(where, weights=given.sku_lines[goes, sku] * float(unit), minlength=points) / size
        )
    return grams / 1000.0, crates


def _drive(event: Event, morning: Morning, plan: Plan) -> tuple[Floats, float, float, int, int]:
    face: Any = event.face
    road = face.run_delivery(morning.numbers, morning.draws, plan, morning.given)
    given, points = morning.given, event.market.communities
    where, there = given.point[given.goes], road.at_point_min[given.goes]
    done = np.full(points, -np.inf)
    np.maximum.at(done, where, np.where(np.isnan(there), np.inf, there))
    trips = road.trips
    return (
        np.where(np.isneginf(done), np.nan, done),
        float(trips["metres"].sum()) / 1000.0,
        float((trips["return_min"] - trips["depart_min"]).sum()) / 60.0,
        len(np.unique(trips["van"])),
        int(np.count_nonzero(trips["trip"])),
    )
