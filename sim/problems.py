"""What is wrong with an input, where it stands, what is allowed there and what to write instead.

Every reader of users' files collects `Problem`s, all of them, and raises one `InputError`. A problem
shows itself in the same words in the terminal and in `--json`; nothing of a user's text reaches the
terminal unescaped.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

SHOWN = 40
"""Problems printed in full; the others are counted."""
CLIP = 160
TEXT_LIMIT = 16_000


class Place(NamedTuple):
    """Where a key or value stands: lines and columns count from 1, columns in characters."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """FILE:LINE:COL, or `--set:PATH` for a value from the command line."""
        return self.file if self.file.startswith("--") else f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; `instead` is what to write, `sentence` says what was found."""

    place: Place
    key: str
    found: str
    allowed: str
    instead: str = ""
    sentence: str = ""

    def text(self, width: int = 0) -> str:
        """The problem as lines for a terminal; `width` aligns the keys of several problems."""
        where = f"{visible(str(self.place), 300):<{width}}  {visible(self.key, 200)}".rstrip()
        rows = [
            f"  {visible(self.sentence, 400)}" if self.sentence else f"  found    {visible(self.found, 200)}"
        ]
        rows += [f"  allowed  {visible(self.allowed, 400)}"] if self.allowed else []
        rows += [f"  try      {visible(self.instead, 200)}"] if self.instead else []
        return "\n".join([where, *rows])

    def record(self) -> dict[str, object]:
        """The problem as `lianlu validate --json` lists it, with the file it stands in."""
        return {
            "file": visible(self.place.file, 300),
            "line": self.place.line,
            "column": self.place.column,
            "key": visible(self.key, 200),
            "found": visible(self.found, 400),
            "allowed": visible(self.allowed, 400),
            "try": visible(self.instead, 200),
        }


class Unusable(ValueError):  # noqa: N818  # says what cannot be used, not that something broke
    """Input that makes no event: one sentence says what and why; commands answer with exit code 2."""


class InputError(ValueError):
    """Input that cannot be used, with every problem found in it; commands answer with exit code 2."""

    def __init__(self, problems: Sequence[Problem], total: int | None = None) -> None:
        """Keep the problems in the order in which they are to be shown; `total` counts those left out too."""
        self.problems = tuple(problems)
        self.total = max(total or 0, len(self.problems))
        super().__init__(render(self.problems, self.total))


class ScenarioError(InputError):
    """A scenario that cannot be run."""


class Stopped(Exception):  # noqa: N818  # not an error: it can go on later
    """Work that had to stop and can go on later (interrupted, disk full, store held): exit code 3."""


def render(problems: Sequence[Problem], total: int | None = None) -> str:
    """All problems for a terminal, at most `TEXT_LIMIT` characters, the rest counted."""
    total = max(total or 0, len(problems))
    shown = problems[:SHOWN]
    width = min(40, max((len(str(problem.place)) for problem in shown), default=0))
    blocks: list[str] = []
    size = 0
    for problem in shown:
        block = problem.text(width)
        size += len(block.encode()) + 1
        if size > TEXT_LIMIT:
            break
        blocks.append(block)
    if len(blocks) < total:
        blocks.append(f"… and {total - len(blocks)} more")
    blocks.append(f"{total} {'problem' if total == 1 else 'problems'}, nothing was run.")
    return "\n".join(blocks)


def visible(text: str, clip: int = CLIP) -> str:
    """Text that is safe to print: control and invisible characters as escapes, clipped."""
    shown = "".join(_escaped(char) for char in text[: clip + 1])
    return shown if len(text) <= clip and len(shown) <= 2 * clip else shown[:clip] + "…"


def _escaped(char: str) -> str:
    if char == " " or char.isprintable():
        return char
    known = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
    code = ord(char)
    return known.get(char) or (
        f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
    )


def odd_characters(text: str) -> str:
    """Names of full-width and invisible characters in text that should be plain ASCII."""
    odd = [
        char
        for char in dict.fromkeys(text)
        if ord(char) > 126 and (_lookalike(char) or not char.isprintable())
    ]
    names = [f"U+{ord(char):04X} {unicodedata.name(char, 'CONTROL').lower()}" for char in odd[:3]]
    return ", ".join(names)


def _lookalike(char: str) -> bool:
    plain = unicodedata.normalize("NFKC", char)
    return char != plain and plain.isascii()


def plain_ascii(text: str) -> str:
    """The text with full-width characters narrowed and invisible ones dropped."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char.isprintable()).strip()


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known name closest to `word`, if one is close enough; hyphens, blanks and case are forgiven."""
    names = list(known)
    same = word[:100].strip().lower().replace("-", "_").replace(" ", "_")
    folded = {name.lower(): name for name in names}
    if same in folded:
        return folded[same]
    part = [name for name in folded if len(same) > 2 and f"_{same}_" in f"_{name}_"]
    close = part[:1] or difflib.get_close_matches(same, list(folded), n=1, cutoff=cutoff)
    return folded[close[0]] if close else None
