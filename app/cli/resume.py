"""Finished replications in `--out`: the same command with the same folder goes on where it stopped.

One file for each arm, a line for each replication, appended as it is done. The file is named by everything
the outcome depends on, the model's own sources among it, so nothing stale is ever read; a line cut off by a
crash is ignored and computed again.
"""

from __future__ import annotations

import errno
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from app.cli.arms import NamedArm
    from sim.experiments.replicate import Outcome

FULL = (errno.ENOSPC, errno.EDQUOT)


class Store:
    """The replications of one arm that a folder holds."""

    def __init__(
        self, folder: Path, arm: NamedArm, seed: int, engine: str, thin_to: NDArray[np.int64] | None
    ) -> None:
        from sim.experiments.replicate import config_hash

        volume = "" if thin_to is None else thin_to.tobytes().hex()
        said = f"{_model()} {config_hash(arm.scenario)} {seed} {engine} {volume}"
        name = re.sub(r"[^\w.-]", "_", arm.label)
        key = hashlib.sha256(said.encode()).hexdigest()[:16]
        self._path = folder / "replications" / f"{name}-{key}.jsonl"
        with writing(folder):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a+b") as file:
                if file.tell() and self._path.read_bytes()[-1:] != b"\n":
                    file.write(b"\n")

    def read(self) -> dict[int, Outcome]:
        """Whatever complete lines the file has."""
        from sim.experiments.replicate import Outcome

        found: dict[int, Outcome] = {}
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                one = json.loads(line)
                found[one["replication"]] = Outcome(one["kpis"], one["balance"], one["stations"])
            except (ValueError, KeyError, TypeError):
                continue
        return found

    def add(self, replication: int, outcome: Outcome) -> None:
        """Append one replication."""
        line = json.dumps({"replication": replication, **outcome._asdict()})
        with writing(self._path.parent), self._path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


@cache
def _model() -> str:
    """Digest of the model's sources: another version computes other replications."""
    import sim

    root = Path(sim.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn what may go wrong on a disk into an answer: a full one can be freed, a bad folder is bad input."""
    from sim.problems import InputError, Place, Problem, Stopped

    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise Stopped(f"{folder}: no space left; free some and give the same command again") from error
        found = f"{folder}: {error.strerror or error}"
        place = Place("--out", 1, 1)
        raise InputError([Problem(place, "--out", found, "a folder that can be written")]) from error
