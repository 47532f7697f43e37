"""What python-pptx has no words for: error bars, labels, hidden legend entries, where an axis stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reports.ink import WHITE
from reports.slides.words import dress, rgb


def fill(shape: Any, colour: str) -> None:
    """One colour, no border."""
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(colour)


def stroke(line: Any, colour: str, width_pt: float, *, dashed: bool) -> None:
    """Colour, width and dash of a curve."""
    from pptx.enum.dml import MSO_LINE
    from pptx.util import Pt

    line.color.rgb, line.width = rgb(colour), Pt(width_pt)
    if dashed:
        line.dash_style = MSO_LINE.DASH


def labels(series: Any, number_format: str) -> None:
    """Each bar says its figure."""
    found = series.data_labels
    found.show_value, found.number_format, found.number_format_is_linked = True, number_format, False
    dress(found.font, 12)


def write_label(point: Any, text: str) -> None:
    """A word in a bar."""
    frame = point.data_label.text_frame
    frame.text = text
    for run in frame.paragraphs[0].runs:
        dress(run.font, 12, bold=True, colour=WHITE)


def error_bars(series: Any, above: Sequence[float], below: Sequence[float]) -> None:
    """Whiskers of so much above and below each value (c:errBars, ECMA-376 part 1, 21.2.2.55)."""
    from lxml import etree
    from pptx.oxml.ns import qn

    bars = etree.SubElement(series._element, qn("c:errBars"))  # noqa: SLF001  # python-pptx has no error bars
    for name, word in (("errBarType", "both"), ("errValType", "cust"), ("noEndCap", "0")):
        etree.SubElement(bars, qn(f"c:{name}")).set("val", word)
    for name, values in (("plus", above), ("minus", below)):
        literal = etree.SubElement(etree.SubElement(bars, qn(f"c:{name}")), qn("c:numLit"))
        etree.SubElement(literal, qn("c:formatCode")).text = "General"
        etree.SubElement(literal, qn("c:ptCount")).set("val", str(len(values)))
        for k, value in enumerate(values):
            point = etree.SubElement(literal, qn("c:pt"))
            point.set("idx", str(k))
            etree.SubElement(point, qn("c:v")).text = repr(float(value))
    # the schema wants them before the categories
    anchor = series._element.find(qn("c:cat"))  # noqa: SLF001  # python-pptx has no words for it
    if anchor is not None:
        anchor.addprevious(bars)


def hide_legend_entries(graph: Any, entries: Sequence[int]) -> None:
    """Curves that are drawn but not named: the ends of a band."""
    from lxml import etree
    from pptx.oxml.ns import qn

    legend = graph.legend._element  # noqa: SLF001  # python-pptx cannot delete entries
    after = legend.find(qn("c:legendPos"))
    for index in reversed(list(entries)):
        entry = etree.Element(qn("c:legendEntry"))
        etree.SubElement(entry, qn("c:idx")).set("val", str(index))
        etree.SubElement(entry, qn("c:delete")).set("val", "1")
        after.addnext(entry)


def axis_at_far_end(graph: Any) -> None:
    """With the first name at the top the value axis would stand there too; let it stand below."""
    from pptx.enum.chart import XL_TICK_LABEL_POSITION
    from pptx.oxml.ns import qn

    graph.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    crosses = graph.category_axis._element.find(qn("c:crosses"))  # noqa: SLF001  # python-pptx has no words for it
    if crosses is not None:
        crosses.set("val", "autoZero")
