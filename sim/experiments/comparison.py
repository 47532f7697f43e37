"""A comparison from question to document: what `lianlu compare` and `sim.compare` both do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.experiments.attribution import four_arms
from sim.experiments.decomposition import TEXT_CONVERSIONS
from sim.experiments.experiment import Experiment
from sim.experiments.figures import zero_one
from sim.experiments.laboratory import Ask, Laboratory
from sim.experiments.quantiles import USUAL
from sim.experiments.replicate import Precision, replicate_to
from sim.experiments.selection import MOST, select_best
from sim.experiments.shipped_claims import shipped_claims
from sim.kpis.definitions import KPIS
from sim.problems import InputError, Place, Problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sim.scenario import Scenario

HELD = ("collected", "never_collected", "open")
"""Final states of orders that went through the night."""


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
    None does where the four arms are given. quantiles: which percentiles the dispersion shows. precision:
    stands for the number of replications, as many as the least precise arm needs.
    """

    replications: int = 50
    equal_volume: bool = False
    claims: bool | None = None
    best: Best | None = None
    quantiles: Sequence[float] = USUAL
    precision: Precision | None = None


def comparison(arms: Mapping[str, Scenario], laboratory: Laboratory, question: Question) -> dict[str, Any]:
    """The document of `lianlu compare --json`; the first arm is the base.

    Raises:
        InputError: a KPI nobody can be best in, or one that an arm does not have.
    """
    if question.best is not None:
        check_best(question.best, equal_volume=question.equal_volume)
    base, *others = _asks(arms, laboratory, question)
    volume: tuple[int, ...] | None = None
    if question.equal_volume:
        volume = orders_held(laboratory, base)
        others = [other._replace(thin_to=volume) for other in others]
    experiment = Experiment(tuple(laboratory.replicate_all([base, *others])))
    document = experiment.compare_document(
        claims=_claims(experiment, laboratory, question), text_conversions=TEXT_CONVERSIONS
    )
    document["dispersion"] = experiment.dispersion_document(question.quantiles)
    if volume is not None:
        document["equal_volume"] = {"orders": sum(volume) / len(volume)}
    if question.best is not None:
        document["best"] = _best(question.best, arms, laboratory, experiment)
    return document


def _asks(arms: Mapping[str, Scenario], laboratory: Laboratory, question: Question) -> list[Ask]:
    """The replications of every arm, the same number for all."""
    asks = [Ask(arm, question.replications, label=name) for name, arm in arms.items()]
    if question.precision is None:
        return asks
    number = max(len(replicate_to(laboratory, ask, question.precision)) for ask in asks)
    return [ask._replace(number=number) for ask in asks]


def _claims(experiment: Experiment, laboratory: Laboratory, question: Question) -> list[dict[str, Any]]:
    wanted = four_arms(experiment.arms) is not None if question.claims is None else question.claims
    if not wanted:
        return []
    known = experiment.arms[:1] if question.equal_volume else experiment.arms
    return shipped_claims(known, laboratory, len(experiment.base))


def _best(
    wanted: Best, arms: Mapping[str, Scenario], laboratory: Laboratory, experiment: Experiment
) -> dict[str, Any]:
    scenarios = list(arms.values())
    for arm in experiment.arms:
        if not arm.has(wanted.kpi):
            having = ", ".join(one.name for one in experiment.arms if one.has(wanted.kpi)) or "none of them"
            raise _unusable(
                f"{wanted.kpi} has no meaning in {arm.name}",
                f"a KPI of every scenario compared (this one: {having})",
            )

    def observe(inside: Sequence[int], replications: int) -> list[NDArray[np.float64]]:
        asks = [Ask(scenarios[arm], replications) for arm in inside]
        return [rows.column(wanted.kpi) for rows in laboratory.replicate_all(asks)]

    definition = KPIS[wanted.kpi]
    assert definition.better != "none"
    return select_best(
        observe,
        list(arms),
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


def orders_held(laboratory: Laboratory, ask: Ask) -> tuple[int, ...]:
    """Orders that went through each night of an ask: what equal volume thins the others to."""
    laboratory.replicate_all([ask])  # all of it on the workers; then night by night from memory
    nights = laboratory.replicate_all(
        [ask._replace(number=1, first=ask.first + r) for r in range(ask.number)]
    )
    return tuple(sum(night.balance.get(state, 0) for state in HELD) for night in nights)
