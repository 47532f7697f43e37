"""Checking a store: every seal, and the file's structure; as far as a damaged file lets itself be read."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sim.experiments.row import Layout
from sim.experiments.series import name_of
from sim.experiments.store import FILE, sealed
from sim.experiments.store_file import answered
from sim.problems import Unusable, visible

SHOWN = 20
"""Damages named one by one; all are counted."""


def check(folder: Path) -> dict[str, Any]:
    """Read the whole file of a folder and believe nothing.

    Returns:
        file, ok, replications (whole ones), scenarios (whole ones), damaged (how many rows of either kind),
        damages: the first of them by name, structure: what SQLite says of the file.

    Raises:
        Unusable: there is no store in the folder.
    """
    path = folder / FILE
    if not path.is_file():
        raise Unusable(f"{visible(str(path), 300)}: there is no store of experiments here")
    found: dict[str, Any] = {"replications": 0, "scenarios": 0}
    damages: list[str] = []
    structure = "ok"
    with answered(path), closing(sqlite3.connect(path, timeout=1.0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA query_only=ON")
            _check_rows(connection, found, damages)
            _check_scenarios(connection, found, damages)
            structure = "; ".join(text for (text,) in connection.execute("PRAGMA integrity_check(5)"))
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                raise
            structure = str(error)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            structure = str(error)
    return {
        "file": str(path),
        "ok": structure == "ok" and not damages,
        **found,
        "damaged": len(damages),
        "damages": damages[:SHOWN],
        "structure": visible(structure, 400),
    }


def _check_rows(connection: sqlite3.Connection, found: dict[str, Any], damages: list[str]) -> None:
    layouts = dict(connection.execute("SELECT id, said FROM layouts"))
    series = {
        number: (name_of(*key), key)
        for number, *key in connection.execute("SELECT id, model, config, seed, engine FROM series")
    }
    query = "SELECT series, replication, thin_to, layout, numbers, seal FROM rows"
    for number, replication, thin_to, layout, numbers, seal in connection.execute(query):
        name, key = series.get(number, ("", ["", "of no scenario", "?", ""]))
        text = layouts.get(layout, "")
        whole = sealed(name, replication, thin_to, text, numbers) == seal
        with suppress(ValueError, TypeError):
            whole = whole and 8 * Layout.read(text).width == len(numbers)
        found["replications"] += whole
        if not whole:
            damages.append(f"replication {replication} of {str(key[1])[:16]}, seed {key[2]}")


def _check_scenarios(connection: sqlite3.Connection, found: dict[str, Any], damages: list[str]) -> None:
    for config, said, seal in connection.execute("SELECT config, said, seal FROM scenarios"):
        whole = sealed(config, said) == seal
        found["scenarios"] += whole
        if not whole:
            damages.append(f"scenario {str(config)[:16]}")
