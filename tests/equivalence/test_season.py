"""Whole seasons: both faces play the same one to the bit; without feedback its events are independent."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim import load_scenario, simulate
from sim.chain import event_of, play
from sim.engines import Engine
from sim.orderlog import OrderLog
from sim.scenario import Scenario
from sim.scenario_file.changing import changed
from sim.scenario_tree import leaves
from sim.season import Season, play_season
from sim.season.figures import Flow
from sim.season_spec import SeasonParams
from tests.equivalence.random_scenarios import on_the_grid_of, random_case

NIGHTLY = bool(os.environ.get("LIANLU_NIGHTLY"))
EXAMPLES = 1_000 if NIGHTLY else 30
SMALL = ["market.communities=12", "market.members_mean=60", "market.members_cap=120", "season.events=3"]
GAINS = [leaf.path for leaf in leaves(SeasonParams) if leaf.path.endswith(".gain")]


def lived(scenario: Scenario, seed: int, replication: int, engine: Engine) -> tuple[Season, list[OrderLog]]:
    """A season and the log of each of its events."""
    logs: list[OrderLog] = []
    season = play_season(scenario, seed, replication, engine, lambda _number, log: logs.append(log))
    return season, logs


def some_season(scenario: Scenario, number: int) -> Scenario:
    """Two to four events whose parameters are drawn, each within its bounds, strong effects included."""
    rng = np.random.default_rng(number)
    values: dict[str, Any] = {
        "season.events": int(rng.integers(2, 5)),
        "season.every_days": float(rng.integers(1, 60)),
    }
    for leaf in leaves(SeasonParams):
        if isinstance(leaf.default, float) and "." in leaf.path and rng.random() < 0.5:
            low, high = leaf.sweep or (0.0, 20.0)
            values[f"season.{leaf.path}"] = float(
                rng.uniform(low, 2.0 * high if leaf.unit != "share" else high)
            )
    values["season.leaders.quit_share_a_month"] = float(rng.choice([0.0, 0.5, 1.0]))
    return changed(scenario, {path: min(value, _most(path)) for path, value in values.items()})


def _most(path: str) -> Any:
    found = {leaf.path: leaf.high for leaf in leaves(SeasonParams)}[path.removeprefix("season.")]
    assert found is not None
    return int(found) if path == "season.events" else found


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(number=st.integers(0, 2**32 - 1))
def test_faces_agree_on_random_seasons(number: int) -> None:
    """Any event, any feedback: no bit of any event's log and no figure of the season differs."""
    case = random_case(number)
    scenario = some_season(case.scenario, number)
    with on_the_grid_of(case):
        told, stories = lived(scenario, case.seed, case.replication, "reference")
        ran, kernels = lived(scenario, case.seed, case.replication, "compiled")
    assert len(stories) == len(kernels) == scenario.season.events
    for story, kernel in zip(stories, kernels, strict=True):
        assert story.differences(kernel) == []
    assert repr(told) == repr(ran)  # NaN equals NaN


@pytest.mark.parametrize("name", ["chenxi_live", "chenxi_jielong"])
def test_one_event_is_a_run(name: str) -> None:
    """A season of one event is the replication that `run` has, to the bit."""
    scenario = load_scenario(name, [*SMALL, "season.events=1"])
    for replication in range(3):
        _, [log] = lived(scenario, 1, replication, "compiled")
        assert log.differences(simulate(scenario, 1, replication)) == []


@pytest.mark.parametrize("name", ["chenxi_live", "chenxi_jielong", "live_by_hand", "grid_depots"])
def test_without_feedback_events_are_independent(name: str) -> None:
    """With every gain at 0 each event is the one that has no past, to the bit."""
    scenario = load_scenario(name, [*SMALL, *(f"season.{gain}=0" for gain in GAINS)])
    for replication in range(2):
        season, logs = lived(scenario, 1, replication, "compiled")
        for number, log in enumerate(logs):
            alone = OrderLog(
                1, replication, play(event_of(scenario, 1, replication, "compiled", number=number))
            )
            assert log.differences(alone) == []
        assert logs[0].differences(logs[1])  # other luck, another evening
        assert season.flow.joined == season.flow.left == season.flow.leaders_quit == 0
        assert season.kpis["trust_end"] == 0.0


@pytest.mark.parametrize("gain", GAINS)
def test_each_part_alone_acts_on_later_events_only(gain: str) -> None:
    """One part of the story alone leaves the first event as it is and changes a later one."""
    off = [f"season.{other}=0" for other in GAINS]
    strong = ["season.leaders.quit_share_a_month=1", "season.membership.leave_share_a_month=0.5"]
    # what others tell is nothing where nobody's trust moves
    on = [f"season.{gain}=1", *(["season.trust.gain=1"] if gain == "talk.gain" else [])]
    base = ["season.trust.gain=1"] if gain == "talk.gain" else []
    arm = "chenxi_live"
    without = lived(load_scenario(arm, [*SMALL, *strong, *off, *base]), 1, 0, "compiled")
    given_it = lived(load_scenario(arm, [*SMALL, *strong, *off, *on]), 1, 0, "compiled")
    assert without[1][0].differences(given_it[1][0]) == []
    assert any(one.differences(other) for one, other in zip(without[1][1:], given_it[1][1:], strict=True))


def test_random_seasons_reach_every_corner() -> None:
    """Members join, leave, follow a leader; vouchers are paid; trust is won and lost, in some season."""
    reached: set[str] = set()
    for number in range(40):
        case = random_case(number)
        season = play_season(some_season(case.scenario, number), case.seed, case.replication)
        reached |= {name for name, count in season.flow._asdict().items() if count}
        reached |= {"vouchers"} if season.kpis["vouchers_cny"] else set()
        reached |= {
            "won" if event.trust_mean > 0.0 else "lost" for event in season.events[1:] if event.trust_mean
        }
    assert reached == {*Flow._fields, "vouchers", "won", "lost"}
