"""Trials: is a level held under a plan? Asked of as few nights as the answer needs.

Search and judgement use different nights: a plan that was chosen on some nights flatters itself on them.
All plans meet the same nights (common random numbers), so more of a resource rarely looks worse by chance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.experiments.intervals import share_interval, share_p_below
from sim.experiments.laboratory import Ask
from sim.experiments.promises import has_level, kept_nights
from sim.experiments.provision.plan import Plan, scenario_of
from sim.service_levels import DIRECTION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiments.laboratory import Laboratory
    from sim.experiments.replications import Replications
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]

LOOKS = (20, 40)
"""Nights after which a search looks: a level that is clearly broken is known after the first."""
ROUGH = (20,)
"""The same where alternatives are only compared."""
ALL_KEPT = 40
"""So many nights, all kept, settle a search that has more looks to come."""
HOPELESS = 0.02
"""One-sided p-value of "held as required" below which a search stops asking."""
FRESH = 1_000_000
"""First replication of the nights on which the answer is judged; no search has seen them."""


class Share(NamedTuple):
    """Nights kept of nights played."""

    kept: int
    nights: int

    @property
    def p(self) -> float:
        """Share of nights kept."""
        return self.kept / self.nights if self.nights else 1.0

    def document(self) -> dict[str, float]:
        """P with its Clopper–Pearson interval."""
        low, high = share_interval(self.kept, self.nights) if self.nights else (0.0, 1.0)
        return {"p": self.p, "ci_low": low, "ci_high": high}


def margin(required: float, nights: int) -> float:
    """One standard error of a share at the required probability: how far above it the judge asks for."""
    return math.sqrt(required * (1.0 - required) / nights)


class Trials:
    """Plays plans of one scenario, and counts."""

    def __init__(self, base: Scenario, laboratory: Laboratory) -> None:
        self.base, self.laboratory = base, laboratory
        self.required = base.service_levels.required_probability

    def rows(self, plan: Plan, nights: int, first: int = 0) -> Replications:
        """The plan's KPI rows."""
        return self.laboratory.replicate(scenario_of(self.base, plan), nights, first)

    def shares(self, plan: Plan, nights: int, first: int = 0) -> dict[str, Share]:
        """Every level the scenario has: nights kept."""
        return shares_of(self.rows(plan, nights, first))

    def mixed(self, plan: Plan, known: Replications, nights: Sequence[int], first: int) -> dict[str, Share]:
        """Nights kept of each level: played where `nights` says, as in the known rows elsewhere."""
        scenario = scenario_of(self.base, plan)
        played = self.laboratory.replicate_all([Ask(scenario, 1, first + night) for night in nights])
        out: dict[str, Share] = {}
        for name in DIRECTION:
            if has_level(known, name):
                kept = kept_nights(known, name).copy()
                for night, row in zip(nights, played, strict=True):
                    kept[night] = kept_nights(row, name)[0] if row.has(name) else np.nan
                kept = kept[np.isfinite(kept)]
                out[name] = Share(int(kept.sum()), int(kept.size))
        return out

    def mean(self, plan: Plan, kpi: str, nights: int) -> float:
        """Mean of a KPI over the first search nights."""
        return float(self.rows(plan, nights).values(kpi).mean())

    def holds(self, plan: Plan, levels: Iterable[str], looks: tuple[int, ...] = LOOKS) -> bool:
        """Whether all these levels are held on the search nights."""
        return self.verdicts(plan, {"": tuple(levels)}, looks)[""]

    def verdicts(
        self, plan: Plan, asked: Mapping[str, tuple[str, ...]], looks: tuple[int, ...] = LOOKS
    ) -> dict[str, bool]:
        """Of several sets of levels, which are held; stops at the first look after which all is clear."""
        said: dict[str, bool] = {}
        for nights in looks:
            shares = self.shares(plan, nights)
            for name in [name for name in asked if name not in said]:
                mine = [shares[level] for level in asked[name] if level in shares]
                if any(self.hopeless(one) for one in mine):
                    said[name] = False
                elif nights == looks[-1] or (nights >= ALL_KEPT and all(x.kept == x.nights for x in mine)):
                    said[name] = all(self.enough(one) for one in mine)
            if len(said) == len(asked):
                break
        return said

    def enough(self, share: Share) -> bool:
        """Whether a search calls it held: half a standard error above what is required."""
        return share.nights == 0 or share.p >= min(
            1.0, self.required + 0.5 * margin(self.required, share.nights)
        )

    def hopeless(self, share: Share) -> bool:
        """Whether a level held as required would show so few kept nights only by great ill luck."""
        return share.nights > 0 and share_p_below(share.kept, share.nights, self.required) < HOPELESS


def shares_of(rows: Replications) -> dict[str, Share]:
    """Nights kept of each level, over the nights on which the level has a meaning."""
    out: dict[str, Share] = {}
    for name in DIRECTION:
        if has_level(rows, name):
            nights = kept_nights(rows, name)
            nights = nights[np.isfinite(nights)]
            out[name] = Share(int(nights.sum()), int(nights.size))
    return out


DANGER = {
    "payment_success": ("payment_success", -1.0),
    "goodput_min_share": ("goodput_min_share", -1.0),
    "checkout_p95_s": ("checkout_p95_s", 1.0),
    "all_sorted_by_midnight": ("sort_finish_min", 1.0),
    "all_stops_on_time": ("last_stop_min", 1.0),
    "response_within_15min": ("response_within_15min", -1.0),
    "leader_hours_p95": ("leader_hours_p95", 1.0),
}
"""Which figure says how near a level is to being broken, and in which direction."""
ENDANGERED = 60
"""Nights looked at for each level: five times as many as may be broken."""


def in_danger(rows: Replications, levels: Iterable[str]) -> list[int]:
    """Nights on which one of the levels is broken or nearest to it, the most endangered first."""
    first: dict[int, int] = {}
    for level in levels:
        figure, sign = DANGER[level]
        if figure not in rows.kpis:
            continue
        danger = np.nan_to_num(sign * rows.column(figure), nan=np.inf)  # nothing to measure: look
        for place, night in enumerate(np.argsort(-danger, kind="stable")[:ENDANGERED].tolist()):
            first[night] = min(place, first.get(night, place))
    return sorted(first, key=lambda night: (first[night], night))


def all_kept(rows: Replications) -> Share:
    """Nights on which every level was kept."""
    columns = [kept_nights(rows, name) for name in DIRECTION if has_level(rows, name)]
    together: NDArray[np.bool_] = np.all([np.nan_to_num(one, nan=1.0) == 1.0 for one in columns], axis=0)
    return Share(int(together.sum()), len(rows))
