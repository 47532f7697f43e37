"""Parameters of work by hand: registering, chasing, mistakes, the tally, headquarters' merge."""

from __future__ import annotations

from sim.laws import Law, lognormal_mean, uniform
from sim.units import Params, par

_PANKO = (
    "Paulsen et al., PLoS ONE 7(4), 2012 and Panko, What we know about spreadsheet errors, 2008: about 0.3 % "
    "a field when careful, four fields an order"
)
_SHANGHAI = (
    "上海团长图鉴, 凤凰WEEKLY财经, 2022 (names without flat, late additions, payers reconciled one by one); "
    "size assumed"
)
_TALLY = "no time study found; counting a chat of a few dozen replies twice"


class PaperParams(Params):
    """Times and mistakes of a desk without a system; part of `LeaderDeskParams`."""

    register_min: Law = par(
        lognormal_mean(3.0, 0.5),
        unit="min",
        grade="assumed",
        source=_SHANGHAI,
        meaning="Registering one reply: check the transfer, copy name, item and amount.",
    )
    scroll_per_100_members: float = par(
        0.12,
        unit="share",
        low=0,
        high=1,
        sweep=(0, 0.25),
        grade="assumed",
        source="a larger group's chat moves faster, so a reply takes longer to find; size unknown",
        meaning="Growth of the registering time for every 100 members the group has beyond 250.",
    )
    chase_share: float = par(
        0.10,
        unit="share",
        low=0,
        high=1,
        sweep=(0.05, 0.20),
        grade="B",
        source=_SHANGHAI,
        meaning="Share of buyers by hand who must be chased (payment or address missing).",
    )
    chase_min: float = par(
        1.5, unit="min", low=0, high=60, grade="assumed", source=_SHANGHAI, meaning="Chasing one buyer."
    )
    ask_again_share: float = par(
        0.05,
        unit="share",
        low=0,
        high=1,
        sweep=(0, 0.10),
        grade="assumed",
        source="no figure found; small, but grows with the queue it adds to",
        meaning="Chance that a buyer whose reply waits asks again, an interval, while the desk is open.",
    )
    ask_again_every_min: float = par(
        15.0,
        unit="min",
        low=1,
        high=240,
        grade="assumed",
        source="patience of someone watching a chat",
        meaning="Interval at which a waiting buyer may ask again.",
    )
    ask_again_min: float = par(
        1.0,
        unit="min",
        low=0,
        high=60,
        grade="assumed",
        source="a look and a short answer",
        meaning="Answering a buyer who asks again.",
    )
    ask_again_max: int = par(
        4,
        unit="asks",
        low=1,
        high=16,
        grade="rule",
        source="bounds the draws; four asks last about twenty hours",
        meaning="At most so many asks an order (those while the desk is closed count and cost nothing).",
    )
    late_share: float = par(
        0.05,
        unit="share",
        low=0,
        high=1,
        grade="B",
        source=_SHANGHAI,
        meaning="Share of replies the leader only finds after the cut-off (late additions to the sheet).",
    )
    late_after_min: Law = par(
        uniform(0.0, 20.0),
        unit="min",
        grade="assumed",
        source="while the sheet is being made",
        meaning="When after the cut-off a late addition turns up.",
    )
    late_tally_min: float = par(
        2.0,
        unit="min",
        low=0,
        high=60,
        grade="assumed",
        source=_TALLY,
        meaning="Reopening the sheet for one late addition.",
    )
    transcription_share: float = par(
        0.012,
        unit="share",
        low=0,
        high=0.5,
        sweep=(0.004, 0.04),
        grade="A",
        source=_PANKO,
        meaning="Share of registered orders copied wrongly at an empty desk.",
    )
    forgotten_share: float = par(
        0.015,
        unit="share",
        low=0,
        high=0.5,
        sweep=(0.005, 0.03),
        grade="assumed",
        source="1–2 % thought plausible for a chat scrolled by hand; no count found",
        meaning="Share of transfers never registered, at an empty desk (转账后忘了登记).",
    )
    load_gain: float = par(
        0.02,
        unit="per_job",
        low=0,
        high=1,
        sweep=(0, 0.05),
        grade="assumed",
        source="sign plausible, size unknown",
        meaning="Growth of both mistakes for each register job waiting when one is started.",
    )
    tally_min: float = par(
        20.0,
        unit="min",
        low=0,
        high=240,
        sweep=(10, 40),
        grade="assumed",
        source=_TALLY,
        meaning="Tally of a community after the cut-off, whatever its size.",
    )
    tally_reply_s: float = par(
        30.0, unit="s", low=0, high=600, grade="assumed", source=_TALLY, meaning="Tally of one reply."
    )
    clerks: int = par(
        2,
        unit="people",
        low=1,
        high=50,
        sweep=(1, 4),
        grade="assumed",
        source="a small brand's office in the evening",
        meaning="Clerks at headquarters who merge the leaders' sheets.",
    )
    merge_sheet_min: float = par(
        1.0,
        unit="min",
        low=0,
        high=60,
        sweep=(1, 4),
        grade="assumed",
        source="open, check, paste; four minutes with a different layout",
        meaning="Merging one sheet, whatever its rows.",
    )
    merge_row_s: float = par(
        10.0,
        unit="s",
        low=0,
        high=600,
        grade="assumed",
        source="one look at a row",
        meaning="Merging one row (an order) of a sheet.",
    )
