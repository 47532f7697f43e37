"""Scenario files in and out: YAML with places, layers merged, every problem reported at once.

`read_scenario` gives the scenario, `read` gives it with the place of every value. Reading goes
source (text) → nodes (a tree with places) → layers (extends, `--set`) → check (a model, or all problems).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, Generic, TypeVar

from sim.problems import Place, Problem, ScenarioError
from sim.scenario_file.check import checked
from sim.scenario_file.layers import Layers
from sim.scenario_file.locations import explicit_places, node_at
from sim.scenario_file.nodes import Node
from sim.scenario_file.source import shipped
from sim.scenario_file.writing import scenario_yaml, write_base_yaml
from sim.scenario_tree import steps
from sim.units import Params

__all__ = [
    "Reading",
    "ScenarioError",
    "load_scenario",
    "read",
    "read_scenario",
    "scenario_yaml",
    "shipped",
    "write_base_yaml",
]

Tree = TypeVar("Tree", bound=Params)


@dataclass(frozen=True)
class Reading(Generic[Tree]):
    """A scenario with the file it came from and the place of every value."""

    scenario: Tree
    file: str
    tree: Node

    def place(self, path: str) -> Place | None:
        """Where the value at a path was set; None when there is no such value."""
        node = node_at(self.tree, steps(path) or ())
        return node.key if node is not None else None

    def explicit(self) -> dict[str, Place]:
        """Every key that is set outside the base, with its place."""
        return explicit_places(self.tree)


def read(
    name_or_path: str, overrides: Iterable[tuple[str, str]] = (), root: type[Tree] | None = None
) -> Reading[Tree]:
    """Read a scenario by shipped name or path, with overrides [(origin, "path.to.key=value")] on top.

    Raises:
        ScenarioError: every problem found in the file, in what it extends and in the overrides.

    """
    model: Any = root or _scenario()
    layers = Layers(model)
    file = layers.add_file(str(name_or_path))
    for origin, text in overrides:
        layers.add_override(origin, text)
    tree = _named(layers.tree, model, file)
    scenario, problems, total = checked(model, tree, layers.base, whole=layers.whole)
    unique = list(dict.fromkeys([*layers.problems, *problems]))
    if unique:
        raise ScenarioError(_ordered(unique, file), len(unique) + max(0, total - len(problems)))
    assert scenario is not None  # `checked` gives a scenario or problems
    return Reading(scenario, file, tree)


def read_scenario(
    name_or_path: str, overrides: Iterable[tuple[str, str]] = (), root: type[Tree] | None = None
) -> Tree:
    """The scenario alone; see `read`."""
    return read(name_or_path, overrides, root).scenario


def load_scenario(name_or_path: str | FilePath, set: Iterable[str] = ()) -> Any:  # noqa: A002  # the option's name
    """A scenario by shipped name or path; `set` overrides it: ["checkout.gateway.rate_per_s=60"].

    Raises:
        ScenarioError: with every problem, its place and its remedy.

    """
    return read_scenario(str(name_or_path), [("--set", text) for text in set])


def _scenario() -> type[Params]:
    from sim.scenario import Scenario  # late: the file layer serves any tree

    return Scenario


def _named(tree: Node, root: type[Params], file: str) -> Node:
    """A scenario that does not name itself is called after its file."""
    given = tree.value.get("name") if isinstance(tree.value, dict) else None
    if (
        "name" not in root.model_fields
        or (given is not None and given.layer > 0)
        or not isinstance(tree.value, dict)
    ):
        return tree
    name = FilePath(file).stem[:60]
    node = Node(name, Place(file, 1, 1), Place(file, 1, 1), name, 0)
    return Node({**tree.value, "name": node}, tree.place, tree.key, tree.text, tree.layer)


def _ordered(problems: list[Problem], file: str) -> list[Problem]:
    """The asked file first, then what it extends, then `--set`; by line within a file."""
    return sorted(
        problems,
        key=lambda p: (
            p.place.file[:2] == "--",
            p.place.file != file,
            p.place.file,
            p.place.line,
            p.place.column,
        ),
    )
