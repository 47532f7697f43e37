"""Parameters of the desk, its numbers in minutes, its codes and its columns of the log."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import numpy as np
from pydantic import BeforeValidator, field_validator, model_validator

from sim.laws import Law, constant, lognormal, lognormal_mean, uniform
from sim.orderlog import Column
from sim.units import Params, par

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.stages.leader_desk.leaders import LeadersParams

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

DAY_MIN = 1440.0
RUN_END_MIN = 2.0 * DAY_MIN
TALLY_SLOT_MIN = 45.0
"""From the cut-off on the leader must be at the desk this long, else the tally waits for the morning."""


class Task(IntEnum):
    """What a job is (column `task`)."""

    REGISTER = 0
    CHASE = 1
    ASK_AGAIN = 2
    OTHER_BRAND = 3
    TALLY = 4
    RECEIVE = 5
    SPLIT = 6
    HAND_OVER = 7
    COMPLAINT = 8
    TICKET = 9
    CHAT = 10


ClassName = Literal["hand_over", "complaint", "register", "tally", "split", "chat"]
CLASSES: tuple[ClassName, ...] = ("hand_over", "complaint", "register", "tally", "split", "chat")
"""Job classes by code (column `klass`)."""
REGISTER_CLASS = 2
TASK_CLASS: NDArray[np.int64] = np.array([2, 2, 2, 2, 3, 0, 4, 0, 1, 1, 5], np.int64)
"""Class of each task."""


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


Names = Annotated[tuple[ClassName, ...], BeforeValidator(_tuples)]
Ranks = Annotated[tuple[ClassName | tuple[ClassName, ...], ...], BeforeValidator(_tuples)]
Windows = Annotated[tuple[str, ...], BeforeValidator(_tuples)]

_WINDOW = re.compile(r"(\d{1,2}):([0-5]\d)-(\d{1,2}):([0-5]\d)")
_HOURS = "hours a neighbourhood shopkeeper keeps, with a midday break; no survey found"
_RULE = "modelling rule of the desk: what may wait and what may not"
_PANKO = ("Paulsen et al., Data entry errors, PLoS ONE 7(4), 2012 and Panko, What we know about spreadsheet errors, 2008: about 0.3 % a field "
          "when careful, four fields an order")
_SHANGHAI = "上海团长图鉴, 凤凰WEEKLY财经, 2022 (names without flat, late additions, payers reconciled one by one); size assumed"
_TALLY = "no time study found; counting a chat of a few dozen replies twice"
_CARRY = "no time study found; carrying, counting and signing crates at the door"


def clock_windows(texts: Iterable[str]) -> list[tuple[float, float]]:
    """`HH:MM-HH:MM` texts as (open, close) minutes of the day; hours may pass 24. Raises ValueError naming the text."""
    found = []
    for text in texts:
        match = _WINDOW.fullmatch(text)
        if match is None:
            raise ValueError(f"`{text}` is not a window; write it as 09:00-13:00")
        h1, m1, h2, m2 = (int(part) for part in match.groups())
        opens, closes = 60.0 * h1 + m1, 60.0 * h2 + m2
        if not opens < closes <= DAY_MIN + 9 * 60.0 or opens >= DAY_MIN:
            raise ValueError(f"window `{text}` must open before 24:00, close after it opens and by 33:00")
        found.append((opens, closes))
    return found


def merged(windows: Iterable[tuple[float, float]]) -> tuple[Floats, Floats]:
    """Openings and closings with overlapping or touching windows joined and empty ones dropped, in order of time."""
    joined: list[list[float]] = []
    for opens, closes in sorted(window for window in windows if window[0] < window[1]):
        if joined and opens <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], closes)
        else:
            joined.append([opens, closes])
    return np.array([w[0] for w in joined], np.float64), np.array([w[1] for w in joined], np.float64)


class LeaderDeskParams(Params):
    """Hours, order of work and times of a leader's desk."""

    windows_d0: Windows = par(("10:00-13:00", "15:00-22:00"), unit="clock", grade="assumed", source=_HOURS,
                              meaning="Hours at the desk on the event day; [open, close), overlapping windows are joined.")
    windows_d1: Windows = par(("09:00-13:00", "15:00-22:00"), unit="clock", grade="assumed", source=_HOURS,
                              meaning="Hours at the desk on the day of delivery.")
    order: Ranks = par(("chat", "hand_over", "complaint", "register", "tally", "split"), unit="-", grade="rule", source=_RULE,
                       meaning="Job classes, most urgent first; classes in an inner list are equal and served first come, first served.")
    interrupting: Names = par(("chat", "hand_over"), unit="-", grade="rule", source=_RULE,
                              meaning="Classes that interrupt a less urgent job; the person stands at the door.")
    interruptible: Names = par(("register", "tally", "split"), unit="-", grade="rule", source=_RULE,
                               meaning="Classes whose job may be put aside for a more urgent one and resumed.")
    finish_at_close: Names = par(("chat", "hand_over", "complaint"), unit="-", grade="rule", source=_RULE,
                                 meaning="Classes whose job is finished after closing; the others resume in the next window.")
    resume_cost_s: float = par(0.0, unit="s", low=0, high=600, sweep=(0, 60), grade="assumed", source="finding the place again; off unless studied",
                               meaning="Extra work each time a job put aside is taken up again.")
    chat_factor: float = par(1.0, unit="ratio", low=1, high=3, grade="rule", source="chat time is inside the group work of `leaders`, so 1; 1.05 is 6 chats of 30 s an hour",
                             meaning="Stretches every desk job for chatting meanwhile; not together with `chat_per_h`.")
    chat_per_h: float = par(0.0, unit="per_h", low=0, high=60, sweep=(0, 6), grade="assumed", source="off: chat time is inside the group work of `leaders`; 6 an hour where chat is studied",
                            meaning="Chat interruptions an hour of open desk (Poisson), as jobs of class `chat`.")
    chat_min: Law = par(constant(0.5), unit="min", grade="assumed", source="half a minute for a short answer in the chat",
                        meaning="Length of one chat interruption.")
    register_min: Law = par(lognormal_mean(3.0, 0.5), unit="min", grade="assumed", source=_SHANGHAI,
                            meaning="Registering one reply: check the transfer, copy name, item and amount.")
    chase_share: float = par(0.10, unit="share", low=0, high=1, sweep=(0.05, 0.20), grade="B", source=_SHANGHAI,
                             meaning="Share of buyers by hand who must be chased (payment or address missing).")
    chase_min: float = par(1.5, unit="min", low=0, high=60, grade="assumed", source=_SHANGHAI, meaning="Chasing one buyer.")
    ask_again_share: float = par(0.05, unit="share", low=0, high=1, sweep=(0, 0.10), grade="assumed", source="no figure found; small, but grows with the queue it adds to",
                                 meaning="Chance that a buyer whose reply waits unregistered asks again, at each interval while the desk is open.")
    ask_again_every_min: float = par(15.0, unit="min", low=1, high=240, grade="assumed", source="patience of someone watching a chat",
                                     meaning="Interval at which a waiting buyer may ask again.")
    ask_again_min: float = par(1.0, unit="min", low=0, high=60, grade="assumed", source="a look and a short answer", meaning="Answering a buyer who asks again.")
    ask_again_max: int = par(4, unit="asks", low=1, high=16, grade="rule", source="bounds the draws; four asks last about twenty hours",
                             meaning="At most so many asks an order (those while the desk is closed count and cost nothing).")
    late_share: float = par(0.05, unit="share", low=0, high=1, grade="B", source=_SHANGHAI,
                            meaning="Share of replies the leader only finds after the cut-off (late additions to the sheet).")
    late_after_min: Law = par(uniform(0.0, 20.0), unit="min", grade="assumed", source="while the sheet is being made",
                              meaning="When after the cut-off a late addition turns up.")
    late_tally_min: float = par(2.0, unit="min", low=0, high=60, grade="assumed", source=_TALLY, meaning="Reopening the sheet for one late addition.")
    transcription_share: float = par(0.012, unit="share", low=0, high=0.5, sweep=(0.004, 0.04), grade="A", source=_PANKO,
                                     meaning="Share of registered orders copied wrongly at an empty desk.")
    forgotten_share: float = par(0.015, unit="share", low=0, high=0.5, sweep=(0.005, 0.03), grade="assumed", source="1–2 % thought plausible for a chat scrolled by hand; no count found",
                                 meaning="Share of transfers never registered, at an empty desk (转账后忘了登记).")
    load_gain: float = par(0.02, unit="per_job", low=0, high=1, sweep=(0, 0.05), grade="assumed", source="sign plausible, size unknown",
                           meaning="Growth of both mistakes for each register job waiting when one is started.")
    tally_min: float = par(20.0, unit="min", low=0, high=240, sweep=(10, 40), grade="assumed", source=_TALLY, meaning="Tally of a community after the cut-off, whatever its size.")
    tally_reply_s: float = par(30.0, unit="s", low=0, high=600, grade="assumed", source=_TALLY, meaning="Tally of one reply.")
    clerks: int = par(2, unit="people", low=1, high=50, sweep=(1, 4), grade="assumed", source="a small brand's office in the evening", meaning="Clerks at headquarters who merge the leaders' sheets.")
    merge_sheet_min: float = par(1.0, unit="min", low=0, high=60, sweep=(1, 4), grade="assumed", source="open, check, paste; four minutes with a different layout",
                                 meaning="Merging one sheet, whatever its rows.")
    merge_row_s: float = par(10.0, unit="s", low=0, high=600, grade="assumed", source="one look at a row", meaning="Merging one row (an order) of a sheet.")
    receive_min: float = par(5.0, unit="min", low=0, high=120, grade="assumed", source=_CARRY, meaning="Receiving a van's goods at the point, whatever their number.")
    receive_crate_s: float = par(10.0, unit="s", low=0, high=600, grade="assumed", source=_CARRY, meaning="Receiving one crate.")
    split_order_min: float = par(2.0, unit="min", low=0, high=60, sweep=(1, 4), grade="assumed", source="no time study found; read the list, pick, bag, label",
                                 meaning="Splitting one order out of the delivery by hand (manual arms).")
    split_sku_s: float = par(45.0, unit="s", low=0, high=600, sweep=(30, 60), grade="assumed", source="crates of one SKU with a picking list; half of splitting by hand or less",
                             meaning="Splitting one order at the point when goods come sorted by community and SKU.")
    hand_over_s: float = par(45.0, unit="s", low=0, high=3600, sweep=(30, 75), grade="B", source="China's grocery delivery war, Rest of World, 2021: 0.6–1.2 min an order, inferred",
                             meaning="Handing one order over (without the warm words of `leaders`).")
    complaint_tolerance_min: float = par(10.0, unit="min", low=0, high=600, grade="assumed", source="patience at a neighbour's door", meaning="A hand-over that takes longer than this from arrival may cause a complaint.")
    complaint_share: float = par(0.20, unit="share", low=0, high=1, sweep=(0.05, 0.40), grade="assumed", source="no figure found", meaning="Share of those kept waiting too long who complain to the leader.")
    complaint_delay_min: Law = par(lognormal(30.0, 1.0), unit="min", grade="assumed", source="some at once, some from home", meaning="From hand-over to the complaint.")
    complaint_min: Law = par(lognormal_mean(5.0, 0.5), unit="min", grade="assumed", source="length of an ordinary talk; support handles a refund in 6 min", meaning="Handling one complaint about waiting.")
    ticket_min: Law = par(lognormal_mean(6.0, 0.5), unit="min", grade="assumed", source="as a refund at the support desk", meaning="Handling one after-sales ticket that goes to the leader.")

    @field_validator("windows_d0", "windows_d1")
    @classmethod
    def _readable(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        clock_windows(texts)
        return texts

    @model_validator(mode="after")
    def _consistent(self) -> LeaderDeskParams:
        ranks = [(item,) if isinstance(item, str) else item for item in self.order]
        named = [name for rank in ranks for name in rank]
        if sorted(named) != sorted(CLASSES):
            raise ValueError(f"`order` must name each of {', '.join(CLASSES)} exactly once")
        for rank in ranks:
            for name in rank:
                if len(rank) > 1 and name in self.interrupting:
                    raise ValueError(f"`{name}` interrupts but is equal to another class of `order`: equals would interrupt each other "
                                     "forever; rank it above the classes it interrupts")
        if self.chat_factor > 1.0 and self.chat_per_h > 0.0:
            raise ValueError("chat is either a factor (`chat_factor`) or interruptions (`chat_per_h`), never both")
        return self


def check_tally_hours(params: LeaderDeskParams, cutoff_min: float) -> None:
    """Refuse hours in which the tally cannot be made at the cut-off (manual arms). Raises ValueError."""
    opens, closes = merged(clock_windows(params.windows_d0))
    if not np.any((opens <= cutoff_min) & (cutoff_min + TALLY_SLOT_MIN <= closes)):
        raise ValueError(f"`windows_d0` must hold the {TALLY_SLOT_MIN:.0f} min after the cut-off, else every tally waits for the morning")


class DeskNumbers(NamedTuple):
    """The desk in engine units: minutes, codes, masks. Arrays (6,) are by class code."""

    opens: Floats
    """(w,) openings of both days, joined and in order; `closes` beside it."""
    closes: Floats
    d0_opens: Floats
    """The event day's alone; `d0_closes` beside it."""
    d0_closes: Floats
    d1_opens: Floats
    """The delivery day's alone: all there is for a leader absent on the event day."""
    d1_closes: Floats
    level: Ints
    """Urgency, 0 first; equal classes share one."""
    beats: Ints
    """Bit k set: a waiting job of class k interrupts a running one of this class."""
    finish: NDArray[np.bool_]
    resume_cost: float
    ask_again: float
    tolerance: float
    complaint_share: float
    chase_share: float
    chase: float
    late_share: float
    late_tally: float
    transcription_share: float
    forgotten_share: float
    load_gain: float
    tally: float
    tally_reply: float
    clerks: int
    merge_sheet: float
    merge_row: float
    receive: float
    receive_crate: float
    split_order: float
    split_sku: float
    hand_over: float
    other_brand: float


def class_numbers(order: Ranks, interrupting: Names, interruptible: Names, finish: Names) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Level, beats and finish by class code (see `DeskNumbers`)."""
    level = np.zeros(len(CLASSES), np.int64)
    for place, item in enumerate(order):
        for name in (item,) if isinstance(item, str) else item:
            level[CLASSES.index(name)] = place
    beats = np.zeros(len(CLASSES), np.int64)
    for low, name in enumerate(CLASSES):
        for high, other in enumerate(CLASSES):
            if name in interruptible and other in interrupting and level[high] < level[low]:
                beats[low] |= 1 << high
    return level, beats, np.array([name in finish for name in CLASSES])


def numbers(params: LeaderDeskParams, leaders: LeadersParams) -> DeskNumbers:
    """Parameters as the engines read them."""
    first = clock_windows(params.windows_d0)
    second = [(a + DAY_MIN, b + DAY_MIN) for a, b in clock_windows(params.windows_d1)]
    opens, closes = merged(first + second)
    d0_opens, d0_closes = merged(first)
    d1_opens, d1_closes = merged(second)
    level, beats, finish = class_numbers(params.order, params.interrupting, params.interruptible, params.finish_at_close)
    chat = params.chat_factor
    neglect = 1.0 + leaders.neglect_complaints * (1.0 - leaders.care)
    return DeskNumbers(
        opens=opens, closes=closes, d0_opens=d0_opens, d0_closes=d0_closes, d1_opens=d1_opens, d1_closes=d1_closes,
        level=level, beats=beats, finish=finish,
        resume_cost=params.resume_cost_s / 60.0, ask_again=params.ask_again_min * chat, tolerance=params.complaint_tolerance_min,
        complaint_share=min(1.0, params.complaint_share * neglect), chase_share=params.chase_share, chase=params.chase_min * chat,
        late_share=params.late_share, late_tally=params.late_tally_min * chat, transcription_share=params.transcription_share,
        forgotten_share=params.forgotten_share, load_gain=params.load_gain, tally=params.tally_min * chat,
        tally_reply=params.tally_reply_s / 60.0 * chat, clerks=params.clerks, merge_sheet=params.merge_sheet_min,
        merge_row=params.merge_row_s / 60.0, receive=params.receive_min * chat, receive_crate=params.receive_crate_s / 60.0 * chat,
        split_order=params.split_order_min * chat, split_sku=params.split_sku_s / 60.0 * chat,
        hand_over=(params.hand_over_s + leaders.care * leaders.warm_words_s) / 60.0 * chat,
        other_brand=(leaders.other_brand_system_min if leaders.other_brands_moved else leaders.other_brand_hand_min) * chat,
    )


COLUMNS: tuple[Column, ...] = (
    Column("desk", "leader", "i4", "-", "Community whose leader does the job."),
    Column("desk", "task", "i1", "-", "0 register, 1 chase, 2 ask again, 3 other brand, 4 tally, 5 receive, 6 split, 7 hand over, 8 complaint, 9 ticket, 10 chat."),
    Column("desk", "klass", "i1", "-", "Job class: 0 hand over, 1 complaint, 2 register, 3 tally, 4 split, 5 chat."),
    Column("desk", "order", "i8", "-", "Row of `orders`, -1 where the job belongs to none."),
    Column("desk", "arrive_min", "f8", "min", "When the job reached the desk."),
    Column("desk", "start_min", "f8", "min", "When it was first taken up; NaN: never."),
    Column("desk", "end_min", "f8", "min", "When it was done; NaN: still open."),
    Column("desk", "work_min", "f8", "min", "Minutes the leader has spent on it."),
    Column("desk", "waiting", "i4", "jobs", "Jobs of class register waiting when it was first taken up, itself not included; -1: never taken up."),
    Column("sheets", "community", "i4", "-", "Community of the sheet."),
    Column("sheets", "rows", "i4", "orders", "Orders on the sheet: registered, not forgotten, by the end of the tally."),
    Column("sheets", "tally_end_min", "f8", "min", "When the leader had finished and sent it; NaN: not by the end of the night."),
    Column("sheets", "merge_start_min", "f8", "min", "When a clerk took it up."),
    Column("sheets", "merge_end_min", "f8", "min", "When it was in headquarters' list."),
    Column("sheets", "clerk", "i4", "-", "Clerk who merged it; -1: none."),
    Column("orders", "known_min", "f8", "min", "By hand: when the leader had registered it; NaN: forgotten, or not by the end of the night."),
    Column("orders", "mistaken", "bool", "-", "By hand: copied wrongly."),
    Column("orders", "on_sheet", "bool", "-", "By hand: on the sheet the leader sent."),
    Column("leaders", "community", "i4", "-", "Community of the leader."),
    Column("leaders", "fixed_min", "f8", "min", "Group work of a day not tied to an order."),
    Column("leaders", "absent", "bool", "-", "Away on the event day: no post, no push, no desk until the next morning."),
)
