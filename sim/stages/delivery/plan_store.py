"""Plans kept on disk: the search for a scenario's fixed routes runs once on a machine, not once a command.

A file is named by everything the plan depends on, the planner's own sources among it. A file that cannot be
read is made again; a disk that cannot be written only costs the search.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zipfile
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import platformdirs

from sim.stages.delivery.spec import Plan

SOURCES = ("plan.py", "plan_problem.py", "routes.py", "spec.py", "fleet.py", "flow.py")


@lru_cache(maxsize=1)
def _planner() -> str:
    digest = hashlib.sha256(version("pyvrp").encode())
    for name in SOURCES:
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()[:16]


def _file(key: str) -> Path:
    base = os.environ.get("LIANLU_CACHE") or platformdirs.user_cache_dir("lianlu")
    return Path(base) / "plans" / f"{_planner()}-{key[:40]}.npz"


def stored_plan(key: str) -> Plan | None:
    """The plan stored under a key, if there is a readable one."""
    try:
        with np.load(_file(key), allow_pickle=False) as stored:
            return Plan(**{name: stored[name] for name in Plan._fields[:-1]}, relaxed=int(stored["relaxed"]))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def store_plan(key: str, plan: Plan) -> Plan:
    """Store a plan under a key, whole or not at all; returns it."""
    path = _file(key)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **plan._asdict())
        Path(part).replace(path)
    return plan
