"""The moving picture: whose vans drive from where, until when, and a page that asks nobody."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from reports.catalogue import LANGS, Lang, say
from reports.replay import page
from reports.replay.data import AFTER_MIN, replay_data
from sim.chain import market_for, simulate
from sim.roads import roads_of
from sim.scenario_file import load_scenario


def film(name: str, *changes: str, lang: Lang = "en") -> dict[str, Any]:
    """The first night of a scenario."""
    scenario = load_scenario(name, list(changes))
    market = market_for(scenario, 1, 0)
    return replay_data(scenario, simulate(scenario), market, roads_of(scenario.roads), lang)


def test_vans_drive_from_the_centre_and_back() -> None:
    """With one tier each way begins and ends at the centre and its minutes never fall; no note is needed."""
    data = film("chenxi_live")
    assert data["depots"] == []
    assert data["words"]["note"] == ""
    assert data["vans"]
    for van in data["vans"]:
        minutes = [minute for _, _, minute in van["way"]]
        assert minutes == sorted(minutes)
        assert van["way"][0][:2] == van["way"][-1][:2] == data["centre"]


@pytest.mark.parametrize("lang", LANGS)
def test_vans_of_depots_drive_from_theirs(lang: Lang) -> None:
    """With two tiers each way begins at a depot; the page says what it does not draw."""
    data = film("grid_depots", lang=lang)
    sites = [depot[:2] for depot in data["depots"]]
    assert len(sites) == load_scenario("grid_depots").depots.count
    starts = [van["way"][0][:2] for van in data["vans"]]
    assert all(start in sites for start in starts)
    assert all(site in starts for site in sites)
    assert data["words"]["note"] == say("replay.no_trucks", lang)
    assert data["words"]["note"] in page(data, lang)


def test_a_van_that_breaks_down_does_not_come_home() -> None:
    """Its last corner is its last stop; every other trip ends at the centre."""
    whole = film("chenxi_live")
    trip = next(van for van in whole["vans"] if len(van["way"]) > 4)
    middle = trip["way"][len(trip["way"]) // 2][2]
    data = film("chenxi_live", f"delivery.breakdown_van={trip['van']}", f"delivery.breakdown_min={middle}")
    away = [van for van in data["vans"] if van["way"][-1][:2] != data["centre"]]
    assert [van["van"] for van in away] == [trip["van"]]
    assert away[0]["way"][-1][2] <= middle


def test_the_film_ends_an_hour_after_the_promise_at_the_latest() -> None:
    """Vans that are out until 09:30 are seen to the end with a late promise, and cut with an early one."""
    scenario = load_scenario("chenxi_live")
    log, market, roads = simulate(scenario), market_for(scenario, 1, 0), roads_of(scenario.roads)
    last = float(log["stops"]["unload_end_min"].max())
    for promise in (last - 90.0, last + 200.0):
        delivery = scenario.delivery.model_copy(update={"promise_min": promise})
        promised = scenario.model_copy(update={"delivery": delivery})
        data = replay_data(promised, log, market, roads, "en")
        assert data["promise"] == promise
        ends = data["from"] + data["minutes"]
        assert ends == pytest.approx(min(promise + AFTER_MIN, last + 10.0), abs=1.0)
        assert all(len(one["value"]) == data["minutes"] for one in data["counts"])


def test_the_page_holds_all_it_needs() -> None:
    """Style and script stand in it, nothing is asked from elsewhere, and a name cannot end the script."""
    data = film("chenxi_live")
    data["stations"][0]["name"] = "</script><b>"
    text = page(data, "en")
    assert "/*STYLE*/" not in text
    assert "/*SCRIPT*/" not in text
    assert not re.search(r"(?:src|href)=|url\(|https?:", text)
    assert text.count("</script>") == 1
    shown = re.search(r"const data = (\{.*\});", text)
    assert shown
    assert json.loads(shown[1])["stations"][0]["name"] == "</script><b>"
