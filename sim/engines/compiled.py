"""The compiled face: every act's steps as kernels over whole columns."""

from __future__ import annotations

from sim.stages.audience.kernel import gather as gather_crowd
from sim.stages.audience.kernel import question_counts, show_by_hand
from sim.stages.audience.kernel import watch as watch_show
from sim.stages.checkout.kernel import run_checkout
from sim.stages.collection.kernel import run_cold, run_coming
from sim.stages.delivery.kernel import run_delivery
from sim.stages.group_post.kernel import gather as gather_readers
from sim.stages.group_post.kernel import read_and_reply as read_post
from sim.stages.leader_desk.kernel import both_days, evening
from sim.stages.sorting.kernel import run_sorting
from sim.station.serve import Engine

NAME: Engine = "compiled"

__all__ = [
    "NAME",
    "both_days",
    "evening",
    "gather_crowd",
    "gather_readers",
    "question_counts",
    "read_post",
    "run_checkout",
    "run_cold",
    "run_coming",
    "run_delivery",
    "run_sorting",
    "show_by_hand",
    "watch_show",
]
