"""A question about headroom from scenario to document: what the command, a page and a report all ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sim.experiments.headroom.answer import headroom
from sim.experiments.headroom.assumptions import screen
from sim.experiments.headroom.document import document
from sim.experiments.headroom.gate import Gate, gate

if TYPE_CHECKING:
    from sim.experiments.headroom.axis import Axis
    from sim.experiments.laboratory import Laboratory
    from sim.scenario import Scenario


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
    """The document of `headroom --json`, and what the gate says where it was asked."""
    found = headroom(lab, scenario, axis, asked.replications, name)
    held = gate(found, asked.at) if asked.gated or asked.at is not None else None
    moved = None
    if found.knees and asked.assumptions != "none":
        moved = screen(found.search, found.knees[0], everything=asked.assumptions == "all")
    return document(found, held, moved), held
