"""`run` and `compare` for scripts: scenarios in, the documents of the command line out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from sim.engines import Engine
from sim.experiments.comparison import Best, Question, comparison
from sim.experiments.experiment import Experiment
from sim.experiments.outcome import one_replication
from sim.experiments.quantiles import USUAL
from sim.experiments.replicate import Outcome, Precision, Replications, config_hash, replicate
from sim.experiments.shipped_claims import shipped_claims

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sim.scenario import Scenario

__all__ = ["Best", "compare", "experiment", "run"]


class _Rows:
    """Replications in this process, each computed once."""

    def __init__(self, seed: int, engine: Engine, jobs: int | None) -> None:
        self.options: dict[str, Any] = {"seed": seed, "engine": engine, "jobs": jobs}
        self._known: dict[str, dict[int, Outcome]] = {}

    def __call__(
        self,
        label: str,
        scenario: Scenario,
        replications: int | Precision,
        thin_to: NDArray[np.int64] | None = None,
    ) -> tuple[Replications, Mapping[int, Outcome]]:
        """Replications of a scenario; thinned ones are kept apart."""
        simulate = one_replication if thin_to is None else partial(thinned, thin_to)
        key = config_hash(scenario) if thin_to is None else f"{label} thinned"
        known = self._known.setdefault(key, {})
        rows = replicate(
            scenario,
            simulate,
            name=label,
            replications=replications,
            known=dict(known),
            done=known.__setitem__,
            **self.options,
        )
        return rows, known


def thinned(
    thin_to: NDArray[np.int64], scenario: Scenario, seed: int, replication: int, engine: Engine
) -> Outcome:
    """One replication in which `thin_to[replication]` paid orders go on to the night."""
    return one_replication(scenario, seed, replication, engine, thin_to=int(thin_to[replication]))


def experiment(
    arms: Mapping[str, Scenario],
    *,
    seed: int = 1,
    replications: int | Precision = 50,
    engine: Engine = "compiled",
    jobs: int | None = None,
) -> Experiment:
    """Replications of every arm, all with the same luck; the first arm is the base."""
    rows = _Rows(seed, engine, jobs)
    return Experiment(tuple(rows(name, scenario, replications)[0] for name, scenario in arms.items()))


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
    replications: int = 50,
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
        seed, replications, engine, jobs: as `experiment` takes them.
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
    rows = _Rows(seed, engine, jobs)
    question = Question(replications, equal_volume, claims, best, tuple(quantiles))
    return comparison(arms, rows, question, lambda known: shipped_claims(known, rows, replications))
