"""A campaign from question to document: seasons of one or several scenarios, with the same luck."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.experiments.experiment import Experiment, columns_of, said_of
from sim.experiments.figures import figure_interval
from sim.experiments.intervals import skew_t
from sim.experiments.laboratory import Ask, Laboratory
from sim.experiments.paired import Difference, paired
from sim.experiments.promises import difference_document
from sim.experiments.season_outcome import event_key, one_season
from sim.experiments.verdicts import Judged, Row, judge
from sim.season.figures import OF_EVENT, SEASON_KPIS, SeasonFigure

if TYPE_CHECKING:
    from sim.engines import Engine
    from sim.experiments.replications import Replications
    from sim.scenario import Scenario

REPLICATIONS = 30
"""Seasons of an arm unless told otherwise."""


def campaign(
    arms: Mapping[str, Scenario],
    *,
    seed: int = 1,
    replications: int = REPLICATIONS,
    engine: Engine = "compiled",
    jobs: int | None = None,
) -> dict[str, Any]:
    """The document of `lianlu campaign --json`.

    Args:
        arms: scenarios by the name they have in tables; the first is the base.
        seed, replications, engine, jobs: as `compare` takes them.

    Raises:
        InputError: an event of a season is changed where it cannot be.
        ValueError: no scenario, or two of one name.
    """
    with Laboratory(seed=seed, engine=engine, jobs=jobs, simulate=one_season) as laboratory:
        return seasons(arms, laboratory, replications)


def seasons(arms: Mapping[str, Scenario], laboratory: Laboratory, replications: int) -> dict[str, Any]:
    """The same, on the laboratory of a command, whose `simulate` is `one_season`."""
    from sim.season.changes import changed_events

    for scenario in arms.values():
        changed_events(scenario)
    asks = [Ask(scenario, replications, label=name) for name, scenario in arms.items()]
    experiment = Experiment(tuple(laboratory.replicate_all(asks)))
    base = experiment.base
    told = {arm.name: _arm(arm) for arm in experiment.arms}
    return {
        "base": base.name,
        "others": [arm.name for arm in experiment.others],
        "seed": base.seed,
        "engine": base.engine,
        "replications": len(base),
        "config_hash": experiment.hash,
        **{part: told[base.name][part] for part in ("events", "kpis", "balance")},
        "arms": told,
        "differences": _differences(experiment),
        "claims": [],
    }


def _arm(arm: Replications) -> dict[str, Any]:
    """One arm: its season, event by event, and where its members went (all replications together)."""
    season = arm.scenario.season
    return said_of(arm.scenario) | {
        "every_days": season.every_days,
        "config_hash": arm.config_hash,
        "kpis": {name: _figure(arm, name, one) for name, one in SEASON_KPIS.items() if arm.has(name)},
        "events": [
            {
                "event": number,
                "kpis": {
                    name: _figure(arm, event_key(number, name), one)
                    for name, one in OF_EVENT.items()
                    if arm.has(event_key(number, name))
                },
            }
            for number in range(1, season.events + 1)
        ],
        "balance": dict(arm.balance),
    }


def _figure(arm: Replications, column: str, figure: SeasonFigure) -> dict[str, Any]:
    """Mean, interval and spread of a column; interval and `std` are absent with a single replication."""
    values = arm.values(column)
    summary = skew_t(values)
    document: dict[str, Any] = {"mean": summary.mean}
    if summary.n > 1:
        low, high = figure_interval(values, figure)
        document |= {"ci_low": low, "ci_high": high, "std": summary.std}
    document |= {"unit": figure.unit, "better": figure.better}
    return document | ({"replications": summary.n} if summary.n < len(arm) else {})


def _differences(experiment: Experiment) -> dict[str, Any]:
    """Season figure → other arm → paired difference to the base; verdicts hold over all of them (Holm)."""
    rows: dict[tuple[str, str], Row] = {}
    for name, figure in SEASON_KPIS.items():
        for other in experiment.others:
            columns = columns_of(experiment.base, other, name)
            if columns is not None:
                rows[name, other.name] = Row(paired(*columns), figure.better)
    found: dict[str, dict[str, Any]] = {}
    judged: list[Judged] = judge(list(rows.values())) if rows else []
    for ((name, other_name), row), verdict in zip(rows.items(), judged, strict=True):
        difference: Difference = row.difference
        found.setdefault(name, {})[other_name] = difference_document(difference, verdict, row.better)
    return found
