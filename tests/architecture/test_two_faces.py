from __future__ import annotations

import ast
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.architecture.sources import PRODUCT, ROOT, name, python, tree

STAGES = sorted(path for path in (ROOT / "sim" / "stages").iterdir() if (path / "spec.py").exists())
ENGINES = ("story*.py", "rules.py", "*_rules.py", "kernel*.py", "*kernel.py")
BEFORE_ENGINES = ("draws_kernel.py",)
"""Draws are made before an engine starts; they may bend a uniform number with exp and log."""
INEXACT = {
    "exp",
    "expm1",
    "exp2",
    "log",
    "log1p",
    "log2",
    "log10",
    "pow",
    "power",
    "sqrt",
    "cbrt",
    "hypot",
    "sin",
    "cos",
    "tan",
}


def engine_files() -> list[Path]:
    """Files whose arithmetic runs in both faces or has to equal the other's."""
    places = ("sim/stages", "sim/station", "sim/engines")
    return [
        path
        for path in python("sim")
        if name(path).startswith(places)
        and any(fnmatch(path.name, pattern) for pattern in ENGINES)
        and path.name not in BEFORE_ENGINES
    ]


def test_engines_use_exact_arithmetic_only() -> None:
    """No exp, log, power or root in stories, rules and kernels: libraries differ in the last bit of them."""
    files = engine_files()
    assert len(files) > 30
    found = []
    for path in files:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                called = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                if called in INEXACT:
                    found.append(f"{name(path)}:{node.lineno} {called}")
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
                both = isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant)
                if not both:  # 2**62 is a constant by the time it runs
                    found.append(f"{name(path)}:{node.lineno} **")
    assert found == []


def test_arithmetic_is_ieee() -> None:
    """Nothing is compiled with fastmath, in parallel or always inline."""
    found = []
    for path in python(*PRODUCT):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Dict):
                pairs = [(getattr(k, "value", None), v) for k, v in zip(node.keys, node.values, strict=True)]
            else:
                pairs = [(k.arg, k.value) for k in node.keywords] if isinstance(node, ast.Call) else []
            for option, value in pairs:
                loose = option in ("fastmath", "parallel") and getattr(value, "value", None) is not False
                if loose or (option == "inline" and getattr(value, "value", None) == "always"):
                    found.append(f"{name(path)}:{node.lineno} {option}")
    assert found == []


def test_the_face_is_chosen_in_one_place() -> None:
    """`sim.chain` asks which engine plays the chain, `serve` which plays a lone station; nobody else does."""
    choosers = {"sim/chain.py": "_face", "sim/station/serve.py": "_face"}
    found: dict[str, set[str]] = {}
    for path in python("sim", "reports"):
        for function in ast.walk(tree(path)):
            if not isinstance(function, ast.FunctionDef):
                continue
            modules = [
                one
                for node in ast.walk(function)
                if isinstance(node, ast.ImportFrom)
                for one in (f"{node.module}.{alias.name}" for alias in node.names)
            ]
            if any(one.split(".")[-1] in ("story", "reference") for one in modules):
                found.setdefault(name(path), set()).add(function.name)
    assert found == {path: {function} for path, function in choosers.items()}


def test_both_faces_offer_the_same_steps() -> None:
    """The two conductors hand on the steps of a `Face` and nothing else: an act never asks which it has."""
    from sim.engines import compiled, reference
    from sim.engines.face import Face

    steps = sorted(name for name in vars(Face) if not name.startswith("_"))
    assert sorted(compiled.__all__) == sorted(reference.__all__) == steps
    assert compiled.NAME == "compiled"
    assert reference.NAME == "reference"


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_stage_is_a_folder_with_its_two_faces(stage: Path) -> None:
    """A stage has its concept, its parameters and both faces, unless it has no events."""
    has = {path.name for path in stage.iterdir()}
    assert {"__init__.py", "spec.py"} <= has
    # what is bought, what a reply becomes and who writes are columns; support and a depot's sort are Stations
    without_events = {"basket", "orders_by_hand", "aftersales", "depots"}
    assert stage.name in without_events or {"story.py", "kernel.py"} <= has
    assert (ast.get_docstring(tree(stage / "__init__.py")) or "") != ""
