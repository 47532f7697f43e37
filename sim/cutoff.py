"""The cut-off: until when one may order, pay and cancel; sorting and the leaders' tally begin from it."""

from __future__ import annotations

from pydantic import model_validator

from sim.units import Params, par


class Cutoff(Params):
    """Closing times of an event."""

    placed_by_min: float = par(
        1245.0,
        unit="min",
        low=0,
        high=2880,
        grade="assumed",
        source="a quarter of an hour after the show; the article names none",
        meaning="Orders are accepted until this minute of D0.",
    )
    paid_by_min: float = par(
        1260.0,
        unit="min",
        low=0,
        high=2880,
        grade="assumed",
        source="sorting and tallying must begin",
        meaning="An order paid (by hand: a reply) after this minute of D0 is refunded; cancelling and "
        "collecting replies end here.",
    )
    cancel_share: float = par(
        0.02, unit="share", low=0, high=1, grade="assumed", source="no figure found for group buying",
        meaning="Share of paid orders the buyer cancels in the shop before the cut-off (system arms).",
    )  # fmt: skip

    @model_validator(mode="after")
    def _paid_after_placed(self) -> Cutoff:
        if self.paid_by_min < self.placed_by_min:
            raise ValueError("`paid_by_min` must not be before `placed_by_min`")
        return self
