"""Run and compare as a user does: documents, files, languages, exit codes, one answer from both faces."""

import csv
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from app.cli.arms import named_arms
from app.cli.main import main
from sim.experiments.comparison import HELD, orders_held
from sim.experiments.intervals import share_interval
from sim.experiments.laboratory import Ask, Laboratory
from sim.kpis.definitions import KPIS
from sim.scenario_file import shipped

Capture = pytest.CaptureFixture[str]
FOUR = ("chenxi_jielong", "chenxi_jielong_tool", "live_by_hand", "chenxi_live")
ARMS = [name for name in shipped() if name != "base"]
VERDICTS = {"better", "worse", "cannot_tell", "same"}
CLAIM_VERDICTS = {
    "supported",
    "not_supported",
    "cannot_tell",
    "by_assumption",
    "reproduced_by_calibration",
    "needs_season",
}


def answer(capsys: Capture, *words: str, code: int = 0) -> Any:
    """The one JSON document that a command prints, and nothing else."""
    assert main([*words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


# run ------------------------------------------------------------------------------------------------------


def test_run_prints_one_document(capsys: Capture) -> None:
    """KPIs with intervals, service levels with P and verdict, balance, stations, hash: the whole contract."""
    document = answer(capsys, "run", "chenxi_live", "--replications", "5", "--seed", "7")
    assert document["scenario"] == "chenxi_live"
    assert (document["seed"], document["engine"], document["replications"]) == (7, "compiled", 5)
    assert len(document["config_hash"]) == 64
    for name, figure in document["kpis"].items():
        assert figure["unit"] == KPIS[name].unit
        assert figure["better"] == KPIS[name].better
        assert figure["ci_low"] <= figure["mean"] + 1e-9
        assert figure["mean"] <= figure["ci_high"] + 1e-9
        assert None not in figure.values()
    assert document["kpis"]["payment_success"]["target"] == 0.98
    assert 0.0 <= document["kpis"]["payment_success"]["target_met_share"] <= 1.0
    for level in document["service_levels"].values():
        assert set(level) == {"p", "ci_low", "ci_high", "target", "kept"}
        assert level["kept"] in {"yes", "no", "cannot_tell"}
    assert sum(document["balance"].values()) == round(5 * document["kpis"]["viewers"]["mean"])
    assert {"utilisation", "wait_mean_s", "wait_p95_s", "queue_max"} <= set(document["stations"]["sorting"])


def test_a_manual_arm_has_no_checkout_figures(capsys: Capture) -> None:
    """A KPI without meaning in an arm is absent, never null."""
    document = answer(capsys, "run", "chenxi_jielong", "--replications", "2")
    assert "peak_orders_per_s" not in document["kpis"]
    assert "order_service" not in document["stations"]
    assert "private_money_cny" in document["kpis"]


def test_run_hears_set(capsys: Capture) -> None:
    """`--set` changes the scenario that runs, its figures and its hash."""
    plain = answer(capsys, "run", "chenxi_live", "--replications", "2")
    moved = answer(capsys, "run", "chenxi_live", "--replications", "2", "--set", "audience.scale=0.5")
    assert moved["kpis"]["viewers"]["mean"] < 0.6 * plain["kpis"]["viewers"]["mean"]
    assert moved["config_hash"] != plain["config_hash"]


def test_the_same_command_gives_the_same_answer(capsys: Capture) -> None:
    """Seed and number name all chance there is, whatever the number of workers."""
    one, two = (
        answer(capsys, "run", "chenxi_jielong", "--replications", "6", "--jobs", jobs) for jobs in ("1", "2")
    )
    assert one == two
    other = answer(capsys, "run", "chenxi_jielong", "--replications", "6", "--seed", "2")
    assert other["kpis"]["gmv_cny"]["mean"] != one["kpis"]["gmv_cny"]["mean"]


def test_precision_replicates_until_the_interval_is_narrow(capsys: Capture) -> None:
    """`--precision 0.2` stops at 20 nights, a narrower one later, with half-widths as asked."""
    rough = answer(capsys, "run", "chenxi_jielong", "--precision", "0.2")
    fine = answer(capsys, "run", "chenxi_jielong", "--precision", "0.04")
    assert rough["replications"] == 20
    assert fine["replications"] > 20
    gmv = fine["kpis"]["gmv_cny"]
    assert (gmv["ci_high"] - gmv["ci_low"]) / 2 <= 0.04 * gmv["mean"]


@pytest.mark.parametrize("name", ARMS)
def test_both_engines_print_the_same_figures(name: str, capsys: Capture) -> None:
    """Reference and compiled print the same JSON to the last digit for every shipped scenario."""
    texts = []
    for engine in ("reference", "compiled"):
        words = ("run", name, "--replications", "1", "--jobs", "1", "--engine", engine)
        document = answer(capsys, *words)
        assert document.pop("engine") == engine
        texts.append(json.dumps(document))
    assert texts[0] == texts[1]


def test_tables_in_chinese(capsys: Capture) -> None:
    """`--lang zh` prints Chinese tables, money in 万元."""
    assert main(["run", "chenxi_live", "--replications", "2", "--lang", "zh"]) == 0
    shown = capsys.readouterr().out
    for word in ("指标", "成交额", "服务承诺", "最忙环节", "每个人的去向", "万", "次日"):
        assert word in shown


def test_gate_answers_with_the_exit_code(capsys: Capture) -> None:
    """A broken promise is exit 1 with `--gate` and 0 without; the document is the same."""
    asked = answer(capsys, "run", "live_by_hand", "--replications", "2", "--gate", code=1)
    told = answer(capsys, "run", "live_by_hand", "--replications", "2")
    assert asked == told
    assert main(["run", "live_by_hand", "--replications", "4", "--gate", "--lang", "zh", "--json"]) == 1
    said = capsys.readouterr().err
    broken, unsure = re.search(r"守不住：(.*); 4 夜还判断不了：(.*)", said).groups()
    assert "支付成功率" in broken
    assert set(broken.split(", ")).isdisjoint(unsure.strip().split(", "))


def test_a_gate_stays_shut_where_nothing_can_be_told(capsys: Capture) -> None:
    """Nothing to sell: payment, sorting and delivery have no data, which is a no and not a yes."""
    words = ["run", "chenxi_live", "--gate", "--set", "stock.forecast.expected_lines=0"]
    assert main([*words, "--replications", "4", "--progress", "none"]) == 1
    said = capsys.readouterr()
    assert "no night has data for: Payment success" in said.err
    assert "A promise without data is not kept." in " ".join(said.out.split())


def test_a_gate_asks_for_nights_enough_to_open(capsys: Capture) -> None:
    """Without --replications a gate plays as many nights as can show its promise, one or two broken."""
    words = ("--gate", "--set", "service_levels.required_probability=0.9")
    asked = answer(capsys, "run", "chenxi_jielong", *words, code=1)
    nights = asked["replications"]
    assert share_interval(nights - 2, nights).low >= 0.9 > share_interval(nights - 3, nights).low
    words = ["run", "chenxi_jielong", "--replications", "80", "--gate", "--json"]
    for name, value in {"payment_success": 0, "checkout_p95_s": 9999, "all_stops_on_time": 0}.items():
        words += ["--set", f"service_levels.{name}={value}"]
    for name, value in {"response_within_15min": 0, "leader_hours_p95": 24, "spoiled_share": 1}.items():
        words += ["--set", f"service_levels.{name}={value}"]
    assert main(words) == 0


def test_progress_goes_to_stderr(capsys: Capture) -> None:
    """`--progress json` says how many are to come, then a line for each; stdout stays one document."""
    assert main(["run", "chenxi_jielong", "--replications", "4", "--progress", "json", "--json"]) == 0
    shown = capsys.readouterr()
    json.loads(shown.out)
    lines = [json.loads(line) for line in shown.err.splitlines() if line.startswith("{")]
    assert lines[0] == {"expected": 4}
    assert sorted(line["replication"] for line in lines[1:]) == [0, 1, 2, 3]


# --out ----------------------------------------------------------------------------------------------------


def new_replications(capsys: Capture, *words: str) -> tuple[Any, int]:
    """The document, and how many replications were computed for it."""
    assert main([*words, "--json", "--progress", "json"]) == 0
    shown = capsys.readouterr()
    lines = [json.loads(line) for line in shown.err.splitlines() if line.startswith("{")]
    return json.loads(shown.out), sum(line.get("label", "claims") != "claims" for line in lines)


def test_out_keeps_the_answer_and_goes_on(tmp_path: Path, capsys: Capture) -> None:
    """The folder holds document and tables; the same command computes only what is missing, bit for bit."""
    words = ("run", "chenxi_jielong", "--out", str(tmp_path))
    first, computed = new_replications(capsys, *words, "--replications", "3")
    assert computed == 3
    assert json.loads((tmp_path / "run.json").read_text("utf-8")) == first
    with (tmp_path / "run_1.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) > len(first["kpis"])
    again, computed = new_replications(capsys, *words, "--replications", "3")
    assert (again, computed) == (first, 0)
    more, computed = new_replications(capsys, *words, "--replications", "5")
    assert computed == 2
    assert more == answer(capsys, "run", "chenxi_jielong", "--replications", "5")
    other, computed = new_replications(
        capsys, *words, "--replications", "3", "--set", "cutoff.cancel_share=0"
    )
    assert computed == 3
    assert other["config_hash"] != first["config_hash"]
    assert not list(tmp_path.rglob("*.part"))


def test_a_folder_that_is_a_file_is_bad_input(tmp_path: Path, capsys: Capture) -> None:
    """`--out` onto a file is exit 2 and says so, for every command that writes."""
    taken = tmp_path / "taken"
    taken.write_text("")
    for words in (["run", "chenxi_jielong", "--replications", "1"], ["events", "chenxi_jielong"]):
        assert main([*words, "--out", str(taken)]) == 2
        assert "--out" in capsys.readouterr().err


# compare --------------------------------------------------------------------------------------------------


def test_compare_two(capsys: Capture) -> None:
    """Every KPI with both arms, the paired difference and its verdict; the ratio of sales decomposed."""
    document = answer(capsys, "compare", "chenxi_jielong", "chenxi_live", "--replications", "12")
    assert (document["base"], document["others"]) == ("chenxi_jielong", ["chenxi_live"])
    gmv = document["kpis"]["gmv_cny"]
    difference = gmv["difference"]["chenxi_live"]
    assert difference["mean"] == pytest.approx(gmv["chenxi_live"]["mean"] - gmv["chenxi_jielong"]["mean"])
    assert set(difference) == {"mean", "ci_low", "ci_high", "p_better", "p_holm", "verdict"}
    assert difference["verdict"] == "better"
    verdicts = {one["verdict"] for kpi in document["kpis"].values() for one in kpi["difference"].values()}
    assert verdicts <= VERDICTS
    ratio = document["gmv_ratio"]["chenxi_live"]
    assert ratio["total"] == pytest.approx(ratio["audience"] * ratio["conversion"] * ratio["basket"])
    over = {round(row["base_conversion"], 3) for row in ratio["over_base_conversion"]}
    assert {0.05, 0.08} <= over
    assert document["claims"] == []
    assert "attribution" not in document


def test_compare_with_itself(capsys: Capture) -> None:
    """The second of a name is `name#2`, and it differs nowhere."""
    document = answer(capsys, "compare", "chenxi_live", "chenxi_live", "--replications", "3")
    assert document["others"] == ["chenxi_live#2"]
    found = {one["verdict"] for kpi in document["kpis"].values() for one in kpi["difference"].values()}
    assert found == {"same"}


def test_labels_and_aimed_settings(capsys: Capture) -> None:
    """`LABEL=SCENARIO` names an arm, `--set LABEL:path=value` reaches that one alone."""
    words = ("compare", "today=chenxi_live", "cheap=chenxi_live", "--replications", "2")
    document = answer(capsys, *words, "--set", "cheap:sorting.technology=paper")
    assert document["others"] == ["cheap"]
    missorted = document["kpis"]["missorted"]
    assert missorted["cheap"]["mean"] > missorted["today"]["mean"]
    assert document["kpis"]["viewers"]["difference"]["cheap"]["verdict"] == "same"
    assert set(document["arms"]) == {"today", "cheap"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["compare", "chenxi_live", "chenxi_jielong", "--set", "nobody:audience.scale=2"], "nobody"),
        (
            ["compare", "chenxi_live", "chenxi_jielong", "--set", "chenxi_live:audience.scal=2"],
            "did you mean `scale`?",
        ),
        (["compare", "chenxi_live", "chenxi_jielongg"], "chenxi_jielong"),
        (["compare", "chenxi_live"], "SCENARIO"),
        (["run", "chenxi_live", "--replications", "0"], "replications"),
    ],
)
def test_bad_comparisons(words: list[str], said: str, capsys: Capture) -> None:
    """A label nobody has, a key, a scenario: exit 2, named, with what was meant; nothing on stdout."""
    assert main(words) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


def test_equal_volume(capsys: Capture) -> None:
    """The live arm delivers as many orders a night as the text arm; who came and wanted stays."""
    text, live = named_arms(["chenxi_jielong", "chenxi_live"], [])
    with Laboratory(jobs=1) as lab:
        volume = orders_held(lab, Ask(text.scenario, 4))
        thin = Ask(live.scenario, 4, thin_to=volume)
        held = [sum(night.balance.get(state, 0) for state in HELD) for night in lab.rows(thin)]
        assert tuple(held) == volume
        assert lab.replicate_all([thin])[0].balance["thinned"] > 4000

    words = ("compare", "chenxi_jielong", "chenxi_live", "--replications", "4")
    full, equal = answer(capsys, *words), answer(capsys, *words, "--equal-volume")
    assert equal["equal_volume"]["orders"] == np.mean(volume)
    for kpi in ("orders_paid", "gmv_cny", "van_fill"):  # orders left out count nowhere
        assert equal["kpis"][kpi]["chenxi_live"]["mean"] < 0.3 * full["kpis"][kpi]["chenxi_live"]["mean"]
    cost = "cost_per_order_cny"
    assert equal["kpis"][cost]["chenxi_live"]["mean"] > 5.0 * full["kpis"][cost]["chenxi_live"]["mean"]
    for kpi in ("viewers", "intents"):
        assert equal["kpis"][kpi]["chenxi_live"] == full["kpis"][kpi]["chenxi_live"]
    assert equal["kpis"]["van_fill"]["chenxi_live"]["mean"] < full["kpis"]["van_fill"]["chenxi_live"]["mean"]


def test_four_arms_with_attribution_and_claims(tmp_path: Path, capsys: Capture) -> None:
    """The four arms bring attribution and all 66 claims, each with verdict, interval, denominator, driver."""
    words = ("compare", *FOUR, "--replications", "3", "--out", str(tmp_path))
    document = answer(capsys, *words)
    for effects in document["attribution"].values():
        assert {"show", "system", "interaction", "shapley_show", "shapley_system"} <= set(effects)
    gmv = document["attribution"]["gmv_cny"]
    arms = document["kpis"]["gmv_cny"]
    whole = arms["chenxi_live"]["mean"] - arms["chenxi_jielong"]["mean"]
    assert gmv["shapley_show"] + gmv["shapley_system"] == pytest.approx(whole)
    claims = document["claims"]
    assert [row["id"] for row in claims] == list(range(1, 67))
    for row in claims:
        assert row["verdict"] in CLAIM_VERDICTS
        assert row["driver"]
        assert row["denominator"]
        assert row["claim_zh"]
        assert row["claim_en"]
    with (tmp_path / "compare_6.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert {row[0] for row in rows[1:]} >= {str(number) for number in range(1, 67)}
    again, computed = new_replications(capsys, *words)
    assert (again, computed) == (document, 0)


def test_claims_can_be_left_out(capsys: Capture) -> None:
    """`--no-claims` keeps the attribution and judges nothing."""
    document = answer(capsys, "compare", *FOUR, "--replications", "2", "--no-claims")
    assert document["claims"] == []
    assert "attribution" in document


# events ---------------------------------------------------------------------------------------------------


def test_events_in_three_kinds_of_file(tmp_path: Path, capsys: Capture) -> None:
    """CSV, Parquet and XES tell the same events, readable by their own readers."""
    paths = {}
    for kind in ("csv", "parquet", "xes"):
        words = ["events", "chenxi_jielong", "--replication", "3", "--format", kind, "--out", str(tmp_path)]
        assert main(words) == 0
        paths[kind] = Path(capsys.readouterr().out.strip())
    table = pd.read_csv(paths["csv"])
    assert list(table.columns) == ["case_id", "activity", "timestamp", "resource"]
    assert table["timestamp"].is_monotonic_increasing
    assert {"arrive", "paid", "sorted", "collected"} <= set(table["activity"])
    columns = pd.read_parquet(paths["parquet"])
    assert len(columns) == len(table)
    np.testing.assert_allclose(columns["timestamp"].to_numpy(), table["timestamp"].to_numpy())
    space = "{http://www.xes-standard.org/}"
    traces = ET.parse(paths["xes"]).getroot().findall(f"{space}trace")  # noqa: S314  # the command wrote it
    assert len(traces) == table["case_id"].nunique()
    assert sum(len(trace.findall(f"{space}event")) for trace in traces) == len(table)
    first = traces[0].find(f"{space}event/{space}date")
    assert first is not None
    assert first.attrib["value"].startswith("2000-01-01T")


def test_a_reader_who_has_enough_is_no_failure() -> None:
    """`| head -1`: the command ends with 0 and says nothing more, in tables and in JSON."""
    for more in ([], ["--json"]):
        words = [sys.executable, "-m", "app.cli.main", "compare", "chenxi_jielong", "chenxi_jielong", *more]
        process = subprocess.Popen(
            [*words, "--replications", "2", "--progress", "none"],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        process.stderr.close()
        assert process.wait() == 0
