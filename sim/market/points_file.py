"""A company's own pickup points: a CSV file with one row a point, its community and its leader.

Columns `id, name, lng, lat, crs, cold_kg, open, close`, in any order, also under their Chinese names; the
last four may be missing or empty. Everything is read as text, so an id keeps its zeros. Coordinates come out
as WGS-84, whatever `crs` said.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.problems import InputError, Problem
from sim.roads.coordinates import SYSTEMS, Crs, to_wgs84
from sim.table_file import TableFile, read_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MAX_POINTS = 2_000
NAMES = {
    "id": ("id", "编号", "自提点编号", "团长编号", "point_id"),
    "name": ("name", "名称", "自提点", "自提点名称", "团长"),
    "lng": ("lng", "lon", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "crs": ("crs", "坐标系"),
    "cold_kg": ("cold_kg", "冷藏公斤", "冷藏容量", "冷藏容量kg"),
    "open": ("open", "开门", "营业开始", "开始营业"),
    "close": ("close", "关门", "营业结束", "结束营业"),
}
SWAPPED = "lng is the longitude, lat the latitude: they look swapped"
NEEDED = ("id", "lng", "lat")
SPELLINGS: dict[str, Crs] = {
    "wgs84": "WGS-84", "epsg4326": "WGS-84", "gps": "WGS-84",
    "gcj02": "GCJ-02", "gaode": "GCJ-02", "amap": "GCJ-02",
    "tencent": "GCJ-02", "高德": "GCJ-02", "腾讯": "GCJ-02",
    "bd09": "BD-09", "bd09ll": "BD-09", "baidu": "BD-09", "百度": "BD-09",
}  # fmt: skip


class PointList(NamedTuple):
    """n pickup points, row by row of the file.

    Attributes:
        file, line: where each came from; ident, name: as written.
        lng, lat: (n,) degrees as written; crs: the system each was written in; lon_wgs, lat_wgs: WGS-84.
        cold_grams: (n,) NaN where not said; open_min, close_min: minutes of the day, NaN where not said.
    """

    file: str
    line: tuple[int, ...]
    ident: tuple[str, ...]
    name: tuple[str, ...]
    lng: Floats
    lat: Floats
    crs: tuple[Crs, ...]
    lon_wgs: Floats
    lat_wgs: Floats
    cold_grams: Floats
    open_min: Floats
    close_min: Floats


def read_points(path: str | Path, crs: Crs = "WGS-84") -> PointList:
    """The points of a CSV file; `crs` holds for rows that name none.

    Raises:
        InputError: with every problem of the file, its line and column.

    """
    table = read_table(path, "points", NAMES, NEEDED)
    reading = _Rows(table, crs)
    for row in table.rows:
        reading.take(row.line, row.cell)
    return reading.points()


def point_names(path: str | Path | None, count: int) -> list[tuple[str, str]]:
    """(id, name) of every pickup point: the user's own, or its number where they are made up."""
    if path is None:
        return [(f"{number:03d}", "") for number in range(1, count + 1)]
    listed = read_points(path)
    return list(zip(listed.ident, listed.name, strict=True))


class _Rows:
    """Rows taken one by one; what is wrong with any is kept until the end."""

    def __init__(self, table: TableFile, crs: Crs) -> None:
        self._table, self._crs = table, crs
        self._problems = list(table.problems)
        self._lines: list[int] = []
        self._texts: list[tuple[str, str, Crs]] = []
        self._figures: list[tuple[float, float, float, float, float]] = []
        self._seen: dict[str, int] = {}
        self._swapped: list[Problem] = []

    def take(self, line: int, cell: dict[str, str]) -> None:
        """Read a row; what is wrong with it is noted."""
        ident = cell["id"]
        if not ident or ident in self._seen:
            found = f"`{ident}` again (first in line {self._seen[ident]})" if ident else "nothing"
            self._note(line, "id", found, "an id of its own for each point")
        self._seen.setdefault(ident, line)
        figures = (
            self._number(line, cell, "lng", -180.0, 180.0),
            self._number(line, cell, "lat", -90.0, 90.0),
            self._number(line, cell, "cold_kg", 0.0, 1e6),
            self._clock(line, cell, "open"),
            self._clock(line, cell, "close"),
        )
        if figures[3] >= figures[4]:
            self._note(line, "close", cell["close"], f"a time after {cell['open']}")
        self._lines.append(line)
        self._texts.append((ident, cell.get("name", "") or ident, self._system(line, cell)))
        self._figures.append(figures)

    def points(self) -> PointList:
        """All rows; InputError with every problem where there is one."""
        if not self._lines and not self._problems:
            self._note(2, "points", "no rows", "one row a point")
        if len(self._lines) > MAX_POINTS:
            found = f"{len(self._lines)} rows"
            self._note(self._lines[MAX_POINTS], "points", found, f"at most {MAX_POINTS}")
        if len(self._swapped) == len(self._problems) == len(self._lines) > 1:
            rows = f"{self._problems[0].found} and {len(self._lines) - 1:,} rows more like it"
            self._problems = [replace(self._problems[0], found=rows)]  # one mistake, said once
        if self._problems:
            raise InputError(self._problems)
        lng, lat, cold, opens, closes = np.array(self._figures, np.float64).T.copy()
        systems = tuple(system for _, _, system in self._texts)
        lon_wgs, lat_wgs = lng.copy(), lat.copy()
        for system in SYSTEMS:
            mine = np.array([own == system for own in systems])
            lon_wgs[mine], lat_wgs[mine] = to_wgs84(lng[mine], lat[mine], system)
        return PointList(
            self._table.file,
            tuple(self._lines),
            tuple(ident for ident, _, _ in self._texts),
            tuple(name for _, name, _ in self._texts),
            lng,
            lat,
            systems,
            lon_wgs,
            lat_wgs,
            np.floor(cold * 1000.0 + 0.5),
            opens,
            closes,
        )

    def _note(self, line: int, column: str, found: str, allowed: str, instead: str = "") -> None:
        self._problems.append(self._table.problem(line, column, found, allowed, instead))

    def _number(self, line: int, cell: dict[str, str], name: str, low: float, high: float) -> float:
        text = cell.get(name, "")
        if not text and name not in NEEDED:
            return math.nan
        try:
            value = float(text) if "_" not in text else math.nan
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            swapped = name == "lat" and abs(value) <= 180.0
            allowed = f"a number from {low:g} to {high:g}"
            self._note(line, name, text or "nothing", allowed, SWAPPED if swapped else "")
            self._swapped += self._problems[-1:] if swapped else []
        return value

    def _clock(self, line: int, cell: dict[str, str], name: str) -> float:
        text = cell.get(name, "")
        if not text:
            return math.nan
        match = re.fullmatch(r"(\d{1,2}):(\d{2})(?::00)?", text)
        minutes = int(match[1]) * 60.0 + int(match[2]) if match else math.nan
        if not 0.0 <= minutes <= 1440.0 or (match and int(match[2]) > 59):
            self._note(line, name, text, "a time of day, HH:MM")
        return minutes

    def _system(self, line: int, cell: dict[str, str]) -> Crs:
        text = cell.get("crs", "")
        if not text:
            return self._crs
        found = SPELLINGS.get(re.sub(r"[\s:_-]", "", text.lower()))
        if found is None:
            self._note(line, "crs", text, f"one of {', '.join(SYSTEMS)}")
        return found or self._crs
