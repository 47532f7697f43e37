"""What the user asked, without how it is computed and shown: the name of a run in a store."""

from __future__ import annotations

import shlex

HOW = ("--jobs", "--lang", "--progress", "--out", "--cluster")
"""Options that change no figure; each is followed by its value."""
SHOWN = ("--json", "--gate")
words: list[str] = []
"""The words of the command that runs, set by `main`."""


def command() -> str:
    """The command as one line; the same figures have the same line."""
    kept: list[str] = []
    skip = False
    for word in words:
        option = word.partition("=")[0]
        if skip:
            skip = False
        elif option in HOW:
            skip = "=" not in word
        elif word not in SHOWN:
            kept.append(word)
    return shlex.join(kept)
