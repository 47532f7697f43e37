"""The file of a store: how SQLite is opened, and what each way of failing means to the user.

A full disk or a file that somebody else holds can be helped, and the same command goes on (`Stopped`). A
file that is damaged is bad input: it is named, with a way out (`Unusable`).
"""

from __future__ import annotations

import contextlib
import errno
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.problems import Stopped, Unusable, visible

FORMAT = "lianlu experiments 1"
PAGE = 8192
"""Bytes; a row of a replication fits into a page."""
PATIENCE_S = 1.4
"""How long to wait for another process that is writing; it holds the file for milliseconds."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS about(format TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS scenarios(
    config TEXT PRIMARY KEY, name TEXT NOT NULL, said TEXT NOT NULL, seal BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS layouts(id INTEGER PRIMARY KEY, said TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS series(
    id INTEGER PRIMARY KEY, model TEXT NOT NULL, config TEXT NOT NULL, seed INTEGER NOT NULL,
    engine TEXT NOT NULL, UNIQUE(model, config, seed, engine));
CREATE TABLE IF NOT EXISTS rows(
    series INTEGER NOT NULL, replication INTEGER NOT NULL, thin_to INTEGER NOT NULL, layout INTEGER NOT NULL,
    numbers BLOB NOT NULL, seal BLOB NOT NULL, PRIMARY KEY(series, replication, thin_to)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs(
    id INTEGER PRIMARY KEY AUTOINCREMENT, command TEXT NOT NULL UNIQUE, started TEXT NOT NULL,
    last TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS parts(
    run INTEGER NOT NULL, series INTEGER NOT NULL, label TEXT NOT NULL, first INTEGER NOT NULL,
    number INTEGER NOT NULL, thin_to TEXT NOT NULL, UNIQUE(run, series, label, first));
"""
"""rows: one a replication; thin_to −1 where none were left out. parts: what a run asked for."""
CANNOT_WRITE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}


@contextmanager
def answered(path: Path, need: int = 0) -> Iterator[None]:
    """Turn whatever may happen to the file into an answer.

    Args:
        path: the file.
        need: bytes that are still to be written, for the user to make room.

    Raises:
        Stopped: no room, no permission, or somebody else is writing.
        Unusable: the file is damaged, or no store at all.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _meaning(path, error, need) from error
    except UnicodeDecodeError as error:
        raise damaged(path, "text that is none") from error
    except OSError as error:
        if error.errno in CANNOT_WRITE:
            raise _no_room(path, error.strerror or str(error), need) from error
        raise Unusable(f"{visible(str(path), 300)} cannot be opened: {error.strerror or error}") from error


def damaged(path: Path, why: str) -> Unusable:
    """The answer to a file whose structure is broken."""
    name = visible(str(path), 300)
    return Unusable(
        f"{name} is damaged ({why}); nothing in it is believed.\n"
        "Move it away or delete it, and the same command computes its replications again; "
        f"`lianlu runs check --out {visible(str(path.parent), 300)}` tells how much of it can still be read."
    )


def _meaning(path: Path, error: sqlite3.Error, need: int) -> Exception:
    code = getattr(error, "sqlite_errorcode", None) or 0
    name = str(getattr(error, "sqlite_errorname", ""))
    kind = code & 0xFF
    if kind in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return Stopped(
            f"{visible(str(path), 300)} is being written by {holder(path)}; "
            "give the same command again when that is done"
        )
    if kind == sqlite3.SQLITE_FULL:
        return _no_room(path, "no space left", need)
    unreadable = {"SQLITE_IOERR_READ", "SQLITE_IOERR_SHORT_READ", "SQLITE_IOERR_CORRUPTFS"}
    if kind in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM} or (
        kind == sqlite3.SQLITE_IOERR and name not in unreadable
    ):
        return _no_room(path, str(error), need)
    return damaged(path, visible(str(error)))


def _no_room(path: Path, why: str, need: int) -> Stopped:
    return Stopped(
        f"{visible(str(path), 300)} cannot be written: {why}. "
        f"About {max(need, 4 * PAGE):,} bytes are needed; with room for them the same command goes on"
    )


def holder(path: Path) -> str:
    """Who holds the write lock, as far as the system tells: a process with its number and name."""
    for pid in _lockers(path):
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
            return f"process {pid} ({visible(' '.join(words).strip(), 80)})"
        return f"process {pid}"
    return "another process"


def _lockers(path: Path) -> list[int]:
    """Numbers of the processes that hold a lock for writing on the file or on its index of the log."""
    if sys.platform != "linux":
        return []
    found: list[int] = []
    with contextlib.suppress(OSError, ValueError):
        inodes = [f.stat().st_ino for f in (Path(f"{path}-shm"), path) if f.exists()]
        for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            words = line.split()
            if "WRITE" in words and int(words[5].rpartition(":")[2]) in inodes:
                found.append(int(words[4]))
    return found


def connect(path: Path, need: int = 0, *, create: bool = True) -> sqlite3.Connection:
    """Open the store's file, making it where there is none; raises as `answered` does."""
    with answered(path, need):
        if path.is_dir():
            raise Unusable(
                f"{visible(str(path), 300)} is a folder, and the store would be a file of this name; "
                "move it away, or choose another --out"
            )
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        elif not path.is_file():
            raise Unusable(f"{visible(str(path), 300)}: there is no store of experiments here")
        connection = sqlite3.connect(
            path, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False, cached_statements=64
        )
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute(f"PRAGMA page_size={PAGE}")
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    if tables and "about" not in tables:
        raise Unusable(f"{visible(str(path), 300)} is a database of another program; choose another --out")
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous=FULL")
    if not tables:
        with writing(connection):
            for statement in SCHEMA.split(";\n"):
                connection.execute(statement)
            connection.execute("INSERT OR IGNORE INTO about VALUES(?)", (FORMAT,))
    found = [text for (text,) in connection.execute("SELECT format FROM about")]
    if found != [FORMAT]:
        raise damaged(path, "it does not say what it holds")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Readers and a writer at once; two processes that open the file for the first time take turns."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction: all of it or nothing; it is on the disk when this ends."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
