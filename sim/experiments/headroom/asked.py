"""A question about headroom from scenario to document: what the command, a page and a report all ask."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sim.experiments.headroom.answer import headroom
from sim.experiments.headroom.assumptions import screen
from sim.experiments.headroom.axis import AUDIENCE, check_value
from sim.experiments.headroom.document import document
from sim.experiments.headroom.gate import Gate, gate
from sim.problems import InputError, Place, Problem
from sim.scenario_file.changing import number_at

if TYPE_CHECKING:
    from sim.experiments.headroom.axis import Axis
    from sim.experiments.laboratory import Laboratory
    from sim.scenario import Scenario

FEWEST, MOST = 1.0, 1e8
"""Viewers that may be asked about."""
EXAMPLE = 20_000
LOOK = 3
"""Nights that tell how many viewers a scale brings."""


@dataclass(frozen=True, slots=True)
class Asked:
    """replications: near a knee. assumptions: which inputs are moved. at, gated: where to judge."""

    replications: int = 250
    assumptions: Literal["quick", "all", "none"] = "quick"
    at: float | None = None
    gated: bool = False


def answered(
    lab: Laboratory, scenario: Scenario, axis: Axis, name: str, asked: Asked
) -> tuple[dict[str, Any], Gate | None]:
    """The document of `headroom --json`, and what the gate says where it was asked.

    Raises:
        InputError: `at` is nothing that can be asked about; said before anything is searched.
    """
    if asked.at is not None:
        _check_at(lab, scenario, axis, asked.at)
    found = headroom(lab, scenario, axis, asked.replications, name)
    held = gate(found, asked.at) if asked.gated or asked.at is not None else None
    moved = None
    if found.knees and asked.assumptions != "none":
        moved = screen(found.search, found.knees[0], everything=asked.assumptions == "all")
    return document(found, held, moved), held


def _check_at(lab: Laboratory, scenario: Scenario, axis: Axis, at: float) -> None:
    if axis.path != AUDIENCE:
        check_value(scenario, axis.path, at, whole=axis.whole, option="--at")
        return
    if not FEWEST <= at <= MOST:
        raise _no_audience(at, FEWEST, MOST, EXAMPLE)
    now, leaf = number_at(scenario, AUDIENCE, "--at")
    rows = lab.replicate(scenario, LOOK)
    if not rows.has("viewers"):
        check_value(scenario, AUDIENCE, at, whole=axis.whole, option="--at")
        return
    each = float(rows.values("viewers").mean()) / now
    least, most = (leaf.low or 0.0) * each, (leaf.high or math.inf) * each
    if not least <= at <= most:
        ends = math.ceil(least), math.floor(most)
        raise _no_audience(at, *ends, ends[at > most])


def _no_audience(at: float, least: float, most: float, instead: float) -> InputError:
    allowed = f"a number of viewers, {least:,.0f} to {most:,.0f}"
    return InputError([Problem(Place("--at", 1, 1), "--at", f"{at:g}", allowed, f"--at {instead:.0f}")])
