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
        found = f"{error.filename2 or error.filename or folder}: {why}"
        place = Place("--out", 1, 1)
        raise InputError([Problem(place, "--out", found, "a folder that can be written")]) from error


def fit_for(command: str, folder: Path) -> None:
    """Refuse a folder that cannot hold the files of a command, before any work is done.

    Raises:
        InputError: it is a file, or a folder stands where one of the files would be written.
    """
    from sim.problems import InputError, Place, Problem

    place = Place("--out", 1, 1)
    with writing(folder):
        if folder.exists() and not folder.is_dir():
            raise InputError([Problem(place, "--out", f"{folder}: a file", "a folder, or a free name")])
        files = (folder / f"{command}.json", *sorted(folder.glob(f"{command}_*.csv")))
        wrong = [file for file in files if file.is_dir()]
    allowed, instead = f"a file of this name, which `{command}` writes", "move it away, or another --out"
    if wrong:
        raise InputError([Problem(place, "--out", f"{one}: a folder", allowed, instead) for one in wrong])


def of_runs(out: Path | None) -> Path:
    """The folder whose runs are meant: the one given, or this one, or `out` in it."""
    if out is not None:
        return out
    return next((one for one in (Path(), Path("out")) if (one / STORE).exists()), Path())
