"""Long work in a process of its own: a page starts it, watches its folder, and any page finds it again.

A job is a folder: `job.json` what was asked, `said` a line a replication and what was said beside them,
`answer.json` what came out, `ended` the exit code. Nothing of it lives in a session, so a closed tab ends
nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from sim.array_store import cache_folder
from sim.experiments.identity import model_hash

_NAME = re.compile(r"[0-9]{14}-[0-9a-f]{8}")
_DONE, _EXPECTED = '{"replication"', '{"expected"'
KEPT = 200
"""Jobs that stay; the oldest that have ended go first."""


@dataclass(frozen=True)
class Job:
    """One piece of long work, by its folder."""

    folder: Path

    @property
    def name(self) -> str:
        """Its number, by which a link finds it."""
        return self.folder.name

    @property
    def asked(self) -> dict[str, Any]:
        """`kind`, `words`, `title`, `link`, `model`, `started` (s), `pid`, `born`; not to be changed."""
        file = self.folder / "job.json"
        return _told(file, file.stat().st_mtime_ns)

    @property
    def code(self) -> int | None:
        """Exit code; None while it runs; −9 where it was killed."""
        alive = _alive(self.asked)  # asked first: a process writes its exit code before it goes
        ended = self.folder / "ended"
        if ended.exists():
            return int(ended.read_text() or 70)
        return None if alive else -signal.SIGKILL

    @property
    def done(self) -> int:
        """Replications computed so far."""
        return sum(line.startswith(_DONE) for line in self._lines)

    @property
    def expected(self) -> int:
        """Replications it has said it computes; a search says more as it goes."""
        return sum(int(json.loads(line)["expected"]) for line in self._lines if line.startswith(_EXPECTED))

    @property
    def said(self) -> str:
        """What it said besides progress: warnings and errors."""
        return "\n".join(line for line in self._lines if not line.startswith((_DONE, _EXPECTED)))

    @property
    def _lines(self) -> list[str]:
        try:
            return (self.folder / "said").read_text("utf-8", "replace").splitlines()
        except OSError:
            return []

    @property
    def answer(self) -> dict[str, Any] | None:
        """The document; None where there is none (yet)."""
        try:
            found: dict[str, Any] = json.loads((self.folder / "answer.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return found

    @property
    def seconds(self) -> float:
        """How long it has run."""
        ended = self.folder / "ended"
        last = ended.stat().st_mtime if ended.exists() else time.time()
        return max(0.0, last - float(self.asked["started"]))

    def cancel(self) -> None:
        """Ctrl-C: what is done stays in its store."""
        if _alive(self.asked):
            with contextlib.suppress(ProcessLookupError):  # it has ended since
                os.killpg(self.asked["pid"], signal.SIGINT)


def start(kind: str, words: Sequence[str], title: str, link: str) -> Job:
    """Run `lianlu WORDS…` in a process of its own."""
    folder = _root() / f"{time.strftime('%Y%m%d%H%M%S')}-{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    full = [*words, "--json", "--progress", "json"]
    full += ["--out", str(folder)] if kind == "report" else []
    child = subprocess.Popen(  # noqa: S603  # our own command line, no shell
        [sys.executable, "-m", "app.web.worker", str(folder), *full],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )  # fmt: skip
    told: dict[str, Any] = {"kind": kind, "words": list(words), "title": title, "link": link}
    told |= {"model": model(), "started": time.time(), "pid": child.pid, "born": _born(child.pid)}
    part = folder / "job.part"
    part.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    part.replace(folder / "job.json")
    _children.append(child)
    _tidy()
    return Job(folder)


_children: list[subprocess.Popen[bytes]] = []
"""Kept so that an ended child is taken leave of."""


def jobs() -> list[Job]:
    """All there are, the newest first."""
    _children[:] = [child for child in _children if child.poll() is None]
    folders = sorted(_root().glob("*/job.json"), reverse=True)
    return [Job(file.parent) for file in folders if _NAME.fullmatch(file.parent.name)]


def job(name: str) -> Job | None:
    """The job of that name; None for anything else."""
    folder = _root() / name
    return Job(folder) if _NAME.fullmatch(name) and (folder / "job.json").exists() else None


@cache
def model() -> str:
    """The version of the model that answers: an answer of another one is none."""
    return model_hash(asks=True)


def _root() -> Path:
    root = cache_folder() / "jobs"
    root.mkdir(parents=True, exist_ok=True)
    return root


@lru_cache(maxsize=4 * KEPT)
def _told(file: Path, _changed_ns: int) -> dict[str, Any]:
    """What the file says, read once a change: every open page looks at all jobs every second."""
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def _alive(asked: Mapping[str, Any]) -> bool:
    """Whether the job's process is there, and no stranger that has been given its number since.

    Where the system keeps no record of births, only children of ours can be told; any other has ended.
    """
    born: int | None = asked.get("born")
    if born is not None:
        return _born(asked["pid"]) == born
    return any(child.pid == asked["pid"] and child.poll() is None for child in _children)


def _born(pid: int) -> int | None:
    """When a process began, in ticks since the system did; None where there is none, or no such record."""
    try:
        state, *more = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if state in "ZX" else int(more[18])  # fields 3 and 22


def _tidy() -> None:
    import shutil

    ended = [one for one in jobs() if one.code is not None]
    for old in ended[KEPT:]:
        shutil.rmtree(old.folder, ignore_errors=True)
