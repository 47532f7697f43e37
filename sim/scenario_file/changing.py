"""A scenario with some paths set to other values: how a search, a sweep or a slider asks "what if".

Each change passes the same checks as the file; whoever asks names where the value came from (`--vary`), so
that an error says it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from sim.problems import InputError, Place, Problem, nearest
from sim.scenario_file.allowed import allowed as what_is_allowed
from sim.scenario_file.allowed import known_keys
from sim.scenario_file.writing import plain
from sim.scenario_tree import Leaf, Step, below, field_at, known_paths, spelled, steps
from sim.units import Params

Tree = TypeVar("Tree", bound=Params)


def changed(scenario: Tree, changes: Mapping[str, Any], origin: str = "--set") -> Tree:
    """The scenario with `changes` (path: value) in force.

    Raises:
        InputError: a path that does not exist, or a value that may not stand there; `origin` says whence.

    """
    values = plain(scenario)
    for path, value in changes.items():
        known_field(scenario, path, origin)
        _put(values, path, value, origin)
    try:
        return type(scenario).model_validate_json(json.dumps(values, allow_nan=False))
    except ValidationError as error:
        raise InputError([_problem(scenario, one, changes, origin) for one in error.errors()]) from error


def known_field(scenario: Params, path: str, origin: str) -> Leaf:
    """The field at a path; an InputError with the nearest known path where there is none."""
    leaf = field_at(path, scenario)
    if leaf is None:
        place, root = Place(f"{origin}:{path}", 1, 1), type(scenario)
        problem = Problem(place, path, "no such parameter", _known_there(root, path), _near(root, path))
        raise InputError([problem])
    return leaf


def _known_there(root: type[Params], path: str) -> str:
    """The keys that may stand where the first unknown one does."""
    annotation: Any = root
    known: tuple[Step, ...] = ()
    for step in steps(path) or ():
        down = below(annotation, step)
        if down is None:
            break
        annotation, known = down[0], (*known, step)
    keys = known_keys(annotation)
    where = f"in `{spelled(known)}` " if known else ""
    return f"{where}one of {keys}" if keys else "a path of the scenario"


def _near(root: type[Params], path: str) -> str:
    """The known path most like this one: of the same last key, else of the nearest spelling."""
    known = known_paths(root)
    section, _, last = path.rpartition(".")
    same = [one for one in known if one.rpartition(".")[2] == last]
    within = [one for one in same if one.startswith(f"{section}.")]
    return next(iter(within or same), None) or nearest(path, known) or ""


def number_at(scenario: Params, path: str, origin: str) -> tuple[float, Leaf]:
    """The number at a path and its field; an InputError where something else stands there."""
    leaf = known_field(scenario, path, origin)
    if isinstance(leaf.default, bool) or not isinstance(leaf.default, int | float):
        found = json.dumps(plain(leaf.default), ensure_ascii=False)
        raise InputError(
            [Problem(Place(f"{origin}:{path}", 1, 1), path, found, "a path at which a number stands")]
        )
    return float(leaf.default), leaf


def _put(values: Any, path: str, value: Any, origin: str) -> None:
    at, parent, last = values, values, None
    for step in steps(path) or ():
        if isinstance(at, list) and isinstance(step, int) and step >= len(at):
            place = Place(f"{origin}:{path}", 1, 1)
            raise InputError([Problem(place, path, f"a list of {len(at)}", f"an index below {len(at)}")])
        parent, last, at = at, step, at.get(step) if isinstance(at, dict) else at[step]
    parent[last] = plain(value)


def _problem(scenario: Params, error: Any, changes: Mapping[str, Any], origin: str) -> Problem:
    """The error at the change that caused it: the one on its way, or the first where a rule spans several."""
    at = spelled(tuple(error["loc"]))
    path = next((one for one in changes if at.startswith(one)), next(iter(changes), at))
    field = field_at(path, scenario)
    rule = error.get("ctx", {}).get("error") if error["type"] == "value_error" else None
    may = str(rule) if rule or field is None else what_is_allowed(field.annotation, field.field, field.unit)
    found = json.dumps(plain(changes.get(path)), ensure_ascii=False)
    return Problem(Place(f"{origin}:{path}", 1, 1), path, found, may)
