"""Three ways to say where a place in China is: WGS-84 (GPS, OSM), GCJ-02 (Gaode, Tencent), BD-09 (Baidu).

GCJ-02 shifts WGS-84 by 100-700 m, differently from place to place, inside China only; BD-09 shifts GCJ-02
once more. The shift has no closed inverse: the way back is iterated until it is exact to a millimetre. The
formulas are those of open-source map tools since 2010 (Krasovsky 1940 ellipsoid, sums of sines).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Crs = Literal["WGS-84", "GCJ-02", "BD-09"]
SYSTEMS: tuple[Crs, ...] = get_args(Crs)
CHINA = (72.004, 137.8347, 0.8293, 55.8271)
"""Box (west, east, south, north) outside which GCJ-02 is WGS-84."""

_AXIS_M, _ECCENTRICITY = 6_378_245.0, 0.00669342162296594323
_BD_PI = np.pi * 3000.0 / 180.0
_ROUNDS = 30
_EXACT_DEG = 1e-9


def to_wgs84(lon: Floats, lat: Floats, crs: Crs) -> tuple[Floats, Floats]:
    """WGS-84 degrees (n,) of places given in another system."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    if crs == "WGS-84":
        return lon, lat
    if crs == "BD-09":
        lon, lat = _from_baidu(lon, lat)
    return _inverse(lon, lat)


def in_china(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """(n,) whether the shift applies."""
    west, east, south, north = CHINA
    inside: NDArray[np.bool_] = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside


def _shifted(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """GCJ-02 of WGS-84."""
    x, y = lon - 105.0, lat - 35.0
    east, north = _east_m(x, y), _north_m(x, y)
    phi = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY * np.sin(phi) ** 2
    meridian = _AXIS_M * (1.0 - _ECCENTRICITY) / (magic * np.sqrt(magic))
    parallel = _AXIS_M / np.sqrt(magic) * np.cos(phi)
    inside = in_china(lon, lat)
    return (
        np.where(inside, lon + np.degrees(east / parallel), lon),
        np.where(inside, lat + np.degrees(north / meridian), lat),
    )


def _waves(at: Floats, periods: tuple[tuple[float, float], ...]) -> Floats:
    total: Floats = sum((size * np.sin(at * turns * np.pi) for size, turns in periods), np.zeros_like(at))
    return total * (2.0 / 3.0)


def _north_m(x: Floats, y: Floats) -> Floats:
    polynomial = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    fast = _waves(x, ((20.0, 6.0), (20.0, 2.0)))
    slow = _waves(y, ((20.0, 1.0), (40.0, 1.0 / 3.0), (160.0, 1.0 / 12.0), (320.0, 1.0 / 30.0)))
    north: Floats = polynomial + fast + slow
    return north


def _east_m(x: Floats, y: Floats) -> Floats:
    polynomial = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    fast = _waves(x, ((20.0, 6.0), (20.0, 2.0)))
    slow = _waves(x, ((20.0, 1.0), (40.0, 1.0 / 3.0), (150.0, 1.0 / 12.0), (300.0, 1.0 / 30.0)))
    east: Floats = polynomial + fast + slow
    return east


def _inverse(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """WGS-84 of GCJ-02: correct the guess by its own error until nothing moves."""
    guess_lon, guess_lat = lon.copy(), lat.copy()
    for _ in range(_ROUNDS):
        there_lon, there_lat = _shifted(guess_lon, guess_lat)
        off_lon, off_lat = lon - there_lon, lat - there_lat
        guess_lon, guess_lat = guess_lon + off_lon, guess_lat + off_lat
        if max(np.abs(off_lon).max(initial=0.0), np.abs(off_lat).max(initial=0.0)) < _EXACT_DEG:
            break
    return guess_lon, guess_lat


def _to_baidu(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    reach = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_PI)
    return reach * np.cos(angle) + 0.0065, reach * np.sin(angle) + 0.006


def _from_baidu(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    guess_lon, guess_lat = lon - 0.0065, lat - 0.006
    for _ in range(_ROUNDS):
        there_lon, there_lat = _to_baidu(guess_lon, guess_lat)
        off_lon, off_lat = lon - there_lon, lat - there_lat
        guess_lon, guess_lat = guess_lon + off_lon, guess_lat + off_lat
        if max(np.abs(off_lon).max(initial=0.0), np.abs(off_lat).max(initial=0.0)) < _EXACT_DEG:
            break
    return guess_lon, guess_lat
