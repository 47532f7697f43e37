"""A job's process: the command line as a user has it, its streams into the job's folder, its exit code."""

from __future__ import annotations

import sys
from pathlib import Path


def work(folder: Path, words: list[str]) -> int:
    """Run the command; the answer appears whole or not at all."""
    from app.cli.main import main

    part = folder / "answer.part"
    with (
        part.open("w", encoding="utf-8") as out,
        (folder / "said").open("w", encoding="utf-8", buffering=1) as said,
    ):
        sys.stdout, sys.stderr = out, said
        code = 70
        try:
            code = main(words)
        finally:
            sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    if code in (0, 1):
        part.replace(folder / "answer.json")
    else:
        part.unlink(missing_ok=True)
    ended = folder / "ended.part"
    ended.write_text(str(code))
    ended.replace(folder / "ended")
    return code


if __name__ == "__main__":
    sys.exit(work(Path(sys.argv[1]), sys.argv[2:]))
