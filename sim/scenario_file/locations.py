"""Finding one's way in a merged tree: the node at a path, the keys set outside the base, a value set back."""

from __future__ import annotations

from collections.abc import Iterator

from sim.problems import Place
from sim.scenario_file.nodes import Node
from sim.scenario_tree import Path, Step, spelled, steps


def explicit_places(tree: Node) -> dict[str, Place]:
    """Place of every key that a layer other than the base sets, by path; lists count as one key."""

    def walk(node: Node, path: Path) -> Iterator[tuple[str, Place]]:
        if isinstance(node.value, dict):
            for key, inner in node.value.items():
                yield from walk(inner, (*path, key))
        elif node.layer > 0:
            yield spelled(path), node.key

    return dict(walk(tree, ()))


def _child(node: Node, step: Step) -> Node | None:
    value = node.value
    if isinstance(value, dict):
        return value.get(step) if isinstance(step, str) else None
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def node_at(tree: Node, path: Path) -> Node | None:
    """The node at a path."""
    for step in path:
        inner = _child(tree, step)
        if inner is None:
            return None
        tree = inner
    return tree


def restored(tree: Node, base: Node | None, path: Path) -> Node:
    """The tree with the value at a path as the base has it, or without it where the base has none."""
    step, rest = path[0], path[1:]
    below_base = node_at(base, (step,)) if base is not None else None
    inner = node_at(tree, (step,))
    if inner is None:
        return tree
    new = restored(inner, below_base, rest) if rest else below_base
    if isinstance(tree.value, dict) and isinstance(step, str):
        values = {key: node for key, node in tree.value.items() if key != step or new is not None}
        return Node(
            {**values, **({step: new} if new is not None else {})},
            tree.place,
            tree.key,
            tree.text,
            tree.layer,
        )
    if isinstance(tree.value, list) and isinstance(step, int):
        items = [
            new if n == step else node for n, node in enumerate(tree.value) if n != step or new is not None
        ]
        return Node([item for item in items if item is not None], tree.place, tree.key, tree.text, tree.layer)
    return tree


def known_prefix(base: Node, path: Path) -> Path:
    """The part of a path that the base has: what is set back as a whole; an unknown key goes alone."""
    for length in range(len(path), 0, -1):
        if node_at(base, path[:length]) is not None:
            return (
                path
                if isinstance(getattr(node_at(base, path[:length]), "value", None), dict)
                else path[:length]
            )
    return path


def nearest_place(tree: Node, path: str) -> Place:
    """Place of the nearest ancestor of a path that the tree has."""
    way = steps(path) or ()
    while way and node_at(tree, way) is None:
        way = way[:-1]
    node = node_at(tree, way)
    return node.key if node is not None else tree.place
