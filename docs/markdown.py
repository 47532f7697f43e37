"""Markdown of the generated pages: tables, cells, values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sim.scenario_file.allowed import number
from sim.scenario_file.scalars import written

NOTICE = "<!-- Written by `python -m docs.generate` (or `make docs`); change the program, not this page. -->"


def head(title: str, text: str) -> list[str]:
    """Title, notice and introduction of a page."""
    return [f"# {title}", "", NOTICE, "", *text.strip().splitlines()]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return lines + ["| " + " | ".join(cell(text) for text in row) + " |" for row in rows]


def cell(text: str) -> str:
    """Text on one line, safe inside a table."""
    return " ".join(text.split()).replace("|", "\\|")


def page(lines: Iterable[str]) -> str:
    """Join the lines of a page, blank lines single."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def value_text(value: Any) -> str:
    """Write a value as a scenario file would, in one line."""
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(value_text(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {value_text(item)}" for key, item in value.items()) + "}"
    return figure(value) if isinstance(value, float) else written(value)


def figure(value: Any) -> str:
    """Write a number without needless digits."""
    return number(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)
