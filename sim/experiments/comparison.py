"""A comparison from question to document: what `lianlu compare` and `sim.compare` both do.

Where replications come from (a store, workers, a progress bar) is the caller's affair: it hands in a source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sim.experiments.attribution import four_arms
from sim.experiments.decomposition import TEXT_CONVERSIONS
from sim.experiments.experiment import Experiment
from sim.experiments.figures import zero_one
from sim.experiments.quantiles import USUAL
from sim.experiments.replicate import Outcome, Replications
from sim.experiments.selection import MOST, select_best
from sim.kpis.definitions import KPIS
from sim.problems import InputError, Place, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario import Scenario

HELD = ("collected", "never_collected", "open")
"""Final states of orders that went through the night."""


class Source(Protocol):
    """Replications 0 … n−1 of a scenario under a label, with their outcomes by number.

    thin_to: (n,) orders that go on to the night, or None.
    """

    def __call__(
        self, label: str, scenario: Scenario, replications: int, thin_to: NDArray[np.int64] | None = None
    ) -> tuple[Replications, Mapping[int, Outcome]]:
        """Compute what is missing and answer."""
        ...


Judge = Callable[[Sequence[Replications]], list[dict[str, Any]]]
"""The claims table, given arms that need not be run again."""


@dataclass(frozen=True, slots=True)
class Best:
    """Find the scenario with the best mean of a KPI; `delta` is a difference that does not matter."""

    kpi: str
    delta: float
    most: int = MOST


@dataclass(frozen=True, slots=True)
class Question:
    """What a comparison is asked.

    equal_volume: thin the other arms to the orders the base delivers. claims: judge the article's claims;
    None does where the four arms are given. quantiles: which percentiles the dispersion shows.
    """

    replications: int = 50
    equal_volume: bool = False
    claims: bool | None = None
    best: Best | None = None
    quantiles: Sequence[float] = USUAL


def comparison(
    arms: Mapping[str, Scenario], source: Source, question: Question, judge: Judge
) -> dict[str, Any]:
    """The document of `lianlu compare --json`; the first arm is the base.

    Raises:
        InputError: a KPI nobody can be best in, or one that an arm does not have.
    """
    if question.best is not None:
        check_best(question.best, equal_volume=question.equal_volume)
    labels = list(arms)
    base, outcomes = source(labels[0], arms[labels[0]], question.replications)
    volume = orders_held(outcomes, question.replications) if question.equal_volume else None
    rows = [base] + [source(label, arms[label], question.replications, volume)[0] for label in labels[1:]]
    experiment = Experiment(tuple(rows))
    wanted = four_arms(experiment.arms) is not None if question.claims is None else question.claims
    claims = judge(rows[:1] if question.equal_volume else rows) if wanted else []
    document = experiment.compare_document(claims=claims, text_conversions=TEXT_CONVERSIONS)
    document["dispersion"] = experiment.dispersion_document(question.quantiles)
    if volume is not None:
        document["equal_volume"] = {"orders": float(volume.mean())}
    if question.best is not None:
        document["best"] = _best(question.best, arms, source, experiment)
    return document


def _best(
    wanted: Best, arms: Mapping[str, Scenario], source: Source, experiment: Experiment
) -> dict[str, Any]:
    labels = list(arms)
    for arm in experiment.arms:
        if not arm.has(wanted.kpi):
            having = ", ".join(one.name for one in experiment.arms if one.has(wanted.kpi)) or "none of them"
            raise _unusable(
                f"{wanted.kpi} has no meaning in {arm.name}",
                f"a KPI of every scenario compared (this one: {having})",
            )

    def observe(arm: int, replications: int) -> NDArray[np.float64]:
        rows, _ = source(labels[arm], arms[labels[arm]], replications)
        return rows.column(wanted.kpi)[:replications]

    definition = KPIS[wanted.kpi]
    assert definition.better != "none"
    return select_best(
        observe,
        labels,
        kpi=wanted.kpi,
        better=definition.better,
        delta=wanted.delta,
        first=len(experiment.base),
        most=wanted.most,
        zero_one=zero_one(definition),
    ).document()


def check_best(wanted: Best, *, equal_volume: bool = False) -> None:
    """Refuse a search that has no answer: InputError says what may be asked instead."""
    from difflib import get_close_matches

    if wanted.kpi not in KPIS:
        near = get_close_matches(wanted.kpi, KPIS, 3) or ["contribution_cny", "gmv_cny"]
        raise _unusable(f"no KPI is called `{wanted.kpi}`", f"the name of a KPI, e.g. {', '.join(near)}")
    if KPIS[wanted.kpi].better == "none":
        raise _unusable(
            f"of {wanted.kpi} neither direction is better", "a KPI with a direction, e.g. contribution_cny"
        )
    if not wanted.delta > 0.0:
        raise _unusable(
            f"{wanted.delta:g}",
            f"more than 0, in {KPIS[wanted.kpi].unit}: a difference that does not matter to you",
            "--delta",
        )
    if equal_volume:
        raise _unusable("--best together with --equal-volume", "one of the two")


def _unusable(found: str, allowed: str, option: str = "--best") -> InputError:
    return InputError([Problem(Place(option, 1, 1), option, found=found, allowed=allowed)])


def orders_held(outcomes: Mapping[int, Outcome], replications: int) -> NDArray[np.int64]:
    """(replications,) orders that went through the night: what equal volume thins the others to."""
    counts = [sum(outcomes[r].balance.get(state, 0) for state in HELD) for r in range(replications)]
    return np.array(counts, np.int64)
