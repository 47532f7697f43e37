"""Headroom: how far a scenario carries before each of its service levels breaks, and in which order."""

from sim.experiments.headroom.answer import Answer, headroom
from sim.experiments.headroom.asked import Asked, answered
from sim.experiments.headroom.assumptions import screen
from sim.experiments.headroom.axis import Axis, axis_of
from sim.experiments.headroom.document import document
from sim.experiments.headroom.gate import gate

__all__ = ["Answer", "Asked", "Axis", "answered", "axis_of", "document", "gate", "headroom", "screen"]
