"""Scenarios as the command line names them: `LABEL=SCENARIO`, `--set path=value`, `--set LABEL:path=…`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from sim.experiments.paired import DIFFERENCE
from sim.scenario import Scenario
from sim.scenario_file import read_scenario

_LABEL = re.compile(r"^([\w.#-]+)=(.+)$")
_FOR_LABEL = re.compile(r"^([\w.#-]+):(.+=.*)$", re.DOTALL)


class NamedArm(NamedTuple):
    """A scenario under the name it has in tables."""

    label: str
    scenario: Scenario


def named_arms(words: Sequence[str], overrides: Sequence[str]) -> list[NamedArm]:
    """Read every scenario with the overrides meant for it.

    A second scenario of the same name becomes `name#2`; a label that is given stands once. Raises
    ScenarioError with every problem.
    """
    from sim.problems import Place, Problem, ScenarioError

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
        if aimed and aimed[1] not in known:
            place = Place(f"--set:{aimed[1]}", 1, 1)
            raise ScenarioError(
                [
                    Problem(
                        place, aimed[1], found="no scenario of this label", allowed=", ".join(sorted(known))
                    )
                ],
                1,
            )
    return [NamedArm(label, read_scenario(source, _meant_for(label, overrides))) for label, source in labels]


def _labels(words: Sequence[str]) -> list[tuple[str, str]]:
    """(label, scenario) of every word."""
    from sim.problems import Place, Problem, ScenarioError

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


def _meant_for(label: str, overrides: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for text in overrides:
        aimed = _FOR_LABEL.match(text)
        if aimed is None:
            found.append(("--set", text))
        elif aimed[1] == label:
            found.append(("--set", aimed[2]))
    return found
