"""Layers of a scenario: base, what it extends, the file itself, and `--set`, merged with every place kept.

Mappings merge key by key, lists replace, and a law replaces the law it overrides when it is of another kind.
"""

from __future__ import annotations

import os
from pathlib import Path as FilePath
from typing import Any

from sim.laws import KINDS, Law
from sim.problems import Place, Problem, ScenarioError, visible
from sim.scenario_file.nodes import Budget, Node
from sim.scenario_file.source import kind_of, locate, parse, read_node, shipped
from sim.scenario_file.writing import base_yaml
from sim.scenario_tree import Path, below, members, spelled, steps
from sim.tree_steps import describing, named_files
from sim.units import Params

CHAIN_LIMIT = 16


class Layers:
    """The tree of one scenario as it is put together; `problems` are those of the texts themselves."""

    def __init__(self, root: type[Params]) -> None:
        """Start from the defaults of `root`."""
        self.root = root
        self.problems: list[Problem] = []
        self.whole = True
        self.base = base_yaml(root)[1]
        self.tree = self.base
        self._budget = Budget()
        self._base_path = shipped().get("base") if root.__module__ == "sim.scenario" else None

    def add_file(self, name: str) -> str:
        """Merge a scenario and everything it extends; the name of its file as shown.

        What cannot be read is noted in `problems`; the rest is merged, and `whole` is then false.
        """
        chain: list[tuple[Node, bool]] = []
        seen: list[tuple[str, str]] = []
        shown = name
        asked, folder = None, ""
        try:
            target: str | None = name
            while target is not None:
                at, path = locate(target, asked, folder)
                shown = shown if seen else at
                self._follow(seen, os.path.realpath(path), at, asked)
                if (
                    self._is_base(path)
                    and path.read_text(encoding="utf-8", errors="replace") == base_yaml(self.root)[0]
                ):
                    break  # what the fields say, and they are at hand already
                base = self._is_base(path)
                node, problems = read_node(at, path, self._budget, layer=0 if base else 1)
                node = _with_files(node, self.root, os.path.dirname(path))
                self.problems += problems
                chain.append((node, base))
                folder = str(path.parent) if str(path) != at else os.path.dirname(at)
                target, asked = self._extended(node, base)
        except ScenarioError as error:
            self.problems += error.problems
            self.whole = False
        for number, (node, base) in enumerate(reversed(chain)):
            self.tree = merged(self.tree, _own(node, self.root, last=number == len(chain) - 1), self.root)
            self.base = self.tree if base else self.base
        return shown

    def add_override(self, origin: str, text: str) -> None:
        """Merge one `path.to.key=value`; its place is shown as `--set:PATH`."""
        path_text, equals, value = text.partition("=")
        path_text = path_text.strip()
        file = f"{origin}:{visible(path_text, 200)}"
        way = steps(path_text)
        if not equals or way is None or any(isinstance(step, str) and step.strip() != step for step in way):
            form = "path.to.key=value"
            self.problems.append(
                Problem(Place(f"{origin}:{visible(text, 60)}", 1, 1), path_text, text or "nothing", form)
            )
            return
        try:
            node, problems = parse(value, file, self._budget, 1)
        except ScenarioError as error:
            node, problems = None, list(error.problems)
        shift = len(text) - len(value)
        self.problems += [_renamed(problem, path_text, shift) for problem in problems]
        if problems:
            return
        place = Place(file, 1, shift + 1)
        node = _moved(node, shift) if node is not None else Node(None, place, place)
        try:
            self.tree = placed(self.tree, way, node, self.root, (), Place(file, 1, 1))
        except ScenarioError as error:
            self.problems += error.problems

    def _extended(self, node: Node, base: bool) -> tuple[str | None, Place | None]:
        """What a file builds on: what it names, else the base."""
        name = node.value.get("extends") if isinstance(node.value, dict) else None
        if name is None or name.value == "base":
            return (None if base or self._base_path is None else "base"), None
        if not isinstance(name.value, str) or base:
            allowed = (
                "a shipped name or a path relative to this file" if not base else "no `extends` in the base"
            )
            raise ScenarioError([Problem(name.place, "extends", kind_of(name), allowed)])
        return name.value, name.place

    def _follow(self, seen: list[tuple[str, str]], real: str, shown: str, asked: Place | None) -> None:
        """Note one more file of the chain, unless the chain closes or grows too long."""
        place = asked or Place(shown, 1, 1)
        reals, names = [path for path, _ in seen], [name for _, name in seen]
        if real in reals:
            loop = " → ".join([*names[reals.index(real) :], shown])
            raise ScenarioError(
                [Problem(place, "extends", f"a loop: {loop}", "a chain of scenarios that ends")]
            )
        if len(seen) >= CHAIN_LIMIT:
            found = f"a chain of more than {CHAIN_LIMIT} scenarios"
            raise ScenarioError([Problem(place, "extends", found, f"at most {CHAIN_LIMIT}")])
        seen.append((real, shown))

    def _is_base(self, path: FilePath) -> bool:
        return self._base_path is not None and os.path.realpath(path) == os.path.realpath(self._base_path)


def _with_files(node: Node, root: type[Params], folder: str) -> Node:
    """A file's own tree, the files it names found from where it stands."""
    if not isinstance(node.value, dict):
        return node
    values = dict(node.value)
    for section, key in named_files(root):
        inner = values.get(section)
        if inner is None or not isinstance(inner.value, dict) or not folder:
            continue
        named = inner.value.get(key)
        if named is None or not isinstance(named.value, str):
            continue
        path = os.path.normpath(os.path.join(folder, named.value))
        beside = inner.value | {key: Node(path, named.place, named.key, named.text, named.layer)}
        values[section] = Node(beside, inner.place, inner.key, inner.text, inner.layer)
    return Node(values, node.place, node.key, node.text, node.layer)


def _own(node: Node, root: type[Params], last: bool) -> Node:
    """What a file passes on: all but `extends`; name and title only when it is the one asked for."""
    if not isinstance(node.value, dict):
        return node
    drop = {"extends"} | (set() if last else set(describing(root)))
    kept = {key: inner for key, inner in node.value.items() if key not in drop}
    return Node(kept, node.place, node.key, node.text, node.layer)


def merged(under: Node, over: Node, annotation: Any) -> Node:
    """`over` laid on `under`; `annotation` tells where a law stands."""
    if not isinstance(under.value, dict) or not isinstance(over.value, dict):
        return over
    if Law in members(annotation) and not set(under.value) & set(over.value) and set(over.value) & set(KINDS):
        return over
    values = dict(under.value)
    for key, node in over.value.items():
        step = below(annotation, key)
        values[key] = merged(values[key], node, step[0] if step else None) if key in values else node
    return Node(values, over.place, over.key, over.text, max(under.layer, over.layer))


def placed(tree: Node, way: Path, node: Node, annotation: Any, done: Path, place: Place) -> Node:
    """`node` laid on the tree at a path.

    Raises:
        ScenarioError: the path asks for an element that a list does not have.

    """
    if not way:
        return merged(tree, node, annotation)
    step, down = way[0], below(annotation, way[0])
    inside = down[0] if down else None
    if isinstance(step, int):
        items = tree.value if isinstance(tree.value, list) else []
        if step >= len(items):
            have = f"{len(items)} elements" if isinstance(tree.value, list) else "no list"
            allowed = (
                f"an index from 0 to {len(items) - 1}" if items else "a key, or the whole list in brackets"
            )
            raise ScenarioError(
                [Problem(place, spelled((*done, step)), f"element {step} of {have}", allowed)]
            )
        new: dict[str, Node] | list[Node] = list(items)
        under = items[step]
    else:
        new = dict(tree.value) if isinstance(tree.value, dict) else {}
        under = new.get(step, Node({} if len(way) > 1 else None, place, place, ""))
        if Law in members(annotation) and step in KINDS and step not in new:
            new = {}
    laid = placed(under, way[1:], node, inside, (*done, step), place)
    new[step] = Node(laid.value, laid.place, place, laid.text, laid.layer)  # type: ignore[index]  # one step kind each
    return Node(new, place, place, "", 1)


def _moved(node: Node, shift: int) -> Node:
    """A value parsed on its own, standing behind `path=`."""
    value = node.value
    if isinstance(value, dict):
        value = {key: _moved(inner, shift) for key, inner in value.items()}
    elif isinstance(value, list):
        value = [_moved(inner, shift) for inner in value]
    place, key = node.place, node.key
    moved = Place(place.file, 1, place.column + shift), Place(key.file, 1, key.column + shift)
    return Node(value, *moved, node.text, node.layer)


def _renamed(problem: Problem, path: str, shift: int) -> Problem:
    place = Place(problem.place.file, 1, problem.place.column + shift)
    key = f"{path}.{problem.key}" if problem.key else path
    return Problem(place, key, problem.found, problem.allowed, problem.instead, problem.sentence)
