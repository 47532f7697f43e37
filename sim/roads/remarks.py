"""What a reader of roads or points noticed: a code and its figures, said in each language by who shows it."""

from __future__ import annotations

from typing import Any, Self


class Remark(str):  # noqa: SLOT000  # figures need a place of their own
    """A remark in plain English that also knows its code and figures.

    Attributes:
        code: names the remark; a catalogue has a sentence for each.
        figures: what the sentence says.

    """

    code: str
    figures: dict[str, Any]

    def __new__(cls, code: str, sentence: str, **figures: Any) -> Self:
        """`sentence` has the figures' names in braces."""
        self = super().__new__(cls, sentence.format(**figures))
        self.code, self.figures = code, figures
        return self

    def record(self) -> dict[str, Any]:
        """Code and figures, as documents hold them."""
        return {"code": self.code, **self.figures}
