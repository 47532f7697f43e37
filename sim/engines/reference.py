"""The reference face: every act told with SimPy, a process a person, an order, a desk, a van."""

from __future__ import annotations

from sim.stages.audience.story import gather as gather_crowd
from sim.stages.audience.story import question_counts, show_by_hand
from sim.stages.audience.story import watch as watch_show
from sim.stages.checkout.story import run_checkout
from sim.stages.collection.story import run_cold, run_coming
from sim.stages.delivery.story import run_delivery
from sim.stages.group_post.story import gather as gather_readers
from sim.stages.group_post.story import read_and_reply as read_post
from sim.stages.leader_desk.story import both_days, evening
from sim.stages.sorting.story import run_sorting
from sim.station.serve import Engine

NAME: Engine = "reference"

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
