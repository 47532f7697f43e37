"""Sorting shifts: the cheapest calendar that finishes in time on as many nights as promised.

The evening does not depend on who sorts, so it is played once a night and kept as a queue of jobs (`queues`);
a calendar is then tried by replaying the hall alone (`trials`). An integer programme (`programme`) proposes
the cheapest calendar that the cuts allow; what fails on the nights teaches it a further cut (`cheapest`), and
what holds is asked again on fresh nights (`answer`). `kinds` are the shifts there are to choose from.
"""

from __future__ import annotations

from sim.experiments.shifts.cover import cover_shifts

__all__ = ["cover_shifts"]
