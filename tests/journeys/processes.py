"""What the system says of processes: their families, whether they live, what they have opened."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path


def family(pid: int) -> set[int]:
    """The process's children, and theirs."""
    found: set[int] = set()
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                found |= {child} | family(child)
    return found


def alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def survivors(pids: set[int], within: float = 30.0) -> set[int]:
    """Which of the processes are still there when so many seconds are over; none as soon as all are gone."""
    until = time.monotonic() + within
    while (left := {pid for pid in pids if alive(pid)}) and time.monotonic() < until:
        time.sleep(0.02)
    return left


def opened(pid: int) -> str:
    """The libraries a process has mapped and the files it has opened, by their paths."""
    mapped = Path(f"/proc/{pid}/maps").read_text()
    with contextlib.suppress(FileNotFoundError):  # closed while we look
        mapped += "".join(str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir())
    return mapped
