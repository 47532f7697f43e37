"""Remedies: what stands there is shown as what it most likely means, in the field's own unit."""

from __future__ import annotations

import pytest

from sim.problems import ScenarioError
from sim.scenario_file import load_scenario


@pytest.mark.parametrize(
    ("path", "wrong", "right"),
    [
        ("audience.show.starts_at_min", "20:15", "1215"),
        ("audience.show.starts_at_min", "20.25 h", "1215"),
        ("service_levels.required_probability", "95", "0.95"),
        ("aftersales.leader_share", "15 %", "0.15"),
        ("prices.host_person_cny", "¥1.5万", "15000"),
        ("prices.host_person_cny", "１２０元", "120"),
        ("checkout.pin_s.lognormal.median", "0.1 min", "6"),
        ("market.point_spread_m", "0.3 km", "300"),
        ("aftersales.day_from_h", "08:30", "8.5"),
    ],
)
def test_a_figure_with_words_is_shown_as_the_number_it_means(path: str, wrong: str, right: str) -> None:
    """A clock, a percentage, another unit or a price: the remedy is that figure in the field's own unit."""
    with pytest.raises(ScenarioError) as refused:
        load_scenario("chenxi_live", [f'{path}="{wrong}"' if not wrong.isdigit() else f"{path}={wrong}"])
    assert [problem.instead for problem in refused.value.problems] == [f"{path.rpartition('.')[2]}: {right}"]


@pytest.mark.parametrize(
    ("key", "close"),
    [("prices.worker_cny", "order_service_worker_cny"), ("prices.hosts_cny", "host_person_cny")],
)
def test_a_near_key_is_offered_and_all_are_listed(key: str, close: str) -> None:
    """An unknown key names the nearest one beside it, and every key that may stand there."""
    with pytest.raises(ScenarioError) as refused:
        load_scenario("chenxi_live", [f"{key}=5"])
    (problem,) = refused.value.problems
    assert f"`{close}`" in problem.sentence
    for name in (close, "dock_cny", "vans"):
        assert name in problem.allowed
