"""The whole chain: story and kernels give the same log to the bit, on every shipped and on random events."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim import load_scenario, simulate
from sim.engines import compiled, reference
from sim.kpis import kpis_of
from sim.scenario_file import shipped
from sim.stages.aftersales.spec import Cause
from sim.stages.leader_desk.codes import Task
from sim.states import End
from tests.equivalence.random_ranges import MOST_PEOPLE, MOST_POINTS
from tests.equivalence.random_scenarios import TEXTURES, Texture, play, random_case
from tests.properties.balances import broken

NIGHTLY = bool(os.environ.get("LIANLU_NIGHTLY"))
EXAMPLES = (20_000 if NIGHTLY else 1_002) // len(TEXTURES)
SHIPPED = [name for name in shipped() if name != "base"]


@pytest.fixture(scope="module")
def plans_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the routes of random events out of the user's folder."""
    assert compiled.NAME != reference.NAME  # machine code is loaded: only what is stored from here on moves
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIANLU_CACHE", str(tmp_path_factory.mktemp("plans")))
        yield


@pytest.mark.parametrize("name", SHIPPED)
def test_faces_agree_on_shipped_scenarios(name: str) -> None:
    """A shipped scenario: no bit of the log and no digit of a KPI differs, and all balances hold."""
    scenario = load_scenario(name)
    told = simulate(scenario, seed=1, replication=0, engine="reference")
    ran = simulate(scenario, seed=1, replication=0, engine="compiled")
    assert told.differences(ran) == []
    assert kpis_of(scenario, told) == kpis_of(scenario, ran)
    assert broken(scenario, ran) == []


@pytest.mark.usefixtures("plans_elsewhere")
@pytest.mark.parametrize("texture", TEXTURES)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(number=st.integers(0, 2**32 - 1))
def test_faces_agree_on_random_events(texture: Texture, number: int) -> None:
    """Any switches, ties or none: no bit of the log, no digit of a KPI differs, and all balances hold."""
    case = random_case(number, texture)
    told, ran = play(case, "reference"), play(case, "compiled")
    assert told.differences(ran) == []
    assert kpis_of(case.scenario, told) == kpis_of(case.scenario, ran)
    assert broken(case.scenario, ran) == []
    assert ran["people"]["key"].size <= MOST_PEOPLE
    assert ran["communities"]["community"].size <= MOST_POINTS


@pytest.mark.usefixtures("plans_elsewhere")
def test_random_events_reach_every_corner() -> None:
    """The random events reach every end, outcome of a click, cause of a ticket, task and limit."""
    seen: dict[str, set[int]] = {}
    happened: set[str] = set()
    for number in range(400):
        log = play(random_case(number), "compiled")
        for table, column in REACHED:
            seen.setdefault(f"{table}.{column}", set()).update(log[table][column].tolist())
        happened |= {name for name in HAPPENS if log["orders"][name].any()}
        happened |= {"oversold"} if log["stock"] and log["stock"]["oversold"].any() else set()
        happened |= {"a second trip"} if (log["trips"]["trip"] > 0).any() else set()
        happened |= {"an absent sorter"} if log["workers"]["absent"].any() else set()
        happened |= {"a sheet"} if log["sheets"]["community"].size else set()
        happened |= {"an answer"} if not np.isnan(log["people"]["answered_min"]).all() else set()
    for (table, column), values in REACHED.items():
        assert values <= seen[f"{table}.{column}"], (table, column)
    assert happened == {*HAPPENS, "oversold", "a second trip", "an absent sorter", "a sheet", "an answer"}


REACHED: dict[tuple[str, str], set[int]] = {
    ("orders", "end"): {int(end) for end in End},
    ("orders", "method"): {0, 1, 2},
    ("orders", "cold"): {-1, 0, 1, 2},
    ("attempts", "outcome"): set(range(11)),
    ("people", "origin"): {0, 1, 2},
    ("tickets", "cause"): {int(cause) for cause in Cause},
    ("tickets", "channel"): {0, 1, 2},
    ("desk", "task"): {int(task) for task in Task},
    ("trips", "binds"): {0, 1, 2},
}
"""Codes that some random event must show."""
HAPPENS = (
    "spoiled",
    "noticed",
    "never",
    "wasted",
    "missorted",
    "gift",
    "moved",
    "wrong",
    "declined",
    "mistaken",
    "forgotten",
    "offer",
)
"""What must happen to some order in some random event."""
