"""What a user does with scenarios before running one: list, validate, explain, override."""

from __future__ import annotations

import importlib
import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from sim import scenario_file
from sim.experiments.identity import config_hash
from sim.laws import Law
from sim.scenario import Scenario
from sim.scenario_file import load_scenario, read, scenario_yaml, shipped
from sim.scenario_file.schema import scenario_schema
from sim.scenario_file.writing import base_yaml
from sim.scenario_tree import field_at, known_paths, leaves, spelled, steps, sweep_of

HEAVY = ("numba", "simpy", "scipy", "pandas", "networkx", "pyvrp", "pyarrow")


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """The JSON document of a command that must succeed."""
    assert main(words) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    return json.loads(shown.out)


def test_every_shipped_scenario_is_valid_and_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """`validate` accepts all of them, `scenarios` lists all with a title in both languages and a line."""
    assert main(["validate", *shipped()]) == 0
    capsys.readouterr()
    rows = {row["name"]: row for row in answer(capsys, "scenarios", "--json")["scenarios"]}
    assert set(shipped()) <= set(rows)
    for name in set(shipped()) - {"base"}:
        assert rows[name]["title_zh"]
        assert rows[name]["title_en"]
        assert rows[name]["about"]
    assert main(["scenarios", "--lang", "zh"]) == 0
    assert "chenxi_live" in capsys.readouterr().out


def test_local_scenarios_are_listed_beside_the_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A scenario in the current folder is found; other YAML files are not taken for one."""
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text("extends: chenxi_live\ntitle_zh: 我的\n")
    Path("other.yaml").write_text("services: {web: 1}\n")
    rows = answer(capsys, "scenarios", "--json")["scenarios"]
    assert [row["name"] for row in rows if not row["shipped"]] == ["mine.yaml"]


def test_base_file_and_schema_are_what_the_fields_say() -> None:
    """`scenarios/base.yaml` and the schema beside it are regenerated whenever a field changes."""
    assert shipped()["base"].read_text(encoding="utf-8") == base_yaml(Scenario)[0]
    stored = json.loads((shipped()["base"].parent / "scenario.schema.json").read_text(encoding="utf-8"))
    assert stored == json.loads(json.dumps(scenario_schema()))


def test_places_of_the_base_point_into_its_file() -> None:
    """The line that `explain` names for a default holds that key."""
    lines = shipped()["base"].read_text(encoding="utf-8").split("\n")
    reading = read("chenxi_live")
    for leaf in leaves(Scenario):
        place = reading.place(leaf.path)
        assert place is not None, leaf.path
        key = str((steps(leaf.path) or ("",))[-1])
        if place.file.endswith("base.yaml") and not key.isdigit():
            assert lines[place.line - 1][place.column - 1 :].startswith(key), leaf.path


@pytest.mark.parametrize("name", sorted(shipped()))
def test_dump_reads_back_to_an_equal_scenario(tmp_path: Path, name: str) -> None:
    """The canonical dump of every shipped scenario round-trips, with the same hash."""
    scenario = load_scenario(name)
    path = tmp_path / "dump.yaml"
    path.write_text(scenario_yaml(scenario), encoding="utf-8")
    again = load_scenario(path)
    assert again == scenario.model_copy(update={"name": again.name})
    assert config_hash(again) == config_hash(scenario)


def test_hash_names_values_not_words() -> None:
    """Name and title don't count, every value does, and 5 and 5.0 are one value."""
    plain = load_scenario("chenxi_live")
    assert len(config_hash(plain)) == 64
    assert config_hash(load_scenario("chenxi_live", ["title_en=Another"])) == config_hash(plain)
    assert config_hash(load_scenario("chenxi_live", ["collection.wait_max_min=11"])) != config_hash(plain)
    five = [
        config_hash(load_scenario("chenxi_live", [f"collection.wait_max_min={text}"]))
        for text in ("5", "5.0", "0.5e1")
    ]
    assert len(set(five)) == 1


def test_layers_merge_lists_replace_and_laws_change_kind(tmp_path: Path) -> None:
    """A child says only what differs: mappings merge, lists replace, a law gives way to another kind."""
    parent, child = tmp_path / "parent.yaml", tmp_path / "child.yaml"
    parent.write_text("extends: chenxi_live\ncollection: {wait_max_min: 7, notices: false}\ngroup_post: {}\n")
    child.write_text(
        "extends: parent.yaml\n"
        "collection: {wait_max_min: 8}\n"
        "audience:\n  intent:\n"
        "    think_min: {uniform: {low: 1, high: 2}}\n    react_s: {lognormal: {median: 9}}\n"
        "sorting: {teams: [{name: Z, start_min: 1200, length_min: 240, people: 5}]}\n"
    )
    scenario = load_scenario(child, ["sorting.teams[0].people=6"])
    assert (scenario.collection.wait_max_min, scenario.collection.notices) == (8, False)
    assert scenario.audience.intent.think_min == Law.model_validate({"uniform": {"low": 1, "high": 2}})
    assert scenario.audience.intent.react_s.lognormal.median == 9
    assert (
        scenario.audience.intent.react_s.lognormal.sigma == Scenario().audience.intent.react_s.lognormal.sigma
    )
    assert [(team.name, team.people) for team in scenario.sorting.teams] == [("Z", 6)]
    assert scenario.name == "child"


def test_titles_and_names_are_not_inherited(tmp_path: Path) -> None:
    """A child without a title does not pass for its parent."""
    (tmp_path / "mine.yaml").write_text("extends: chenxi_live\n")
    mine = load_scenario(tmp_path / "mine.yaml")
    assert (mine.name, mine.title_zh, mine.title_en) == ("mine", "", "")
    assert load_scenario("chenxi_live").name == "chenxi_live"


def test_explain_says_value_source_grade_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    """A parameter with everything known about it, and where this scenario set it."""
    told = answer(capsys, "explain", "backend_light", "checkout.order_service.servers", "--json")
    assert told["value"] == 2
    assert told["default"] == Scenario().checkout.order_service.servers
    assert told["set_at"]["file"] == "scenarios/backend_light.yaml"
    assert told["meaning"]
    assert told["source"]
    assert told["grade"] in ("A", "B", "C", "claim", "assumed", "rule")
    assert main(["explain", "backend_light", "checkout.order_service.servers"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("checkout.order_service.servers = 2\n")
    assert "scenarios/backend_light.yaml:" in shown
    assert main(["explain", "chenxi_live", "checkout.client.patience_s"]) == 0
    law = Scenario().checkout.client.patience_s
    assert f"patience_s = {{{law.kind}: {{median: " in capsys.readouterr().out
    told = answer(
        capsys,
        "explain",
        "chenxi_live",
        "collection.wait_max_min",
        "--set",
        "collection.wait_max_min=3",
        "--json",
    )
    assert (told["value"], told["set_at"]["file"]) == (3, "--set:collection.wait_max_min")


def test_explain_knows_sections_kpis_and_claims(capsys: pytest.CaptureFixture[str]) -> None:
    """A section lists its keys, a KPI says its unit, a claim its figures and drivers, in either language."""
    assert "checkout.gateway" in answer(capsys, "explain", "chenxi_live", "checkout", "--json")["keys"]
    assert answer(capsys, "explain", "chenxi_live", "gmv_cny", "--json")["unit"] == "CNY"
    claim = answer(capsys, "explain", "chenxi_live", "27", "--json")
    assert "payment_success" in claim["kpis"]
    assert claim["drivers"]
    assert main(["explain", "chenxi_live", "gmv_cny", "--lang", "zh"]) == 0
    assert "含义" in capsys.readouterr().out
    assert main(["explain", "chenxi_live", "checkout.rate_per_s"]) == 2
    assert "did you mean `checkout.gateway.rate_per_s`?" in capsys.readouterr().err


def test_every_leaf_can_be_explained_found_and_set(capsys: pytest.CaptureFixture[str]) -> None:
    """Path of the table, of `explain`, of `--set` and of Python are one and the same, for every leaf."""
    for leaf in leaves(Scenario):
        way = steps(leaf.path)
        assert way is not None
        assert spelled(way) == leaf.path
        found = field_at(leaf.path, Scenario)
        assert found is not None, leaf.path
        assert (found.default, found.unit, found.low, found.high) == (
            leaf.default,
            leaf.unit,
            leaf.low,
            leaf.high,
        ), leaf.path
    some = [leaf for leaf in leaves(Scenario) if leaf.path.partition(".")[0] in ("checkout", "sorting")]
    for leaf in some[::15]:
        told = answer(capsys, "explain", "chenxi_live", leaf.path, "--json")
        assert told["name"] == leaf.path
        assert told["value"] == (list(leaf.default) if isinstance(leaf.default, tuple) else leaf.default)


def test_every_leaf_says_where_its_default_comes_from() -> None:
    """No default without meaning, unit, grade and source, and no number without both bounds."""
    for leaf in leaves(Scenario):
        assert leaf.meaning, leaf.path
        assert leaf.unit, leaf.path
        assert leaf.grade, leaf.path
        assert leaf.source, leaf.path
        if isinstance(leaf.default, (int, float)) and not isinstance(leaf.default, bool):
            assert leaf.low is not None, leaf.path
            assert leaf.high is not None, leaf.path
            assert leaf.low <= leaf.default <= leaf.high, leaf.path


def test_sweeps_are_values_that_may_stand_there() -> None:
    """Both ends of every sweep are accepted by the same checks as a file."""
    swept = [leaf for leaf in leaves(Scenario, split_laws=False) if leaf.sweep]
    assert swept
    changes = []
    for leaf in swept:
        ends = sweep_of(Scenario, leaf.path)
        assert ends is not None
        changes += [(leaf.path, json.dumps(end)) for end in ends]
    for path, text in changes[:: max(1, len(changes) // 12)]:
        assert any(_accepted(arm, f"{path}={text}") for arm in ("chenxi_live", "chenxi_jielong")), path


def _accepted(arm: str, override: str) -> bool:
    """Whether an arm reads the key of an override and takes its value."""
    try:
        load_scenario(arm, [override])
    except scenario_file.ScenarioError:
        return False
    return True


def test_schema_knows_every_key(capsys: pytest.CaptureFixture[str]) -> None:
    """`schema` prints a JSON Schema with `extends`, every section, bounds, units and sources."""
    document = answer(capsys, "schema")
    assert {"extends", "checkout", "sorting", "show"} <= set(document["properties"])
    assert document["additionalProperties"] is False
    properties = {
        name for part in (document, *document["$defs"].values()) for name in part.get("properties", {})
    }
    assert {path.rpartition(".")[2] for path in known_paths(Scenario)} <= properties
    gateway = next(
        part
        for name, part in document["$defs"].items()
        if "rate_per_s" in part.get("properties", {}) and "ateway" in name
    )
    assert {"minimum", "maximum", "unit", "source", "grade", "description"} <= set(
        gateway["properties"]["rate_per_s"]
    )


def test_help_is_quick_and_loads_nothing_heavy() -> None:
    """`lianlu --help` answers at once; neither it nor `validate` loads numba, SimPy, SciPy or pandas."""
    took = []
    for _ in range(4):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "app.cli.main", "--help"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert "validate" in done.stdout
    assert min(took) <= 0.5  # seconds of processor, so that busy neighbours don't decide
    for words in (["--help"], ["validate", "chenxi_live"], ["explain", "chenxi_live", "show"]):
        script = f"import sys\nfrom app.cli.main import main\nmain({words!r})\n"
        script += f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
        heavy = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert heavy.stderr.strip() == "[]", words


def test_python_and_command_line_read_the_same() -> None:
    """`load_scenario` is what commands call; it raises every problem as one error with places."""
    assert importlib.import_module("sim").load_scenario is scenario_file.load_scenario
    with pytest.raises(scenario_file.ScenarioError) as caught:
        load_scenario("chenxi_live", set=["collection.wait_max_min=-1", "show=radio"])
    assert [str(problem.place) for problem in caught.value.problems] == [
        "--set:collection.wait_max_min",
        "--set:show",
    ]
