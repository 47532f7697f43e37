"""`lianlu provision` as a user meets it: an answer that holds, what binds, wrong questions, the gate."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from reports.provision_tables import changes_of_bill, provision_tables
from sim.experiments.identity import config_hash
from sim.experiments.intervals import binomial_tail
from sim.experiments.laboratory import Laboratory
from sim.experiments.provision import provision
from sim.experiments.provision.answer import budget_answer
from sim.experiments.provision.plan import GATEWAY
from sim.experiments.provision.trials import shares_of
from sim.scenario_file import load_scenario, read_scenario
from sim.scenario_file.changing import changed
from sim.service_levels import DIRECTION

Capture = pytest.CaptureFixture[str]
NIGHTLY = bool(os.environ.get("LIANLU_NIGHTLY"))
TOWN = """extends: chenxi_live
market: {communities: 8}
audience: {scale: 2.0}
stock: {forecast: {expected_lines: 448.0}}
sorting:
  hall_limit_people: 2
  stations: 2
  scan: {lines_per_h: 90.0}
  teams: [{name: A, start_min: 1200.0, length_min: 270.0, people: 2, breaks: []}]
delivery:
  vehicles: [{name: truck, count: 1, payload_kg: 1500.0, volume_m3: 11.0}]
  expected_orders: 224.0
  plan_iterations: 20
aftersales: {agents: 1, show_night_agents: 1}
service_levels: {response_within_15min: 0.8, leader_hours_p95: 1.6, spoiled_share: 0.05}
"""
"""Eight communities at twice their audience: some 640 orders for a hall of two, with promises to match."""
FRESH = 2_000_000
"""Nights that neither the search nor its judge has seen."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town as a file."""
    path = tmp_path_factory.mktemp("town") / "town.yaml"
    path.write_text(TOWN, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One search with its files."""
    out = tmp_path_factory.mktemp("provision")
    assert main(["provision", str(town), "--out", str(out), "--progress", "none", "--gate"]) == 0
    return out


@pytest.fixture(scope="module")
def found(folder: Path) -> Any:
    """What the search says."""
    return json.loads((folder / "provision.json").read_text("utf-8"))


def applied(base: Any, said: Any) -> Any:
    """The scenario of an answer, put together from its document alone."""
    changes = dict(said["changes"])
    return changed(base, changes, "--set")


def test_the_answer_holds_on_nights_nobody_has_seen(found: Any, town: Path) -> None:
    """Every level is inside the binomial band on nights of their own; nightly with 50,000 viewers."""
    nights, base = 120, read_scenario(town)
    with Laboratory(seed=1) as laboratory:
        if NIGHTLY:
            nights, base = 1000, load_scenario("peak_50k")
            found = provision(base, laboratory)
            assert "sorting.hall_limit_people" in [one["resource"] for one in found["binding"]]
        shares = shares_of(laboratory.replicate(applied(base, found), nights, FRESH))
    assert set(shares) == set(DIRECTION)
    for level, share in shares.items():
        assert binomial_tail(share.nights - share.kept, share.nights, 0.05) > 0.001, level
    assert found["feasible"]
    assert not found["unreachable"]


def test_the_hall_is_named_and_other_ways_have_a_price(found: Any) -> None:
    """Today's way in today's hall binds; sorting otherwise, or more hall, is listed with its price."""
    assert "sorting.hall_limit_people" in [one["resource"] for one in found["binding"]]
    ways = {one["way"]: one for one in found["alternatives"] if "all_sorted_by_midnight" in one["levels"]}
    assert set(ways) == {"more_people", "put_to_light", "by_community_sku"}
    assert all(one["holds"] for one in ways.values())
    assert len([one for one in ways.values() if one["chosen"]]) == 1
    resources = found["resources"]
    policy = "by_community_sku" in {one["name"] for one in found["options"]}
    equipment = "put_to_light" in {one["name"] for one in found["options"]}
    assert policy or equipment or resources["sorting.hall_limit_people"]["needed"] > 2


def test_the_bill_adds_up(found: Any) -> None:
    """Lines of the bill add up to the cost; needed times price is the line of each resource."""
    assert sum(found["bill"].values()) == pytest.approx(found["cost_cny"])
    for path, one in found["resources"].items():
        if path != "sorting.hall_limit_people":
            assert found["bill"][path] == pytest.approx(one["needed"] * one["unit_cost_cny"])
        assert (one["needed"] % 10 == 0) or path != GATEWAY


def test_the_answer_is_a_scenario(town: Path, folder: Path, found: Any) -> None:
    """The file beside the answer is, to the last key, the scenario that was verified."""
    written = read_scenario(folder / "provision.yaml")
    assert config_hash(written) == config_hash(applied(read_scenario(town), found))


def test_every_difference_of_the_bill_is_shown(found: Any) -> None:
    """Each line of either bill is a row of the first table, and rows add up to what the plan costs more."""
    more = changes_of_bill(found)
    assert set(more) >= set(found["bill_now"])
    extra = found["cost_cny"] - found["cost_now_cny"]
    assert sum(more.values()) == pytest.approx(extra)
    pays = (found["orders"] - found["orders_now"]) * found["order_margin_cny"] >= extra
    said = " ".join(provision_tables(found, "en")[0].foot)
    assert ("It pays by itself" in said, "It does not pay by orders alone" in said) == (pays, not pays)
    assert sorted(more) == sorted([*found["resources"], *(one["name"] for one in found["options"])])
    rows = provision_tables(found, "en")[0].rows
    shown = [float(row[-1].replace("¥", "").replace(",", "").replace("−", "-")) for row in rows]
    assert sum(shown[:-1]) == pytest.approx(shown[-1], abs=len(shown))


def test_the_waiting_room_pays_no_less_than_the_rule_of_thumb(found: Any) -> None:
    """On paired fresh nights the proposed room pays at least as many orders as 75 % of capacity."""
    thumb = found["rule_of_thumb"]
    assert thumb["share_of_capacity"] == 0.75
    assert thumb["difference"]["mean"] >= 0.0
    assert thumb["difference"]["ci_low"] <= thumb["difference"]["mean"] <= thumb["difference"]["ci_high"]
    assert set(thumb["proposed"]) == {"total_active_users", "new_users_per_minute", "session_min"}
    names = [one["name"] for one in found["protections"]]
    assert names == ["waiting_room", "retry_budget", "load_shedding", "drop_abandoned"]


def test_waves_lower_the_peak_and_cost_conversion(found: Any) -> None:
    """From one wave to ten the peak falls and more people leave before their link."""
    waves = found["waves"]
    peaks = [one["peak_orders_per_s"] for one in waves]
    assert peaks[0] == max(peaks)
    assert peaks[-1] < 0.6 * peaks[0]
    assert waves[0]["conversion_lost"] == 0.0
    assert waves[-1]["conversion_lost"] > 0.0
    assert any(one["on_front"] for one in waves)
    best = found["best_waves"]
    assert best["settings"] in [one["settings"] for one in waves[1:]]
    assert best["ci_low"] <= best["more_orders"] <= best["ci_high"]
    assert best["nights"] == 30


def test_every_protection_says_what_stays_broken(found: Any) -> None:
    """A protection buys no sorter: the hall's promise is broken with each, and the foot says so."""
    for one in found["protections"]:
        assert "all_sorted_by_midnight" in one["broken"]
    (table,) = [one for one in provision_tables(found, "en") if one.title.startswith("Instead of buying")]
    assert sum("Still broken with" in line for line in table.foot) >= 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_tables_say_now_needed_price_and_what_binds(found: Any, lang: Any) -> None:
    """Every resource stands in the first table, in words of the language, with both counts."""
    tables = provision_tables(found, lang)
    assert len(tables) == 6
    first = tables[0]
    assert len(first.rows) == len(found["resources"]) + len(found["options"]) + 1
    for row, one in zip(first.rows, found["resources"].values(), strict=False):
        assert row[1:3] == (str(one["now"]), str(one["needed"]))
    assert first.foot


def test_a_hall_and_policy_to_be_kept_are_named_and_the_gate_says_no(town: Path, capsys: Capture) -> None:
    """With policy, equipment and hall as they are nothing holds: the hall is named, exit code 1."""
    keep = ("sorting.policy", "sorting.hall_limit_people", "sorting.technology")
    keep += ("checkout", "audience", "aftersales", "leaders", "leader_desk", "delivery")
    words = ["provision", str(town), *(word for path in keep for word in ("--keep", path))]
    assert main([*words, "--json", "--gate", "--progress", "none"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert not said["feasible"]
    assert "all_sorted_by_midnight" in said["unreachable"]
    hall = next(one for one in said["binding"] if one["resource"] == "sorting.hall_limit_people")
    assert hall["p"] < 0.95
    assert said["resources"]["sorting.hall_limit_people"]["needed"] == 2
    text = " ".join(provision_tables(said, "en")[0].foot)
    assert "cannot be held" in text


@pytest.mark.parametrize(("part", "said"), [(2.0, "is enough"), (0.5, "is not enough")])
def test_a_budget_is_answered_in_a_sentence(found: Any, part: float, said: str) -> None:
    """Twice the price is enough, half of it is not, and the sentence says what is missing."""
    extra = found["cost_cny"] - found["cost_now_cny"]
    budget = budget_answer(part * extra, found["cost_now_cny"], found["cost_cny"], feasible=True)
    assert budget["enough"] == (part > 1.0)
    assert budget["short_cny"] == pytest.approx(max(0.0, extra * (1.0 - part)))
    text = " ".join(provision_tables({**found, "budget": budget}, "en")[0].foot)
    assert said in text
    nothing = {**found, "feasible": False, "budget": {**budget, "enough": False}}
    assert "does not buy" in " ".join(provision_tables(nothing, "en")[0].foot)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--keep", "sorting.polcy"), "sorting.policy"),
        (("--keep", "nothing"), "no such parameter"),
        (("--budget", "-1"), "budget"),
        (("--audience", "0"), "audience"),
        (("--set", "audience.scale=3", "--audience", "1e8"), "audience.scale"),
    ],
)
def test_wrong_questions_are_refused(words: tuple[str, ...], found: str, town: Path, capsys: Capture) -> None:
    """A path that does not exist, a negative budget, an audience out of reach: exit 2 and what to do."""
    assert main(["provision", str(town), *words, "--progress", "none"]) == 2
    said = capsys.readouterr()
    assert found in said.err + said.out
    assert "Traceback" not in said.err


def test_a_budget_too_small_buys_what_keeps_most(town: Path, found: Any, capsys: Capture) -> None:
    """Half the price: parts are bought for no more than it, and more promises are kept than today."""
    budget = 0.5 * (found["cost_cny"] - found["cost_now_cny"])
    words = ("provision", str(town), "--budget", f"{budget:.2f}", "--json", "--progress", "none")
    assert main([*words]) == 0
    best = json.loads(capsys.readouterr().out)["budget"]["best"]
    assert best["extra_cny"] <= budget
    assert best["parts"]
    broken_today = [name for name, one in found["holds_now"].items() if one["ci_high"] < 0.95]
    assert len(best["broken"]) < len(broken_today)
    assert set(best["broken"]) <= set(best["holds"])
