"""What each kind of report asks the model: documents once, decks of them in any language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from reports.files import Report

if TYPE_CHECKING:
    from reports.catalogue import Lang
    from reports.decks.deck import Deck
    from sim.scenario import Scenario

NIGHTS = {"before-after": 50, "certificate": 250, "shifts": 1000}


class Wanted(NamedTuple):
    """A report as it is asked for; `replications` None: as many as its command has by itself."""

    kind: str
    arms: Mapping[str, Scenario]
    seed: int = 1
    replications: int | None = None
    jobs: int | None = None
    progress: str = "none"

    @property
    def nights(self) -> int:
        """Replications."""
        return self.replications or NIGHTS[self.kind]


def prepared(wanted: Wanted) -> Report:
    """Simulate what the report is about.

    Raises:
        Stopped: the user interrupted.
        Unusable, InputError: a question without an answer.
    """
    return _PREPARE[wanted.kind](wanted)


def _before_after(wanted: Wanted) -> Report:
    from app.cli.experiments import laboratory
    from reports.decks.before_after import before_after
    from sim.experiments.comparison import Question, comparison
    from sim.experiments.evening import evening
    from sim.experiments.experiment import Experiment
    from sim.experiments.laboratory import Ask

    asks = [Ask(scenario, wanted.nights, label=name) for name, scenario in wanted.arms.items()]
    with laboratory(seed=wanted.seed, engine="compiled", jobs=wanted.jobs, progress=wanted.progress,
                    label="report", expected=wanted.nights * len(asks)) as lab:  # fmt: skip
        document = comparison(wanted.arms, lab, Question(wanted.nights))
        rows = lab.replicate_all(asks)
    played = Experiment((rows[-1],)).run_document()
    day = evening(list(wanted.arms.values())[-1], seed=wanted.seed).day
    raw = {arm.name: {kpi: arm.column(kpi) for kpi in arm.kpis} for arm in rows}

    def deck(lang: Lang) -> Deck:
        return before_after(document, played, day, lang)

    return Report("before_after", deck, document, raw)


def _certificate(wanted: Wanted) -> Report:
    from app.cli.experiments import laboratory
    from reports.decks.certificate import certificate
    from sim.experiments.evening import evening
    from sim.experiments.headroom import Asked, answered, axis_of

    [(name, scenario)] = wanted.arms.items()
    axis = axis_of(scenario, "audience.scale", None, None)
    with laboratory(
        seed=wanted.seed, engine="compiled", jobs=wanted.jobs, progress=wanted.progress, label="headroom"
    ) as lab:
        document, _ = answered(lab, scenario, axis, name, Asked(wanted.nights))
    day = evening(scenario, seed=wanted.seed).day
    return Report("certificate", lambda lang: certificate(document, day, lang))


def _shifts(wanted: Wanted) -> Report:
    from app.cli.shift_plans import answered
    from reports.decks.shifts import shifts
    from sim.experiments.evening import evening
    from sim.experiments.executors import usable_cpus
    from sim.experiments.shifts.answer import Asked
    from sim.experiments.shifts.document import document_of

    [(name, scenario)] = wanted.arms.items()
    asked = Asked(
        scenario,
        name,
        seed=wanted.seed,
        engine="compiled",
        jobs=wanted.jobs or usable_cpus(),
        replications=wanted.nights,
        promise=scenario.service_levels.required_probability,
        by_min=None,
    )
    document = document_of(answered(asked, wanted.progress))
    day = evening(scenario, seed=wanted.seed).day
    return Report("shifts", lambda lang: shifts(document, day, lang))


_PREPARE: dict[str, Callable[[Wanted], Report]] = {
    "before-after": _before_after,
    "certificate": _certificate,
    "shifts": _shifts,
}
