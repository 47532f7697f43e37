"""The desk in engine units: what both faces and the builders of jobs read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import DAY_MIN
from sim.remembered import remembered
from sim.stages.leader_desk.codes import CLASSES, ClassName
from sim.stages.leader_desk.working_hours import clock_windows, merged

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from sim.stages.leader_desk.leaders import LeadersParams
    from sim.stages.leader_desk.spec import LeaderDeskParams

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


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


def class_numbers(
    order: Sequence[ClassName | tuple[ClassName, ...]],
    interrupting: Collection[str],
    interruptible: Collection[str],
    finish: Collection[str],
) -> tuple[Ints, Ints, NDArray[np.bool_]]:
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


@remembered
def numbers(params: LeaderDeskParams, leaders: LeadersParams) -> DeskNumbers:
    """Parameters as the engines read them."""
    first = clock_windows(params.windows_d0)
    second = [(a + DAY_MIN, b + DAY_MIN) for a, b in clock_windows(params.windows_d1)]
    opens, closes = merged(first + second)
    d0_opens, d0_closes = merged(first)
    d1_opens, d1_closes = merged(second)
    level, beats, finish = class_numbers(
        params.order, params.interrupting, params.interruptible, params.finish_at_close
    )
    chat = params.chat_factor
    crew = chat / (1.0 + leaders.helpers)  # they work together, so her own minutes shrink as well
    neglect = 1.0 + leaders.neglect_complaints * (1.0 - leaders.care)
    return DeskNumbers(
        opens=opens,
        closes=closes,
        d0_opens=d0_opens,
        d0_closes=d0_closes,
        d1_opens=d1_opens,
        d1_closes=d1_closes,
        level=level,
        beats=beats,
        finish=finish,
        resume_cost=params.resume_cost_s / 60.0,
        ask_again=params.ask_again_min * chat,
        tolerance=params.complaint_tolerance_min,
        complaint_share=min(1.0, params.complaint_share * neglect),
        chase_share=params.chase_share,
        chase=params.chase_min * chat,
        late_share=params.late_share,
        late_tally=params.late_tally_min * chat,
        transcription_share=params.transcription_share,
        forgotten_share=params.forgotten_share,
        load_gain=params.load_gain,
        tally=params.tally_min * chat,
        tally_reply=params.tally_reply_s / 60.0 * chat,
        clerks=params.clerks,
        merge_sheet=params.merge_sheet_min,
        merge_row=params.merge_row_s / 60.0,
        receive=params.receive_min * crew,
        receive_crate=params.receive_crate_s / 60.0 * crew,
        split_order=params.split_order_min * crew,
        split_sku=params.split_sku_s / 60.0 * crew,
        hand_over=(params.hand_over_s + leaders.care * leaders.warm_words_s) / 60.0 * crew,
        other_brand=(
            leaders.other_brand_system_min if leaders.other_brands_moved else leaders.other_brand_hand_min
        )
        * chat,
    )
