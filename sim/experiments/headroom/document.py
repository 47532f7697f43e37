"""`headroom --json`: the answer as one document, with what was asked beside it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.experiments.experiment import titles_of
from sim.experiments.headroom.curve import GOAL
from sim.experiments.identity import config_hash
from sim.experiments.intervals import CONFIDENCE, share_interval
from sim.scenario_file.changing import number_at

if TYPE_CHECKING:
    from sim.experiments.headroom.answer import Answer, Knee
    from sim.experiments.headroom.assumptions import Movement, Screening
    from sim.experiments.headroom.gate import Gate

WEAK = ("claim", "assumed")
"""Grades that are nobody's measurement."""
MOST_REPLICATIONS = 20_000


def document(answer: Answer, gate: Gate | None = None, screening: Screening | None = None) -> dict[str, Any]:
    """Everything a reader or a program needs; `at` and `assumptions` only where they were asked for."""
    search, axis = answer.search, answer.axis
    said = {
        "scenario": answer.name,
        **titles_of(search.scenario),
        "seed": search.lab.seed,
        "engine": search.lab.engine,
        "replications": search.replications,
        "simulated": search.simulated,
        "path": axis.path,
        "unit": axis.unit,
        "from": axis.spelled(axis.values[0]),
        "to": axis.spelled(axis.values[-1]),
        "now": axis.spelled(number_at(search.scenario, axis.path, "--vary")[0]),
        "required_probability": search.promise,
        "levels": [
            _level(answer, knee) | {"order_certain": _before(knee, later)}
            for knee, later in zip(answer.knees, (*answer.knees[1:], None), strict=False)
        ],
        "already_broken": _broken(answer),
        "beyond_range": answer.named("beyond_range"),
        "not_monotone": answer.named("not_monotone"),
        "outside": _outside(answer),
        "first_to_break": answer.knees[0].level.name if answer.knees else None,
        "curve": _curve(answer),
        "band": {
            "confidence": CONFIDENCE,
            "kind": "simultaneous over the curve of a level",
            "goal": GOAL,
            "replications_needed": replications_for(GOAL, search.promise, search.points),
        },
        "config_hash": config_hash(search.scenario),
    }
    if gate is not None:
        viewers = answer.viewers(gate.value) if answer.counts_viewers else None
        said["at"] = ({} if viewers is None else {"audience": viewers}) | gate.document()
    if screening is not None:
        said["assumptions"] = _assumptions(answer, screening)
    return said


def _level(answer: Answer, knee: Knee) -> dict[str, Any]:
    """A level with its crossing: in viewers where the axis is the audience, and always in values."""
    axis = answer.axis
    said: dict[str, Any] = {
        "level": knee.level.name,
        "target": answer.search.promise,
        "threshold": knee.level.threshold,
    }
    if answer.counts_viewers:
        said |= {"audience_p95": answer.viewers(knee.value)}
        said |= {"ci_low": answer.viewers(knee.low), "ci_high": answer.viewers(knee.high)}
    else:
        said |= {"ci_low": axis.spelled(knee.low), "ci_high": axis.spelled(knee.high)}
    return said | {
        "value_p95": axis.spelled(knee.value),
        "value_ci_low": axis.spelled(knee.low),
        "value_ci_high": axis.spelled(knee.high),
        "ci_low_open": knee.low_open,
        "ci_high_open": knee.high_open,
        "direction": "falling" if knee.falling else "rising",
        "band_half_width": knee.half_width,
    }


def _broken(answer: Answer) -> list[str]:
    """Levels without a crossing because even the easy end of the range breaks them, the most broken first."""
    broken = [one for one in answer.outside if one.why == "already_broken"]
    return [one.level.name for one in sorted(broken, key=lambda one: one.p)]


def _before(knee: Knee, later: Knee | None) -> bool | None:
    """Whether a level surely breaks before the next; None for the last, or where they break at two ends."""
    if later is None or knee.falling != later.falling:
        return None
    return knee.high < later.low if knee.falling else knee.low > later.high


def _outside(answer: Answer) -> dict[str, Any]:
    return {
        one.level.name: {
            "threshold": one.level.threshold,
            "at": answer.axis.spelled(one.at),
            "p": one.p,
            "ci_low": one.interval.low,
            "ci_high": one.interval.high,
            "certain": one.certain,
        }
        for one in answer.outside
    }


def _curve(answer: Answer) -> list[dict[str, Any]]:
    """A point for every value looked at: P of each level fitted monotone, with its band, and the nights."""
    search, axis = answer.search, answer.axis
    points: dict[int, dict[str, Any]] = {}
    for index, found in search.measured.items():
        value = axis.values[index]
        viewers = answer.viewers(value)
        points[index] = {} if viewers is None else {"audience": viewers}
        points[index] |= {
            "value": axis.spelled(value),
            "replications": max((one.n for one in found.values()), default=0),
        }
    for name in search.names:
        curve, falling = search.curve(name)
        low, high = curve.band
        order = [index for index, found in search.measured.items() if name in found]
        for k, index in enumerate(order if falling else order[::-1]):
            points[index][name] = {
                "p": float(curve.p[k]),
                "ci_low": float(low[k]),
                "ci_high": float(high[k]),
                "n": int(curve.n[k]),
            }
    return list(points.values())


def _assumptions(answer: Answer, screening: Screening) -> dict[str, Any]:
    knee, shares = screening.knee, screening.shares()
    down, up = screening.reach()
    return {
        "level": knee.level.name,
        "shares": shares,
        "assumed_share": sum(shares.get(grade, 0.0) for grade in WEAK) if shares else None,
        "low": _moved(answer, knee, down),
        "high": _moved(answer, knee, up),
        "inputs": [_movement(answer, knee, one) for one in screening.movements],
        "still": screening.still,
        "left_out": list(screening.left_out),
    }


def _movement(answer: Answer, knee: Knee, one: Movement) -> dict[str, Any]:
    return {
        "path": one.path,
        "grade": one.grade,
        "at_low": _moved(answer, knee, one.low),
        "at_high": _moved(answer, knee, one.high),
        "squared": one.squared,
    }


def _moved(answer: Answer, knee: Knee, distance: float) -> float:
    """The answer's figure, viewers or value, when the crossing goes so far."""
    axis = answer.axis
    at = knee.value * math.exp(distance) if axis.factors else knee.value + distance
    if answer.counts_viewers:
        return float(answer.viewers(at) or 0.0)
    return at


def replications_for(half_width: float, p: float, points: float) -> int:
    """Fewest replications whose band over that many points is this narrow at P = p (in steps of 10)."""
    each = CONFIDENCE if points <= 1.0 else 1.0 - (1.0 - CONFIDENCE) / points
    for n in range(20, MOST_REPLICATIONS, 10):
        low, high = share_interval(round(p * n), n, each)
        if 0.5 * (high - low) <= half_width:
            return n
    return MOST_REPLICATIONS
