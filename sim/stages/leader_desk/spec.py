"""Parameters of the desk; its hours, its work by hand, its numbers, codes and columns stand beside it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from sim.laws import Law, constant, lognormal, lognormal_mean
from sim.stages.leader_desk.codes import CLASSES, COLUMNS, ClassName
from sim.stages.leader_desk.paper import PaperParams
from sim.stages.leader_desk.working_hours import WorkingHours
from sim.units import par

__all__ = ["COLUMNS", "LeaderDeskParams"]


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


Names = Annotated[tuple[ClassName, ...], BeforeValidator(_tuples)]
Ranks = Annotated[tuple[ClassName | tuple[ClassName, ...], ...], BeforeValidator(_tuples)]

_RULE = "modelling rule of the desk: what may wait and what may not"
_CARRY = "no time study found; carrying, counting and signing crates at the door"


class LeaderDeskParams(WorkingHours, PaperParams):
    """Hours, order of work and times of a leader's desk."""

    order: Ranks = par(
        ("chat", "hand_over", "complaint", "register", "tally", "split"),
        unit="-",
        grade="rule",
        source=_RULE,
        meaning="Job classes, most urgent first; those in an inner list are equal, first come, first served.",
    )
    interrupting: Names = par(
        ("chat", "hand_over"),
        unit="-",
        grade="rule",
        source=_RULE,
        meaning="Classes that interrupt a less urgent job; the person stands at the door.",
    )
    interruptible: Names = par(
        ("register", "tally", "split"),
        unit="-",
        grade="rule",
        source=_RULE,
        meaning="Classes whose job may be put aside for a more urgent one and resumed.",
    )
    finish_at_close: Names = par(
        ("chat", "hand_over", "complaint"),
        unit="-",
        grade="rule",
        source=_RULE,
        meaning="Classes whose job is finished after closing; the others resume in the next window.",
    )
    resume_cost_s: float = par(
        0.0,
        unit="s",
        low=0,
        high=600,
        sweep=(0, 60),
        grade="assumed",
        source="finding the place again; off unless studied",
        meaning="Extra work each time a job put aside is taken up again.",
    )
    chat_factor: float = par(
        1.0,
        unit="ratio",
        low=1,
        high=3,
        grade="rule",
        source="chat time is inside the group work of `leaders`, so 1; 1.05 is 6 chats of 30 s an hour",
        meaning="Stretches every desk job for chatting meanwhile; not together with `chat_per_h`.",
    )
    chat_per_h: float = par(
        0.0,
        unit="per_h",
        low=0,
        high=60,
        sweep=(0, 6),
        grade="assumed",
        source="off: chat time is inside the group work of `leaders`; 6 an hour where chat is studied",
        meaning="Chat interruptions an hour of open desk (Poisson), as jobs of class `chat`.",
    )
    chat_min: Law = par(
        constant(0.5),
        unit="min",
        grade="assumed",
        source="half a minute for a short answer in the chat",
        meaning="Length of one chat interruption.",
    )
    receive_min: float = par(
        5.0,
        unit="min",
        low=0,
        high=120,
        grade="assumed",
        source=_CARRY,
        meaning="Receiving a van's goods at the point, whatever their number.",
    )
    receive_crate_s: float = par(
        10.0, unit="s", low=0, high=600, grade="assumed", source=_CARRY, meaning="Receiving one crate."
    )
    split_order_min: float = par(
        2.0,
        unit="min",
        low=0,
        high=60,
        sweep=(1, 4),
        grade="assumed",
        source="no time study found; read the list, pick, bag, label",
        meaning="Splitting one order out of the delivery by hand (manual arms).",
    )
    split_sku_s: float = par(
        45.0,
        unit="s",
        low=0,
        high=600,
        sweep=(30, 60),
        grade="assumed",
        source="crates of one SKU with a picking list; half of splitting by hand or less",
        meaning="Splitting one order at the point when goods come sorted by community and SKU.",
    )
    hand_over_s: float = par(
        45.0,
        unit="s",
        low=0,
        high=3600,
        sweep=(30, 75),
        grade="B",
        source="China's grocery delivery war, Rest of World, 2021: 0.6–1.2 min an order, inferred",
        meaning="Handing one order over (without the warm words of `leaders`).",
    )
    complaint_tolerance_min: float = par(
        10.0,
        unit="min",
        low=0,
        high=600,
        grade="assumed",
        source="patience at a neighbour's door",
        meaning="A hand-over that takes longer than this from arrival may cause a complaint.",
    )
    complaint_share: float = par(
        0.20,
        unit="share",
        low=0,
        high=1,
        sweep=(0.05, 0.40),
        grade="assumed",
        source="no figure found",
        meaning="Share of those kept waiting too long who complain to the leader.",
    )
    complaint_delay_min: Law = par(
        lognormal(30.0, 1.0),
        unit="min",
        grade="assumed",
        source="some at once, some from home",
        meaning="From hand-over to the complaint.",
    )
    complaint_min: Law = par(
        lognormal_mean(5.0, 0.5),
        unit="min",
        grade="assumed",
        source="length of an ordinary talk; support handles a refund in 6 min",
        meaning="Handling one complaint about waiting.",
    )

    @model_validator(mode="after")
    def _consistent(self) -> LeaderDeskParams:
        ranks = [(item,) if isinstance(item, str) else item for item in self.order]
        named = [name for rank in ranks for name in rank]
        if sorted(named) != sorted(CLASSES):
            raise ValueError(f"`order` must name each of {', '.join(CLASSES)} exactly once")
        for rank in ranks:
            for name in rank:
                if len(rank) > 1 and name in self.interrupting:
                    raise ValueError(
                        f"`{name}` interrupts but is equal to another class of `order`: equals would "
                        "interrupt each other forever; rank it above the classes it interrupts"
                    )
        if self.chat_factor > 1.0 and self.chat_per_h > 0.0:
            raise ValueError(
                "chat is either a factor (`chat_factor`) or interruptions (`chat_per_h`), never both"
            )
        return self
