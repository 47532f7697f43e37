"""Parameters of the road network: where it comes from, how fast each class is, and how the day slows it.

A road's free-flow speed is `free_flow_kmh` times the factor of its class; the hour divides it (every class
alike, or each by its own), rain multiplies it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import Field, model_validator

from sim.clock import DAY_MIN
from sim.units import Params, par

ROAD_CLASSES = ("expressway", "primary", "secondary", "residential")

_TRAFFIC = "Annual traffic report of Chinese cities, Baidu Maps, 2020 (peak indices 1.65-1.72)"
_CITY = "no Chinese city network can be shipped, so a city is generated; chosen to look like one"


RingShare = Annotated[float, Field(ge=0.05, le=0.98)]


class ClassFactors(Params):
    """Free-flow speed of a road class, relative to the city's free-flow speed."""

    expressway: float = par(
        1.3,
        unit="ratio",
        meaning="Speed of ring roads and other expressways, relative to `free_flow_kmh`.",
        grade="assumed",
        source="58 km/h with ramps: urban expressways are posted at 60-80",
        low=0.1,
        high=4.0,
    )
    primary: float = par(
        0.9,
        unit="ratio",
        meaning="Speed of primary roads, relative to `free_flow_kmh`.",
        grade="assumed",
        source="40 km/h with lights",
        low=0.1,
        high=4.0,
    )
    secondary: float = par(
        0.7,
        unit="ratio",
        meaning="Speed of secondary roads, relative to `free_flow_kmh`.",
        grade="assumed",
        source="32 km/h with lights",
        low=0.1,
        high=4.0,
    )
    residential: float = par(
        0.5,
        unit="ratio",
        meaning="Speed of residential streets, relative to `free_flow_kmh`.",
        grade="assumed",
        source="22 km/h in streets with parked cars",
        low=0.1,
        high=4.0,
    )


_BY_CLASS = "no profile by class and hour is published for a Chinese city; 1: all classes are slowed alike"


class SpeedBand(Params):
    """From this minute of the day on, speeds are divided by the factor, times that of the road's class."""

    start_min: int = par(
        0,
        unit="min",
        meaning="First minute of the day in the band; the band is closed at the left.",
        grade="rule",
        source="bands are closed at the left",
        low=0,
        high=int(DAY_MIN) - 1,
    )
    factor: float = par(
        1.0,
        unit="ratio",
        meaning="What free-flow speeds are divided by in the band.",
        grade="B",
        source=_TRAFFIC,
        low=0.2,
        high=10.0,
    )
    expressway: float = par(
        1.0,
        unit="ratio",
        meaning="By how much more than `factor` the band slows ring roads and other expressways.",
        grade="assumed",
        source=_BY_CLASS,
        low=0.2,
        high=5.0,
    )
    primary: float = par(
        1.0,
        unit="ratio",
        meaning="By how much more than `factor` the band slows primary roads.",
        grade="assumed",
        source=_BY_CLASS,
        low=0.2,
        high=5.0,
    )
    secondary: float = par(
        1.0,
        unit="ratio",
        meaning="By how much more than `factor` the band slows secondary roads.",
        grade="assumed",
        source=_BY_CLASS,
        low=0.2,
        high=5.0,
    )
    residential: float = par(
        1.0,
        unit="ratio",
        meaning="By how much more than `factor` the band slows residential streets.",
        grade="assumed",
        source=_BY_CLASS,
        low=0.2,
        high=5.0,
    )


def default_bands() -> list[SpeedBand]:
    """A weekday morning: 06:30, 07:15-09:15 and until 10:00 are slow."""
    day = ((0, 1.0), (390, 1.3), (435, 1.65), (555, 1.3), (600, 1.0))
    return [SpeedBand(start_min=start, factor=factor) for start, factor in day]


class RoadsParams(Params):
    """The road network and its speeds."""

    file: str | None = par(
        None,
        unit="file",
        meaning="Path of a road file (.osm, .osm.gz, .osm.bz2, .osm.pbf, or OSMnx GraphML); without it a "
        "synthetic city is generated.",
        grade="rule",
        source=_CITY,
    )
    seed: int = par(
        1,
        unit="-",
        meaning="Seed of the synthetic city, of nothing else.",
        grade="rule",
        source="the city never depends on the run's seed",
        low=0,
        high=4294967295,
    )
    radius_km: float = par(
        10.0,
        unit="km",
        meaning="Radius of the synthetic city.",
        grade="assumed",
        source="200 communities of a mid-sized city",
        low=2.0,
        high=40.0,
        sweep=(7.0, 14.0),
    )
    block_m: float = par(
        300.0,
        unit="m",
        meaning="Distance between streets in the centre; blocks grow outwards.",
        grade="assumed",
        source=_CITY,
        low=150.0,
        high=800.0,
    )
    ring_shares: Annotated[list[RingShare], Field(max_length=8)] = par(
        [0.3, 0.6, 0.92],
        unit="share",
        meaning="Ring expressways, as shares of the radius.",
        grade="assumed",
        source=_CITY,
    )
    bridges: int = par(
        6,
        unit="bridges",
        meaning="Bridges on primary roads over the river; rings have their own.",
        grade="assumed",
        source=_CITY,
        low=1,
        high=100,
        sweep=(3, 10),
    )
    oneway_share: float = par(
        0.25,
        unit="share",
        meaning="Share of residential streets that are one-way.",
        grade="assumed",
        source=_CITY,
        low=0.0,
        high=1.0,
    )
    closed_share: float = par(
        0.22,
        unit="share",
        meaning="Share of residential street sections closed to traffic by gated compounds.",
        grade="assumed",
        source=_CITY,
        low=0.0,
        high=0.6,
    )
    dc_at_radius: float = par(
        1.2,
        unit="ratio",
        meaning="Distance of the distribution centre from the centre, in city radii.",
        grade="assumed",
        source="warehouses stand outside the outer ring",
        low=0.0,
        high=3.0,
        sweep=(0.8, 1.6),
    )
    dc_bearing_deg: float = par(
        118.0,
        unit="deg",
        meaning="Direction of the distribution centre from the centre, clockwise from north.",
        grade="assumed",
        source="any direction will do",
        low=0.0,
        high=360.0,
    )
    free_flow_kmh: float = par(
        45.0,
        unit="km/h",
        meaning="Free-flow speed of the city, multiplied by the factor of each road class.",
        grade="B",
        source=_TRAFFIC,
        low=5.0,
        high=120.0,
        sweep=(38.0, 50.0),
    )
    class_factors: ClassFactors = ClassFactors()
    posted_share: float = par(
        0.75,
        unit="share",
        meaning="Free-flow speed as a share of the posted limit, on roads of a file that says one.",
        grade="assumed",
        source="lights and crossings: the classes' factors are 0.7-0.8 of the usual limits too",
        low=0.1,
        high=1.5,
        sweep=(0.6, 0.9),
    )
    speed_bands: Annotated[list[SpeedBand], Field(max_length=96)] = par(
        default_bands(),
        unit="bands",
        meaning="Bands of the day, each dividing every speed by its factor, and each class by its own.",
        grade="B",
        source=_TRAFFIC,
    )
    rain_speed: float = par(
        0.85,
        unit="ratio",
        meaning="What rain multiplies every speed by, all day.",
        grade="assumed",
        source="no usable number found",
        low=0.1,
        high=1.0,
        sweep=(0.75, 0.95),
    )

    @model_validator(mode="after")
    def _bands_cover_the_day(self) -> RoadsParams:
        starts = [band.start_min for band in self.speed_bands]
        if not starts or starts[0] != 0:
            raise ValueError("`speed_bands` must begin with `start_min: 0`")
        if any(later <= earlier for earlier, later in pairwise(starts)):
            raise ValueError("`start_min` must rise from band to band")
        return self

    def speed_kmh(self, road_class: str) -> float:
        """Free-flow speed of a road class, km/h."""
        factor: float = getattr(self.class_factors, road_class)
        return self.free_flow_kmh * factor

    def speed_of(self, road_class: str, posted_kmh: float | None) -> float:
        """Free-flow speed of a road, km/h: by its posted limit where it has one, else by its class."""
        return self.speed_kmh(road_class) if posted_kmh is None else posted_kmh * self.posted_share

    def bands(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Starts (minutes of the day) and divisors, as the travel rule reads them."""
        return (
            tuple(float(band.start_min) for band in self.speed_bands),
            tuple(band.factor for band in self.speed_bands),
        )

    def class_bands(self) -> list[list[float]] | None:
        """(bands, classes) divisors by band and class; None where every band slows all classes alike."""
        more = [[getattr(band, name) for name in ROAD_CLASSES] for band in self.speed_bands]
        if all(ratio == 1.0 for row in more for ratio in row):
            return None
        return [
            [band.factor * ratio for ratio in row] for band, row in zip(self.speed_bands, more, strict=True)
        ]

    def network_key(self) -> str:
        """Everything the network and its free-flow times depend on, as JSON: bands and rain do not."""
        return self.model_dump_json(exclude={"speed_bands", "rain_speed"})
