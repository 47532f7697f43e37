"""`run` and `compare` for scripts: scenarios in, the documents of the command line out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.engines import Engine
from sim.experiments.comparison import Best, Question, comparison
from sim.experiments.experiment import Experiment
from sim.experiments.intervals import LEAST_REPLICATIONS
from sim.experiments.laboratory import Ask, Laboratory
from sim.experiments.quantiles import USUAL
from sim.experiments.replicate import Precision, replicate_to

if TYPE_CHECKING:
    from sim.scenario import Scenario

__all__ = ["Best", "Precision", "compare", "experiment", "run"]


def experiment(
    arms: Mapping[str, Scenario],
    *,
    seed: int = 1,
    replications: int | Precision = 50,
    engine: Engine = "compiled",
    jobs: int | None = None,
) -> Experiment:
    """Replications of every arm, all with the same luck; the first arm is the base."""
    with Laboratory(seed=seed, engine=engine, jobs=jobs) as laboratory:
        if isinstance(replications, Precision):
            asks = [Ask(scenario, 1, label=name) for name, scenario in arms.items()]
            return Experiment(tuple(replicate_to(laboratory, ask, replications) for ask in asks))
        asks = [Ask(scenario, replications, label=name) for name, scenario in arms.items()]
        return Experiment(tuple(laboratory.replicate_all(asks)))


def run(scenario: Scenario, *, quantiles: Sequence[float] = USUAL, **options: Any) -> dict[str, Any]:
    """The document of `lianlu run --json`.

    Args:
        scenario: what to simulate.
        quantiles: percentiles of the `dispersion`.
        options: `seed`, `replications` (a number or a `Precision`), `engine`, `jobs`.
    """
    found = experiment({scenario.name or "scenario": scenario}, **options)
    return found.run_document() | {"dispersion": found.dispersion_document(quantiles)}


def compare(
    arms: Mapping[str, Scenario],
    *,
    seed: int = 1,
    replications: int | Precision = 50,
    engine: Engine = "compiled",
    jobs: int | None = None,
    equal_volume: bool = False,
    claims: bool | None = None,
    best: Best | None = None,
    quantiles: Sequence[float] = USUAL,
) -> dict[str, Any]:
    """The document of `lianlu compare --json`.

    Args:
        arms: scenarios by the name they have in tables; the first is the base.
        seed, replications, engine, jobs: as `experiment` takes them; all arms get the number that the
            least precise one needs.
        equal_volume: thin the other arms to the orders the base delivers, after payment.
        claims: judge the article's claims; None does so where the four arms are given.
        best: find the arm with the best mean of a KPI, with a guarantee.
        quantiles: percentiles of the `dispersion`.

    Raises:
        InputError: a KPI nobody can be best in.
        ValueError: fewer than two arms.
    """
    if len(arms) < 2:
        raise ValueError("name a base and at least one scenario to compare with it")
    number, precision = (
        (replications, None) if isinstance(replications, int) else (LEAST_REPLICATIONS, replications)
    )
    question = Question(number, equal_volume, claims, best, tuple(quantiles), precision)
    with Laboratory(seed=seed, engine=engine, jobs=jobs) as laboratory:
        return comparison(arms, laboratory, question)
