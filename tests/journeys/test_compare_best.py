"""Compare at full strength as a user does: the best of many, promises, percentiles, gate, Python."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from sim.experiments.ask import Best, compare, run
from sim.scenario_file import load_scenario

Capture = pytest.CaptureFixture[str]
SHIFTS = ("early=chenxi_live", "late=chenxi_live", "paper=chenxi_live")
PAPER = ("--set", "paper:sorting.technology=paper", "--set", "late:money.show_crew_cny=30000")


def answer(capsys: Capture, *words: str, code: int = 0) -> Any:
    """The one JSON document that a command prints, and nothing else."""
    assert main([*words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_the_best_of_three(capsys: Capture) -> None:
    """A show that costs ¥20,000 more and a hall on paper drop out; who remains is the best."""
    words = ("compare", *SHIFTS, *PAPER, "--replications", "20")
    found = answer(capsys, *words, "--best", "contribution_cny", "--delta", "5000", "--most", "60")["best"]
    assert (found["answer"], found["best"], found["remaining"]) == ("decided", "early", ["early"])
    assert found["delta"] == 5000.0
    assert found["arms"]["late"]["out_by"] == "early"
    assert 20 <= found["arms"]["late"]["out_after"] <= found["arms"]["early"]["replications"] <= 60


def test_the_best_may_be_untold_or_shared(capsys: Capture) -> None:
    """Equal scenarios are tied; a zone far below the luck of thirty nights cannot be told: gate shut."""
    words = ("compare", "chenxi_jielong", "chenxi_jielong", "--replications", "20", "--best", "gmv_cny")
    tied = answer(capsys, *words, "--delta", "10", "--gate")["best"]
    assert (tied["answer"], tied["remaining"]) == ("tied", ["chenxi_jielong", "chenxi_jielong#2"])
    near = ("--set", "chenxi_jielong#2:group_post.read_share=0.0815", "--delta", "0.1", "--most", "30")
    open_ = answer(capsys, *words, *near, "--gate", code=1)["best"]
    assert open_["answer"] == "cannot_tell"
    assert "best" not in open_
    assert open_["decides_by"] > 30


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--best", "gmv_cny"], "--delta"),
        (["--delta", "5"], "--best"),
        (["--best", "gmv_cn", "--delta", "5"], "gmv_cny"),
        (["--best", "gmv_cny", "--delta", "-5"], "more than 0, in CNY"),
        (["--best", "discount_cny", "--delta", "5"], "neither direction"),
        (["--best", "van_km", "--delta", "5", "--equal-volume"], "one of the two"),
        (
            ["--best", "goodput_min_share", "--delta", "0.1", "--replications", "2"],
            "no meaning in chenxi_jielong",
        ),
        (["--quantiles", "5,95"], ".05,.5,.95"),
        (["--quantiles", "half"], "between 0 and 1"),
    ],
)
def test_questions_without_an_answer(words: list[str], said: str, capsys: Capture) -> None:
    """Exit 2, the option named, what may be asked instead; nothing on stdout, no traceback."""
    assert main(["compare", "chenxi_jielong", "chenxi_live", *words]) == 2
    shown = capsys.readouterr()
    assert said in " ".join(shown.err.replace("│", " ").split())
    assert "Traceback" not in shown.err
    assert shown.out == ""


def test_promises_stand_side_by_side_and_open_the_gate(capsys: Capture) -> None:
    """P(kept) of each arm with its exact interval; paper misses midnight and is refused."""
    words = ("compare", "scan=chenxi_live", "paper=chenxi_live", "light=chenxi_live", "--replications", "20")
    words += ("--set", "paper:sorting.technology=paper", "--set", "light:sorting.technology=put_to_light")
    document = answer(capsys, *words, "--gate", code=1)
    sorted_ = document["service_levels"]["all_sorted_by_midnight"]
    assert sorted_["scan"]["p"] > sorted_["paper"]["p"]
    assert sorted_["scan"]["ci_low"] <= sorted_["scan"]["p"] <= sorted_["scan"]["ci_high"]
    assert sorted_["difference"]["paper"]["verdict"] == "worse"
    assert sorted_["difference"]["paper"]["p_better"] < 0.05
    assert main([*words, "--gate"]) == 1
    shown = capsys.readouterr()
    assert "paper keeps the promise less often than the base: All sorted by midnight" in shown.err
    assert "light keeps the promise less often than the base: All sorted" not in shown.err
    same = ("compare", "chenxi_jielong", "chenxi_jielong", "--replications", "3", "--gate", "--json")
    assert main(list(same)) == 0


@pytest.mark.parametrize(("lang", "words"), [("en", "5 %"), ("zh", "5%分位")])
def test_percentiles_in_a_table(lang: str, words: str, capsys: Capture) -> None:
    """`--quantiles` prints them in both languages, and how many nights an interval needs."""
    arguments = ["run", "chenxi_jielong", "--replications", "8", "--quantiles", ".05,.5", "--lang", lang]
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert words in shown
    assert "72" in shown
    for bad in ("nan", "None", "head.", "foot."):
        assert bad not in shown


def test_dispersion_is_always_in_the_document(capsys: Capture) -> None:
    """Mean and percentiles of every arm, each with interval or what it needs; differences between arms."""
    document = answer(
        capsys, "compare", "chenxi_jielong", "chenxi_jielong_tool", "--replications", "8", "--quantiles", ".5"
    )
    found = document["dispersion"]
    assert found["quantiles"] == [0.5]
    assert set(found["arms"]) == {"chenxi_jielong", "chenxi_jielong_tool"}
    for entry in found["kpis"].values():
        for name, one in entry.items():
            if name != "difference":
                assert one["n"] <= 8
                assert one["mean"]["ci_low"] <= one["mean"]["value"] + 1e-9
                (middle,) = one["percentiles"]
                assert middle["ci_low"] <= middle["value"] <= middle["ci_high"]
    gmv = found["kpis"]["gmv_cny"]
    (difference,) = gmv["difference"]["chenxi_jielong_tool"]
    apart = [gmv[name]["percentiles"][0]["value"] for name in found["arms"]]
    assert difference["value"] == pytest.approx(apart[1] - apart[0])
    usual = answer(capsys, "run", "chenxi_jielong", "--replications", "2")["dispersion"]["quantiles"]
    assert usual == [0.05, 0.5, 0.95]


def test_precision_waits_for_what_it_watches(capsys: Capture) -> None:
    """A rare count needs more nights than GMV does, and a level's KPIs can all be watched at once."""
    words = ("run", "chenxi_jielong", "--precision", "0.3")
    usual = answer(capsys, *words)["replications"]
    rare = answer(capsys, *words, "--watch", "second_trips")
    assert rare["replications"] > usual
    figure = rare["kpis"]["second_trips"]
    assert figure["ci_high"] - figure["ci_low"] <= 0.6 * figure["mean"]
    levels = answer(capsys, *words, "--watch", "levels,gmv_cny")
    assert levels["replications"] >= usual


def test_python_answers_what_the_command_prints(capsys: Capture) -> None:
    """`sim.compare` and `sim.run` give the documents of the command line, options included."""
    names = ("chenxi_jielong", "chenxi_jielong_tool")
    arms = {name: load_scenario(name) for name in names}
    words = ("compare", *names, "--replications", "20", "--equal-volume")
    assert compare(arms, replications=20, equal_volume=True) == answer(capsys, *words)
    best = ("--best", "van_km", "--delta", "5")
    asked = compare(arms, replications=20, best=Best("van_km", 5.0))
    assert asked == answer(capsys, "compare", *names, "--replications", "20", *best)
    assert asked["best"]["best"] == "chenxi_jielong"
    told = run(arms["chenxi_jielong"], replications=3, seed=4, quantiles=(0.5,))
    assert told == answer(
        capsys, "run", "chenxi_jielong", "--replications", "3", "--seed", "4", "--quantiles", ".5"
    )
    with pytest.raises(ValueError, match="at least one scenario"):
        compare({"one": arms["chenxi_jielong"]})


def test_titles_and_balance_say_what_they_are(tmp_path: Path, capsys: Capture) -> None:
    """Scenarios are named by their titles; people are counted over all nights together, and for one night."""
    assert main(["run", "chenxi_jielong", "--replications", "4", "--out", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    document = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert document["title_en"] in " ".join(shown.split())
    assert "4 replications together" in shown
    assert "A night" in shown
    assert main(["compare", "chenxi_jielong", "chenxi_live", "--replications", "2", "--lang", "zh"]) == 0
    shown = capsys.readouterr().out
    assert document["title_zh"] in shown
    assert "△" in shown
