"""The project's files and what they import, for the tests of its shape."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PRODUCT = ("sim", "scenarios", "reports", "app")
MADE = {"build", "dist", "out", "__pycache__"}


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project: neither what tools leave behind nor hidden folders but `.ci`."""

    def below(folder: Path) -> Iterator[Path]:
        for path in sorted(folder.iterdir()):
            hidden = path.name.startswith(".") and path.name not in (".ci", ".gitignore")
            if hidden or path.name in MADE or path.name.endswith(".egg-info"):
                continue
            if path.is_dir():
                yield from below(path)
            elif path.suffix != ".pyc":
                yield path

    return tuple(below(ROOT))


def name(path: Path) -> str:
    """The path as a message shows it: from the project's folder."""
    return path.relative_to(ROOT).as_posix()


def python(*tops: str) -> list[Path]:
    """Python files below the given top-level folders (all of the project's without any)."""
    return [
        path for path in files() if path.suffix == ".py" and (not tops or name(path).split("/")[0] in tops)
    ]


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


class Import(NamedTuple):
    """One name imported: as `module`, or as `module.name` where it comes from a module."""

    module: str
    line: int
    at_once: bool
    """Whether importing the file imports it: neither in a function nor for the type checker only."""


def imports(path: Path) -> Iterator[Import]:
    """Everything a file imports."""

    def walk(node: ast.AST, at_once: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                yield from (Import(one.name, child.lineno, at_once) for one in child.names)
            elif isinstance(child, ast.ImportFrom):
                yield Import(child.module or "", child.lineno, at_once)
                yield from (
                    Import(f"{child.module}.{one.name}", child.lineno, at_once) for one in child.names
                )
            elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                yield from walk(child, at_once=False)
            else:
                later = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
                yield from walk(child, at_once and not later)

    return walk(tree(path), at_once=True)


def in_package(module: str, package: str) -> bool:
    """Whether a module is the package or stands in it."""
    return module == package or module.startswith(package + ".")
