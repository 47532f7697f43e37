"""Parameters, constants, draws and columns of delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from pydantic import Field, model_validator

from sim.laws import Law, lognormal
from sim.remembered import remembered
from sim.stages.delivery.columns import COLUMNS as COLUMNS
from sim.stages.delivery.draws import CALLS as CALLS
from sim.stages.delivery.draws import LEGS as LEGS
from sim.stages.delivery.draws import DeliveryDraws as DeliveryDraws
from sim.stages.delivery.draws import draw as draw
from sim.stages.delivery.fleet import Fleet, VehicleType, default_vehicles, fleet_of
from sim.stages.delivery.flow import Delivered as Delivered
from sim.stages.delivery.flow import DeliveryInput as DeliveryInput
from sim.stages.delivery.flow import Plan as Plan
from sim.units import Params, par

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STOP = (
    "A time-efficiency study of medium-duty trucks, Sustainability 12(1) 425, 2020; "
    "Calderón et al., Transportation Research A 207, 2026 (heavy tail)"
)
_CRATE = "an insulated crate of 10 kg, 0.045 m³ outside: a size, not a measurement"
_PLAN = (
    "planned full and on expectation nearly every night overloads a van; "
    "the reserve is a plan, not a measurement"
)
_DRILL = "a drill"


class DeliveryParams(Params):
    """How sorted goods reach the pickup points."""

    policy: Literal["fixed", "nightly"] = par(
        "fixed",
        unit="-",
        grade="assumed",
        source="drivers know their round; planning each night costs computing time",
        meaning="Whether routes are planned once on expected loads or each night on its orders.",
    )
    routes_file: str | None = par(
        None,
        unit="file",
        grade="rule",
        source="a plan made by `routes --out`, or by the company's own dispatcher",
        meaning="CSV of routes to drive (van, stop, pickup, depart); without it routes are planned.",
    )
    vehicles: list[VehicleType] = Field(default_factory=default_vehicles, min_length=1, max_length=20)
    usable_volume_share: float = par(
        0.7,
        unit="share",
        low=0.05,
        high=1,
        sweep=(0.6, 0.85),
        grade="assumed",
        source="stacks, gaps and the way to the back",
        meaning="Share of a vehicle's volume that crates can fill.",
    )
    crate_kg: float = par(
        10.0, unit="kg", low=0.1, high=200, grade="assumed", source=_CRATE, meaning="Goods in a full crate."
    )
    crate_m3: float = par(
        0.045,
        unit="m3",
        low=0.001,
        high=2,
        grade="assumed",
        source=_CRATE,
        meaning="Outer volume of a crate.",
    )
    docks: int = par(
        8,
        unit="docks",
        low=1,
        high=100_000,
        grade="assumed",
        source="a small cold store's front",
        meaning="Vans that can be loaded at one moment.",
    )
    load_crate_s: float = par(
        20.0,
        unit="s",
        low=0,
        high=600,
        sweep=(10, 40),
        grade="assumed",
        source="rolled in on trolleys by two people",
        meaning="Time to load one crate.",
    )
    unload_crate_s: float = par(
        10.0,
        unit="s",
        low=0,
        high=600,
        sweep=(5, 20),
        grade="assumed",
        source="handed down at the point, counted together",
        meaning="Time to unload one crate at a point.",
    )
    stop_min: Law = par(
        lognormal(6.0, 0.5),
        unit="min",
        grade="A",
        sweep=(4, 9),
        source=_STOP,
        meaning="Time of a stop besides the crates: parking, papers, hello.",
    )
    depart_from_min: float = par(
        1770.0,
        unit="min since D0 00:00",
        low=0,
        high=4320,
        grade="assumed",
        source="05:30, before the traffic",
        meaning="Earliest departure on D1.",
    )
    promise_min: float = par(
        2040.0,
        unit="min since D0 00:00",
        low=0,
        high=4320,
        grade="claim",
        source="case article: at every point by 10:00",
        meaning="When the last crate must be unloaded at every point (plan and latest departure).",
    )
    reserve_min: float = par(
        60.0,
        unit="min",
        low=0,
        high=600,
        sweep=(0, 90),
        grade="assumed",
        source=_PLAN,
        meaning="Reserve of the plan before `promise_min`.",
    )
    planned_load_share: float = par(
        0.8667,
        unit="share",
        low=0.1,
        high=1,
        sweep=(0.75, 1.0),
        grade="assumed",
        source=_PLAN + " (1,300 of 1,500 kg)",
        meaning="Share of payload and volume that the plan uses.",
    )
    expected_orders: float = par(
        5600.0,
        unit="orders",
        low=0,
        high=1e8,
        grade="assumed",
        source="forecast of the brand, not read from the run; members' shares of it by community",
        meaning="Orders the fixed plan expects over all points.",
    )
    expected_order_kg: float = par(
        3.0,
        unit="kg",
        low=0.01,
        high=1000,
        grade="assumed",
        source="two lines of 1.5 kg",
        meaning="Weight of an order in the fixed plan.",
    )
    static_factor: float = par(
        1.35,
        unit="ratio",
        low=1,
        high=5,
        sweep=(1.2, 1.65),
        grade="assumed",
        source="mean slowness of 05:30-09:00 for a planner without hours",
        meaning="What the plan multiplies free-flow driving times by.",
    )
    plan_iterations: int = par(
        400,
        unit="iterations",
        low=1,
        high=1_000_000,
        grade="rule",
        source="a search stops by iterations, never by seconds",
        meaning="Length of the route search.",
    )
    plan_seed: int = par(
        1,
        unit="-",
        low=0,
        high=4294967295,
        grade="rule",
        source="a search needs a seed",
        meaning="Seed of the route search.",
    )
    reload_min: float = par(
        15.0,
        unit="min",
        low=0,
        high=600,
        grade="assumed",
        source="empty crates out, papers in",
        meaning="From a van's return until it can be loaded again.",
    )
    last_load_min: float = par(
        2520.0,
        unit="min since D0 00:00",
        low=0,
        high=4320,
        grade="assumed",
        source="18:00 on D1: later goods find no one",
        meaning="No loading begins after this minute; what is left stays undelivered.",
    )
    breakdown_van: int = par(
        0,
        unit="-",
        low=0,
        high=100_000,
        grade="rule",
        source=_DRILL,
        meaning="Van that breaks down, counted from 1; 0 none.",
    )
    breakdown_min: float = par(
        1860.0,
        unit="min since D0 00:00",
        low=0,
        high=4320,
        grade="rule",
        source=_DRILL,
        meaning="When it breaks down; what it carries is fetched by a spare van, or the first one back.",
    )

    @model_validator(mode="after")
    def _possible(self) -> DeliveryParams:
        if self.routes_file is not None and self.policy != "fixed":
            raise ValueError("`routes_file` fixes the routes: `policy` must be `fixed`")
        if self.promise_min - self.reserve_min <= self.depart_from_min:
            raise ValueError("`promise_min` − `reserve_min` must be after `depart_from_min`")
        if sum(kind.count for kind in self.vehicles) < 1:
            raise ValueError("`vehicles` must hold at least one vehicle")
        if min(kind.volume_m3 for kind in self.vehicles) * self.usable_volume_share < self.crate_m3:
            raise ValueError("`vehicles`: every type must hold at least one crate")
        return self


class DeliveryNumbers(NamedTuple):
    """Constants in minutes, grams and whole crates; `breakdown_van` from 0, −1 none."""

    fleet: Fleet
    crates_by_sku: bool
    crate_grams: int
    crate_m3: float
    docks: int
    load_crate_min: float
    unload_crate_min: float
    depart_from_min: float
    promise_min: float
    reload_min: float
    last_load_min: float
    breakdown_van: int
    breakdown_min: float
    band_starts: NDArray[np.float64]


@remembered
def numbers(
    params: DeliveryParams, band_starts: tuple[float, ...], *, crates_by_sku: bool
) -> DeliveryNumbers:
    """Constants of a scenario; `band_starts` as `RoadsParams.bands()` gives them."""
    return DeliveryNumbers(
        fleet=fleet_of(params.vehicles, params.usable_volume_share, params.crate_m3),
        crates_by_sku=crates_by_sku,
        crate_grams=round(params.crate_kg * 1000.0),
        crate_m3=params.crate_m3,
        docks=params.docks,
        load_crate_min=params.load_crate_s / 60.0,
        unload_crate_min=params.unload_crate_s / 60.0,
        depart_from_min=params.depart_from_min,
        promise_min=params.promise_min,
        reload_min=params.reload_min,
        last_load_min=params.last_load_min,
        breakdown_van=params.breakdown_van - 1,
        breakdown_min=params.breakdown_min,
        band_starts=np.array(band_starts, np.float64),
    )
