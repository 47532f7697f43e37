"""Service levels night by night: P(kept) of an arm, and whether another arm keeps it more often.

A level is kept or not in a replication, so everything here is exact: Clopper–Pearson for P, McNemar for
the difference of two arms that share their luck. A mean may satisfy a threshold that half of the nights
break; a promise is about nights.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.figures import met, target_of
from sim.experiments.intervals import replications_to_promise, share_interval
from sim.experiments.paired import DIFFERENCE, Difference, paired
from sim.experiments.verdicts import Judged, kept
from sim.service_levels import DIRECTION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiments.replications import Replications
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]

OF_A_RUSH = ("goodput_min_share",)
"""Levels that have a meaning only where many click in one minute."""
MAY_BREAK = 2
"""Nights that may break a promise without leaving the gate undecided."""


def service_levels_document(arm: Replications) -> dict[str, Any]:
    """Each service level the arm has: P(kept), its Clopper–Pearson interval, and whether that is enough."""
    return {name: _level(arm, name) for name in DIRECTION if has_level(arm, name)}


def without_data(arm: Replications) -> list[str]:
    """Levels that the scenario promises and no night can tell anything of: nobody bought, nothing came."""
    rush = arm.scenario.live and arm.scenario.by_system
    return [
        name
        for name in DIRECTION
        if target_of(arm, name) is not None and not arm.has(name) and (rush or name not in OF_A_RUSH)
    ]


def _level(arm: Replications, name: str) -> dict[str, Any]:
    nights = kept_nights(arm, name)
    nights = nights[np.isfinite(nights)]
    interval = share_interval(int(nights.sum()), int(nights.size))
    required = arm.scenario.service_levels.required_probability
    return {
        "p": float(nights.mean()),
        "ci_low": interval.low,
        "ci_high": interval.high,
        "target": required,
        "kept": kept(interval, required),
    }


def nights_to_show(scenario: Scenario) -> int:
    """Nights of which one or two may break a promise of this scenario and still show that it is kept."""
    required = scenario.service_levels.required_probability
    nights = replications_to_promise(required)
    while share_interval(nights - MAY_BREAK, nights).low < required:
        nights += 1
    return nights


def has_level(arm: Replications, name: str) -> bool:
    """Whether the arm's scenario promises it and the figure has a meaning there."""
    return target_of(arm, name) is not None and arm.has(name)


def kept_nights(arm: Replications, name: str) -> Floats:
    """(N,) 1 where the level was kept, 0 where broken, NaN where the figure has no value."""
    column, target = arm.column(name), target_of(arm, name)
    assert target is not None
    return np.where(np.isfinite(column), met(column, name, target), np.nan)


def promise_differences(
    base: Replications, others: Sequence[Replications]
) -> Iterator[tuple[str, str, Difference]]:
    """(level, other arm, paired difference of the nights kept) wherever both arms have the level."""
    for name in DIRECTION:
        for other in others:
            if not (has_level(base, name) and has_level(other, name)):
                continue
            n = min(len(base), len(other))
            one, two = kept_nights(base, name)[:n], kept_nights(other, name)[:n]
            if np.sum(np.isfinite(one) & np.isfinite(two)) >= 2:
                yield name, other.name, paired(one, two, zero_one=True)


def promises_document(
    arms: Sequence[Replications], judged: Mapping[tuple[str, str], tuple[Difference, Judged]]
) -> dict[str, Any]:
    """The `service_levels` entry of `compare --json`: every arm's P(kept), and the difference to the base."""
    levels: dict[str, Any] = {}
    for name in DIRECTION:
        entry: dict[str, Any] = {arm.name: _level(arm, name) for arm in arms if has_level(arm, name)}
        if entry:
            entry[DIFFERENCE] = {
                arm.name: difference_document(*judged[name, arm.name], "higher")
                for arm in arms[1:]
                if (name, arm.name) in judged
            }
            levels[name] = entry
    return levels


def difference_document(one: Difference, judged: Judged, better: Any) -> dict[str, Any]:
    """A paired difference with its verdict, as every table of `compare --json` writes it."""
    return {
        "mean": one.mean,
        "ci_low": one.interval.low,
        "ci_high": one.interval.high,
        "p_better": one.p_better(better),
        "p_holm": judged.p_holm,
        "verdict": judged.verdict,
    }
