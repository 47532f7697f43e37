from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.sources import PRODUCT, ROOT, files, imports, in_package, name, python, tree

LONGEST = 450
TEXT = {".py", ".md", ".toml", ".yaml", ".json", ".lock", ".txt", ".cfg", ""}
NAMELESS = {"utils", "util", "common", "base", "helpers", "misc", "tools", "lib", "shared"}
SPOKEN = ("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK")
HOSTS = re.compile(
    r"\b(?:pypi|pythonhosted|npmjs|npmmirror|artifactory|jfrog|crates|conda|anaconda)\.(?:com|dev|io|net|org)\b"
    r"|\bindex-url[ =]+\S*[/:]|\bmirrors?\.[a-z0-9-]+\.[a-z]{2,}|\bregistry\.[a-z0-9-]+\.[a-z]{2,}",
    re.IGNORECASE,
)
MACHINE = re.compile(
    r"(?<![\w.:/-])/(?:work|root|home|Users|mnt|tmp|var/tmp)/\w|(?<!\w)[A-Z]:\\\\?\w|localhost:\d"
)
EVADED = {"skip", "skipif", "xfail", "importorskip", "flaky"}
MOCKS = ("unittest.mock", "mock", "pytest_mock")


def texts() -> list[Path]:
    """Files people wrote (a scenario's schema and the lock are written by programs, and are text too)."""
    return [path for path in files() if path.suffix in TEXT]


def test_files_fit_on_a_few_screens() -> None:
    """No Python file has more than 450 lines."""
    long = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python()}
    assert {path: lines for path, lines in long.items() if lines > LONGEST} == {}


def test_files_are_named_by_what_they_hold() -> None:
    """No drawer for odds and ends: no utils, common, base or helpers."""
    assert [name(path) for path in python() if NAMELESS & {path.stem, path.parent.name}] == []


def test_every_module_of_the_product_tells_its_concept() -> None:
    """Each module begins with a docstring."""
    assert [name(path) for path in python(*PRODUCT) if not ast.get_docstring(tree(path))] == []


@pytest.mark.parametrize("unsafe", ["pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"])
def test_nothing_read_from_disk_can_run(unsafe: str) -> None:
    """No pickle and nothing like it: a file given to us is data."""
    assert [
        f"{name(path)}:{found.line}"
        for path in python()
        for found in imports(path)
        if in_package(found.module, unsafe)
    ] == []


def test_nothing_is_left_for_later() -> None:
    """No notes to oneself: what is not done is not in the text."""
    word = re.compile(rf"\b({'|'.join(SPOKEN)})\b")
    found = []
    for path in texts():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if word.search(line):
                found.append(f"{name(path)}:{number} {line.strip()[:80]}")
    assert found == []


def test_no_test_looks_away() -> None:
    """No test is skipped, expected to fail or repeated until it passes; our own code is never mocked."""
    found = []
    for path in python("tests"):
        names = [
            node for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute) and node.attr in EVADED
        ]
        found += [f"{name(path)}:{node.lineno} {ast.unparse(node)}" for node in names]
        found += [
            f"{name(path)}:{one.line} {one.module}"
            for one in imports(path)
            if any(in_package(one.module, m) for m in MOCKS)
        ]
    assert found == []


def test_every_test_says_what_it_proves() -> None:
    """Each test function has a docstring."""
    silent = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in python("tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert silent == []


@pytest.mark.parametrize("pattern", [HOSTS, MACHINE], ids=["hosts", "machines"])
def test_no_file_knows_the_machine_it_was_written_on(pattern: re.Pattern[str]) -> None:
    """No host of a package registry and no folder of somebody's machine stands in any file."""
    found = []
    for path in texts():
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            hit = pattern.search(line)
            if hit:
                found.append(f"{name(path)}:{number} {hit[0]}")
    assert found == []


def test_every_exception_to_a_rule_has_its_reason() -> None:
    """A `noqa` or `type: ignore` names the rule it breaks and says why, on its line."""
    mark = re.compile(r"# (?:noqa|type: ignore)\b(?P<rest>.*)$")
    well = re.compile(r"^(?:: ?[A-Z]+\d+(?:, ?[A-Z]+\d+)*|\[[a-z-]+(?:, ?[a-z-]+)*\]) {2}(?:# |\()\S.*")
    found = []
    for path in python(*PRODUCT, "docs", "benchmarks"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            hit = mark.search(line)
            if hit and not well.match(hit["rest"]):
                found.append(f"{name(path)}:{number} {hit[0]}")
    assert found == []


def test_the_top_level_is_the_agreed_one() -> None:
    """Nothing new stands beside the agreed folders."""
    tops = {name(path).split("/")[0] for path in files() if "/" in name(path)}
    assert tops == {".ci", "sim", "scenarios", "app", "reports", "tests", "docs", "benchmarks"}


def test_kernels_without_annotations_are_a_list_of_kernels() -> None:
    """Every name in mypy's list of exemptions is a kernel, and only kernels are exempt."""
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    exempt = next(o for o in settings["tool"]["mypy"]["overrides"] if o.get("disallow_untyped_defs") is False)
    matched: set[Path] = set()
    for module in exempt["module"]:
        pattern = module.replace(".", "/").replace("/*/", "/**/") + ".py"
        hits = set(ROOT.glob(pattern))
        assert hits, f"{module} matches no file"
        matched |= hits
    assert [name(path) for path in matched if "kernel" not in path.stem.split("_")] == []
