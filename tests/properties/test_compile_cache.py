"""Machine code is never older than the sources: a changed line in any `rules.py` is compiled anew."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.compiling import DAY_S, KEPT, NEVER_COMPILED, prune, sources_hash

PACKAGE = Path(sim.__file__).parent
NOW = 4e9
RULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*rules.py"))
CHANGED = ("stages/collection/rules.py", "max(0.0, end - start - hold)", "max(0.0, end - start - hold + 0.5)")
"""A line of the cold chain's arithmetic, and the same half a minute later."""

ASK = """
import json
import numpy as np
from sim.compiling import CACHE, FIRST_TIME
from sim.random_streams import Streams
from sim.stages.collection.flow import ColdInput
from sim.stages.collection.kernel import run_cold
from sim.stages.collection.spec import CollectionParams, draw, numbers

params, keys = CollectionParams(), np.arange(50)
n = numbers(params)
unloaded, collected = np.full(50, 1900.0), np.full(50, 1901.0) + n.hold
one_point, nothing = np.zeros(50, np.int32), np.zeros(1, np.int64)
given = ColdInput(
    unloaded, unloaded, collected, one_point, np.full(50, 3000), nothing, np.full(1, 9000.0)
)
cold = run_cold(n, draw(params, Streams(1, 0), keys), given)
print(json.dumps({"folder": CACHE.name, "first": FIRST_TIME, "above": float(cold[1].max())}))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package that may be changed."""
    shutil.copytree(PACKAGE, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def ask(place: Path) -> dict[str, Any]:
    """Run a kernel of the copy in a fresh interpreter."""
    env = os.environ | {
        "PYTHONPATH": str(place),
        "LIANLU_CACHE": str(place / "cache"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=env, cwd=place, capture_output=True, text=True, check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_changed_rule_is_never_answered_from_old_machine_code(copy: Path) -> None:
    """A rule changed by a line: another folder, a new answer; changed back: the old ones."""
    file, line, other = CHANGED
    before = ask(copy)
    assert before["first"]
    text = (copy / "sim" / file).read_text(encoding="utf-8")
    assert text.count(line) == 1
    (copy / "sim" / file).write_text(text.replace(line, other), encoding="utf-8")
    after = ask(copy)
    assert after["first"]
    assert after["folder"] != before["folder"]
    assert (before["above"], after["above"]) == (1.0, 1.5)
    (copy / "sim" / file).write_text(text, encoding="utf-8")
    assert ask(copy) == before | {"first": False}


def used(versions: Path, *days_ago: float) -> list[Path]:
    """Make folders of versions last used so many days ago, with some machine code in them."""
    folders = []
    for number, days in enumerate(days_ago):
        folder = versions / f"version{number:02d}"
        folder.mkdir(parents=True)
        (folder / "kernel.nbc").write_bytes(b"machine code")
        os.utime(folder, (NOW - days * DAY_S,) * 2)
        folders.append(folder)
    return folders


def test_old_machine_code_is_removed(tmp_path: Path) -> None:
    """The newest few versions stay for a month, others for a day; what was used today is never touched."""
    folders = used(tmp_path, 0.1, 0.2, 0.3, 0.4, 0.5, 2.0, 3.0)
    assert sorted(prune(tmp_path, NOW)) == folders[5:]
    assert sorted(tmp_path.iterdir()) == folders[:5]
    few = used(tmp_path / "few", 0.0, 2.0, 29.0, 31.0)
    assert prune(tmp_path / "few", NOW) == few[3:]


def test_processes_may_clear_up_at_once(tmp_path: Path) -> None:
    """Eight who clear up the same folders remove each exactly once, and nobody fails."""
    folders = used(tmp_path, *range(40))
    with ThreadPoolExecutor(8) as together:
        gone = [one for part in together.map(lambda _: prune(tmp_path, NOW), range(8)) for one in part]
    assert sorted(gone) == folders[KEPT:]
    assert sorted(tmp_path.iterdir()) == folders[:KEPT]


def test_compiling_clears_up(copy: Path) -> None:
    """A version compiled for the first time removes what is old; one that is used again removes nothing."""
    versions = copy / "cache" / "kernels"
    (old,) = used(versions, 365.0 * 100)
    assert ask(copy)["first"]
    assert not old.exists()
    (old,) = used(versions, 365.0 * 100)
    assert not ask(copy)["first"]
    assert old.exists()


def test_every_rule_is_watched(copy: Path) -> None:
    """One more space in any file of rules, in a new file or in a renamed one, names another folder."""
    assert len(RULES) >= 8
    hashes = {sources_hash(copy / "sim")}
    assert hashes == {sources_hash()}
    for rules in RULES:
        path = copy / "sim" / rules
        text = path.read_text(encoding="utf-8")
        path.write_text(text + " ", encoding="utf-8")
        hashes.add(sources_hash(copy / "sim"))
        path.write_text(text, encoding="utf-8")
    (copy / "sim" / "new_rules.py").write_text("", encoding="utf-8")
    hashes.add(sources_hash(copy / "sim"))
    (copy / "sim" / "new_rules.py").rename(copy / "sim" / "renamed_rules.py")
    hashes.add(sources_hash(copy / "sim"))
    assert len(hashes) == len(RULES) + 3


def test_only_folders_without_rules_are_not_watched(copy: Path) -> None:
    """What is left out of the hash holds no rules and no kernels, and tables may change without compiling."""
    left_out = [
        path
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0].removesuffix(".py") in NEVER_COMPILED
    ]
    assert left_out
    assert not [path for path in left_out if path.stem.endswith(("rules", "kernel"))]
    before = sources_hash(copy / "sim")
    (copy / "sim" / left_out[0].relative_to(PACKAGE)).write_text("", encoding="utf-8")
    assert sources_hash(copy / "sim") == before
