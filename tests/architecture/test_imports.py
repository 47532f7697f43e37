from __future__ import annotations

import json
import subprocess
import sys
from fnmatch import fnmatch

import grimp
import pytest

from sim.compiling import NEVER_COMPILED
from tests.architecture.sources import PRODUCT, ROOT, imports, in_package, name, python

HEAVY = ("numba", "llvmlite", "simpy", "pandas", "scipy", "networkx", "pyvrp", "pyarrow")
KERNELS = ("sim/*kernel*.py", "sim/compiling.py")
STORIES = ("sim/*story*.py", "sim/ranked.py")
AT_HOME = {
    "numba": ("sim/compiling.py",),
    "sim.compiling": KERNELS,
    "simpy": STORIES,
    "sim.ranked": STORIES,
    "pandas": (),
    "pyarrow": (),
    "scipy": (),
    "pyvrp": ("sim/stages/delivery/route_search.py",),
}
"""Which files may import a library or module that costs time as soon as they are imported themselves."""


@pytest.mark.parametrize("costly", AT_HOME)
def test_costly_imports_stand_where_their_face_is(costly: str) -> None:
    """Compilers stand in kernels, SimPy in stories, tables at the edge; others import them when needed."""
    strangers = [
        f"{name(path)}:{found.line} imports {found.module}"
        for path in python(*PRODUCT)
        for found in imports(path)
        if found.at_once and in_package(found.module, costly)
        if not any(fnmatch(name(path), home) for home in AT_HOME[costly])
    ]
    assert strangers == []


def test_a_face_is_loaded_by_its_engine_only() -> None:
    """Whoever imports a kernel or a story at once is one itself, or the engine that plays it."""
    wrong = []
    for path in python(*PRODUCT):
        for found in imports(path):
            last = found.module.rpartition(".")[2]
            if not (found.at_once and found.module.startswith("sim.")):
                continue
            if "kernel" in last.split("_") and not any(
                fnmatch(name(path), p) for p in (*KERNELS, "sim/engines/compiled.py")
            ):
                wrong.append(f"{name(path)}:{found.line} imports {found.module}")
            if last == "story" and not any(
                fnmatch(name(path), p) for p in (*STORIES, "sim/engines/reference.py")
            ):
                wrong.append(f"{name(path)}:{found.line} imports {found.module}")
    assert wrong == []


def loaded_after(program: str) -> set[str]:
    """Names of heavy libraries a fresh interpreter has loaded after running the program."""
    tell = f"print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, json\n{program}\n{tell}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "program",
    [
        "import sim, sim.units, sim.problems, sim.scenario_tree, sim.claims, sim.kpis",
        "from sim.scenario_file import load_scenario, shipped\nfor one in shipped(): load_scenario(one)",
        "import sim.chain, sim.experiments.ask, reports.tables",
        *(
            f"from app.cli.main import main\nassert main({words!r}) == 0"
            for words in (
                ["--help"],
                ["validate", "chenxi_live"],
                ["scenarios"],
                ["schema"],
                ["run", "--help"],
            )
        ),
    ],
)
def test_what_needs_no_engine_loads_none(program: str) -> None:
    """Reading scenarios, checking them and asking for help load neither engine, nor scipy, nor pandas."""
    assert loaded_after(program) == set()


def test_what_machine_code_does_not_depend_on_is_out_of_its_reach() -> None:
    """The folders left out of the name of the compile cache are imported by no kernel, however indirectly."""
    graph = grimp.build_graph("sim", exclude_type_checking_imports=True)
    kernels = [m for m in graph.modules if "kernel" in m.rpartition(".")[2].split("_")]
    assert len(kernels) > 15
    reached = {m for kernel in kernels for m in graph.find_upstream_modules(kernel)}
    never = tuple(f"sim.{folder}" for folder in NEVER_COMPILED)
    lazily = {"sim.eventlog"}  # OrderLog.events() loads it when called
    assert sorted(m for m in reached - lazily for folder in never if in_package(m, folder)) == []


def test_contracts_are_kept() -> None:
    """The import contracts of pyproject.toml hold."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
