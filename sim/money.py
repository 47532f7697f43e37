"""What things cost: wages, vans, fees, the show. Prices of goods live in the basket."""

from __future__ import annotations

from sim.units import Params, par

_WAGE = "usual hourly wages in Chinese warehouses and support centres, rounded"


class MoneyParams(Params):
    """Unit costs of an event."""

    payment_fee_share: float = par(
        0.006,
        unit="share",
        low=0,
        high=0.1,
        grade="A",
        source="WeChat Pay, usual merchant rate 0.6 %",
        meaning="Fee on every payment through WeChat Pay.",
    )
    van_cny_per_km: float = par(
        2.0,
        unit="CNY/km",
        low=0,
        high=100,
        grade="C",
        source="deep56 same-city tariff as the market price; own fleet without margin",
        meaning="Running cost of a van.",
    )
    van_cny_per_h: float = par(
        40.0,
        unit="CNY/h",
        low=0,
        high=1000,
        grade="C",
        source="driver's wage and depreciation, deep56 same-city tariff as a check",
        meaning="Cost of a van and its driver per hour out.",
    )
    van_cny_used: float = par(
        120.0,
        unit="CNY",
        low=0,
        high=10000,
        grade="assumed",
        source="half a day's depreciation and insurance of a light truck",
        meaning="Fixed cost of every vehicle that leaves the yard.",
    )
    sorter_cny_per_h: float = par(
        25.0,
        unit="CNY/h",
        low=0,
        high=1000,
        grade="assumed",
        source=_WAGE,
        meaning="Wage of a sorter by day.",
    )
    sorter_night_cny_per_h: float = par(
        35.0,
        unit="CNY/h",
        low=0,
        high=1000,
        grade="assumed",
        source=_WAGE,
        meaning="Wage of a sorter after the night hour.",
    )
    night_from_min: float = par(
        1320.0,
        unit="min",
        low=0,
        high=2880,
        grade="assumed",
        source="night premium from 22:00",
        meaning="Minute since 00:00 of D0 from which the night wage is paid.",
    )
    agent_cny_per_h: float = par(
        30.0,
        unit="CNY/h",
        low=0,
        high=1000,
        grade="assumed",
        source=_WAGE,
        meaning="Wage of a support agent.",
    )
    clerk_cny_per_h: float = par(
        30.0,
        unit="CNY/h",
        low=0,
        high=1000,
        grade="assumed",
        source=_WAGE,
        meaning="Wage of headquarters' clerks who merge sheets.",
    )
    show_crew_cny: float = par(
        3000.0,
        unit="CNY",
        low=0,
        high=1e7,
        grade="assumed",
        source="a small outside crew, host and farm footage for an evening",
        meaning="Cost of making one live show.",
    )
    koc_fee_cny: float = par(
        200.0,
        unit="CNY",
        low=0,
        high=1e6,
        grade="assumed",
        source="goods and a small fee for a neighbourhood influencer",
        meaning="Fee of each key opinion consumer.",
    )
    gift_cny: float = par(
        15.0,
        unit="CNY",
        low=0,
        high=10000,
        grade="assumed",
        source="an insulated bottle bought by the thousand",
        meaning="Cost of the gift for each of the first payers.",
    )
    bag_cny: float = par(
        1.5,
        unit="CNY",
        low=0,
        high=100,
        grade="assumed",
        source="a printed insulated bag bought by the thousand",
        meaning="Cost of the free bag handed out with each order of a live arm.",
    )
    text_post_cny: float = par(
        300.0,
        unit="CNY",
        low=0,
        high=1e6,
        grade="assumed",
        source="a designer's afternoon for pictures and text",
        meaning="Cost of preparing one text post.",
    )
    system_cny: float = par(
        500.0,
        unit="CNY",
        low=0,
        high=1e7,
        grade="assumed",
        source="a mini-program shop with sorting and tracking, a year's fee over fifty events",
        meaning="Cost of the system per event (system arms).",
    )
