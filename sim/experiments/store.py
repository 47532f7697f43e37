"""The store: replications on disk, so that the same command goes on where it stopped.

One SQLite file in the user's folder. A row a replication, under all that decides its figures (the model's
version, the scenario, seed, engine, number), sealed by a checksum over the row and this name, since SQLite
itself checks none. A row is believed only if its seal fits. Only the process that asks writes; a piece of
work is one transaction, and a replication is reported to the user after it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sim.experiments.identity import scenario_text
from sim.experiments.row import Layout, Row, shared
from sim.experiments.series import Series
from sim.experiments.store_file import answered, connect, writing
from sim.experiments.tasks import Wanted

FILE = "experiments.sqlite"
ALL = -1
"""Stands in a row for orders that were not thinned."""
ROW_BYTES = 1700
"""What a replication takes on disk, roughly."""


class Part(NamedTuple):
    """What a run asked of one scenario: the replications first … first+number−1 under this label."""

    series: Series
    label: str
    first: int
    number: int
    thin_to: tuple[int, ...] | None = None


class Store:
    """The replications a folder holds, and the commands that asked for them."""

    def __init__(self, folder: Path, *, expected: int = 0, create: bool = True) -> None:
        """Open or make the folder's file.

        Args:
            folder: nothing is written outside it.
            expected: replications that will be asked for, to say how much room they need.
            create: False to refuse a folder without a store.

        Raises:
            Stopped: the folder cannot be written, or another process holds the file.
            Unusable: the folder is a file, or the file is damaged or not ours.
        """
        self.path = folder / FILE
        self._connection = connect(self.path, expected * ROW_BYTES, create=create)
        self._series: dict[tuple[str, str, int, str], int] = {}
        self._layouts: dict[Layout, int] = {}
        self._damaged: set[tuple[int, int, int]] = set()

    def close(self) -> None:
        """Close the file; whatever was added is on the disk already."""
        self._connection.close()

    def query(self, sql: str, *values: str | int) -> list[Any]:
        """All rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def writing(self) -> AbstractContextManager[None]:
        """One transaction: all of it or nothing."""
        return writing(self._connection)

    def forget(self) -> None:
        """Drop what is remembered of the file's numbers, after something was deleted."""
        self._series.clear()
        self._layouts.clear()

    def read(self, series: Series, wanted: Sequence[Wanted]) -> dict[Wanted, Row]:
        """Those of the replications that are stored and whole; adding a damaged one replaces it."""
        with answered(self.path):
            number = self._number_of(series)
            return {} if number is None else self.rows(number, series.name, wanted)

    def rows(self, number: int, name: str, wanted: Iterable[Wanted]) -> dict[Wanted, Row]:
        """As `read`, by the series' number and name."""
        asked = set(wanted)
        ends = (min(asked).replication, max(one.replication for one in asked))
        texts = dict(self._connection.execute("SELECT id, said FROM layouts"))
        query = (
            "SELECT replication, thin_to, layout, numbers, seal FROM rows "
            "WHERE series=? AND replication BETWEEN ? AND ?"
        )
        found: dict[Wanted, Row] = {}
        for replication, thin_to, layout, numbers, seal in self._connection.execute(query, (number, *ends)):
            one = Wanted(replication, None if thin_to == ALL else thin_to)
            text = texts.get(layout, "")
            if one in asked and sealed(name, replication, thin_to, text, numbers) == seal:
                found[one] = Row(Layout.read(text), numbers)
            elif one in asked:
                self._damaged.add((number, replication, thin_to))
        return found

    def add(self, series: Series, rows: Mapping[Wanted, Row], left: int = 0) -> None:
        """Store rows in one transaction; they are on the disk when this returns.

        Args:
            series: whose rows they are.
            rows: a row that is stored already stays as it is.
            left: replications still to come, to say how much room is needed.
        """
        try:
            with answered(self.path, (left + len(rows)) * ROW_BYTES), writing(self._connection):
                number = self._numbered(series)
                for one, row in rows.items():
                    self._insert(number, series.name, one, row)
        except BaseException:
            self.forget()  # numbers given in a transaction that was not kept
            raise

    def _insert(self, number: int, name: str, one: Wanted, row: Row) -> None:
        thin_to = ALL if one.thin_to is None else one.thin_to
        key = (number, one.replication, thin_to)
        if key in self._damaged:
            self._connection.execute("DELETE FROM rows WHERE series=? AND replication=? AND thin_to=?", key)
        seal = sealed(name, one.replication, thin_to, row.layout.text(), row.values)
        values = (*key, self._layout(row.layout), row.values, seal)
        self._connection.execute("INSERT OR IGNORE INTO rows VALUES(?,?,?,?,?,?)", values)

    def begin(self, command: str, model: str) -> int:
        """Note that a command asks for rows of this model; its number. The same command is the same run."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with answered(self.path), writing(self._connection):
            known = self._connection.execute("UPDATE runs SET last=? WHERE command=?", (now, command))
            if not known.rowcount:
                self._connection.execute(
                    "INSERT INTO runs(command, started, last) VALUES(?,?,?)", (command, now, now)
                )
            (number,) = self._connection.execute("SELECT id FROM runs WHERE command=?", (command,)).fetchone()
            self._connection.execute(  # another version of the model: the command asks for other rows now
                "DELETE FROM parts WHERE run=? AND series IN (SELECT id FROM series WHERE model<>?)",
                (number, model),
            )
        return int(number)

    def ask(self, run: int, parts: Iterable[Part]) -> None:
        """Note what a run asks for; the most it asked for of each."""
        with answered(self.path), writing(self._connection):
            for series, label, first, number, thin_to in parts:
                thinned = "" if thin_to is None else json.dumps(thin_to, separators=(",", ":"))
                self._connection.execute(
                    "INSERT INTO parts VALUES(?,?,?,?,?,?) ON CONFLICT DO UPDATE SET "
                    "number=excluded.number, thin_to=excluded.thin_to WHERE excluded.number >= number",
                    (run, self._numbered(series), label, first, number, thinned),
                )

    def _numbered(self, series: Series) -> int:
        """The series' number; it and its scenario are written where they are new."""
        number = self._number_of(series)
        if number is None:
            said = scenario_text(series.scenario)
            values = (series.config, getattr(series.scenario, "name", ""), said, sealed(series.config, said))
            self._connection.execute("INSERT OR REPLACE INTO scenarios VALUES(?,?,?,?)", values)
            self._connection.execute(
                "INSERT INTO series(model, config, seed, engine) VALUES(?,?,?,?)",
                series[:4],
            )
            number = self._number_of(series)
            assert number is not None
        return number

    def _number_of(self, series: Series) -> int | None:
        key = series[:4]
        if key not in self._series:
            query = "SELECT id FROM series WHERE model=? AND config=? AND seed=? AND engine=?"
            found = self._connection.execute(query, key).fetchone()
            if found is None:
                return None
            self._series[key] = int(found[0])
        return self._series[key]

    def _layout(self, layout: Layout) -> int:
        layout = shared(layout)
        if layout not in self._layouts:
            text = layout.text()
            self._connection.execute("INSERT OR IGNORE INTO layouts(said) VALUES(?)", (text,))
            (number,) = self._connection.execute("SELECT id FROM layouts WHERE said=?", (text,)).fetchone()
            self._layouts[layout] = int(number)
        return self._layouts[layout]


def sealed(*said: str | int | bytes) -> bytes:
    """Checksum over what a row says and under which name."""
    digest = hashlib.blake2b(digest_size=16)
    for part in said:
        raw = part if isinstance(part, bytes) else str(part).encode()
        digest.update(len(raw).to_bytes(8, "little"))
        digest.update(raw)
    return digest.digest()
