"""The documentation is true: generated pages are current, its Python runs, its commands and files exist."""

from __future__ import annotations

import ast
import importlib
import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli.main import COMMANDS, application
from docs import generate
from docs.examples.coupon import kernel, story
from docs.examples.coupon.spec import CouponParams, draw, numbers
from sim.chain import simulate
from sim.random_streams import Streams
from sim.scenario_file import load_scenario, shipped
from sim.scenario_tree import leaves

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.zh.md")
PAGES = (*READMES, "CONTRIBUTING.md", *sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")))
PACKAGES = sorted(
    path.parent.relative_to(ROOT).as_posix()
    for top in ("sim", "reports", "app")
    for path in (ROOT / top).rglob("__init__.py")
)


def text_of(page: str) -> str:
    """Text of a page, by its path from the top."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """Its fenced blocks in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text_of(page), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", sorted(generate.pages()))
def test_generated_files_are_what_the_program_says(name: str) -> None:
    """A parameter, KPI, column or claim cannot change without its page (`make docs` writes them)."""
    assert text_of(name) == generate.pages()[name], f"{name} is old: run `make docs`"


def test_every_parameter_has_its_row() -> None:
    """The parameter page lists each leaf of the tree exactly once."""
    page = text_of("docs/parameters.md")
    assert [leaf.path for leaf in leaves() if page.count(f"| `{leaf.path}` |") != 1] == []


@pytest.mark.parametrize("name", ["chenxi_live", "chenxi_jielong"])
def test_every_column_of_a_log_is_documented(name: str) -> None:
    """The data dictionary knows each column a replication returns, and the log has each column it lists."""
    log = simulate(load_scenario(name))
    returned = {(table, column) for table, columns in log.tables.items() for column in columns}
    listed = {(column.table, column.name) for column, _ in generate.columns_of_the_program()}
    filled = {table for table, columns in log.tables.items() if columns}
    assert sorted(returned - listed) == []
    assert sorted(pair for pair in listed - returned if pair[0] in filled) == []


@pytest.mark.parametrize(
    "page", [page for page in PAGES if (ROOT / page).exists() and blocks(page, "python")]
)
def test_python_in_the_documentation_runs(page: str) -> None:
    """Each Python block runs as printed; the blocks of one page share their names, as a reader would."""
    names: dict[str, object] = {}
    for number, block in enumerate(blocks(page, "python"), start=1):
        exec(compile(block, f"{page}, Python block {number}", "exec"), names)  # noqa: S102  # the page runs


@pytest.mark.parametrize("page", READMES)
def test_commands_in_the_readme_exist(page: str) -> None:
    """Every `lianlu COMMAND` the README names exists, and its command lines parse as they stand."""
    cli: Any = typer.main.get_command(application(COMMANDS))
    named = set(re.findall(r"`lianlu ([a-z]+)", text_of(page)))
    named |= {
        line.split()[1] for block in blocks(page, "sh") for line in block.splitlines() if "lianlu" in line
    }
    assert named >= {"run", "compare", "bench"}
    assert named <= set(cli.commands)
    for block in blocks(page, "sh"):
        for line in block.splitlines():
            program, *words = shlex.split(line, comments=True)
            if program == "lianlu":
                cli.commands[words[0]].make_context(words[0], words[1:])


@pytest.mark.parametrize("page", READMES)
def test_scenarios_in_the_readme_are_valid(page: str, tmp_path: Path) -> None:
    """A scenario printed in the README can be run."""
    for number, block in enumerate(blocks(page, "yaml")):
        path = tmp_path / f"printed{number}.yaml"
        path.write_text(block, encoding="utf-8")
        load_scenario(path)


@pytest.mark.parametrize("page", READMES)
def test_make_targets_in_the_readme_exist(page: str) -> None:
    """Every `make TARGET` the README names is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", text_of(page), re.MULTILINE)) <= targets


@pytest.mark.parametrize("page", READMES)
def test_the_readme_names_the_shipped_scenarios(page: str) -> None:
    """No scenario is shipped without a word in the README."""
    assert [name for name in shipped() if name not in text_of(page)] == []


def test_both_readmes_say_the_same() -> None:
    """The Chinese README is a full twin: same headings in number and level, same code, same tables."""
    english, chinese = (text_of(page) for page in READMES)
    levels = [re.findall(r"^(#+) ", page, re.MULTILINE) for page in (english, chinese)]
    assert levels[0] == levels[1]
    assert blocks("README.md", "python") == blocks("README.zh.md", "python")
    assert blocks("README.md", "sh") == blocks("README.zh.md", "sh")
    assert blocks("README.md", "yaml") == blocks("README.zh.md", "yaml")
    rows = [len(re.findall(r"^\|", page, re.MULTILINE)) for page in (english, chinese)]
    assert rows[0] == rows[1]


@pytest.mark.parametrize("page", PAGES)
def test_files_named_in_the_documentation_exist(page: str) -> None:
    """Links and paths in the pages lead somewhere, and a file named alone is one of ours."""
    folder = (ROOT / page).parent
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text_of(page))
    missing = [link for link in links if not (folder / link).exists()]
    tops = "sim|app|reports|scenarios|tests|docs|benchmarks"
    for path in re.findall(rf"`((?:{tops})/[\w/.{{}},-]+)`", text_of(page)):
        alternatives = re.search(r"\{([\w,]+)\}", path)
        names = alternatives[1].split(",") if alternatives else [""]
        whole = [path.replace(alternatives[0], name) if alternatives else path for name in names]
        missing += [one for one in whole if one != "sim/stages/coupon/" and not (ROOT / one).exists()]
    ours = {file.name for top in tops.split("|") for file in (ROOT / top).rglob("*.py")}
    missing += [file for file in re.findall(r"`(\w+\.py)`", text_of(page)) if file not in ours]
    assert missing == []


def words_of(package: str) -> set[str]:
    """What a package's docstring may name: its modules, top-level folders, the choices its `spec` gives."""
    folder = ROOT / package
    known = {file.stem for file in folder.iterdir()} | {file.name for file in folder.iterdir()}
    known |= {path.name for path in ROOT.iterdir()}
    if (folder / "spec.py").exists():
        spec = (folder / "spec.py").read_text(encoding="utf-8")
        known |= set(re.findall(r"^    (\w+): Literal", spec, re.MULTILINE)) | set(
            re.findall(r'"(\w+)"', spec)
        )
    return known


@pytest.mark.parametrize("package", PACKAGES)
def test_modules_named_by_a_package_exist(package: str) -> None:
    """A package's docstring names no module that is not in it, and nothing that it does not export."""
    told = ast.get_docstring(ast.parse(text_of(f"{package}/__init__.py"))) or ""
    assert told, "a package says what it is"
    named = set(re.findall(r"`(\w+(?:\.py)?)`", told))
    commands = set(COMMANDS) if package.startswith("sim/experiments") else set()
    exported = importlib.import_module(package.replace("/", "."))
    assert sorted(word for word in named - words_of(package) - commands if not hasattr(exported, word)) == []


@settings(max_examples=200, deadline=None)
@given(
    data=st.data(), grid=st.sampled_from([0, 240]), points=st.integers(1, 3), seed=st.integers(0, 2**32 - 1)
)
def test_both_faces_of_the_example_are_equal(data: st.DataObject, grid: int, points: int, seed: int) -> None:
    """The example's story and kernel agree to the bit, with ties everywhere (grid) and without."""
    n = data.draw(st.integers(0, 40))
    share = st.floats(0, 1)
    params = CouponParams(holder_share=data.draw(share), refused_share=data.draw(share))
    chance = np.random.default_rng(seed)
    arrive = chance.uniform(1440.0, 1450.0, n)
    luck = draw(params, Streams(seed, 0), np.arange(n, dtype=np.int64))
    if grid:
        arrive = np.floor(arrive * grid) / grid
        luck = luck._replace(check=np.floor(luck.check * grid) / grid)
    arrive[chance.random(n) < 0.1] = np.nan
    point = chance.integers(0, points, n).astype(np.int32)
    told = story.run_coupons(numbers(params), luck, arrive, point, points)
    computed = kernel.run_coupons(numbers(params), luck, arrive, point, points)
    for name, column in told.items():
        assert np.array_equal(column, computed[name], equal_nan=column.dtype.kind == "f"), name
