"""The gate of a comparison: what is shown to be worse shuts it, what cannot be told does not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiments.experiment import Experiment
from sim.experiments.gate import objections
from sim.experiments.replications import Replications
from sim.service_levels import ServiceLevels

Floats = NDArray[np.float64]


def arm(name: str, columns: dict[str, Floats], **facts: Any) -> Replications:
    """Rows with given KPI columns."""
    table = np.column_stack(list(columns.values()))
    return Replications(name, SimpleNamespace(**facts), 1, "compiled", tuple(columns), table, {}, {}, "0")


def sold(rng: np.random.Generator, gain: float = 0.0) -> dict[str, Floats]:
    """Nights with a promise about payment, better or worse by a gain."""
    return {"payment_success": np.clip(rng.normal(0.985 + gain, 0.004, 60), 0.0, 1.0)}


def test_the_gate_is_shut_by_what_is_shown_to_be_worse() -> None:
    """An arm that breaks a promise more often is refused; a better one, or an equal one, is not."""
    rng = np.random.default_rng(1)
    levels = {"service_levels": ServiceLevels()}
    base, better, worse = (arm(n, sold(rng, g), **levels) for n, g in (("a", 0.0), ("b", 0.01), ("c", -0.01)))
    alike = arm("d", sold(rng), **levels)
    document = Experiment((base, better, worse, alike)).compare_document()
    assert [tuple(one) for one in objections(document)] == [("c", "payment_success", "kept_less")]
    best = {"answer": "decided", "remaining": ["b"]}
    assert objections(document | {"best": best}) == []
    assert objections(document | {"best": best | {"remaining": ["c"]}})[0].arm == "c"
    (undecided,) = objections(document | {"best": {"answer": "cannot_tell", "remaining": ["a", "b"]}})
    assert undecided.reason == "undecided"


def test_a_worse_figure_of_a_certain_promise_is_no_objection() -> None:
    """Payment that falls from .999 to .995 every night still keeps .98 for certain; at .9802 it does not."""
    rng = np.random.default_rng(2)
    levels = {"service_levels": ServiceLevels()}
    nights = 0.0001 * rng.normal(size=(2, 100))
    base, other = (
        arm(name, {"payment_success": mean + own}, **levels)
        for name, mean, own in zip("ab", (0.999, 0.995), nights, strict=True)
    )
    document = Experiment((base, other)).compare_document()
    assert document["kpis"]["payment_success"]["difference"]["b"]["verdict"] == "worse"
    assert document["service_levels"]["payment_success"]["difference"]["b"]["verdict"] == "same"
    assert objections(document) == []
    short = arm("b", {"payment_success": 0.9802 + nights[1]}, **levels)  # missed on some nights of 100
    (refused,) = objections(Experiment((base, short)).compare_document())
    assert refused.reason == "worse"
