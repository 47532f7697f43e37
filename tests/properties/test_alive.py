"""No dead parameter: each leaf of the tree changes the log, a figure, or the answer of a command."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import networkx as nx
import pytest
from pydantic import ValidationError

from app.cli.explanation import explanation
from sim import run, simulate
from sim.claims import CLAIMS
from sim.kpis import KPIS, kpis_of
from sim.kpis.stations import stations_of
from sim.orderlog import OrderLog
from sim.problems import InputError
from sim.scenario import Scenario
from sim.scenario_file import read
from sim.scenario_file.listing import listed
from sim.scenario_tree import Leaf, choices, field_at, leaves, steps
from sim.service_levels import AT_LEAST, DIRECTION
from sim.units import Grade
from tests.properties.contexts import CONTEXTS, Context, changed, put, tree_of

SEED, REPLICATION = 1, 0
LEAVES = tuple(leaves())
SECTIONS = tuple(dict.fromkeys((steps(leaf.path) or ("",))[0] for leaf in LEAVES))
Figures = tuple[dict[str, float], dict[str, bool], dict[str, dict[str, float]]]


@functools.cache
def baseline(context: Context) -> tuple[Scenario, OrderLog, Figures]:
    """A context's scenario, its log and its figures."""
    scenario = Scenario.model_validate_json(tree_of(context))
    log = simulate(scenario, SEED, REPLICATION)
    return scenario, log, figures(scenario, log)


def figures(scenario: Scenario, log: OrderLog) -> Figures:
    """Everything `run` prints of one replication."""
    kpis = kpis_of(scenario, log)
    levels = {name: getattr(scenario.service_levels, name) for name in DIRECTION if name in kpis}
    kept = {
        name: kpis[name] >= level if DIRECTION[name] == AT_LEAST else kpis[name] <= level
        for name, level in levels.items()
    }
    return kpis, kept, stations_of(scenario, log)


def candidates(leaf: Leaf) -> Iterator[Any]:
    """Other values that may stand at a leaf: near ones first, then the ends of sweep and bounds."""
    value = leaf.default
    if isinstance(value, bool):
        yield not value
    elif choices(leaf.annotation):
        yield from (other for other in choices(leaf.annotation) if other != value)
    elif isinstance(value, (int, float)):
        whole = isinstance(value, int)
        wanted = [value * 2, value / 2, value + 1, value - 1, *(leaf.sweep or ())]
        far = 50 * abs(value) + 50 if leaf.owner != "ServiceLevels" else math.inf
        wanted += [end for end in (leaf.low, leaf.high) if end is not None and abs(end) <= far]
        for other in dict.fromkeys(int(other) if whole else float(other) for other in wanted):
            if other != value and _inside(leaf, other):
                yield other
    elif isinstance(value, (list, tuple)):
        yield from _lists(list(value))


def _inside(leaf: Leaf, value: float) -> bool:
    low = -math.inf if leaf.low is None else leaf.low
    high = math.inf if leaf.high is None else leaf.high
    return (
        low <= value <= high
        and not (leaf.low_open and value == low)
        and not (leaf.high_open and value == high)
    )


def _lists(value: list[Any]) -> Iterator[list[Any]]:
    yield value[::-1]
    yield value[:-1]
    yield value[1:]
    yield []
    if all(isinstance(item, float) for item in value):
        yield [item * 0.7 for item in value]
    if all(isinstance(item, str) and ":" in item for item in value):
        yield ["15:30-22:30"]
        yield ["08:00-12:00", "14:00-21:45"]


def moved(leaf: Leaf, context: Context) -> bool:
    """Whether some other value of a leaf changes a column or a figure in a context."""
    scenario, log, before = baseline(context)
    now = field_at(leaf.path, scenario)
    if now is None or now.default is None:
        return False
    for value in candidates(now):
        try:
            other = changed(context, leaf.path, value)
        except (ValidationError, KeyError, IndexError, TypeError):
            continue
        after = simulate(other, SEED, REPLICATION)
        if log.differences(after) or figures(other, after) != before:
            return True
    return False


def tried(leaf: Leaf) -> Iterator[Context]:
    """The contexts a leaf may show in: those about it first, then those about everything."""
    yield from (context for context in CONTEXTS if context.about == ("",))
    yield from (
        context for context in CONTEXTS if context.about != ("",) and leaf.path.startswith(context.about)
    )


ELSEWHERE = (
    "roads.file",
    "roads.posted_share",
    "market.points_file",
    "market.points_crs",
    "market.snap_limit_m",
    "delivery.routes_file",
    "sorting.hall_limit_people",
    "roads.speed_bands[0].start_min",
)
"""Leaves with a test of their own below."""


@pytest.mark.parametrize("section", SECTIONS)
def test_every_leaf_is_alive(section: str) -> None:
    """Each leaf of a section, changed within its bounds, changes the log or a figure in some context."""
    mine = [leaf for leaf in LEAVES if (steps(leaf.path) or ("",))[0] == section]
    mine = [leaf for leaf in mine if leaf.role == "model" and leaf.path not in ELSEWHERE]
    dead = [leaf.path for leaf in mine if not any(moved(leaf, context) for context in tried(leaf))]
    assert dead == []


def test_road_file_is_alive(tmp_path: Path) -> None:
    """A road file replaces the synthetic city."""
    streets = nx.MultiDiGraph()
    for node in range(60):
        streets.add_node(node, x=118.70 + 0.004 * (node % 10), y=32.00 + 0.004 * (node // 10))
    for node in range(60):
        for other in (node + 1 if node % 10 < 9 else -1, node + 10):
            if 0 <= other < 60:
                for one, two in ((node, other), (other, node)):
                    streets.add_edge(one, two, length=400.0, highway="residential")
    nx.write_graphml(streets, tmp_path / "town.graphml")
    _, log, _ = baseline(CONTEXTS[0])
    after = simulate(changed(CONTEXTS[0], "roads.file", str(tmp_path / "town.graphml")), SEED, REPLICATION)
    assert log.differences(after)


def town(folder: Path) -> dict[str, Any]:
    """A town of OpenStreetMap in Beijing with posted limits, and 24 pickup points at its corners."""
    places = {i: (116.30 + 0.004 * (i % 10), 39.90 + 0.004 * (i // 10)) for i in range(60)}
    nodes = "".join(f'<node id="{i + 1}" lon="{x:.6f}" lat="{y:.6f}"/>' for i, (x, y) in places.items())
    ways = "".join(
        f'<way id="{100 * i + j + 1}"><nd ref="{i + 1}"/><nd ref="{j + 1}"/>'
        '<tag k="highway" v="tertiary"/><tag k="maxspeed" v="40"/></way>'
        for i in range(60)
        for j in (i + 1 if i % 10 < 9 else -1, i + 10)
        if 0 <= j < 60
    )
    (folder / "town.osm").write_text(f'<osm version="0.6">{nodes}{ways}</osm>', encoding="utf-8")
    rows = [f"P{i},{places[2 * i][0] + 0.0007:.6f},{places[2 * i][1]:.6f}" for i in range(24)]
    (folder / "points.csv").write_text("\n".join(["id,lng,lat", *rows]), encoding="utf-8")
    return {"roads.file": str(folder / "town.osm"), "market.points_file": str(folder / "points.csv")}


def in_town(folder: Path, **changes: Any) -> Scenario:
    """The first context in the town, with more fields changed (`__` for a dot)."""
    tree = json.loads(tree_of(CONTEXTS[0]))
    for path, value in (town(folder) | {key.replace("__", "."): v for key, v in changes.items()}).items():
        put(tree, path, value)
    return Scenario.model_validate_json(json.dumps(tree))


def test_points_and_posted_limits_are_alive(tmp_path: Path) -> None:
    """The user's points make another market, their system moves them, and posted limits set the speed."""
    log = simulate(in_town(tmp_path), SEED, REPLICATION)
    without = simulate(in_town(tmp_path, market__points_file=None), SEED, REPLICATION)
    far = {"market__points_crs": "GCJ-02", "market__snap_limit_m": 900.0}
    shifted = simulate(in_town(tmp_path, **far), SEED, REPLICATION)
    slower = simulate(in_town(tmp_path, roads__posted_share=0.5), SEED, REPLICATION)
    for other in (without, shifted, slower):
        assert log.differences(other)


def test_the_snap_limit_is_alive(tmp_path: Path) -> None:
    """Points 60 m from a road are refused by a limit of 50 m."""
    simulate(in_town(tmp_path, market__snap_limit_m=70.0), SEED, REPLICATION)
    with pytest.raises(InputError, match="60 m from the nearest road"):
        simulate(in_town(tmp_path, market__snap_limit_m=50.0), SEED, REPLICATION)


def test_a_routes_file_is_alive(tmp_path: Path) -> None:
    """Other routes are another morning."""
    _, log, _ = baseline(CONTEXTS[0])
    rows = [f"{1 + i % 3},{1 + i // 3},{i + 1:03d},05:30" for i in range(24)]
    (tmp_path / "plan.csv").write_text("\n".join(["van,stop,pickup,depart", *rows]), encoding="utf-8")
    after = simulate(
        changed(CONTEXTS[0], "delivery.routes_file", str(tmp_path / "plan.csv")), SEED, REPLICATION
    )
    assert log.differences(after)


@pytest.mark.parametrize(
    ("path", "value"), [("sorting.hall_limit_people", 29), ("roads.speed_bands[0].start_min", 1)]
)
def test_limits_on_other_fields_are_alive(path: str, value: int) -> None:
    """A limit that only checks other fields refuses what breaks it, and says so."""
    with pytest.raises(ValidationError, match=path.rpartition(".")[2]):
        changed(CONTEXTS[0], path, value)


def answers(path: str, value: Any, folder: Path) -> tuple[Any, Any, Any]:
    """What `scenarios`, `run` and `explain` say when a field has a value."""
    text = json.dumps(value, ensure_ascii=False)
    if "." not in path:
        (folder / "mine.yaml").write_text(f"extends: chenxi_live\n{path}: {text}\n", encoding="utf-8")
    row = [row for row in listed(folder) if not row["shipped"]]
    document = run(changed(CONTEXTS[0], path, value), replications=2, jobs=1)
    told = explanation(read("chenxi_live", [("--set", f"{path}={text}")]), path)
    return row, document, told["value"]


TESTED_APART = ("prices.", "rosters.", "season.")
"""Read by one command alone: `test_provision`, `test_shifts`, `test_season` ask each for another answer."""
SHOWN = tuple(leaf for leaf in LEAVES if leaf.role != "model" and not leaf.path.startswith(TESTED_APART))


@pytest.mark.parametrize("leaf", SHOWN, ids=[leaf.path for leaf in SHOWN])
def test_every_leaf_for_search_or_display_is_read(leaf: Leaf, tmp_path: Path) -> None:
    """A field marked search or display changes the answer of a command, and no column of the log."""
    one, two = (0.9, 0.99) if isinstance(leaf.default, float) else ("first", "second")
    assert answers(leaf.path, one, tmp_path) != answers(leaf.path, two, tmp_path)
    logs = [simulate(changed(CONTEXTS[0], leaf.path, value), SEED, REPLICATION) for value in (one, two)]
    assert logs[0].differences(logs[1]) == []


def test_no_kpi_without_a_parameter_that_moves_it() -> None:
    """Every KPI takes at least two values over the contexts, and each of them has a meaning somewhere."""
    seen: dict[str, set[float]] = {name: set() for name in KPIS}
    for context in CONTEXTS:
        for name, value in baseline(context)[2][0].items():
            seen[name].add(value)
    assert [name for name, values in seen.items() if len(values) < 2] == []


@pytest.mark.parametrize("leaf", LEAVES, ids=[leaf.path for leaf in LEAVES])
def test_every_default_has_its_papers(leaf: Leaf) -> None:
    """A default has unit, meaning, grade and source; a number lies, with its sweep, inside two bounds."""
    assert leaf.unit
    assert leaf.meaning
    assert leaf.source
    assert leaf.grade in get_args(Grade)
    if isinstance(leaf.default, (int, float)) and not isinstance(leaf.default, bool):
        assert leaf.low is not None
        assert leaf.high is not None
        assert _inside(leaf, leaf.default)
        assert all(_inside(leaf, end) for end in leaf.sweep or ())


def test_every_claim_has_a_path_to_its_driver() -> None:
    """66 claims, each with drivers, figures and arms that all exist."""
    assert [claim.id for claim in CLAIMS] == list(range(1, 67))
    for claim in CLAIMS:
        assert claim.drivers, claim.id
        for driver in claim.drivers:
            assert field_at(driver.path) is not None, (claim.id, driver.path)
        for check in claim.checks:
            for term in check.terms:
                assert term.kpi in KPIS, (claim.id, term.kpi)
                changes = [f"{path}={json.dumps(value)}" for path, value in term.arm.changes]
                read(term.arm.scenario, [("claim", change) for change in changes])
