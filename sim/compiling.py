"""The one way to compile: `@kernel` and `compiled(rule)`, cached under a hash of every source file.

numba's own cache watches only the file a kernel stands in, so a changed rule in another file would be
answered from old machine code. Here the cache folder is named by a hash over all of `sim` that a kernel could
import, so any change there starts an empty cache. Folders of other versions that nobody has used for long are
removed when a new version is compiled.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import platformdirs

from sim.memory import keep_pages

F = TypeVar("F", bound=Callable[..., Any])


NEVER_COMPILED = (
    "acts",
    "chain",
    "claims",
    "experiments",
    "kpis",
    "money",
    "prices",
    "problems",
    "rosters",
    "scenario",
    "scenario_file",
    "scenario_tree",
    "service_levels",
)
"""Folders and modules no kernel imports from (a test): a change there needs no new machine code."""


def sources_hash(root: Path | None = None) -> str:
    """Hex digest over the names and bytes of every Python file of the package, and numba's version."""
    root = root or Path(__file__).parent
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(root.rglob("*.py")):
        if path.relative_to(root).parts[0].removesuffix(".py") in NEVER_COMPILED:
            continue
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def cache_folder() -> Path:
    """Folder of this version's machine code; LIANLU_CACHE moves it."""
    base = os.environ.get("LIANLU_CACHE") or platformdirs.user_cache_dir("lianlu")
    return Path(base) / "kernels" / sources_hash()


KEPT = 4
"""Versions whose machine code stays, the last used first."""
DAY_S = 86_400.0
RESTING_DAYS, OLD_DAYS = 1.0, 30.0
"""A folder used within a day is left alone (somebody may be running); after a month it goes in any case."""


def prune(versions: Path, now: float) -> list[Path]:
    """Remove machine code of other versions: all unused for a month, and resting ones beyond the newest few.

    Several processes may do so at once: a folder is first renamed, which only one of them can; what one of
    them could not finish, the next one does.

    Args:
        versions: the folder that holds a folder a version; its time of change says when that was last used.
        now: seconds since the epoch.

    Returns:
        The folders that this process removed.

    """
    used: list[tuple[float, Path]] = []
    for folder in versions.iterdir():
        if folder.name.startswith("."):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                used.append((folder.stat().st_mtime, folder))
    used.sort(reverse=True)
    gone = []
    for place, (last, folder) in enumerate(used):
        unused_days = (now - last) / DAY_S
        if unused_days > (RESTING_DAYS if place >= KEPT else OLD_DAYS):
            with contextlib.suppress(OSError):
                aside = folder.rename(folder.with_name(f".{folder.name}-{os.getpid()}"))
                shutil.rmtree(aside, ignore_errors=True)
                gone.append(folder)
    return gone


CACHE = cache_folder()
FIRST_TIME = not CACHE.exists()
"""True where this version of the sources has never been compiled on this machine."""
CACHE.mkdir(parents=True, exist_ok=True)
with contextlib.suppress(OSError):  # somebody else's cache may be read
    os.utime(CACHE)
if FIRST_TIME:
    prune(CACHE.parent, time.time())
keep_pages()
numba.config.CACHE_DIR = str(CACHE)  # type: ignore[attr-defined]  # numba adds its settings at run time

_IEEE: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": False}


def _compile(function: F, **options: bool) -> F:
    """The one place that calls numba."""
    njit: Any = numba.njit  # its stubs know neither `_nrt` nor `no_cpython_wrapper`
    return cast("F", njit(**_IEEE, **options)(function))


def kernel(function: F) -> F:
    """Compile a kernel: cached, without the interpreter lock, IEEE arithmetic untouched."""
    return _compile(function)


def compiled(rule: F) -> F:
    """Compile a plain `rules` function for use inside kernels; the reference face calls it uncompiled."""
    return _compile(rule, no_cpython_wrapper=True)


def lean_kernel(function: F) -> F:
    """Compile a kernel that allocates nothing, without reference counts; else as `kernel`.

    Compiled code counts the references to every array it is handed, atomically: 5 ns each, several an event,
    most of the time of a kernel with many small helpers. Who calls owns the arrays meanwhile, so nothing need
    be counted. Code compiled this way cannot allocate; numba refuses it when it tries.
    """
    return _compile(function, _nrt=False)


def lean(helper: F) -> F:
    """Compile a helper that gets arrays and neither allocates nor returns one; else as `compiled`."""
    return _compile(helper, _nrt=False, no_cpython_wrapper=True)
