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
from sim.experiments.dispersion import dispersion_document
from sim.experiments.figures import figure_interval, kpi_document, zero_one
from sim.experiments.paired import DIFFERENCE, Difference, paired
from sim.experiments.promises import (
    difference_document,
    promise_differences,
    promises_document,
    service_levels_document,
    without_data,
)
from sim.experiments.quantiles import USUAL
from sim.experiments.replications import Replications
from sim.experiments.verdicts import Judged, Row, judge
from sim.kpis.definitions import KPIS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Experiment", "figure_interval", "kpi_document", "service_levels_document"]

_Rows = dict[tuple[str, str], tuple[Difference, Judged]]
"""(KPI or service level, other arm) → the paired difference and what may be said of it."""


@dataclass(frozen=True)
class Experiment:
    """Scenarios (the first is the base of comparisons) with their KPI rows."""

    arms: tuple[Replications, ...]

    def __post_init__(self) -> None:
        names = [arm.name for arm in self.arms]
        if not names:
            raise ValueError("an experiment has at least one scenario")
        if len(set(names)) < len(names) or DIFFERENCE in names:
            raise ValueError(
                f"scenario names must differ, and none may be `{DIFFERENCE}`: {', '.join(names)}"
            )

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
            **titles_of(arm.scenario),
            "seed": arm.seed,
            "engine": arm.engine,
            "replications": len(arm),
            "kpis": {kpi: kpi_document(arm, kpi) for kpi in KPIS if arm.has(kpi)},
            "service_levels": service_levels_document(arm),
            "service_levels_without_data": without_data(arm),
            "balance": dict(arm.balance),
            "stations": {station: dict(figures) for station, figures in arm.stations.items()},
            "config_hash": arm.config_hash,
        }

    def dispersion_document(self, quantiles: Sequence[float] = USUAL) -> dict[str, Any]:
        """The `dispersion` entry of `--json`: mean and percentiles of every KPI, each with its interval."""
        return dispersion_document(self.arms, quantiles)

    def compare_document(
        self, *, claims: Sequence[Mapping[str, Any]] = (), text_conversions: Sequence[float] = ()
    ) -> dict[str, Any]:
        """`compare --json`: paired differences against the base, verdicts held over the whole table by Holm.

        The table is all KPIs and all service levels of all other arms together.

        Args:
            claims: rows of the claims table (`sim.experiments.claims`).
            text_conversions: base conversions at which the GMV ratio is re-read, if the base is a text arm.
        """
        kpi_rows, promise_rows = self._table()
        document: dict[str, Any] = {
            "base": self.base.name,
            "others": [arm.name for arm in self.others],
            "seed": self.base.seed,
            "engine": self.base.engine,
            "replications": len(self.base),
            "config_hash": self.hash,
            "arms": {arm.name: said_of(arm.scenario) | {"config_hash": arm.config_hash} for arm in self.arms},
            "kpis": {kpi: self._kpi(kpi, kpi_rows) for kpi in KPIS if any(arm.has(kpi) for arm in self.arms)},
            "service_levels": promises_document(self.arms, promise_rows),
            "gmv_ratio": self._gmv_ratio(text_conversions),
        }
        cells = four_arms(self.arms)
        if cells is not None:
            document["attribution"] = {one.kpi: one.document() for one in attribute(cells)}
        return document | {"claims": [dict(row) for row in claims]}

    def _kpi(self, kpi: str, rows: Mapping[tuple[str, str], tuple[Difference, Judged]]) -> dict[str, Any]:
        entry: dict[str, Any] = {arm.name: kpi_document(arm, kpi) for arm in self.arms if arm.has(kpi)}
        entry[DIFFERENCE] = {
            arm.name: difference_document(*rows[kpi, arm.name], KPIS[kpi].better)
            for arm in self.others
            if (kpi, arm.name) in rows
        }
        return entry

    def _table(self) -> tuple[_Rows, _Rows]:
        """Differences with verdicts of KPIs and of promises, one family for Holm."""
        keys: list[tuple[str, str]] = []
        rows: list[Row] = []
        for kpi, definition in KPIS.items():
            for other in self.others:
                columns = columns_of(self.base, other, kpi)
                if columns is not None:
                    keys.append((kpi, other.name))
                    rows.append(Row(paired(*columns, zero_one=zero_one(definition)), definition.better))
        figures = len(rows)
        for level, name, difference in promise_differences(self.base, self.others):
            keys.append((level, name))
            rows.append(Row(difference, "higher"))
        found = [(row.difference, judged) for row, judged in zip(rows, judge(rows), strict=True)]
        return (
            dict(zip(keys[:figures], found[:figures], strict=True)),
            dict(zip(keys[figures:], found[figures:], strict=True)),
        )

    def _gmv_ratio(self, text_conversions: Sequence[float]) -> dict[str, Any]:
        text = getattr(self.base.scenario, "show", None) == "text"
        found = {other.name: decompose(self.base, other) for other in self.others}
        return {
            name: one.document(text_conversions if text else ())
            for name, one in found.items()
            if one is not None
        }


def titles_of(scenario: Any) -> dict[str, str]:
    """What the scenario calls itself in both languages, where it does."""
    said = {name: getattr(scenario, name, "") for name in ("title_zh", "title_en")}
    return {name: title for name, title in said.items() if title}


def said_of(scenario: Any) -> dict[str, str]:
    """What a reader of a comparison needs to know of an arm: titles, and which of the four arms it is."""
    factors = {name: getattr(scenario, name) for name in ("show", "system") if hasattr(scenario, name)}
    return titles_of(scenario) | factors


def columns_of(base: Replications, other: Replications, kpi: str) -> tuple[Floats, Floats] | None:
    """Both columns over the replications both arms ran; None where fewer than two have the figure in both."""
    if kpi not in base.kpis or kpi not in other.kpis:
        return None
    n = min(len(base), len(other))
    one, two = base.column(kpi)[:n], other.column(kpi)[:n]
    return (one, two) if np.sum(np.isfinite(one) & np.isfinite(two)) >= 2 else None
