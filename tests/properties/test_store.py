"""Properties of the store: a row comes back to the bit, under its own name and no other, or not at all."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli.main import main
from sim.experiments import stored_runs
from sim.experiments.laboratory import Acknowledged, Ask, Laboratory, Stopped
from sim.experiments.row import Layout, Outcome, Row
from sim.experiments.series import Series
from sim.experiments.store import FILE, Store
from sim.experiments.store_check import check
from sim.experiments.tasks import Wanted
from sim.problems import Unusable
from tests.conftest import NIGHTLY
from tests.journeys.long_work import night, scenario, sweep

SERIES = Series("model", "c" * 64, 7, "compiled", {"name": "s"})
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)
FIGURES = st.floats(allow_nan=False)
COUNTS = st.integers(0, 2**50)
OUTCOMES = st.builds(
    Outcome,
    st.dictionaries(NAMES, FIGURES, max_size=6),
    st.dictionaries(NAMES, COUNTS, max_size=4),
    st.dictionaries(
        NAMES, st.dictionaries(NAMES, st.one_of(FIGURES, COUNTS), min_size=1, max_size=3), max_size=3
    ),
)


def as_text(outcome: Outcome | Row) -> str:
    """Everything an outcome says, in order, integers and floats apart."""
    return json.dumps([outcome.kpis, outcome.balance, outcome.stations])


@given(OUTCOMES)
def test_a_row_is_the_outcome_to_the_bit(outcome: Outcome) -> None:
    """Whatever a replication answers comes back from its row, and the layout from its text."""
    row = Row.of(outcome)
    assert as_text(row) == as_text(outcome)
    assert Layout.read(row.layout.text()) == row.layout
    assert Row.of(row) == row


@settings(max_examples=200 if NIGHTLY else 25)
@given(st.dictionaries(st.integers(0, 2**40), OUTCOMES, min_size=1, max_size=5))
def test_rows_come_back_under_their_name_alone(outcomes: dict[int, Outcome]) -> None:
    """A stored row is found by its own series, number and thinning, also when the file is opened anew."""
    rows = {Wanted(r, None if r % 2 else r): Row.of(outcome) for r, outcome in outcomes.items()}
    with TemporaryDirectory() as name:
        folder = Path(name)
        with closing(Store(folder)) as store:
            store.add(SERIES, rows)
            assert store.read(SERIES, list(rows)) == rows
        with closing(Store(folder)) as store:
            assert store.read(SERIES, list(rows)) == rows
            assert store.read(SERIES, [Wanted(one.replication, 1) for one in rows if one.thin_to != 1]) == {}
            for other in ({"model": "m"}, {"config": "d" * 64}, {"seed": 8}, {"engine": "reference"}):
                assert store.read(SERIES._replace(**other), list(rows)) == {}


def test_what_is_stored_stays(tmp_path: Path) -> None:
    """Adding a row again changes nothing, also where another process was first."""
    first, second = (Row.of(Outcome({"gmv_cny": value}, {}, {})) for value in (1.0, 2.0))
    with closing(Store(tmp_path)) as one, closing(Store(tmp_path)) as two:
        one.add(SERIES, {Wanted(0): first})
        two.add(SERIES, {Wanted(0): second, Wanted(1): second})
        for store in (one, two):
            assert store.read(SERIES, [Wanted(0), Wanted(1)]) == {Wanted(0): first, Wanted(1): second}


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE rows SET numbers = zeroblob(LENGTH(numbers)) WHERE replication = 3",
        "UPDATE rows SET seal = zeroblob(16) WHERE replication = 3",
        "UPDATE rows SET replication = 300 WHERE replication = 3",
        "UPDATE rows SET layout = layout + 1 WHERE replication = 3",
        "UPDATE rows SET numbers = (SELECT numbers FROM rows WHERE replication = 4) WHERE replication = 3",
        "UPDATE layouts SET said = REPLACE(said, 'kpi_1', 'kpi_X')",
        "UPDATE series SET seed = 2",
        "DELETE FROM layouts",
    ],
)
def test_a_row_that_was_changed_is_computed_again_and_replaced(harm: str, tmp_path: Path) -> None:
    """Whatever of a row, its name or its layout is changed: the answer stays, and the file heals."""
    whole = sweep(tmp_path, 8, ms=0.0, jobs=1)
    with closing(sqlite3.connect(tmp_path / FILE)) as file:
        file.execute(harm)
        file.commit()
    computed: list[object] = []
    assert sweep(tmp_path, 8, ms=0.0, jobs=1, tick=computed.append) == whole
    assert computed
    computed.clear()
    assert sweep(tmp_path, 8, ms=0.0, jobs=1, tick=computed.append) == whole
    assert computed == []


def test_check_counts_every_damage(tmp_path: Path) -> None:
    """`check` verifies every seal: the changed rows are named, the others counted as whole."""
    sweep(tmp_path, 8, ms=0.0, jobs=1)
    good = check(tmp_path)
    assert (good["ok"], good["replications"], good["scenarios"], good["damaged"]) == (True, 16, 2, 0)
    with closing(sqlite3.connect(tmp_path / FILE)) as file:
        file.execute("UPDATE rows SET numbers = zeroblob(LENGTH(numbers)) WHERE replication IN (2, 5)")
        file.execute("UPDATE scenarios SET said = said || ' '")
        file.commit()
    bad = check(tmp_path)
    assert (bad["ok"], bad["replications"], bad["scenarios"], bad["damaged"]) == (False, 12, 0, 6)
    assert any("replication 5" in one for one in bad["damages"])
    with pytest.raises(Unusable, match="no store"):
        check(tmp_path / "elsewhere")


def test_a_file_of_another_program_is_refused(tmp_path: Path) -> None:
    """A database that is none of ours is named and left as it is."""
    with closing(sqlite3.connect(tmp_path / FILE)) as file:
        file.execute("CREATE TABLE mine(x)")
        file.commit()
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(Unusable, match="another program"):
        Store(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


# what a store tells ---------------------------------------------------------------------------------------


def test_a_run_is_listed_with_how_far_it_is(tmp_path: Path) -> None:
    """Stopped twice, then done: what was asked and what is there; the same command is one run."""
    asks = [Ask(scenario(ms=0.0), 6, label="s"), Ask(scenario(200, ms=0.0), 4, label="t")]

    done: list[Acknowledged] = []

    def stop(one: Acknowledged) -> None:
        done.append(one)
        if len(done) in {2, 5}:
            raise KeyboardInterrupt

    for _ in range(2):
        with (
            Laboratory(
                jobs=1, simulate=night, store=Store(tmp_path), command="sweep", tick=stop
            ) as laboratory,
            pytest.raises(Stopped, match="goes on from here"),
        ):
            laboratory.replicate_all(asks)
    with closing(Store(tmp_path)) as store:
        (run,) = stored_runs.runs_of(store)
        assert (run["command"], run["asked"]) == ("sweep", 10)
        assert 5 <= run["done"] < 10
    with Laboratory(jobs=1, simulate=night, store=Store(tmp_path), command="sweep") as laboratory:
        tables = laboratory.replicate_all(asks)
    with Laboratory(jobs=1, simulate=night, store=Store(tmp_path), command="other") as laboratory:
        laboratory.replicate_all([asks[0]._replace(number=2)])
    with closing(Store(tmp_path)) as store:
        sweep_, other = stored_runs.runs_of(store)
        assert (sweep_["asked"], sweep_["done"], sweep_["scenarios"]) == (10, 10, ["s", "t"])
        assert (other["asked"], other["done"]) == (2, 2)
        shown = stored_runs.experiment_of(store, 1)
        assert [arm.name for arm in shown.arms] == ["s", "t"]
        for arm, table in zip(shown.arms, tables, strict=True):
            np.testing.assert_array_equal(arm.table, table.table[:4])
        gone = stored_runs.delete(store, [1])
        assert gone["replications"] == 4  # those of `s` are the other run's too
        assert [one["run"] for one in stored_runs.runs_of(store)] == [2]
    assert check(tmp_path)["replications"] == 6


def test_runs_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`show` prints the document that `run` printed, without simulating; `check` and `delete` say what is."""

    def answer(*words: str, code: int = 0) -> dict[str, object]:
        assert main([*words, "--out", str(tmp_path), "--json"]) == code
        found: dict[str, object] = json.loads(capsys.readouterr().out)
        return found

    ran = answer("run", "chenxi_jielong", "--replications", "3")
    shown = answer("runs", "show", "1")
    assert shown == {key: value for key, value in ran.items() if key != "dispersion"}
    (listed,) = answer("runs", "list")["runs"]  # type: ignore[misc]  # a list of one
    assert listed["command"] == "run chenxi_jielong --replications 3"
    assert listed["done"] == listed["asked"] == 3
    assert main(["runs", "show", "1", "--scenario", "--out", str(tmp_path)]) == 0
    (tmp_path / "again.yaml").write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["validate", str(tmp_path / "again.yaml")]) == 0
    capsys.readouterr()
    assert answer("runs", "check")["replications"] == 3
    for lang in ("zh", "en"):
        assert main(["runs", "list", "--out", str(tmp_path), "--lang", lang]) == 0
        assert "chenxi_jielong" in capsys.readouterr().out
    assert answer("runs", "delete", "1")["replications"] == 3
    assert answer("runs", "list")["runs"] == []
    assert main(["runs", "list", "--out", str(tmp_path)]) == 0
    assert "no command has stored anything here yet" in " ".join(capsys.readouterr().out.split())
    assert main(["runs", "show", "1", "--out", str(tmp_path)]) == 2
    assert "runs list" in capsys.readouterr().err
    assert main(["runs", "list", "--out", str(tmp_path / "nowhere")]) == 2
    assert "no store" in capsys.readouterr().err


def test_a_stored_search_says_what_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`runs show` of a search: what was asked, how far it is, and that its own command answers."""
    words = ("headroom", "chenxi_jielong", "--from", "0.5", "--to", "1", "--replications", "20")
    assert main([*words, "--out", str(tmp_path), "--progress", "none"]) == 0
    capsys.readouterr()
    assert main(["runs", "show", "1", "--out", str(tmp_path), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["search"]
    assert record["done"] == record["asked"] > 20
    assert record["command"].startswith("headroom chenxi_jielong")
    assert main(["runs", "show", "1", "--out", str(tmp_path)]) == 0
    assert "Its command prints the answer" in " ".join(capsys.readouterr().out.split())
