"""Long work in a process of its own: a page starts it, watches its folder, and any page finds it again.

A job is a folder: `job.json` what was asked, `progress` a line a replication, `answer.json` what came out,
`said` what was said beside it, `ended` the exit code. Nothing of it lives in a session, so a closed tab ends
nothing.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sim.array_store import cache_folder
from sim.experiments.identity import model_hash

_NAME = re.compile(r"[0-9]{14}-[0-9a-f]{8}")
KEPT = 200
"""Jobs that stay; the oldest that have ended go first."""
GRACE_S = 5.0
"""A job whose process is gone without an exit code was killed; so long after its start that is certain."""


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
        """`kind`, `words` of the command, `title`, `link`, `model`, `started` (s), `pid`."""
        found: dict[str, Any] = json.loads((self.folder / "job.json").read_text("utf-8"))
        return found

    @property
    def code(self) -> int | None:
        """Exit code; None while it runs; −9 where it was killed."""
        ended = self.folder / "ended"
        if ended.exists():
            return int(ended.read_text() or 70)
        asked = self.asked
        return None if _alive(asked["pid"]) or time.time() - asked["started"] < GRACE_S else -signal.SIGKILL

    @property
    def done(self) -> int:
        """Replications computed so far."""
        try:
            return sum(1 for line in (self.folder / "said").open("rb") if line.startswith(b'{"replication"'))
        except OSError:
            return 0

    @property
    def said(self) -> str:
        """What it said besides progress: warnings and errors."""
        try:
            lines = (self.folder / "said").read_text("utf-8", "replace").splitlines()
        except OSError:
            return ""
        return "\n".join(line for line in lines if not line.startswith('{"replication"'))

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
        if self.code is None:
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
    told |= {"model": model(), "started": time.time(), "pid": child.pid}
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
    return model_hash()


def _root() -> Path:
    root = cache_folder() / "jobs"
    root.mkdir(parents=True, exist_ok=True)
    return root


def _alive(pid: int) -> bool:
    for child in _children:
        if child.pid == pid:
            return child.poll() is None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _tidy() -> None:
    import shutil

    ended = [one for one in jobs() if one.code is not None]
    for old in ended[KEPT:]:
        shutil.rmtree(old.folder, ignore_errors=True)
