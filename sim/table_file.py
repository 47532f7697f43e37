"""A user's table: a CSV file read whole as text, its columns found by any of their names.

Text first: an id keeps its zeros and a name like "NA" its letters. UTF-8, else GB18030 as Chinese
spreadsheets save; never a guess that reads anything. Every problem has its line and column.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sim.problems import InputError, Place, Problem, nearest

MAX_BYTES = 2_000_000


class Row(NamedTuple):
    """One row: its line in the file, and its cells by column, blanks cut off."""

    line: int
    cell: dict[str, str]


class TableFile(NamedTuple):
    """The columns (name → position) and rows of a file; `problems` are rows of the wrong width."""

    file: str
    columns: dict[str, int]
    rows: list[Row]
    problems: list[Problem]

    def problem(self, line: int, column: str, found: str, allowed: str, instead: str = "") -> Problem:
        """A problem in a cell."""
        return Problem(
            Place(self.file, line, self.columns.get(column, 0) + 1), column, found, allowed, instead
        )


def read_table(
    path: str | Path, what: str, names: Mapping[str, Sequence[str]], needed: Sequence[str]
) -> TableFile:
    """Read a table.

    Args:
        path: the file.
        what: the table's name in errors.
        names: column → all its spellings, lower case; other columns of the file are left unread.
        needed: columns that must be there.

    Raises:
        InputError: unreadable, not text, without rows, or with columns missing or doubled.

    """
    file = str(path)
    text = _text(file, what, Path(path)).replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(io.StringIO(text), strict=True)
    lines: list[tuple[int, list[str]]] = []
    try:
        begin = 1
        for cells in reader:
            lines.append((begin, cells))
            begin = reader.line_num + 1
    except csv.Error as problem:
        found = f"not CSV ({problem})"
        raise InputError([Problem(Place(file, reader.line_num, 1), what, found, "a CSV file")]) from None
    lines = [(line, cells) for line, cells in lines if any(cell.strip() for cell in cells)]
    if len(lines) < 2:
        raise InputError([Problem(Place(file, 1, 1), what, "no rows", "a header and rows")])
    heads = lines[0][1]
    table = TableFile(file, _columns(file, heads, names, needed), [], [])
    for line, cells in lines[1:]:
        _take(table, len(heads), line, cells)
    return table


def _take(table: TableFile, width: int, line: int, cells: list[str]) -> None:
    """Keep a row; a field too many or too few has shifted the others, so such a row is not believed."""
    least = max(table.columns.values()) + 1
    if len(cells) < least or any(cell.strip() for cell in cells[width:]):
        allowed = f"{width} fields, as the header has"
        table.problems.append(Problem(Place(table.file, line, 1), "row", f"{len(cells)} fields", allowed))
        return
    table.rows.append(Row(line, {name: cells[at].strip() for name, at in table.columns.items()}))


def _text(file: str, what: str, path: Path) -> str:
    def refuse(found: str, allowed: str) -> InputError:
        return InputError([Problem(Place(file, 1, 1), what, found, allowed)])

    try:
        size = path.stat().st_size if path.is_file() else -1
        data = path.read_bytes() if 0 < size <= MAX_BYTES else b""
    except (OSError, ValueError) as problem:
        raise refuse(f"unreadable ({problem})", "a CSV file that can be read") from None
    if size < 0:
        raise refuse("a folder" if path.is_dir() else "no such file", f"a CSV file of {what}")
    if not data:
        raise refuse(f"{size} bytes", f"1 to {MAX_BYTES} bytes")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return unicodedata.normalize("NFKC", data.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise refuse("bytes that are neither UTF-8 nor GB18030", "a text file")


def _columns(
    file: str, heads: list[str], names: Mapping[str, Sequence[str]], needed: Sequence[str]
) -> dict[str, int]:
    known = {alias: name for name, aliases in names.items() for alias in aliases}
    found: dict[str, int] = {}
    problems: list[Problem] = []
    for number, head in enumerate(heads):
        name = known.get(head.strip().lower())
        if name is None:
            continue
        if name in found:
            place = Place(file, 1, number + 1)
            problems.append(Problem(place, name, f"a second column `{head}`", "one of each"))
        found[name] = number
    for name in needed:
        if name not in found:
            close = nearest(name, [head.strip().lower() for head in heads]) or ""
            allowed = f"one of {', '.join(names[name])}"
            problems.append(Problem(Place(file, 1, 1), name, "no such column", allowed, close))
    if problems:
        raise InputError(problems)
    return found
