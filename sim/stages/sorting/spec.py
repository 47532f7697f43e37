"""Parameters, constants, draws and columns of sorting."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from pydantic import Field, model_validator

from sim.laws import lognormal_mean
from sim.night import Night, NightParams
from sim.orderlog import Table
from sim.random_streams import Streams
from sim.remembered import remembered
from sim.stages.sorting import rules
from sim.stages.sorting.columns import COLUMNS as COLUMNS
from sim.stages.sorting.teams import Shifts, Team, default_teams, most_people, shifts_of
from sim.stages.sorting.technology import Paper as Paper
from sim.stages.sorting.technology import PutToLight as PutToLight
from sim.stages.sorting.technology import Scan as Scan
from sim.units import Params, par

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DRILL = "a drill: equal times are no outage"
MOST_LINES = 64
"""Orders with more lines count as this many for the chance of a mis-sorted line."""


class SortingParams(Params):
    """How the night's orders are sorted, by whom and when."""

    policy: Literal["by_order", "by_community_sku"] = par(
        "by_order",
        unit="-",
        grade="assumed",
        source="ready orders spare the leader the splitting",
        meaning="What a job is: an order, or a crate of one SKU for one pickup point (the leader splits it).",
    )
    technology: Literal["paper", "scan", "put_to_light"] = par(
        "scan",
        unit="-",
        grade="claim",
        source="case article: an intelligent sorting system; which one is not said",
        meaning="What tells the sorter where a line goes; sets rate and share of errors.",
    )
    release: Literal["by_arm", "as_paid", "at_cutoff", "per_sheet", "full_list"] = par(
        "by_arm",
        unit="-",
        grade="rule",
        source="as paid by order, at the cut-off by crate, per sheet in manual arms",
        meaning="When an order may be begun; `by_arm` follows policy and arm.",
    )
    list_delay_min: float = par(
        15.0,
        unit="min",
        low=0,
        high=240,
        grade="assumed",
        source="late notices of payment and checks of the list",
        meaning="Time from the cut-off until the list is closed; what becomes known later is not sorted.",
    )
    paper: Paper = Paper()
    scan: Scan = Scan()
    put_to_light: PutToLight = PutToLight()
    crates_per_h: float = par(
        100.0,
        unit="crates/person-hour",
        low=1,
        high=2000,
        sweep=(60, 150),
        grade="assumed",
        source="36 s to fetch, fill, label and stack a crate of one SKU",
        meaning="Crates of one SKU for one point that one person fills in an hour (`by_community_sku`).",
    )
    allowance_share: float = par(
        0.13,
        unit="share",
        low=0,
        high=1,
        sweep=(0.08, 0.2),
        grade="assumed",
        source="rest and personal allowance customary in time studies, more in a hall of 2-6 degrees",
        meaning="Allowance on top of the standard time of every job.",
    )
    noise_sigma: float = par(
        0.3,
        unit="-",
        low=0,
        high=2,
        sweep=(0.1, 0.6),
        grade="assumed",
        source="no published figure; the mean does not move",
        meaning="Sigma of the log-normal factor (mean 1) on the time of a job.",
    )
    teams: list[Team] = Field(default_factory=default_teams, max_length=50)
    stations: int = par(
        30,
        unit="stations",
        low=1,
        high=100_000,
        grade="assumed",
        source="one for everyone the hall may hold",
        meaning="Workplaces; at most as many people work at one moment.",
    )
    hall_limit_people: int = par(
        30,
        unit="people",
        low=1,
        high=100_000,
        grade="assumed",
        source="size of the hall kept at 2-6 degrees",
        meaning="People the calendar may call into the hall at one moment; more is an error.",
    )
    power_loss_from_min: float = par(
        1320.0,
        unit="min since D0 00:00",
        low=0,
        high=4320,
        grade="rule",
        source=_DRILL,
        meaning="Power is lost in the centre: nothing is worked from here on.",
    )
    power_loss_to_min: float = par(
        1320.0,
        unit="min since D0 00:00",
        low=0,
        high=4320,
        grade="rule",
        source=_DRILL,
        meaning="Power is back in the centre.",
    )

    @model_validator(mode="after")
    def _possible(self) -> SortingParams:
        if self.policy == "by_community_sku" and self.release == "as_paid":
            raise ValueError(
                "`release: as_paid` needs `policy: by_order`: crates of a SKU are counted from a closed list"
            )
        if self.power_loss_to_min < self.power_loss_from_min:
            raise ValueError("`power_loss_to_min` must not be below `power_loss_from_min`")
        moment, people = most_people(self.teams)
        if people > self.hall_limit_people:
            clock = f"{int(moment) // 60:02d}:{int(moment) % 60:02d}"
            raise ValueError(
                f"`teams` call {people} people into the hall at {clock} (minute {moment:g}), "
                f"`hall_limit_people` is {self.hall_limit_people}"
            )
        return self


class SortingNumbers(NamedTuple):
    """Minutes and grams; `error_by_lines[k]` is the chance that an order of k lines is mis-sorted."""

    by_crate: bool
    release_rule: int
    by_sheet: bool
    cutoff_min: float
    close_min: float
    unit_min: float
    crate_grams: int
    stations: int
    power_from_min: float
    power_to_min: float
    error_by_lines: NDArray[np.float64]
    shifts: Shifts


class SortingDraws(NamedTuple):
    """A factor a job (n orders, or points × SKUs), an error draw an order, absence and pace a worker."""

    noise: NDArray[np.float64]
    error_u: NDArray[np.float64]
    absent: NDArray[np.bool_]
    pace: NDArray[np.float64]
    night_pace: float


class SortingInput(NamedTuple):
    """What sorting reads; row i is order id i.

    Attributes:
        known_min: (n,) when the seller knows of the payment, NaN for orders that are not to be sorted.
        cancelled_min: (n,) NaN where not cancelled.
        community, point: (n,) int32 home community (whose sheet) and pickup point.
        lines: (n,) int32; sku_lines: (n, K) int16; sku_grams: (K,) int64 grams of a line.
        sheet_min: (C,) when a community's sheet is merged, NaN without sheets.
        point_rank: (P,) int64 place of each point in the order of loading (by_community_sku).
    """

    known_min: NDArray[np.float64]
    cancelled_min: NDArray[np.float64]
    community: NDArray[np.int32]
    point: NDArray[np.int32]
    lines: NDArray[np.int32]
    sku_lines: NDArray[np.int16]
    sku_grams: NDArray[np.int64]
    sheet_min: NDArray[np.float64]
    point_rank: NDArray[np.int64]


class Sorted(NamedTuple):
    """What sorting did: columns of the orders (n,), and the tables `sorting` and `workers` (see COLUMNS)."""

    release_min: NDArray[np.float64]
    sorted_min: NDArray[np.float64]
    missorted: NDArray[np.bool_]
    sorting: Table
    workers: Table


def release_rule(params: SortingParams, by_sheet: bool) -> int:
    """The release rule in force: the arm's own unless the scenario names one."""
    named = {
        "as_paid": rules.AS_PAID,
        "at_cutoff": rules.AT_CUTOFF,
        "per_sheet": rules.PER_SHEET,
        "full_list": rules.FULL_LIST,
    }
    if params.release != "by_arm":
        return named[params.release]
    if params.policy == "by_community_sku":
        return rules.FULL_LIST if by_sheet else rules.AT_CUTOFF
    return rules.PER_SHEET if by_sheet else rules.AS_PAID


@remembered
def numbers(params: SortingParams, *, cutoff_min: float, by_sheet: bool, crate_grams: int) -> SortingNumbers:
    """Constants of a scenario; `by_sheet`: by leaders' sheets (manual arms), else as payments are known."""
    technology: Paper | Scan | PutToLight = getattr(params, params.technology)
    by_crate = params.policy == "by_community_sku"
    rate = params.crates_per_h if by_crate else technology.lines_per_h
    right = 1.0 - technology.error_share
    return SortingNumbers(
        by_crate=by_crate,
        release_rule=release_rule(params, by_sheet),
        by_sheet=by_sheet,
        cutoff_min=cutoff_min,
        close_min=cutoff_min + params.list_delay_min,
        unit_min=60.0 / rate * (1.0 + params.allowance_share),
        crate_grams=crate_grams,
        stations=params.stations,
        power_from_min=params.power_loss_from_min,
        power_to_min=params.power_loss_to_min,
        error_by_lines=np.array([1.0 - right**lines for lines in range(MOST_LINES + 1)]),
        shifts=shifts_of(params.teams),
    )


def draw(
    params: SortingParams,
    numbers: SortingNumbers,
    night_params: NightParams,
    night: Night,
    streams: Streams,
    keys: NDArray[np.int64],
    points: int,
    skus: int,
) -> SortingDraws:
    """All chance of a night: keyed by buyer (`keys`, one an order), (point, SKU), (team, place in it)."""
    law = lognormal_mean(1.0, params.noise_sigma)
    jobs = np.arange(points * skus, dtype=np.int64) if numbers.by_crate else keys
    purpose = "sorting.crate_noise" if numbers.by_crate else "sorting.noise"
    worker = numbers.shifts.key
    cv = night_params.own_pace_cv
    return SortingDraws(
        noise=streams.draw(purpose, jobs, law),
        error_u=streams.uniform("sorting.error", keys),
        absent=streams.uniform("sorting.absent", worker) < night_params.absence_share,
        pace=streams.draw("sorting.pace", worker, lognormal_mean(1.0, math.sqrt(math.log1p(cv * cv)))),
        night_pace=night.sort_pace,
    )
