"""Sensitivity as a user asks for it: a scenario with known drivers, both languages, wrong questions."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from sim.experiments.sensitivity.document import LEAST_SAMPLES

Capture = pytest.CaptureFixture[str]
DECLINE, AGAIN = "checkout.payment.decline_share", "checkout.payment.again_share"
INERT = ("sorting.put_to_light.lines_per_h", "leaders.other_brand_hand_min")
ASKED = ",".join((*INERT, AGAIN, DECLINE))
QUICK = ("--trajectories", "4", "--samples", "16", "--nights", "2", "--progress", "none")
CALM = """\
extends: chenxi_live
title_en: A calm evening, few people, whose payments fail at the bank and nowhere else
market: {communities: 24, members_mean: 80, members_cap: 160}
roads: {radius_km: 3, block_m: 500}
audience: {koc: {viewers_each: 8}}
stock: {limited: false}
delivery:
  expected_orders: 250
  plan_iterations: 20
  vehicles: [{name: van, count: 5, payload_kg: 250, volume_m3: 2.2}]
checkout:
  payment: {decline_share: 0.03, again_share: 0.5}
"""


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario in which payments fail for one reason: banks decline, and half of the shoppers give up."""
    file = tmp_path_factory.mktemp("scenario") / "calm.yaml"
    file.write_text(CALM, encoding="utf-8")
    return file


def answer(capsys: Capture, *words: str) -> Any:
    """The one JSON document that a command prints."""
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_planted_drivers_of_a_scenario_are_found(calm: Path, capsys: Capture) -> None:
    """Declined payments and second tries drive payment success; a machine that is not used comes last."""
    words = ("sensitivity", str(calm), "--kpi", "payment_success", "--inputs", ASKED)
    document = answer(capsys, *words, *QUICK, "--jobs", "1")
    assert document["kpi"] == "payment_success"
    first, second, *rest = document["inputs"]
    assert [first["path"], second["path"]] == [DECLINE, AGAIN]
    assert first["ci_low"] > 0.0
    assert (first["mu"] < 0.0, second["mu"] > 0.0) == (True, True)
    assert {row["path"] for row in rest} == set(INERT)
    assert all(row["effect"] == row["ci_low"] == row["ci_high"] == 0.0 for row in rest)
    assert sum(row["share_of_variance"] for row in document["inputs"]) == pytest.approx(1.0)
    assert sum(one["share"] for one in document["ledger"]["payment_success"].values()) == pytest.approx(1.0)


def test_tables_and_files_in_both_languages(calm: Path, tmp_path: Path, capsys: Capture) -> None:
    """Drivers with meaning and grade, the ledger below, a word on the small design; files as well."""
    words = ("sensitivity", str(calm), "--kpi", "payment_success", "--kpi", "steps_to_buy", *QUICK)
    for lang, heads in (
        ("en", ("Assumption", "Share of variance", "A small design")),
        ("zh", ("假设", "方差占比", "设计规模过小")),
    ):
        assert main([*words, "--inputs", ASKED, "--lang", lang, "--out", str(tmp_path / lang)]) == 0
        shown = capsys.readouterr().out
        assert all(head in shown for head in heads)
        assert DECLINE in shown
        with (tmp_path / lang / "sensitivity_1.csv").open(encoding="utf-8-sig") as file:
            assert len(list(csv.reader(file))) == 1 + 2
        document = json.loads((tmp_path / lang / "sensitivity.json").read_text("utf-8"))
        assert document["constant"] == ["steps_to_buy"]


def test_top_is_how_many_are_shown(calm: Path, capsys: Capture) -> None:
    """One driver asked for: one row, and the foot says how many more there are and how to see them."""
    words = ("sensitivity", str(calm), "--kpi", "payment_success", "--inputs", ASKED, *QUICK)
    assert main([*words, "--top", "1"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "1 further inputs move it less; --top N shows more" in shown


def test_a_figure_that_never_varies_gets_a_sentence(calm: Path, capsys: Capture) -> None:
    """No empty table: the sentence says that none of the inputs moves it."""
    words = ("sensitivity", str(calm), "--kpi", "steps_to_buy", "--inputs", ASKED, *QUICK)
    assert main([*words]) == 0
    shown = capsys.readouterr().out
    assert "none of the 4 inputs moves it" in " ".join(shown.split())
    assert "ledger" not in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kpi", "payment_sucess"), "payment_success"),
        (("--inputs", "checkout.nothing"), "no such parameter"),
        (("--inputs", "show"), "a path at which a number stands"),
        (("--inputs", "group_post.read_share"), "this key is read where show: text"),
        (("--samples", "0"), "--samples"),
        (("--samples", f"{LEAST_SAMPLES - 1}"), f"greater than or equal to {LEAST_SAMPLES}"),
        (("--trajectories", "0"), "--trajectories"),
    ],
)
def test_wrong_questions_end_with_a_sentence(
    calm: Path, words: tuple[str, str], said: str, capsys: Capture
) -> None:
    """Exit code 2, no traceback, and what would be right."""
    assert main(["sensitivity", str(calm), *words]) == 2
    err = " ".join(capsys.readouterr().err.split())
    assert said in err
    assert "Traceback" not in err


def test_a_figure_that_the_arm_has_not(capsys: Capture) -> None:
    """A checkout's figure is asked of an arm without checkout: exit code 2 and the figures it has."""
    assert main(["sensitivity", "chenxi_jielong", "--kpi", "peak_orders_per_s"]) == 2
    err = capsys.readouterr().err
    assert "without meaning where show: text, system: manual" in err
    assert "gmv_cny" in err


def test_run_widens_intervals_by_the_inputs(calm: Path, capsys: Capture) -> None:
    """`run --input-uncertainty` says luck's part and the inputs' part of a KPI, and both together."""
    words = ("run", str(calm), "--replications", "20", "--jobs", "1", "--input-uncertainty")
    document = answer(capsys, *words, "--progress", "none")
    unsure = document["input_uncertainty"]
    assert set(unsure["kpis"]) <= set(document["kpis"])
    for name, one in unsure["kpis"].items():
        figure = document["kpis"][name]
        assert (one["luck_low"], one["luck_high"]) == (figure["ci_low"], figure["ci_high"])
        assert one["ci_low"] <= one["luck_low"] + 1e-9
        assert one["ci_high"] >= one["luck_high"] - 1e-9
        assert 0.0 <= one["share_low"] <= one["share_high"] <= 1.0
    assert unsure["kpis"]["gmv_cny"]["share_low"] > 0.5
