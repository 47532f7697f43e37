"""The flat sheet a city is drawn on: junctions, streets through them, and the water that parts them."""

from __future__ import annotations

import math
from bisect import insort
from dataclasses import dataclass, field

import numpy as np

from sim.random_streams import Streams
from sim.roads.spec import RoadsParams

RIVER_HALF_M = 130.0
BANK_M = 70.0
SNAP_M = 110.0


@dataclass(frozen=True)
class Link:
    """A stretch of road between two junctions."""

    a: int
    b: int
    road_class: str
    oneway: bool = False


@dataclass
class Street:
    """A road as junctions in order: (position along it, node)."""

    road_class: str
    at: list[tuple[float, int]] = field(default_factory=list)
    closed: bool = False
    everywhere: bool = False
    """True: crosses water wherever it meets it (rings)."""


@dataclass
class Sheet:
    """The growing plan: node coordinates, streets, and the city's chance."""

    params: RoadsParams
    u: list[float] = field(default_factory=list)
    v: list[float] = field(default_factory=list)
    columns: list[tuple[float, Street]] = field(default_factory=list)
    rows: list[tuple[float, Street]] = field(default_factory=list)
    extra: list[Street] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.streams = Streams(self.params.seed, 0)
        self.radius = self.params.radius_km * 1000.0
        a, b, c, d, e, f = (2.0 * x - 1.0 for x in self.chance("water", 6))
        turn = math.pi
        self.river_at = 0.10 * self.radius * (1.0 if a > 0 else -1.0) * (1.0 + abs(b))
        self.river_slope, self.river_phase = 0.22 * c, turn * d
        self.lake = (
            0.55 * self.radius * (1.0 if e > 0 else -1.0),
            -2.6 * self.river_at + 0.08 * self.radius * f,
        )

    def chance(self, purpose: str, n: int) -> list[float]:
        """N uniform numbers of the city, the same for its seed."""
        drawn = self.streams.uniform("roads.city." + purpose, np.arange(n, dtype=np.int64))
        return [float(u) for u in drawn]

    def node(self, u: float, v: float) -> int:
        """A new junction."""
        self.u.append(u)
        self.v.append(v)
        return len(self.u) - 1

    def river(self, u: float) -> float:
        """V of the river's middle at u."""
        r = self.radius
        bend = 0.09 * math.sin(3.1 * u / r + self.river_phase) + 0.03 * math.sin(7.3 * u / r)
        return self.river_at + self.river_slope * u + bend * r

    def in_river(self, u: float, v: float) -> bool:
        """Tell whether the place is in the river or on its banks."""
        return abs(v - self.river(u)) < RIVER_HALF_M + BANK_M + 50.0

    def wet(self, node: int) -> bool:
        """Tell whether the junction is in the river, or squeezed between it and the bank road."""
        apart = abs(self.v[node] - self.river(self.u[node]))
        on_bank_road = abs(apart - RIVER_HALF_M - BANK_M) <= 1.0
        return not on_bank_road and apart < RIVER_HALF_M + BANK_M + 50.0

    def north_bank(self, node: int) -> bool:
        """Tell whether the junction is north of the river."""
        return self.v[node] > self.river(self.u[node])

    def in_lake(self, u: float, v: float) -> bool:
        """Tell whether the place is in the lake."""
        du, dv = (u - self.lake[0]) / (0.16 * self.radius), (v - self.lake[1]) / (0.09 * self.radius)
        return du * du + dv * dv < 1.0

    def junction(self, street: Street, position: float, u: float, v: float, *, snap: float = SNAP_M) -> int:
        """The street's junction at the position: an existing one within `snap` metres, else a new one."""
        if street.at:
            near = min(street.at, key=lambda item: abs(item[0] - position))
            if abs(near[0] - position) < snap:
                return near[1]
        node = self.node(u, v)
        insort(street.at, (position, node))
        return node
