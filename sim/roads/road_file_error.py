"""What is wrong with a road file: where, what was found, what is allowed, what to do."""

from __future__ import annotations

from sim.problems import Unusable


class RoadFileError(Unusable):
    """A road file that cannot be used: where, what was found, what is allowed, what to do."""

    def __init__(self, file: str, place: str, found: str, allowed: str, remedy: str) -> None:
        self.file, self.place, self.found, self.allowed, self.remedy = (
            printable(text) for text in (file, place, found, allowed, remedy)
        )
        where = f"{self.file}:{self.place}" if self.place else self.file
        super().__init__(f"{where}: found {self.found}; allowed: {self.allowed}; {self.remedy}")


def printable(text: str, limit: int = 300) -> str:
    """Text with control and unprintable characters escaped, cut at `limit`."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:limit])
    return shown if len(text) <= limit else shown + "…"
