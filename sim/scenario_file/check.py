"""From a merged tree to a scenario, or to every problem in it with place, finding and remedy.

Fields that are wrong are set back to their base value and the tree is checked again, so that rules across
fields and combinations of sections are reported in the same run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from sim.laws import Law
from sim.problems import Problem, nearest, visible
from sim.scenario_file.allowed import allowed, found, instead, known_keys
from sim.scenario_file.locations import explicit_places, known_prefix, nearest_place, node_at, restored
from sim.scenario_file.nodes import Node
from sim.scenario_tree import (
    Path,
    Step,
    below,
    field_at,
    is_model,
    keys_of,
    known_paths,
    members,
    spelled,
    unit_of,
)
from sim.units import Params

Tree = TypeVar("Tree", bound=Params)
MOST = 500
"""Errors of one pass that are looked at; a file with more has made its point."""


def checked(
    root: type[Tree], tree: Node, base: Node, *, whole: bool = True
) -> tuple[Tree | None, list[Problem], int]:
    """(scenario, problems, number of problems); the scenario is None when there are any.

    `whole` is false when a layer could not be read: then rules across fields are not judged.
    """
    problems: list[Problem] = []
    broken: list[Path] = [] if whole else [()]
    total = 0
    for _ in range(4):
        try:
            model = root.model_validate_json(json.dumps(tree.plain()))
        except ValidationError as error:
            errors = error.errors(include_input=False, include_url=False, include_context=True)
            fresh, paths = _problems(root, tree, errors[:MOST], broken)
            problems += fresh
            total += len(fresh) + max(0, len(errors) - MOST)
            if not paths or len(errors) > MOST:
                return None, problems, total
            broken += paths
            for path in paths:
                tree = restored(tree, base, known_prefix(base, path) if node_at(tree, path) else path)
            continue
        if not any(len(path) <= 1 for path in broken):
            fresh = combinations(root, model, tree)
            problems += fresh
            total += len(fresh)
        return (None if problems else model), problems, total
    return None, problems, total


def combinations(root: type[Params], model: Params, tree: Node) -> list[Problem]:
    """What the root's `combination_problems(explicit, scenario)` finds in keys set outside the base."""
    judge: Callable[..., list[tuple[str, str, str, str]]] | None = getattr(root, "combination_problems", None)
    if judge is None:
        return []
    explicit = explicit_places(tree)
    problems = []
    for path, what, may, remedy in judge(explicit, model):
        place = explicit.get(path) or nearest_place(tree, path)
        problems.append(Problem(place, path, what, may, remedy))
    return problems


def _problems(
    root: type[Params], tree: Node, errors: list[Any], broken: list[Path]
) -> tuple[list[Problem], list[Path]]:
    """Problems of one validation, a place once; and the paths that are wrong."""
    by_path: dict[Path, dict[str, Any]] = {}
    for error in errors:
        path = _actual(tree, error["loc"], error["type"])
        node = node_at(tree, path)
        within = [other for other in by_path if other[: len(path)] == path or path[: len(other)] == other]
        if error["type"] == "missing" and path in broken:
            continue  # it was there, but wrong, and went with what was set back
        if _is_rule(error) and any(done[: len(path)] == path or not done for done in broken):
            continue  # a rule across fields, judged on a value that was set back
        if within and _shadowed(error, path, within, node):
            continue
        for other in within:
            if other != path and len(other) < len(path) and by_path[other]["type"] in _WRONG_KIND:
                del by_path[other]
        by_path.setdefault(path, error)
    problems = [_problem(root, tree, path, error) for path, error in by_path.items()]
    return problems, [path for path in by_path if path]


_WRONG_KIND = frozenset(
    {
        "float_type",
        "int_type",
        "string_type",
        "bool_type",
        "model_type",
        "list_type",
        "tuple_type",
        "dict_type",
        "literal_error",
        "none_required",
        "missing",
        "model_attributes_type",
    }
)


def _shadowed(error: Any, path: Path, within: list[Path], node: Node | None) -> bool:
    """Whether another alternative of a union has said it better, at the same place or further down."""
    if path in within:
        return True
    deeper = any(len(other) > len(path) for other in within)
    return (
        deeper and error["type"] in _WRONG_KIND and node is not None and isinstance(node.value, (dict, list))
    )


def _is_rule(error: Any) -> bool:
    return (
        error["type"] not in _WRONG_KIND
        and "ctx" in error
        and isinstance(error["ctx"].get("error"), Exception)
    )


def _actual(tree: Node, loc: tuple[Step, ...], kind: str) -> Path:
    """The path in the file of pydantic's location, which also names alternatives of unions."""
    path: Path = ()
    for number, step in enumerate(loc):
        if node_at(tree, (*path, step)) is not None or (kind == "missing" and number == len(loc) - 1):
            path = (*path, step)
    return path


def _reached(root: type[Params], path: Path) -> tuple[Any, FieldInfo | None, str]:
    """(annotation, field, unit) at a path; the figures of a law have the unit of the field that holds it."""
    annotation: Any = root
    field: FieldInfo | None = None
    unit = "-"
    for step in path:
        law = Law in members(annotation)
        down = below(annotation, step)
        if down is None:
            return None, None, "-"
        annotation, field = down
        own = unit_of(field)
        unit = (
            own
            if own != "-"
            else unit
            if law or (unit != "-" and not is_model(members(annotation)[0]))
            else "-"
        )
    return annotation, field, "-" if path and path[-1] == "sigma" else unit


def _problem(root: type[Params], tree: Node, path: Path, error: Any) -> Problem:
    node = node_at(tree, path)
    key = spelled(path)
    kind = error["type"]
    if kind == "extra_forbidden" and node is not None:
        return _unknown(root, path, node)
    if kind == "missing" or node is None:
        place = nearest_place(tree, key)
        annotation, field, unit = _reached(root, path)
        return Problem(place, key, "nothing; this key must be given", allowed(annotation, field, unit))
    if _is_rule(error) or (kind not in _WRONG_KIND and kind not in _SIZES):
        return _rule(path, node, error)
    annotation, field, unit = _reached(root, path)
    leaf = field_at(key, root)
    remedy = (
        instead(str(path[-1]), annotation, (field, unit), node, leaf.default if leaf else None)
        if path and isinstance(path[-1], str)
        else ""
    )
    return Problem(node.place, key, found(node), allowed(annotation, field, unit), remedy)


_SIZES = frozenset(
    {
        "greater_than",
        "greater_than_equal",
        "less_than",
        "less_than_equal",
        "finite_number",
        "int_from_float",
        "int_parsing_size",
        "too_short",
        "too_long",
    }
)


def _rule(path: Path, node: Node, error: Any) -> Problem:
    """A rule across fields stands at its section, or at the key it names, and shows the values it names."""
    context = error.get("ctx", {})
    says = str(context["error"]) if isinstance(context.get("error"), Exception) else error["msg"]
    named = context.get("key")
    if isinstance(named, str) and node_at(node, (named,)) is not None:
        path, node = (*path, named), node_at(node, (named,)) or node
    shown = []
    for name in dict.fromkeys(re.findall(r"`(\w+)`", says)):
        value = node_at(node, (name,))
        if value is not None:
            shown.append(f"{name}: {value.text or found(value)}")
    if not shown:
        shown = [found(node)]
    return Problem(node.key, spelled(path) or "(the whole scenario)", ", ".join(shown), says)


def _unknown(root: type[Params], path: Path, node: Node) -> Problem:
    """An unknown key, with the nearest known one: beside it, or elsewhere in the tree."""
    parent = _reached(root, path[:-1])[0] if len(path) > 1 else root
    word = str(path[-1])
    close = nearest(word, keys_of(parent), 0.75)
    elsewhere = [known for known in known_paths(root) if known.rpartition(".")[2] == word]
    within = [known for known in elsewhere if known.startswith(spelled(path[:-1]))] or elsewhere
    if close is None and within:
        close = within[0]
    if close is None:
        close = nearest(word, keys_of(parent), 0.55) or _far(root, path, word)
    hint = f"; did you mean `{close}`?" if close else ""
    value = node.text if not isinstance(node.value, (dict, list)) else ""
    remedy = (f"{close}: {value}".strip() if "." not in close else close) if close else ""
    known = f"one of {known_keys(parent)}" if parent is not None else ""
    return Problem(
        node.key, spelled(path), f"unknown key `{visible(word, 60)}`", known, remedy, f"unknown key{hint}"
    )


def _far(root: type[Params], path: Path, word: str) -> str | None:
    known = [name for name in known_paths(root) if not spelled(path).startswith(f"{name}.")]
    return nearest(spelled(path), known, 0.8) or next(
        (name for last in [nearest(word, {name.rpartition(".")[2] for name in known}, 0.8)] if last
         for name in known if name.rpartition(".")[2] == last), None)  # fmt: skip
