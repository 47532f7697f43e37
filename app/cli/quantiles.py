"""`--quantiles .05,.5,.95`: which percentiles are shown."""

from __future__ import annotations

from typing import Annotated

import typer

Quantiles = Annotated[
    str | None,
    typer.Option(
        help="Show these percentiles over the nights too, each with its interval: .05,.5,.95", metavar="Q,…"
    ),
]
USUAL = (0.05, 0.5, 0.95)
MOST = 9


def parsed(text: str | None) -> tuple[float, ...]:
    """The quantiles asked for, rising; the usual three where none are named."""
    if text is None:
        return USUAL
    try:
        found = sorted({float(word) for word in text.split(",")})
    except ValueError:
        found = []
    if not found or len(found) > MOST or not all(0.0 < q < 1.0 for q in found):
        raise typer.BadParameter(
            f"`{text}`: up to {MOST} numbers between 0 and 1, e.g. .05,.5,.95", param_hint="--quantiles"
        )
    return tuple(found)
