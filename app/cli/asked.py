"""What the user asked, without how it is computed and shown: the name of a run in a store."""

from __future__ import annotations

import shlex

HOW = ("--jobs", "--lang", "--progress", "--out", "--cluster")
"""Options that change no figure; each is followed by its value."""
SHOWN = ("--json", "--gate")
KEEPING = ("run", "compare", "campaign", "headroom", "provision", "sensitivity")
"""Commands that with --out keep every replication; all others answer at once or start again."""
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


def after_a_stop() -> str:
    """What the same command does when it is given again."""
    if not words or words[0] not in KEEPING:
        return "the same command starts again"
    if any(word.partition("=")[0] == "--out" for word in words):
        return "the same command goes on from what is kept"
    return "the same command starts again (with --out it would go on)"
