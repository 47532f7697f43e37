"""The user's folder: what may go wrong when something is written there, and what the user can do then."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STORE = "experiments.sqlite"
CANNOT_WRITE = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.EIO,
)
"""What room or a permission would help: exit code 3, the same command goes on."""


@contextmanager
def writing(folder: Path, need: int = 0) -> Iterator[None]:
    """Turn what may go wrong on a disk into an answer: a full one can be freed, a bad folder is bad input.

    Args:
        folder: what the user gave as --out.
        need: bytes that are to be written.
    """
    from sim.problems import InputError, Place, Problem, Stopped, visible

    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        if error.errno in CANNOT_WRITE:
            room = f"; {need:,} bytes are needed" if need else ""
            raise Stopped(
                f"{visible(str(folder), 300)} cannot be written: {why}{room}. "
                "Make room, or choose another --out, and give the same command again"
            ) from error
        found = f"{folder}: {why}"
        place = Place("--out", 1, 1)
        raise InputError([Problem(place, "--out", found, "a folder that can be written")]) from error


def of_runs(out: Path | None) -> Path:
    """The folder whose runs are meant: the one given, or this one, or `out` in it."""
    if out is not None:
        return out
    return next((one for one in (Path(), Path("out")) if (one / STORE).exists()), Path())
