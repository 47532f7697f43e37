"""What more capacity would cost for one event: the prices with which `lianlu provision` compares plans.

Nothing here moves a night: wages and running costs that are billed in every run live in `money`. Equipment
is priced as a share of its life, a year of fifty events and five years for racks and halls.
"""

from __future__ import annotations

from typing import Any

from sim.units import Grade, Params, par

_CLOUD = "list prices of public clouds, rounded; an evening on demand with an hour before and after"
_RACK = "a rack position bought for some ¥15,000 and written off over five years of fifty events"


def _price(
    default: float,
    meaning: str,
    source: str,
    *,
    unit: str = "CNY",
    high: float = 1e6,
    grade: Grade = "assumed",
) -> Any:
    return par(
        default, unit=unit, low=0, high=high, grade=grade, source=source, meaning=meaning, role="search"
    )


class DatabasePrice(Params):
    """A database for orders that calls do not wait in line for: reads apart, stock booked in batches."""

    cny: float = _price(
        800.0, "Cost of the larger database for one event.", _CLOUD + "; a cluster of four nodes for a day"
    )
    alpha: float = _price(
        0.002,
        "Contention of the order service on it (`checkout.order_service.alpha`).",
        "a seventh of one hot row's: most of a call no longer meets another",
        unit="share",
        high=1,
    )
    beta: float = _price(
        0.00002,
        "Coherency of the order service on it (`checkout.order_service.beta`).",
        "cloud databases stay near their peak to some hundred connections",
        unit="share",
        high=1,
    )
    row_ms: float = _price(
        0.3,
        "Time of the stock row for a call on it (`stock.row_ms`).",
        "Volcengine 1469436, 2025, and Aliyun AliSQL Inventory Hint: batching takes 246 to 31,000 a second; "
        "a small part of that gain",
        unit="ms",
        high=10_000,
        grade="A",
    )


class HallPrice(Params):
    """A second chilled hall next door, or half of someone else's."""

    cny: float = _price(
        2500.0, "Rent of one more chilled hall for the night.", "300 m2 of cold store for a night, with power"
    )
    people: int = par(
        30,
        unit="people",
        low=1,
        high=100_000,
        grade="assumed",
        source="as large as the first hall",
        meaning="People that one more hall holds (added to `sorting.hall_limit_people`).",
        role="search",
    )


class ShelfPrice(Params):
    """Pickup shelves with a code: members take their parcel, the leader steps in where something is wrong."""

    cny: float = _price(
        40.0,
        "Cost of the shelves at one pickup point for one event.",
        "shelves and a scanner of some ¥4,000 a point, shared with the point's other brands",
    )
    hand_over_s: float = _price(
        3.0,
        "Leader's time for a hand-over with them (`leader_desk.hand_over_s`); warm words end.",
        "one member in twenty needs a minute",
        unit="s",
        high=600,
    )


class BotPrice(Params):
    """A support robot that answers the usual questions at any hour."""

    cny: float = _price(400.0, "Fee of a support robot for one event.", "a year's licence over fifty events")
    self_service_share: float = _price(
        0.6,
        "Share of tickets it answers at once (`aftersales.self_service_share`).",
        "twice the plain help page",
        unit="share",
        high=1,
    )


class VanPrices(Params):
    """Hire of one vehicle with its driver for the morning, whether it leaves the yard or stands by."""

    small_cny: float = _price(
        180.0, "Hire of a vehicle of up to 600 kg (小面).", "deep56 same-city tariff: half a day", grade="C"
    )
    medium_cny: float = _price(
        260.0, "Hire of a vehicle of up to 1,200 kg (小厢).", "deep56 same-city tariff: half a day", grade="C"
    )
    large_cny: float = _price(
        380.0,
        "Hire of a larger vehicle (4.2 m truck).",
        "deep56 same-city tariff: half a day of the ¥120 + ¥5/km truck",
        grade="C",
    )

    def of(self, payload_kg: float) -> float:
        """Hire of a vehicle by its payload."""
        if payload_kg <= 600.0:
            return self.small_cny
        return self.medium_cny if payload_kg <= 1200.0 else self.large_cny


class PricesParams(Params):
    """Unit costs of resources, for one event."""

    order_service_worker_cny: float = _price(
        4.0, "One worker of the order service for one evening.", _CLOUD + "; 1 vCPU, 2 GB"
    )
    gateway_request_cny: float = _price(
        0.5,
        "One request a second of payment quota for one evening.",
        "quota itself is free; contracts and a second merchant number over fifty events",
    )
    host_person_cny: float = _price(
        120.0, "One person in the host's question team for one show.", "three hours at ¥40"
    )
    sorter_call_cny: float = _price(
        20.0,
        "What a sorter costs beside her wage (`money.sorter_cny_per_h`).",
        "bus, meal and cold clothing of a night",
    )
    workstation_cny: float = _price(
        10.0, "One sorting place with table and scanner for one night.", _RACK + "; a fifth of it for a table"
    )
    put_to_light_cny: float = _price(
        60.0, "Put-to-light equipment of one sorting place for one night, beside the place itself.", _RACK
    )
    dock_cny: float = _price(
        60.0, "One more loading dock for one morning.", "a hired ramp and a loader for two hours"
    )
    helper_cny: float = _price(
        60.0,
        "One helper of one leader on the day of collection.",
        "three hours at ¥20, as paid to neighbours",
    )
    cold_box_cny: float = _price(
        30.0,
        "Insulated boxes with cold plates for one pickup point and event.",
        "six boxes of some ¥250 over fifty events",
    )
    database: DatabasePrice = DatabasePrice()
    hall: HallPrice = HallPrice()
    shelf: ShelfPrice = ShelfPrice()
    bot: BotPrice = BotPrice()
    vans: VanPrices = VanPrices()
