"""Arrays that are slow to make, kept on disk: a file is named by everything its arrays depend on.

A file that cannot be read is made again; a disk that cannot be written only costs the making.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

Arrays = Mapping[str, Any]


def name_of(*parts: str | bytes) -> str:
    """A name for what depends on these parts, in this order."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.hexdigest()[:40]


@cache
def sources(*files: Path) -> str:
    """Hex digest of source files: what is stored is only as good as the code that made it."""
    return name_of(*(file.read_bytes() for file in files))


def cache_folder() -> Path:
    """Where everything lies that can be made again; LIANLU_CACHE moves it."""
    return Path(os.environ.get("LIANLU_CACHE") or platformdirs.user_cache_dir("lianlu"))


def _file(kind: str, name: str) -> Path:
    return cache_folder() / kind / f"{name}.npz"


def stored(kind: str, name: str, fields: Iterable[str]) -> dict[str, Any] | None:
    """The arrays stored under a name, if there is a readable file that has all `fields`."""
    try:
        with np.load(_file(kind, name), allow_pickle=False) as file:
            return {field: file[field] for field in fields}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def store(kind: str, name: str, arrays: Arrays) -> None:
    """Store arrays under a name, whole or not at all."""
    path = _file(kind, name)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)
        Path(part).replace(path)
