from __future__ import annotations

import email.parser
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.architecture.sources import PRODUCT, ROOT, files, imports, name, python

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DATA = {".py", ".yaml", ".json", ".html", ".css", ".js", ".ttf", ".txt"}


def plain(requirement: str) -> str:
    """The normal form of a distribution's name."""
    return re.sub(r"[-_.]+", "-", re.split(r"[ <>=!~;\[]", requirement, maxsplit=1)[0]).lower()


def pins() -> list[str]:
    """The entries of the lock, continuation lines joined."""
    joined = LOCK.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def test_the_lock_names_no_place() -> None:
    """Whoever installs decides from where: the lock holds no URL, no index and no path."""
    assert (
        re.findall(r"\w+://\S+|^\s*-\S+.*|@ \S+|\bfile:\S+", re.sub(r"--hash=\S+", "", LOCK), re.MULTILINE)
        == []
    )


def test_every_package_is_pinned_with_hashes() -> None:
    """Each entry is one version, with at least one SHA-256."""
    loose = [
        pin[:60]
        for pin in pins()
        if not re.fullmatch(
            r"[\w.\[\]-]+==[\w.+!]+(?: ; [^\\#]+?)?(?:\s+--hash=sha256:[0-9a-f]{64})+\s*", pin
        )
    ]
    assert loose == []
    assert len(pins()) > 30


def test_everything_asked_for_is_in_the_lock() -> None:
    """Run-time and development dependencies of pyproject.toml are pinned."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    asked = {plain(one) for one in (*PROJECT["dependencies"], *groups["dev"])}
    assert sorted(asked - {plain(pin) for pin in pins()}) == []


def run_time() -> dict[str, importlib.metadata.Distribution]:
    """Installed distributions that `pip install lianlu` brings, with what they bring."""
    from packaging.requirements import Requirement

    found: dict[str, importlib.metadata.Distribution] = {}
    ask = [Requirement(one) for one in PROJECT["dependencies"]]
    while ask:
        one = ask.pop()
        key = plain(one.name)
        if key in found or (one.marker is not None and not one.marker.evaluate({"extra": ""})):
            continue
        found[key] = importlib.metadata.distribution(one.name)
        ask += [Requirement(more) for more in found[key].requires or []]
    return found


def test_no_licence_binds_the_user() -> None:
    """No run-time dependency, direct or not, is under GPL, AGPL or a licence that forbids a use."""
    bad = re.compile(r"\bA?GPL|Affero|SSPL|BUSL|Commons Clause|non-?commercial", re.IGNORECASE)
    for key, distribution in run_time().items():
        about = distribution.metadata
        said = [about.get("License-Expression") or "", *(about.get_all("Classifier") or [])]
        if not about.get("License-Expression"):
            said.append((about.get("License") or "").strip().split("\n")[0])
        hits = [
            text for text in said if bad.search(text.replace("LGPL", "")) and "License" in text + "License"
        ]
        assert hits == [], key


def test_every_dependency_is_explained() -> None:
    """docs/dependencies.md has a row for each run-time dependency, direct or not."""
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = {plain(row) for row in re.findall(r"^\| `?([\w.-]+)`? \|", page, re.MULTILINE)}
    assert sorted(set(run_time()) - rows) == []


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    """The wheel, built offline from a copy of the project's files."""
    folder = tmp_path_factory.mktemp("wheel")
    for path in files():
        target = folder / "source" / name(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--quiet",
    ]
    done = subprocess.run(
        [*build, "-w", str(folder), str(folder / "source")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return zipfile.Path(built)


def test_the_wheel_holds_the_product_and_nothing_else(wheel: zipfile.Path) -> None:
    """The four packages with their YAML, JSON, fonts and pages, complete; no test, doc or benchmark."""
    names = [
        entry for entry in wheel.root.namelist() if ".dist-info/" not in entry and not entry.endswith("/")
    ]
    assert {Path(entry).parts[0] for entry in names} == set(PRODUCT)
    assert [entry for entry in names if Path(entry).suffix not in DATA] == []
    ours = {name(path) for path in files() if name(path).split("/")[0] in PRODUCT and path.suffix in DATA}
    assert sorted(ours ^ set(names)) == []


def test_the_wheel_says_what_it_is(wheel: zipfile.Path) -> None:
    """Name, licence, Python version and the command stand in its description."""
    (info,) = [entry for entry in wheel.root.namelist() if entry.endswith(".dist-info/METADATA")]
    about = email.parser.Parser().parsestr(wheel.root.read(info).decode())
    assert (about["Name"], about["License-Expression"], about["Requires-Python"]) == (
        "lianlu",
        "Apache-2.0",
        ">=3.11",
    )
    entries = wheel.root.read(info.replace("METADATA", "entry_points.txt")).decode()
    assert "lianlu = app.cli.main:main" in entries
    assert any(entry.endswith("LICENSE") for entry in wheel.root.namelist())


def test_what_is_asked_for_is_what_is_used() -> None:
    """The product imports each dependency and each extra, nothing else (pandas needs pyarrow for Parquet)."""
    third = {
        found.module.split(".")[0]
        for path in python(*PRODUCT)
        for found in imports(path)
        if found.module.split(".")[0] not in {*PRODUCT, *sys.stdlib_module_names, "", "benchmarks"}
    }
    module_of = {"ruamel-yaml": "ruamel", "salib": "SALib", "dask": "distributed"}
    module_of |= {"fonttools": "fontTools", "python-pptx": "pptx"}
    extras = [one for extra in PROJECT["optional-dependencies"].values() for one in extra]
    asked = {module_of.get(plain(one), plain(one)) for one in (*PROJECT["dependencies"], *extras)}
    assert asked - {"pyarrow"} == third - {"pydantic_core"}
