"""Marks across native charts: lines of their own in scatter charts, shapes where the axis says elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports.ink import PALE
from reports.slides import xml
from reports.slides.axes import WORD_IN
from reports.slides.words import add_words
from reports.typeface import text_width

if TYPE_CHECKING:
    from reports.charts.chart import Mark
    from reports.slides.axes import Plot, Scale

WORDS_IN = 0.085
"""Width of a Latin letter of a mark's word."""


def add_marks(slide: Any, marks: tuple[Mark, ...], box: Any, plot: Plot, scale: Scale) -> None:
    """Upright lines where the horizontal axis has their value, each with its word above.

    Args:
        slide: that has the chart.
        marks: at values of the horizontal axis; those outside its ends are left out.
        box: the chart's frame, inches.
        plot: where in it the axes stand, to the ends of the scale.
        scale: of the horizontal axis.

    """
    from pptx.util import Inches

    for mark in marks:
        share = (mark.at - scale.low) / (scale.high - scale.low)
        if not 0.0 <= share <= 1.0:
            continue
        x, top = box.left + plot.left + share * plot.width, box.top + plot.top
        ends = (Inches(x), Inches(top - 0.04), Inches(x), Inches(top + plot.height))
        line = slide.shapes.add_connector(1, *ends)
        line.name = mark.word
        xml.stroke(line.line, PALE, 1.5, "DASH")
        wide = WORDS_IN * text_width(mark.word) + 0.25
        left = min(max(x - wide / 2.0, box.left), box.left + box.width - wide)
        add_words(slide, mark.word, (left, top - WORD_IN - 0.06, wide, WORD_IN), 11, pale=True)


def mark_points(mark: Mark, across: tuple[float, float], up: Scale) -> tuple[tuple[float, float], ...]:
    """Both ends of a mark in a scatter chart: from side to side, or from bottom to top."""
    if mark.level:
        return (across[0], mark.at), (across[1], mark.at)
    return (mark.at, up.low), (mark.at, up.high)
