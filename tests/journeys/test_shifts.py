"""`lianlu shifts` as operations meets it: document, tables in two languages, a file to go on with."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from reports.shifts_tables import price_table, shifts_table, teams_yaml
from sim.scenario_file import read_scenario
from tests.properties.contexts import SMALL

Capture = pytest.CaptureFixture[str]
SLOW = {**SMALL, "sorting.scan.lines_per_h": 30.0}
ASKED = (
    "chenxi_live",
    *(word for path, value in SLOW.items() for word in ("--set", f"{path}={json.dumps(value)}")),
    *("--replications", "25"),
)
"""A small event that ten people sort slowly."""


def answer(capsys: Capture, *words: str, code: int = 0) -> Any:
    """The one JSON document that the command prints, and nothing else."""
    assert main(["shifts", *words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_the_document_keeps_the_contract(capsys: Capture) -> None:
    """Plan, cost, P with its interval, price of each promise, binding minute; today's calendar beside it."""
    document = answer(capsys, *ASKED)
    for team in document["plan"]:
        assert {"team", "start_min", "length_min", "people", "cost_cny"} <= set(team)
    assert document["cost_cny"] == pytest.approx(sum(team["cost_cny"] for team in document["plan"]))
    assert document["ci_low"] <= document["p_sorted"] <= document["ci_high"]
    assert list(document["price"]) == ["0.90", "0.95", "0.99"]
    assert document["price"]["0.95"] == document["cost_cny"]
    assert 1170.0 <= document["binding_min"] < document["by_min"] == 1440.0
    assert [team["people"] for team in document["today"]["plan"]] == [16, 14]
    assert document["nights"]["fresh"] == 25
    assert "null" not in json.dumps(document)
    assert answer(capsys, *ASKED) == document


def test_another_promise_has_its_own_price(capsys: Capture) -> None:
    """`--probability` moves the plan, and the scenario's own promise is what is asked by default."""
    document = answer(capsys, *ASKED, "--probability", "0.8")
    assert list(document["price"]) == ["0.80", "0.90", "0.95", "0.99"]
    assert document["cost_cny"] == document["price"]["0.80"] <= document["price"]["0.99"]
    asked = answer(capsys, *ASKED, "--set", "service_levels.required_probability=0.8")
    assert asked["plan"] == document["plan"]


@pytest.mark.parametrize(
    ("word", "minute"), [("23:15", 1395.0), ("24:00", 1440.0), ("00:45", 1485.0), ("25:30", 1530.0)]
)
def test_the_deadline_is_a_time_of_day(capsys: Capture, word: str, minute: float) -> None:
    """`--by` takes a time of the evening, of the next morning, or hours beyond 24."""
    document = answer(capsys, *ASKED, "--by", word, "--replications", "6")
    assert document["by_min"] == minute
    assert document["binding_min"] < minute


def test_an_arm_by_hand_sorts_before_its_vans_load(capsys: Capture) -> None:
    """Sheets come until midnight, so the deadline is when the first van must begin to load."""
    document = answer(capsys, "chenxi_jielong", "--replications", "10")
    assert 1500.0 < document["by_min"] < 2040.0
    assert document["reached"]
    assert all(team["end_min"] <= document["by_min"] for team in document["plan"])


def test_crates_are_sorted_by_fewer_people(capsys: Capture) -> None:
    """`by_community_sku` begins with the closed list, so its calendar is tight from then on."""
    changes = ("sorting.policy=by_community_sku", "sorting.crates_per_h=20")
    document = answer(capsys, *ASKED, *(word for change in changes for word in ("--set", change)))
    assert document["reached"]
    assert document["binding_min"] >= 1260.0


def test_tables_and_a_file_to_go_on_with(capsys: Capture, tmp_path: Path) -> None:
    """The plan is written as a scenario that extends the asked one and reads back, with every --set in it."""
    out = tmp_path / "out"
    assert main(["shifts", *ASKED, "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    document = json.loads((out / "shifts.json").read_text("utf-8"))
    assert teams_yaml(document) in printed
    assert (out / "shifts.yaml").read_text("utf-8").startswith("extends: chenxi_live\n")
    found = read_scenario(str(out / "shifts.yaml"), [])
    assert found.sorting.scan.lines_per_h == 30.0
    assert found.market.communities == SMALL["market.communities"]
    teams = [(team.start_min, team.length_min, team.people) for team in found.sorting.teams]
    assert teams == [(team["start_min"], team["length_min"], team["people"]) for team in document["plan"]]
    with (out / "shifts_2.csv").open(encoding="utf-8-sig") as file:
        assert [row[0] for row in csv.reader(file)][1:4] == ["90.0 %", "95.0 %", "99.0 %"]
    for lang, total in (("en", "total"), ("zh", "合计")):
        rows = shifts_table(document, lang).rows
        others = [one for one in document["promises"].values() if one["plan"] != document["plan"]]
        assert [row[0] for row in rows].count(total) == 2 + sum(one["reached"] for one in others)
        assert price_table(document, lang).rows[-1][0] == {"en": "today", "zh": "现有"}[lang]


def test_a_file_of_ones_own_is_extended_from_anywhere(capsys: Capture, tmp_path: Path) -> None:
    """The written scenario names its parent relative to itself."""
    mine = tmp_path / "mine.yaml"
    teams = "  teams:\n    - {name: X, start_min: 1200, length_min: 240, people: 9}\n"
    mine.write_text(f"extends: chenxi_live\nsorting:\n  technology: put_to_light\n{teams}", encoding="utf-8")
    out = tmp_path / "a" / "b"
    words = [f"own={mine}" if word == "chenxi_live" else word for word in ASKED]
    assert main(["shifts", *words, "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["scenario"] == "own"
    assert 'extends: "../../mine.yaml"' in (out / "shifts.yaml").read_text("utf-8")
    assert read_scenario(str(out / "shifts.yaml"), []).sorting.technology == "put_to_light"


def test_what_cannot_be_reached_is_a_sentence_and_closes_the_gate(capsys: Capture) -> None:
    """Paper and a small hall: the best share, what binds, exit 0 without and 1 with `--gate`."""
    hopeless = (
        *ASKED,
        *("--set", "sorting.technology=paper", "--set", "sorting.paper.lines_per_h=5"),
        *("--set", "sorting.hall_limit_people=12", "--set", "sorting.teams=[]", "--replications", "8"),
    )
    assert main(["shifts", *hopeless]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "No allowed calendar has everything sorted by 24:00 on 95.0 % of nights" in said
    assert "The hall binds" in said
    document = answer(capsys, *hopeless, "--gate", code=1)
    assert document["price"] == {}
    chinese = shifts_table(document, "zh").foot
    assert any("卡在场地" in line for line in chinese)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--probability", "1"), "a promise is a probability"),
        (("--replications", "0"), "--replications"),
        (("--by", "noon"), "--by"),
        (("--by", "25:99"), "--by"),
        (("--set", "rosters.min_rest_h=48"), "allow no shift"),
        (("--set", "rosters.smallest_team_people=20", "--set", "sorting.hall_limit_people=10", "--set",
          "sorting.teams=[]"), "no team fits"),
        (("--set", "rosters.most_teams=0"), "rosters.most_teams"),
        (("--set", "rosters.latest_start_min=1000"), "latest_start_min"),
    ],
)  # fmt: skip
def test_wrong_questions_are_refused(capsys: Capture, words: tuple[str, ...], says: str) -> None:
    """Exit code 2, one reason, no traceback, nothing on stdout."""
    assert main(["shifts", *ASKED, *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in " ".join(err.split())
    assert "Traceback" not in err
