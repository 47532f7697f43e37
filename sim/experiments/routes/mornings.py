"""Mornings: what the vans find when they leave, night after night, kept so that other routes can be tried on it.

Evening and hall do not depend on the routes, so they are played once a morning; a plan is then driven through
every morning in about a millisecond each. What is driven is the engine's own delivery, draw by draw: a morning
under the scenario's own plan is the morning that `run` plays.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.acts.evening import play_evening
from sim.acts.night import Morning, before_the_hall, before_the_road
from sim.chain import event_of
from sim.experiments.executors import usable_cpus
from sim.stages.delivery import spec as delivery
from sim.stages.delivery.spec import Plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sim.engines import Engine
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]


class Mornings:
    """The mornings `first` … `first + number − 1` of a scenario.

    Attributes:
        kg, crates: (N, P) load of every point each morning; asked: (N, P) whether anything is due there.
        stop_min: (N, P) minutes of the first stop at the point that morning, without its crates.
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
    ) -> None:
        self.scenario, self.seed = scenario, seed
        self._face: Any = event_of(scenario, seed, first, engine).face
        self._mornings: list[Morning] = []
        with ThreadPoolExecutor(jobs or usable_cpus()) as pool:
            for morning in pool.map(lambda r: _play(scenario, seed, r, engine), range(first, first + number)):
                self._mornings.append(morning)
                if tick is not None:
                    tick(len(self._mornings))
        points = len(self._mornings[0].given.travel_min) - 1
        self.kg = np.array([_grams(m.given, points) / 1000.0 for m in self._mornings])
        self.asked = np.array(
            [np.bincount(m.given.point[m.given.goes], minlength=points) > 0 for m in self._mornings]
        )

    def __len__(self) -> int:
        return len(self._mornings)

    def with_fleet(self, scenario: Scenario) -> Mornings:
        """The same mornings with another fleet or departure: only the luck of the vans is drawn anew."""
        other = object.__new__(Mornings)
        other.__dict__.update(self.__dict__)
        other.scenario = scenario
        other._mornings = [_with_fleet(m, scenario) for m in self._mornings]  # noqa: SLF001  # its own class
        return other

    def drive(self, plan: Plan) -> Driven:
        """Drive the plan through every morning."""
        rows = [self._one(morning, plan) for morning in self._mornings]
        done, late_by, km, hours, vans, second = zip(*rows, strict=True)
        return Driven(np.array(done), np.array(km), np.array(hours), np.array(vans), np.array(second), np.array(late_by))
