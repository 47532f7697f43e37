"""Experiment: the replications of one or several scenarios, and everything that is asked of them.

Frozen; its methods only summarise. Every front door (terminal, browser, report) asks the same methods, so
they can never disagree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.attribution import attribute, four_arms
from sim.experiments.decomposition import decompose
from sim.experiments.intervals import LEAST_REPLICATIONS, Interval, share_interval, skew_t
from sim.experiments.paired import Difference, paired
from sim.experiments.replicate import Replications
from sim.experiments.verdicts import Judged, Row, judge, kept
from sim.kpis.definitions import KPIS, Kpi
from sim.service_levels import AT_LEAST, DIRECTION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RESERVED = "difference"
"""Stands beside the scenarios' names in `compare --json`, so no scenario may be called so."""


@dataclass(frozen=True)
class Experiment:
    """Scenarios (the first is the base of comparisons) with their KPI rows."""

    arms: tuple[Replications, ...]

    def __post_init__(self) -> None:
        names = [arm.name for arm in self.arms]
        if not names:
            raise ValueError("an experiment has at least one scenario")
        if len(set(names)) < len(names) or RESERVED in names:
            raise ValueError(f"scenario names must differ, and none may be `{RESERVED}`: {', '.join(names)}")

    @property
    def base(self) -> Replications:
        """The arm the others are compared with."""
        return self.arms[0]

    @property
    def others(self) -> tuple[Replications, ...]:
        """Every arm but the base."""
        return self.arms[1:]

    @property
    def hash(self) -> str:
        """Hex digest of all scenarios, the seed and the engine: what the foot of every artefact shows."""
        said = "\n".join(
            f"{arm.name} {arm.config_hash} {arm.seed} {arm.engine} {len(arm)}" for arm in self.arms
        )
        return hashlib.sha256(said.encode()).hexdigest()

    def arm(self, name: str) -> Replications:
        """The arm of that name; KeyError otherwise."""
        for arm in self.arms:
            if arm.name == name:
                return arm
        raise KeyError(name)

    def run_document(self, name: str | None = None) -> dict[str, Any]:
        """`run --json` of one arm (the base by default)."""
        arm = self.base if name is None else self.arm(name)
        return {
            "scenario": arm.name,
            "seed": arm.seed,
            "engine": arm.engine,
            "replications": len(arm),
            "kpis": {kpi: kpi_document(arm, kpi) for kpi in KPIS if arm.has(kpi)},
            "service_levels": service_levels_document(arm),
            "balance": dict(arm.balance),
            "stations": {station: dict(figures) for station, figures in arm.stations.items()},
            "config_hash": arm.config_hash,
        }

    def compare_document(
        self, *, claims: Sequence[Mapping[str, Any]] = (), text_conversions: Sequence[float] = ()
    ) -> dict[str, Any]:
        """`compare --json`: paired differences against the base, verdicts held over the whole table by Holm.

        Args:
            claims: rows of the claims table (`sim.experiments.claims`).
            text_conversions: base conversions at which the GMV ratio is re-read, if the base is a text arm.
        """
        differences, judged = self._table()
        kpis: dict[str, dict[str, Any]] = {}
        for kpi in KPIS:
            holders = [arm for arm in self.arms if arm.has(kpi)]
            if not holders:
                continue
            entry: dict[str, Any] = {arm.name: kpi_document(arm, kpi) for arm in holders}
            entry[RESERVED] = {
                arm.name: _difference_document(differences[key], judged[key], KPIS[kpi])
                for arm in self.others
                if (key := (kpi, arm.name)) in differences
            }
            kpis[kpi] = entry
        document = {
            "base": self.base.name,
            "others": [arm.name for arm in self.others],
            "kpis": kpis,
            "gmv_ratio": self._gmv_ratio(text_conversions),
        }
        cells = four_arms(self.arms)
        if cells is not None:
            document["attribution"] = {one.kpi: one.document() for one in attribute(cells)}
        return document | {"claims": [dict(row) for row in claims]}

    def _table(self) -> tuple[dict[tuple[str, str], Difference], dict[tuple[str, str], Judged]]:
        differences: dict[tuple[str, str], Difference] = {}
        for kpi, definition in KPIS.items():
            for other in self.others:
                columns = _columns(self.base, other, kpi)
                if columns is not None:
                    differences[kpi, other.name] = paired(*columns, zero_one=_zero_one(definition))
        verdicts = judge([Row(one, KPIS[kpi].better) for (kpi, _), one in differences.items()])
        return differences, dict(zip(differences, verdicts, strict=True))

    def _gmv_ratio(self, text_conversions: Sequence[float]) -> dict[str, Any]:
        text = getattr(self.base.scenario, "show", None) == "text"
        found = {other.name: decompose(self.base, other) for other in self.others}
        return {
            name: one.document(text_conversions if text else ())
            for name, one in found.items()
            if one is not None
        }


def kpi_document(arm: Replications, kpi: str) -> dict[str, Any]:
    """One KPI of one arm; interval and `std` are absent with a single replication, `target` without one."""
    definition, values = KPIS[kpi], arm.values(kpi)
    summary = skew_t(values)
    document: dict[str, Any] = {"mean": summary.mean}
    if summary.n > 1:
        low, high = figure_interval(values, definition)
        document |= {"ci_low": low, "ci_high": high, "std": summary.std}
    document |= {"unit": definition.unit, "better": definition.better}
    target = _target(arm, kpi)
    if target is not None:
        document |= {"target": target, "target_met_share": float(_met(values, kpi, target).mean())}
    if summary.n < len(arm):
        document["replications"] = summary.n
    return document


def figure_interval(values: Floats, definition: Kpi) -> Interval:
    """95 % interval of a KPI's true mean, exact for 0/1 outcomes and never outside what the KPI can be.

    The correction for skew needs a third moment, which fewer than 20 values do not tell.
    """
    if _zero_one(definition):
        return share_interval(int(values.sum()), int(values.size))
    summary = skew_t(values)
    low, high = summary.interval() if summary.n >= LEAST_REPLICATIONS else summary.plain_interval()
    if values.min() >= 0.0:
        low = max(0.0, low)
    if definition.unit == "share" and values.max() <= 1.0:
        high = min(1.0, high)
    return Interval(low, high)


def service_levels_document(arm: Replications) -> dict[str, Any]:
    """Each service level the arm has: P(kept), its Clopper–Pearson interval, and whether that is enough."""
    levels = getattr(arm.scenario, "service_levels", None)
    if levels is None:
        return {}
    out: dict[str, Any] = {}
    for name in DIRECTION:
        if not arm.has(name):
            continue
        met = _met(arm.values(name), name, getattr(levels, name))
        interval = share_interval(int(met.sum()), int(met.size))
        out[name] = {
            "p": float(met.mean()),
            "ci_low": interval.low,
            "ci_high": interval.high,
            "target": levels.required_probability,
            "kept": kept(interval, levels.required_probability),
        }
    return out


def _difference_document(one: Difference, judged: Judged, definition: Kpi) -> dict[str, Any]:
    return {
        "mean": one.mean,
        "ci_low": one.interval.low,
        "ci_high": one.interval.high,
        "p_better": one.p_better(definition.better),
        "p_holm": judged.p_holm,
        "verdict": judged.verdict,
    }


def _columns(base: Replications, other: Replications, kpi: str) -> tuple[Floats, Floats] | None:
    """Both columns over the replications both arms ran; None where fewer than two have the figure in both."""
    if kpi not in base.kpis or kpi not in other.kpis:
        return None
    n = min(len(base), len(other))
    one, two = base.column(kpi)[:n], other.column(kpi)[:n]
    return (one, two) if np.sum(np.isfinite(one) & np.isfinite(two)) >= 2 else None


def _zero_one(definition: Kpi) -> bool:
    return definition.unit == "0/1"


def _target(arm: Replications, kpi: str) -> float | None:
    levels = getattr(arm.scenario, "service_levels", None)
    return None if levels is None or kpi not in DIRECTION else float(getattr(levels, kpi))


def _met(values: Floats, kpi: str, target: float) -> NDArray[np.bool_]:
    return values >= target if DIRECTION[kpi] == AT_LEAST else values <= target
