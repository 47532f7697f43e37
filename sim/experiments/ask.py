"""`run` and `compare` for scripts: scenarios in, the documents of the command line out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.engines import Engine
from sim.experiments.experiment import Experiment
from sim.experiments.outcome import one_replication
from sim.experiments.replicate import replicate

if TYPE_CHECKING:
    from sim.scenario import Scenario


def experiment(
    arms: Mapping[str, Scenario],
    *,
    seed: int = 1,
    replications: int = 50,
    engine: Engine = "compiled",
    jobs: int | None = None,
) -> Experiment:
    """Replications of every arm, all with the same luck; the first arm is the base."""
    rows = [
        replicate(
            scenario,
            one_replication,
            name=name,
            seed=seed,
            replications=replications,
            engine=engine,
            jobs=jobs,
        )
        for name, scenario in arms.items()
    ]
    return Experiment(tuple(rows))


def run(scenario: Scenario, **options: Any) -> dict[str, Any]:
    """The document of `lianlu run --json`; options as `experiment` takes them."""
    return experiment({scenario.name or "scenario": scenario}, **options).run_document()


def compare(arms: Mapping[str, Scenario], **options: Any) -> dict[str, Any]:
    """The document of `lianlu compare --json` without the claims; the first arm is the base."""
    return experiment(arms, **options).compare_document()
