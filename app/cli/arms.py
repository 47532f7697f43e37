"""Scenarios as the command line names them: `LABEL=SCENARIO`, `--set path=value`, `--set LABEL:path=…`."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sim.experiments.paired import DIFFERENCE
from sim.problems import Place, Problem, ScenarioError
from sim.scenario import Scenario
from sim.scenario_file import read_scenario

_LABEL = re.compile(r"^([\w.#-]+)=(.+)$")
_FOR_LABEL = re.compile(r"^([\w.#-]+):(.+=.*)$", re.DOTALL)


class NamedArm(NamedTuple):
    """A scenario under the name it has in tables."""

    label: str
    scenario: Scenario
    source: str


def named_arms(words: Sequence[str], overrides: Sequence[str]) -> list[NamedArm]:
    """Read every scenario with the overrides meant for it.

    A second scenario of the same name becomes `name#2`; a label that is given stands once. Raises
    ScenarioError with every problem.
    """
    labels = _labels(words)
    known = {label for label, _ in labels}
    if DIFFERENCE in known:
        place = Place(f"{DIFFERENCE}=", 1, 1)
        raise ScenarioError(
            [
                Problem(
                    place,
                    DIFFERENCE,
                    found="a label that tables keep for themselves",
                    allowed="any other word",
                )
            ],
            1,
        )
    for text in overrides:
        aimed = _FOR_LABEL.match(text)
        if aimed:
            refuse_unknown(aimed[1], known)
    return [
        NamedArm(label, read_scenario(source, meant_for(label, overrides)), source)
        for label, source in labels
    ]


def _labels(words: Sequence[str]) -> list[tuple[str, str]]:
    """(label, scenario) of every word."""
    labels: list[tuple[str, str]] = []
    for word in words:
        match = _LABEL.match(word)
        label, source = (
            (match[1], match[2]) if match else (word.rsplit("/", 1)[-1].removesuffix(".yaml"), word)
        )
        taken = {one for one, _ in labels}
        same = sum(1 for one in taken if one == label or one.startswith(f"{label}#"))
        if match and label in taken:
            place, instead = Place(f"{label}=", 1, 1), f"{label}{same + 1}={source}"
            problem = Problem(
                place, label, "a label that stands for two scenarios", "each label once", instead
            )
            raise ScenarioError([problem], 1)
        labels.append((f"{label}#{same + 1}" if same else label, source))
    return labels


def refuse_unknown(label: str, known: Collection[str]) -> None:
    """ScenarioError where no scenario has the label that an override names."""
    if label not in known:
        place, allowed = Place(f"--set:{label}", 1, 1), ", ".join(sorted(known))
        raise ScenarioError([Problem(place, label, found="no scenario of this label", allowed=allowed)], 1)


def meant_for(label: str, overrides: Sequence[str]) -> list[tuple[str, str]]:
    """The overrides of one arm, as `read_scenario` takes them."""
    found = []
    for text in overrides:
        aimed = _FOR_LABEL.match(text)
        if aimed is None:
            found.append(("--set", text))
        elif aimed[1] == label:
            found.append(("--set", aimed[2]))
    return found
