"""One replication from draws to figures: what `replicate` runs unless it is given something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.engines import Engine
from sim.experiments.row import Outcome

if TYPE_CHECKING:
    from sim.scenario import Scenario


def one_replication(
    scenario: Scenario,
    seed: int,
    replication: int,
    engine: Engine,
    thin_to: int | None = None,
) -> Outcome:
    """Simulate and measure; the log is dropped, since (scenario, seed, replication) brings it back."""
    from sim.chain import simulate
    from sim.kpis import kpis_of
    from sim.kpis.stations import balance_of, stations_of

    log = simulate(scenario, seed=seed, replication=replication, engine=engine, thin_to=thin_to)
    return Outcome(kpis_of(scenario, log), balance_of(log), stations_of(scenario, log))
