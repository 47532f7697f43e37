"""Parameters and columns of the second tier: how many depots, the trucks to them, and the sort in them."""

from __future__ import annotations

from sim.laws import Law, constant, lognormal
from sim.orderlog import Column
from sim.units import Params, par

_GRID = "the chain of three tiers, centre - grid depot - pickup point: Sixth Tone, 2022 (1011140)"
_OURS = "no published figure; in proportion to the centre's own hall and docks"


class DepotsParams(Params):
    """Depots between the centre and the points; with `count` 0 vans drive from the centre."""

    count: int = par(
        0,
        unit="depots",
        low=0,
        high=50,
        grade="rule",
        source=_GRID,
        meaning="Depots, each at the pickup point in the middle of its district, as many as there are points "
        "at the most; 0: one tier.",
    )
    trunk_trucks: int = par(
        6,
        unit="vehicles",
        low=1,
        high=1000,
        grade="assumed",
        source=_OURS,
        meaning="Trucks from the centre to the depots, a driver each.",
    )
    trunk_payload_kg: float = par(
        5000.0,
        unit="kg",
        low=1,
        high=50_000,
        grade="C",
        source="6.8 m truck, rounded",
        meaning="Load of a truck.",
    )
    trunk_volume_m3: float = par(
        34.0,
        unit="m3",
        low=0.1,
        high=200,
        grade="C",
        source="6.8 m truck, rounded",
        meaning="Volume of a truck's box; `delivery.usable_volume_share` of it can be filled.",
    )
    trunk_depart_min: float = par(
        1470.0,
        unit="min since D0 00:00",
        low=0,
        high=4320,
        grade="assumed",
        source="00:30, when the centre has sorted",
        meaning="Earliest departure of a truck.",
    )
    cage_min: Law = par(
        constant(0.5),
        unit="min",
        grade="assumed",
        source=_OURS,
        meaning="Time to roll one point's goods off a truck, besides its crates.",
    )
    docks: int = par(
        4,
        unit="docks",
        low=1,
        high=10_000,
        grade="assumed",
        source=_OURS,
        meaning="Vans that can be loaded at one moment at a depot (the centre's docks load the trucks).",
    )
    sorters: int = par(
        4,
        unit="people",
        low=1,
        high=10_000,
        grade="assumed",
        source=_OURS,
        meaning="People who sort again at a depot; all of them turn up.",
    )
    sort_from_min: float = par(
        1560.0,
        unit="min since D0 00:00",
        low=0,
        high=4320,
        grade="assumed",
        source="02:00, with the first trucks",
        meaning="When a depot begins to sort; it goes on until nothing is left.",
    )
    sort_order_s: Law = par(
        lognormal(8.0, 0.3),
        unit="s",
        grade="assumed",
        sweep=(4.0, 16.0),
        source="one scan and one throw into the point's crate",
        meaning="Time to sort one order at a depot.",
    )
    rent_cny: float = par(
        150.0,
        unit="CNY",
        low=0,
        high=1e6,
        grade="assumed",
        source=_OURS,
        meaning="What a depot costs a night, besides its people.",
    )


COLUMNS: tuple[Column, ...] = (
    Column("orders", "depot", "i2", "-", "Depot that the order went through; -1 none."),
    Column("orders", "at_depot_min", "f8", "min", "When it was unloaded at the depot; NaN never."),
    Column("orders", "resort_start_min", "f8", "min", "When a sorter of the depot took it; NaN never."),
    Column("orders", "resort_end_min", "f8", "min", "When it was sorted again; NaN never."),
    Column("trips", "tier", "i1", "-", "0 to points, 1 from the centre to a depot."),
)
