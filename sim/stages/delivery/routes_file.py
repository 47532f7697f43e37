"""A route plan in a file: what `lianlu routes --out` writes, a dispatcher edits, and `run` drives.

CSV, one row a stop, in any order: van (its number in the fleet, from 1), stop (place in the route), pickup
(id of the point) and depart; latest_depart and load_by may be missing or empty and are then computed as a
plan made here computes them. Times are whole seconds of D1, "05:30" or "05:30:00"; "D0 23:50" is the
evening before. A route's times may stand in its first row only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.problems import InputError, nearest
from sim.stages.delivery.flow import Plan
from sim.table_file import Row, TableFile, read_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NAMES = {
    "van": ("van", "车辆", "车号"),
    "stop": ("stop", "站序", "顺序"),
    "pickup": ("pickup", "自提点", "自提点编号", "编号"),
    "depart": ("depart", "发车"),
    "latest_depart": ("latest_depart", "最晚发车"),
    "load_by": ("load_by", "最晚装车"),
}
NEEDED = ("van", "stop", "pickup", "depart")
TIMES = ("depart", "latest_depart", "load_by")
ALLOWED_TIME = "a time of D1, HH:MM or HH:MM:SS; `D0 23:50` is the evening before"
SHOWN = 5


class Stop(NamedTuple):
    """A row: its line, and where it stands in which route."""

    line: int
    van: int
    stop: int
    point: int


def clock(minutes: float) -> str:
    """A whole second as the file writes it: `05:30:00` on D1, else with its day."""
    day, second = divmod(round(minutes * 60.0), 86_400)
    text = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    return text if day == 1 else f"D{day} {text}"


def minutes_of(text: str) -> float:
    """Minutes since 00:00 of D0; NaN where the text is no time."""
    match = re.fullmatch(r"(?:D([012])\s+)?(\d{1,2}):([0-5]\d)(?::([0-5]\d))?", text.strip(), re.IGNORECASE)
    if match is None or int(match[2]) > 24:
        return math.nan
    day, hour, minute, second = (int(part) for part in match.groups(default="1")[:1] + match.groups("0")[1:])
    return (86_400 * day + 3600 * hour + 60 * minute + second) / 60.0


def read_routes(path: str | Path, idents: Sequence[str], vans: int) -> Plan:
    """The plan in a file; latest departure and loading are NaN where the file does not say them.

    Args:
        path: the file.
        idents: ids of the pickup points, every one of which the plan must visit once.
        vans: vehicles in the fleet.

    Raises:
        InputError: with every problem of the file, its line and column.

    """
    table = read_table(path, "routes", NAMES, NEEDED)
    return _Reading(table, list(idents), vans).plan()


class _Reading:
    def __init__(self, table: TableFile, idents: list[str], vans: int) -> None:
        self._table, self._idents, self._vans = table, idents, vans
        self._number = {ident: i for i, ident in enumerate(idents)}
        self._problems = list(table.problems)
        self._stops: list[Stop] = []
        self._times: dict[int, dict[str, float]] = {}

    def plan(self) -> Plan:
        """All rows as a plan."""
        for row in self._table.rows:
            self._take(row)
        self._check_visits()
        self._check_times()
        if self._problems:
            raise InputError(sorted(self._problems, key=lambda one: (one.place.line, one.place.column)))
        stops = sorted(self._stops, key=lambda one: (one.van, one.stop))
        vans = sorted(self._times)
        sizes = [sum(1 for one in stops if one.van == van) for van in vans]
        depart, latest, load_by = (
            np.array([self._times[van].get(name, math.nan) for van in vans]) for name in TIMES
        )
        return Plan(
            van=np.array(vans, np.int64) - 1,
            first=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            points=np.array([one.point for one in stops], np.int64),
            depart_min=depart,
            latest_depart_min=latest,
            load_by_min=load_by,
            relaxed=0,
        )

    def _note(self, line: int, column: str, found: str, allowed: str, instead: str = "") -> None:
        self._problems.append(self._table.problem(line, column, found or "nothing", allowed, instead))

    def _take(self, row: Row) -> None:
        van = self._whole(row, "van", self._vans, f"a vehicle of the fleet, 1 to {self._vans}")
        stop = self._whole(row, "stop", 100_000, "the stop's place in the route, from 1")
        ident = row.cell["pickup"]
        point = self._number.get(ident)
        if point is None:
            instead = nearest(ident, self._idents) or ""
            self._note(row.line, "pickup", ident, f"the id of one of the {len(self._idents)} points", instead)
        times = self._times.setdefault(van, {})
        for name in TIMES:
            self._time(row, name, times)
        if van and stop and point is not None:
            self._stops.append(Stop(row.line, van, stop, point))

    def _whole(self, row: Row, name: str, most: int, allowed: str) -> int:
        text = row.cell[name]
        value = int(text) if re.fullmatch(r"\d{1,9}", text) else 0
        if 1 <= value <= most:
            return value
        self._note(row.line, name, text, allowed)
        return 0

    def _time(self, row: Row, name: str, times: dict[str, float]) -> None:
        text = row.cell.get(name, "")
        if not text:
            return
        value = minutes_of(text)
        if math.isnan(value):
            self._note(row.line, name, text, ALLOWED_TIME)
        elif times.setdefault(name, value) != value:
            self._note(row.line, name, text, f"one time a route; above it is {clock(times[name])}")

    def _check_visits(self) -> None:
        """Every point once, every place of a route once."""
        seen: dict[int, int] = {}
        places: dict[tuple[int, int], int] = {}
        for one in self._stops:
            first = seen.setdefault(one.point, one.line)
            if first != one.line:
                self._note(
                    one.line, "pickup", self._idents[one.point], f"each point once; it is in line {first} too"
                )
            first = places.setdefault((one.van, one.stop), one.line)
            if first != one.line:
                self._note(one.line, "stop", str(one.stop), f"each place once; it is in line {first} too")
        missing = [ident for i, ident in enumerate(self._idents) if i not in seen]
        if missing and not self._problems:
            found = f"no row for {len(missing)} of {len(self._idents)} points: {', '.join(missing[:SHOWN])}"
            found += ", …" if len(missing) > SHOWN else ""
            self._note(1, "pickup", found, "a row for every point")

    def _check_times(self) -> None:
        """A route departs, not after its latest departure, and is loaded before that."""
        line_of = {one.van: one.line for one in reversed(self._stops)}
        for van, line in sorted(line_of.items()):
            times = self._times[van]
            if "depart" not in times:
                if not any(problem.place.line == line for problem in self._problems):
                    self._note(line, "depart", "", ALLOWED_TIME)
                continue
            latest = times.get("latest_depart", math.inf)
            if latest < times["depart"]:
                self._note(line, "latest_depart", clock(latest), f"not before {clock(times['depart'])}")
            if times.get("load_by", -math.inf) > latest:
                self._note(line, "load_by", clock(times["load_by"]), f"not after {clock(latest)}")
