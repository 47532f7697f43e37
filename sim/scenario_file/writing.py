"""Scenarios as text: the canonical dump, and `base.yaml`, which is written from the fields."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any

from pydantic_core import PydanticUndefined

from sim.laws import Law
from sim.problems import Place
from sim.scenario_file.nodes import Node
from sim.scenario_file.scalars import written
from sim.scenario_tree import Path, Step, below, spelled, unit_of
from sim.tree_steps import named_files
from sim.units import Params

BASE_FILE = "scenarios/base.yaml"
SCHEMA_FILE = "scenario.schema.json"


def plain(value: Any) -> Any:
    """A model (or anything inside one) as dictionaries, lists and scalars; a law with its own kind alone."""
    if isinstance(value, Law):
        return {value.kind: plain(getattr(value, value.kind))}
    if isinstance(value, Params):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(inner) for inner in value)
    return value


def _beside(folder: FilePath, values: dict[str, Any], root: type[Params]) -> None:
    """Say every file that is named as seen from the folder."""
    for section, key in named_files(root):
        if values[section][key] is not None:
            values[section][key] = _seen_from(folder, FilePath(values[section][key]))


def _seen_from(folder: FilePath, path: FilePath) -> str:
    """A path relative to a folder; one that was given from the root, and lies elsewhere, stays as it is."""
    outside = path.is_absolute() and not path.is_relative_to(folder.resolve())
    return str(path) if outside else os.path.relpath(path, folder)


def scenario_yaml(scenario: Params, folder: FilePath | None = None) -> str:
    """The whole scenario as YAML that reads back to an equal scenario.

    Keys that its arm never reads are left out: a file that sets them is refused. Files it names are given
    relative to `folder`, where the text is going to stand.
    """
    values = plain(scenario)
    if folder is not None:
        _beside(folder, values, type(scenario))
    judge = getattr(type(scenario), "combination_problems", None)
    keys = list(_keys(values, ()))
    unread = (
        {problem[0] for problem in judge(dict.fromkeys(map(spelled, keys)), scenario)} if judge else set()
    )
    for key in keys:
        if spelled(key) in unread:
            _drop(values, key)
    sheet = _Sheet(comments=False)
    sheet.mapping(type(scenario), values, (), 0)
    return "\n".join(sheet.lines) + "\n"


def _keys(values: Any, path: Path) -> Iterator[Path]:
    if isinstance(values, dict) and values:
        for key, inner in values.items():
            yield from _keys(inner, (*path, key))
    else:
        yield path


def _drop(values: dict[str, Any], path: Path) -> None:
    """Take a key out, and the mappings that it leaves empty."""
    step, *rest = path
    if rest:
        _drop(values[str(step)], tuple(rest))
    if not rest or not values[str(step)]:
        del values[str(step)]


def in_line(value: Any) -> str:
    """Write plain values as YAML in one line: `{lognormal: {median: 8.0, sigma: 0.6}}`."""
    return _Sheet(comments=False).flow(value, (), 1, 1)


def default_values(root: type[Params]) -> dict[str, Any]:
    """Every default of a tree as plain values; fields that must be given are left out."""
    values: dict[str, Any] = {}
    for name, info in root.model_fields.items():
        default = info.get_default(call_default_factory=True, validated_data={})
        if default is not PydanticUndefined:
            values[name] = plain(default)
    return values


@lru_cache(maxsize=8)
def base_yaml(root: type[Params]) -> tuple[str, Node]:
    """Text of `base.yaml` for a tree, and the same values as nodes standing at their lines in it."""
    values = default_values(root)
    sheet = _Sheet(comments=True)
    sheet.lines += [
        f"# yaml-language-server: $schema=./{SCHEMA_FILE}",
        "# Every parameter with its default, its unit, the grade of its evidence and its source.",
        "# 全部参数：默认值、单位、证据等级与来源；其他场景只写与它不同的部分。",
        "# Written from the program's fields; other scenarios extend this one and say only what differs.",
    ]
    sheet.mapping(root, values, (), 0)
    return "\n".join(sheet.lines) + "\n", _nodes(values, (), sheet.places)


def write_base_yaml(root: type[Params] | None = None, folder: FilePath | None = None) -> list[FilePath]:
    """Write `base.yaml` and the JSON Schema beside it into the package `scenarios`; the paths written."""
    from importlib.resources import files

    from sim.scenario_file.schema import scenario_schema

    root = root or _scenario()
    folder = folder or FilePath(str(files("scenarios")))
    schema = json.dumps(scenario_schema(root), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    texts = {"base.yaml": base_yaml(root)[0], SCHEMA_FILE: schema}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def _scenario() -> type[Params]:
    from sim.scenario import Scenario  # late, so that this module serves any tree

    return Scenario


@dataclass
class _Sheet:
    """Lines being written, with the place of every key and value."""

    comments: bool
    lines: list[str] = field(default_factory=list)
    places: dict[Path, tuple[int, int, int]] = field(default_factory=dict)

    def mapping(
        self, annotation: Any, values: dict[str, Any], path: Path, indent: int, dash: str = ""
    ) -> None:
        for key, value in values.items():
            step = below(annotation, key)
            lead = f"{' ' * (indent - 2)}{dash}" if dash else " " * indent
            dash = ""
            self._entry(lead, written(key), step, value, (*path, key), indent)

    def _comments_wanted(self, path: Path) -> bool:
        """Elements of a list are alike: the first one explains the others."""
        return self.comments and not any(isinstance(step, int) and step > 0 for step in path)

    def _entry(self, lead: str, key: str, step: Any, value: Any, path: Path, indent: int) -> None:
        annotation, info = step or (None, None)
        head = f"{lead}{key}:"
        start = len(self.lines) + 1, len(lead) + 1
        if isinstance(value, dict) and value and not _is_law(annotation):
            self._comment(annotation, info, path, indent - lead.count("-") * 2, section=True)
            start = len(self.lines) + 1, len(lead) + 1
            self.lines.append(head)
            self.mapping(annotation, value, path, indent + 2)
        elif isinstance(value, list) and value and any(isinstance(item, (dict, list)) for item in value):
            self._comment(annotation, info, path, indent - lead.count("-") * 2, section=False)
            start = len(self.lines) + 1, len(lead) + 1
            self.lines.append(head)
            for index, item in enumerate(value):
                self._item(annotation, item, (*path, index), indent + 2)
        else:
            self._comment(annotation, info, path, indent - lead.count("-") * 2, section=False)
            start = len(self.lines) + 1, len(lead) + 1
            self.lines.append(f"{head} {self.flow(value, path, start[0], len(head) + 2)}")
        self.places[path] = (*start, len(head) + 2)

    def _item(self, annotation: Any, item: Any, path: Path, indent: int) -> None:
        self.places[path] = (len(self.lines) + 1, indent + 1, indent + 3)
        if isinstance(item, dict) and item:
            step = below(annotation, path[-1])
            self.mapping(step[0] if step else None, item, path, indent + 2, dash="- ")
        else:
            self.lines.append(" " * indent + "- " + self.flow(item, path, len(self.lines) + 1, indent + 3))

    def flow(self, value: Any, path: Path, line: int, column: int) -> str:
        if not isinstance(value, (dict, list)):
            return written(value)
        inner: list[str] = []
        at = column + 1
        pairs: list[tuple[Step, Any]] = (
            list(value.items()) if isinstance(value, dict) else list(enumerate(value))
        )
        for step, item in pairs:
            head = f"{written(step)}: " if isinstance(step, str) else ""
            self.places[(*path, step)] = (line, at, at + len(head))
            inner.append(head + self.flow(item, (*path, step), line, at + len(head)))
            at += len(inner[-1]) + 2
        return "{" + ", ".join(inner) + "}" if isinstance(value, dict) else "[" + ", ".join(inner) + "]"

    def _comment(self, annotation: Any, info: Any, path: Path, indent: int, section: bool) -> None:
        if not self._comments_wanted(path) or info is None:
            return
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        says = (
            info.description or (annotation.__doc__ if section and isinstance(annotation, type) else "") or ""
        )
        if section and indent == 0:
            self.lines.append("")
        if says:
            self.lines.append(f"{' ' * indent}# {' '.join(says.split())}")
        if extra.get("grade"):
            from sim.scenario_file.allowed import allowed

            unit = unit_of(info)
            low_high = allowed(annotation, info, "-")
            figures = (
                f"{unit} · {low_high} · grade {extra['grade']}"
                if unit != "-"
                else f"{low_high} · grade {extra['grade']}"
            )
            self.lines.append(f"{' ' * indent}# {figures} · {' '.join(str(extra['source']).split())}")


def _is_law(annotation: Any) -> bool:
    from sim.scenario_tree import members

    return Law in members(annotation)


def _nodes(value: Any, path: Path, places: dict[Path, tuple[int, int, int]]) -> Node:
    line, key, column = places.get(path, (1, 1, 1))
    inner: Any = value
    if isinstance(value, dict):
        inner = {name: _nodes(item, (*path, name), places) for name, item in value.items()}
    elif isinstance(value, list):
        inner = [_nodes(item, (*path, index), places) for index, item in enumerate(value)]
    text = "" if isinstance(value, (dict, list)) else written(value)
    return Node(inner, Place(BASE_FILE, line, column), Place(BASE_FILE, line, key), text, 0)
