"""The scenarios at hand: shipped ones, and files in the current folder that look like one."""

from __future__ import annotations

import re
from pathlib import Path

from sim.problems import ScenarioError
from sim.scenario_file.nodes import Budget, Node
from sim.scenario_file.source import BYTES_LIMIT, read_node, shipped

_LOOKS_LIKE_ONE = re.compile(r"^(extends|show|system|title_zh|title_en):", re.MULTILINE)


def listed(folder: Path | None = None) -> list[dict[str, object]]:
    """Name, titles, a line about it, file and origin of every scenario, shipped ones first."""
    rows = [_row(name, f"scenarios/{name}.yaml", path, True) for name, path in shipped().items()]
    near = [
        path for path in sorted((folder or Path()).glob("*.y*ml"))[:1000] if path.suffix in (".yaml", ".yml")
    ]
    ours = {path.resolve() for path in shipped().values()}
    mine = [path for path in near if path.is_file() and path.resolve() not in ours and _is_scenario(path)]
    rows += [_row(str(path), str(path), path, False) for path in mine]
    return rows


def _is_scenario(path: Path) -> bool:
    try:
        if path.stat().st_size > BYTES_LIMIT:
            return False
        return bool(_LOOKS_LIKE_ONE.search(path.read_text(encoding="utf-8", errors="replace")))
    except OSError:
        return False


def _row(name: str, shown: str, path: Path, ours: bool) -> dict[str, object]:
    titles, about, problems = {"title_zh": "", "title_en": ""}, "", 0
    if name != "base":  # its text is written from the fields and long to read
        try:
            node, found = read_node(shown, path, Budget(), 1)
            problems = len(found)
            titles = {title: _text(node, title) for title in titles}
        except ScenarioError as error:
            problems = error.total
    about, about_zh = _comments(path) if not problems else (f"cannot be read: lianlu validate {shown}", "")
    return {"name": name, **titles, "about": about, "about_zh": about_zh, "file": shown, "shipped": ours}


def _text(node: Node, key: str) -> str:
    found = node.value.get(key) if isinstance(node.value, dict) else None
    return found.value if found is not None and isinstance(found.value, str) else ""


_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _comments(path: Path) -> tuple[str, str]:
    """The first comment that is for people, and the first one in Chinese: what the scenario is."""
    found: list[str] = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines()[:20]:
        if line and not line.startswith("#"):
            break
        if "yaml-language-server" not in line and line.strip("# "):
            found.append(line.strip("# ").strip())
    return (found or [""])[0], next((text for text in found if _CHINESE.search(text)), "")
