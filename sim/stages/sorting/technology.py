"""What tells a sorter where a line goes: rate and share of errors."""

from __future__ import annotations

from sim.units import Params, par

_WERC = (
    "DC measures, WERC, retold by Alba Logistics, 2017 (median 30, best 80 lines an hour); "
    "Glossary, bitergo.com (manual 60-120, part-automated 120-200, automated 200-350)"
)
_ERRORS = (
    "Order accuracy, WERC (> 99.9 % best), retold by logistics.kbaas.ai; "
    "manual against modern fresh sorting, qingchuanbo.com (85 % against 98 %)"
)


class Paper(Params):
    """Sorting from a paper list."""

    lines_per_h: float = par(
        80.0,
        unit="lines/person-hour",
        low=1,
        high=2000,
        sweep=(30, 120),
        grade="B",
        source=_WERC,
        meaning="Lines one person sorts in an hour from a paper list.",
    )
    error_share: float = par(
        0.01,
        unit="share",
        low=0,
        high=0.5,
        sweep=(0.005, 0.02),
        grade="C",
        source=_ERRORS,
        meaning="Share of lines mis-sorted from a paper list.",
    )


class Scan(Params):
    """Sorting with a hand scanner."""

    lines_per_h: float = par(
        150.0,
        unit="lines/person-hour",
        low=1,
        high=2000,
        sweep=(120, 180),
        grade="C",
        source=_WERC,
        meaning="Lines one person sorts in an hour with a hand scanner.",
    )
    error_share: float = par(
        0.003,
        unit="share",
        low=0,
        high=0.5,
        sweep=(0.001, 0.005),
        grade="C",
        source=_ERRORS,
        meaning="Share of lines mis-sorted with a hand scanner.",
    )


class PutToLight(Params):
    """Sorting into a wall that shows by lamps where the goods go."""

    lines_per_h: float = par(
        200.0,
        unit="lines/person-hour",
        low=1,
        high=2000,
        sweep=(200, 350),
        grade="C",
        source=_WERC,
        meaning="Lines one person sorts in an hour at a put-to-light wall.",
    )
    error_share: float = par(
        0.001,
        unit="share",
        low=0,
        high=0.5,
        sweep=(0.0005, 0.002),
        grade="C",
        source=_ERRORS,
        meaning="Share of lines mis-sorted at a put-to-light wall.",
    )
