"""`lianlu campaign` as a user meets it: the document, the tables, one event's own values, wrong questions."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from sim import campaign, load_scenario
from sim.season.figures import OF_EVENT, SEASON_KPIS

Capture = pytest.CaptureFixture[str]
CHANGES = (
    "market.communities=6",
    "market.members_mean=60",
    "market.members_cap=100",
    "delivery.expected_orders=60",
    "season.events=4",
)
SMALL = tuple(word for change in CHANGES for word in ("--set", change))
FEW = ("--replications", "4", "--jobs", "1")


def answer(capsys: Capture, *words: str, code: int = 0) -> Any:
    """The one JSON document that a command prints, and nothing else."""
    assert main(["campaign", *words, *SMALL, *FEW, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_one_scenario(capsys: Capture) -> None:
    """Every event with its figures, the season's figures with intervals, members accounted for."""
    said = answer(capsys, "chenxi_live")
    assert [event["event"] for event in said["events"]] == [1, 2, 3, 4]
    for event in said["events"]:
        assert set(event["kpis"]) <= set(OF_EVENT)
        for figure in event["kpis"].values():
            assert figure["ci_low"] <= figure["mean"] <= figure["ci_high"]
    assert set(said["kpis"]) == set(SEASON_KPIS)
    events = [event["kpis"]["gmv_cny"]["mean"] for event in said["events"]]
    assert said["kpis"]["season_gmv_cny"]["mean"] == pytest.approx(sum(events))
    flow = said["balance"]
    assert flow["start"] + flow["joined"] == flow["left"] + flow["left_with_leader"] + flow["end"]
    assert said["others"] == []
    assert said["differences"] == {}
    assert said["replications"] == 4


def test_the_same_from_python(capsys: Capture) -> None:
    """`sim.campaign` gives the document of the command line."""
    said = answer(capsys, "chenxi_live")
    assert campaign({"chenxi_live": load_scenario("chenxi_live", CHANGES)}, replications=4, jobs=1) == said


def test_the_year_is_three_arms_compared_with_the_first(capsys: Capture) -> None:
    """`chenxi_year` stands for its three arms; each figure has a paired difference with a verdict."""
    said = answer(capsys, "chenxi_year")
    assert list(said["arms"]) == ["year_jielong", "year_monthly", "year_weekly"]
    assert said["others"] == ["year_monthly", "year_weekly"]
    assert [arm["every_days"] for arm in said["arms"].values()] == [7.0, 30.0, 7.0]
    gmv = said["differences"]["season_gmv_cny"]
    assert set(gmv) == set(said["others"])
    assert gmv["year_monthly"]["verdict"] == "better"
    assert gmv["year_monthly"]["p_holm"] < 0.05
    for part in ("events", "kpis", "balance"):
        assert said[part] == said["arms"]["year_jielong"][part]


def test_one_event_of_one_arm_is_reached(capsys: Capture) -> None:
    """`b:events[3].…` changes event 3 of b alone, and thereby what comes after it."""
    own = ("--set", "b:events[3].checkout.order_service.servers=1")
    own += ("--set", "b:events[3].checkout.order_service.service_ms={lognormal_mean: {mean: 8000, sigma: 1}}")
    said = answer(capsys, "a=chenxi_live", "b=chenxi_live", *own)
    a, b = (said["arms"][name]["events"] for name in "ab")
    assert a[:2] == b[:2]
    assert b[2]["kpis"]["payment_success"]["mean"] < a[2]["kpis"]["payment_success"]["mean"]
    assert a[3] != b[3]
    assert said["arms"]["a"]["config_hash"] != said["arms"]["b"]["config_hash"]
    every = answer(capsys, "chenxi_live", "--set", "events[3].checkout.order_service.servers=1")
    assert every["events"][:2] == a[:2]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("events[5].night.rain_share=1", ("an event from 1 to 4",)),
        ("events[0].night.rain_share=1", ("an event from 1 to 4",)),
        ("events[2].checkut.steps=2", ("--set:events[2]", "did you mean `checkout`")),
        ("events[2].checkout.steps=lots", ("--set:events[2]", "checkout.steps", "lots")),
        ("events[2].market.communities=5", ("hold for all events",)),
        ("X:events[2].checkout.steps=2", ("no scenario of this label", "chenxi_live")),
        ("season.evnts=3", ("did you mean `events`",)),
        ("season.events=0", ("season.events",)),
    ],
)
def test_wrong_questions_end_with_two(capsys: Capture, change: str, said: tuple[str, ...]) -> None:
    """What cannot be is refused with its place, before anything runs."""
    assert main(["campaign", "chenxi_live", *SMALL, *FEW, "--set", change]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    assert all(word in shown.err for word in said), shown.err


def test_a_wrong_change_in_a_file_is_refused(tmp_path: Path, capsys: Capture) -> None:
    """An unknown path in `season.changes` is named with its event."""
    path = tmp_path / "mine.yaml"
    path.write_text(
        "extends: chenxi_live\nseason:\n  events: 3\n  changes:\n    - {event: 2, set: [checkut.steps=2]}\n"
    )
    assert main(["campaign", str(path), "--replications", "2"]) == 2
    shown = capsys.readouterr().err
    assert "checkut.steps" in shown
    assert "event 2" in shown


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_tables_and_files(tmp_path: Path, capsys: Capture, lang: str) -> None:
    """A table of the season, one for each arm's events; the same as CSV, and the document."""
    words = ("campaign", "a=chenxi_jielong", "b=chenxi_live", *SMALL, *FEW, "--out", str(tmp_path))
    assert main([*words, "--lang", lang]) == 0
    shown = capsys.readouterr().out
    assert {"en": "Leaders who quit", "zh": "退出的团长"}[lang] in shown
    rows = [
        list(csv.reader((tmp_path / f"campaign_{number}.csv").read_text("utf-8-sig").splitlines()))
        for number in (1, 2, 3)
    ]
    assert [len(table) - 1 for table in rows] == [len(SEASON_KPIS), 4, 4]
    document = json.loads((tmp_path / "campaign.json").read_text("utf-8"))
    assert list(document["arms"]) == ["a", "b"]


def test_the_same_command_goes_on(tmp_path: Path, capsys: Capture) -> None:
    """What is stored is not played again; a season is never taken for a run of the same scenario."""
    out = ("--out", str(tmp_path), "--progress", "json", "--jobs", "1")
    words = ("chenxi_live", *SMALL, *out)
    played = []
    for command, number in (("campaign", "2"), ("campaign", "5"), ("campaign", "5"), ("run", "5")):
        assert main([command, *words, "--replications", number]) == 0
        played.append(sum('"replication"' in line for line in capsys.readouterr().err.splitlines()))
    assert played == [2, 3, 0, 5]
