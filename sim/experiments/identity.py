"""What names a replication: the model's version, all that the scenario says, a seed and a number.

Equal names mean equal figures to the bit, so whatever was computed under a name need not be computed again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim.file_digest import file_digest
from sim.tree_steps import describing, named_files

ASKS_ONLY = ("claims", "experiments", "scenario_file")
"""Folders of the model that say nothing about what happens in a night, only what is asked of it."""
LIBRARIES = ("numpy", "scipy", "numba", "simpy", "networkx", "pyvrp")
"""Whose other versions may compute other figures."""


def config_hash(scenario: Any) -> str:
    """Hex digest of everything the scenario says: equal hash, seed and number mean the same replication.

    Name and titles don't count, and 10 and 10.0 are one number. Files it names (roads, points, routes) count
    with their bytes. A scenario of another model may say its own `config_hash`.
    """
    own = getattr(scenario, "config_hash", None)
    if own is not None:
        return str(own() if callable(own) else own)
    kind: Any = type(scenario)
    said = _compact(_canonical(_values(scenario, describing(kind))))
    for part, field in named_files(kind):
        path = getattr(getattr(scenario, part, None), field, None)
        said += "" if path is None else f" {field} {file_digest(path)}"
    return hashlib.sha256(said.encode()).hexdigest()


def scenario_text(scenario: Any) -> str:
    """The scenario as one line of JSON (which is YAML as well), keys in order."""
    return _compact(_values(scenario, ()))


def _values(scenario: Any, without: Sequence[str]) -> Any:
    if not hasattr(scenario, "model_dump"):
        return scenario
    return scenario.model_dump(mode="json", exclude=set(without))


def _compact(said: Any) -> str:
    return json.dumps(said, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _canonical(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_canonical(inner) for inner in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


@cache
def model_hash(root: Path | None = None, *, asks: bool = False) -> str:
    """Hex digest of whatever else decides a figure: the model's sources and the libraries it uses.

    With `asks` also what is asked of it: a search that has changed answers otherwise from the same nights.
    """
    root = root or Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for library in LIBRARIES:
        try:
            digest.update(f"{library} {version(library)}\n".encode())
        except PackageNotFoundError:
            digest.update(f"{library} -\n".encode())
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root)
        if not asks and name.parts[0] in ASKS_ONLY and not name.stem.endswith("outcome"):
            continue
        digest.update(name.as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
