"""The verdict rule of the claims table on small worlds whose truth is known, and the table as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.claims import CLAIMS, Arm, Check, Claim, Driver, Relation, Term
from sim.claims.definition import gap, level, ratio, shown
from sim.experiments.claims import claims_table
from sim.experiments.intervals import fieller
from sim.experiments.measured import measure
from sim.experiments.replications import Replications
from sim.kpis.definitions import KPIS

OLD, NEW = Arm("old"), Arm("new")
CALIBRATED = ratio("gmv_cny", NEW, OLD, ">=", 3.0, basis="calibrated")
SWEEPS: dict[str, tuple[Any, Any]] = {"size": (0.5, 2.0), "inert": (0.0, 1.0), "kink": (0.0, 1.0)}


class World:
    """Two scenarios; `size` scales the new one's sales, `kink` at 0 ruins them, `inert` does nothing."""

    def __init__(self, noise: float = 0.05) -> None:
        self.noise = noise
        self.runs: list[tuple[str, str]] = []

    def __call__(self, scenario: str, changes: Mapping[str, Any], replications: int) -> Replications:
        """Sales of a scenario; the old one has no `size`, nobody has any other field."""
        if set(changes) - ({"size", "inert", "kink"} if scenario == "new" else {"inert"}):
            raise KeyError(scenario)
        self.runs.append((scenario, repr(sorted(changes.items()))))
        rng = np.random.default_rng(1)
        luck = 1.0 + self.noise * rng.normal(size=(10_000, 2))[:replications]
        mean = {"old": 10.0, "new": 40.0 * changes.get("size", 1.0) * changes.get("kink", 1.0)}[scenario]
        columns = {
            "gmv_cny": mean * luck[:, 0] * (1.0 + 0.01 * luck[:, 1] * (scenario == "new")),
            "all_sorted_by_midnight": np.ones(replications),
            "oversold": np.zeros(replications),
        }
        return Replications(
            scenario,
            SimpleNamespace(),
            1,
            "compiled",
            tuple(columns),
            np.column_stack(list(columns.values())),
            {},
            {},
            "0",
        )


def claim(check: Check, *paths: str, kind: str = "O") -> Claim:
    """A claim with one check."""
    return Claim(1, kind, "声明", "claim", "per night", tuple(Driver(path) for path in paths), (check,))  # type: ignore[arg-type]  # kinds are literals


def ruling(
    check: Check, *paths: str, kind: str = "O", world: World | None = None, **options: Any
) -> tuple[str, str]:
    """Verdict and driver of a single claim."""
    (row,) = claims_table(world or World(), SWEEPS.get, claims=[claim(check, *paths, kind=kind)], **options)
    return row["verdict"], row["driver"]


@pytest.mark.parametrize(
    ("check", "paths", "verdict", "driver"),
    [
        (ratio("gmv_cny", NEW, OLD, ">=", 3.0), ("inert",), "supported", "inert"),
        (ratio("gmv_cny", NEW, OLD, ">=", 3.0), ("inert", "size"), "by_assumption", "size"),
        (ratio("gmv_cny", NEW, OLD, ">=", 1.5), ("size",), "supported", "size"),
        (ratio("gmv_cny", NEW, OLD, ">=", 9.0), ("size",), "not_supported", "size"),
        (ratio("gmv_cny", NEW, OLD, ">=", 1.5), ("size", "kink"), "by_assumption", "kink"),
        (ratio("gmv_cny", NEW, OLD, ">=", 4.04), ("inert",), "cannot_tell", "inert"),
        (ratio("gmv_cny", NEW, OLD, ">=", 4.2, 0.10), ("inert",), "supported", "inert"),
        (gap("gmv_cny", NEW, OLD, ">=", 0.0), ("inert",), "supported", "inert"),
        (level("gmv_cny", OLD, "within", 10.0, 0.2), ("inert",), "supported", "inert"),
        (level("gmv_cny", OLD, "within", 20.0, 0.2), ("inert",), "not_supported", "inert"),
        (level("gmv_cny", OLD, "<=", 11.0), ("size",), "supported", "size"),
        (level("oversold", NEW, "==", 0.0), ("size",), "supported", "size"),
        (level("gmv_cny", NEW, "==", 40.0), ("inert",), "not_supported", "inert"),
        (level("oversold", NEW, "<=", 0.0), ("inert",), "supported", "inert"),
        (level("all_sorted_by_midnight", NEW, ">=", 1.0, 0.05), ("inert",), "cannot_tell", "inert"),
        (CALIBRATED, ("size",), "reproduced_by_calibration", "size"),
        (ratio("gmv_cny", NEW, OLD, ">=", 9.0, basis="calibrated"), ("size",), "not_supported", "size"),
        (ratio("gmv_cny", NEW, OLD, ">=", 3.0, basis="by_fiat"), ("size",), "by_assumption", "size"),
        (level("viewers", NEW, ">=", 1.0), ("size",), "cannot_tell", "size"),
        (level("gmv_cny", Arm("nowhere"), ">=", 1.0), ("size",), "cannot_tell", "size"),
        (ratio("gmv_cny", NEW, OLD, ">=", 3.0, per="oversold"), ("size",), "cannot_tell", "size"),
    ],
)  # fmt: skip
def test_verdicts(check: Check, paths: tuple[str, ...], verdict: str, driver: str) -> None:
    """The rule gives the verdict, and names the driver that turns it or comes nearest to turning it."""
    assert ruling(check, *paths) == (verdict, driver)


def test_promises_can_be_supported_with_enough_nights() -> None:
    """A promise kept on all of 200 nights is supported at 95 %; on 50 nights it cannot be told."""
    check = level("all_sorted_by_midnight", NEW, ">=", 1.0, 0.05)
    assert ruling(check, "inert", replications=200)[0] == "supported"


@pytest.mark.parametrize("noise", [0.05, 0.5])
def test_more_replications_never_support_an_assumption(noise: float) -> None:
    """A claim that a driver turns is never called supported, at 5 replications or at 5,000."""
    check = ratio("gmv_cny", NEW, OLD, ">=", 3.0)
    found = [
        ruling(check, "inert", "size", world=World(noise), replications=n)[0]
        for n in (5, 10, 20, 50, 100, 500, 5000)
    ]
    assert set(found) <= {"cannot_tell", "by_assumption"}
    assert found[-1] == "by_assumption"


def test_inputs_and_seasons_are_never_tested() -> None:
    """An input is by assumption, a season's claim waits for the season; neither runs a sweep."""
    world = World()
    assert ruling(shown("gmv_cny", NEW), "size", kind="I", world=world) == ("by_assumption", "size")
    assert ruling(shown("gmv_cny", NEW), "size", kind="C", world=world) == ("needs_season", "size")
    assert {changes for _, changes in world.runs} == {"[]"}


def test_claims_share_runs() -> None:
    """Each arm is run once for each set of changed fields; arms given are not run again."""
    world = World()
    known = [World()("old", {}, 50)]
    checks = [ratio("gmv_cny", NEW, OLD, ">=", bound) for bound in (1.0, 1.2, 1.5)]
    rows = claims_table(
        world, SWEEPS.get, claims=[claim(check, "size", "inert") for check in checks], known=known
    )
    assert len(rows) == 3
    assert len(world.runs) == len(set(world.runs))
    assert ("old", "[]") not in world.runs


def test_holm_runs_over_the_table() -> None:
    """A claim that would pass alone is open beside many others: the table's error, not the row's, is held."""
    world = World()
    contrast = world("new", {}, 50).column("gmv_cny") / world("old", {}, 50).column("gmv_cny")
    border, error = float(contrast.mean()), float(contrast.std(ddof=1)) / np.sqrt(50)
    check = ratio("gmv_cny", NEW, OLD, ">=", border - 2.5 * error)
    many = [claim(ratio("gmv_cny", NEW, OLD, ">=", border), "inert") for _ in range(60)]
    table = [claim(check, "inert"), *many]
    assert ruling(check, "inert")[0] == "supported"
    assert claims_table(world, SWEEPS.get, claims=table)[0]["verdict"] == "cannot_tell"


def test_ratios_are_tested_without_approximation() -> None:
    """Fieller's interval ends exactly where the t test of the contrast does, and may not exist."""
    rng = np.random.default_rng(3)
    above, below = rng.normal(40.0, 5.0, 30), rng.normal(10.0, 1.0, 30)
    interval = fieller(above, below)
    assert interval is not None
    for border in interval:
        contrast = above - border * below
        t = contrast.mean() / (contrast.std(ddof=1) / np.sqrt(30))
        assert abs(t) == pytest.approx(2.045, abs=0.001)
    assert fieller(above, rng.normal(0.0, 1.0, 30)) is None
    rows = World()("new", {}, 1)
    assert measure(Check(Term("gmv_cny", NEW), Relation(">=", 1.0)), lambda _: rows).interval is None  # type: ignore[union-attr]  # measured


def test_the_table_is_complete() -> None:
    """66 claims in order, each in both languages with denominator, driver, known KPIs and relation."""
    assert [one.id for one in CLAIMS] == list(range(1, 67))
    for one in CLAIMS:
        assert one.zh
        assert one.en
        assert one.denominator
        assert one.drivers
        assert {term.kpi for check in one.checks for term in check.terms} <= set(KPIS)
        assert all((check.relation is None) == (check.basis == "shown") for check in one.checks)
        if one.kind in "OX":
            assert one.checks[0].relation is not None
        else:
            assert one.claimed is not None
            assert all(check.basis == "shown" for check in one.checks)
    calibrated = {one.id for one in CLAIMS for check in one.checks if check.basis == "calibrated"}
    assert calibrated == {1, 2, 39}
    assert {one.id for one in CLAIMS if one.checks and one.checks[0].basis == "by_fiat"} == {4, 12, 40}


def test_the_whole_table_as_json() -> None:
    """All 66 rows are printed whatever can be run, with the contract's keys and no null or NaN."""
    rows = claims_table(World(), SWEEPS.get)
    json.dumps(rows, allow_nan=False)
    assert len(rows) == 66
    wanted = {"id", "claim_zh", "claim_en", "kpi", "claimed", "simulated", "verdict", "driver", "denominator"}
    assert all(wanted <= set(row) and None not in row.values() for row in rows)
