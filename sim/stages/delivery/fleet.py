"""The vehicles: types as data, and the same as one row a van."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.units import Params, par

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DATA = (
    "usual light trucks of Chinese city freight, rounded: "
    "小面 0.5 t and 2.4 m³, 小厢 1 t and 4.2 m³, 4.2 m truck 1.5 t and 11 m³"
)


class VehicleType(Params):
    """A type of vehicle and how many there are of it, spare ones included."""

    name: str = par(
        "4.2 m truck",
        unit="-",
        grade="C",
        source=_DATA,
        meaning="Name of the type in reports.",
        role="display",
    )
    count: int = par(
        15,
        unit="vehicles",
        low=0,
        high=100_000,
        grade="assumed",
        source="14 for the plan and one spare",
        meaning="Vehicles of this type with a driver each; those without a route are spare.",
    )
    payload_kg: float = par(
        1500.0, unit="kg", low=1, high=50_000, grade="C", source=_DATA, meaning="Load a vehicle may carry."
    )
    volume_m3: float = par(
        11.0,
        unit="m3",
        low=0.1,
        high=200,
        grade="C",
        source=_DATA,
        meaning="Volume of the box; `delivery.usable_volume_share` of it can be filled.",
    )


def default_vehicles() -> list[VehicleType]:
    """Fifteen trucks of 4.2 m."""
    return [VehicleType()]


class Fleet(NamedTuple):
    """One row a van, in the order of the types: int64 grams and whole crates it holds."""

    payload_g: NDArray[np.int64]
    room_crates: NDArray[np.int64]


def fleet_of(vehicles: list[VehicleType], usable_share: float, crate_m3: float) -> Fleet:
    """Every van with its limits in the engine's whole numbers."""
    count = [kind.count for kind in vehicles]
    grams = [round(kind.payload_kg * 1000.0) for kind in vehicles]
    crates = [math.floor(kind.volume_m3 * usable_share / crate_m3 + 1e-9) for kind in vehicles]
    return Fleet(np.repeat(np.array(grams, np.int64), count), np.repeat(np.array(crates, np.int64), count))
