"""What python-pptx has no words for: error bars, hidden legend entries, where axes stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from reports.ink import INK, WHITE
from reports.slides.words import dress, rgb

if TYPE_CHECKING:
    from reports.slides.axes import Plot


def fill(shape: Any, colour: str) -> None:
    """One colour, no border."""
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(colour)


Dash = Literal["SOLID", "DASH", "ROUND_DOT"]


def stroke(line: Any, colour: str, width_pt: float, dash: Dash) -> None:
    """Colour, width and dash of a curve."""
    from pptx.enum.dml import MSO_LINE
    from pptx.util import Pt

    line.color.rgb, line.width, line.dash_style = rgb(colour), Pt(width_pt), getattr(MSO_LINE, dash)


def write_label(point: Any, text: str, *, colour: str = WHITE, at_end: bool = False) -> None:
    """A word in the middle of a bar, or at its end."""
    from pptx.enum.chart import XL_LABEL_POSITION

    label = point.data_label
    label.text_frame.text = text
    for run in label.text_frame.paragraphs[0].runs:
        dress(run.font, 12, bold=True, colour=colour)
    if at_end:
        label.position = XL_LABEL_POSITION.INSIDE_END


def error_bars(series: Any, reaches: Sequence[tuple[float, float]]) -> None:
    """Whiskers of so much below and above each value (c:errBars, ECMA-376 part 1, 21.2.2.55)."""
    from lxml import etree
    from pptx.oxml.ns import qn

    if not reaches:
        return
    bars = etree.Element(qn("c:errBars"))
    for name, word in (("errBarType", "both"), ("errValType", "cust"), ("noEndCap", "0")):
        etree.SubElement(bars, qn(f"c:{name}")).set("val", word)
    for name, values in (
        ("plus", [above for _, above in reaches]),
        ("minus", [below for below, _ in reaches]),
    ):
        literal = etree.SubElement(etree.SubElement(bars, qn(f"c:{name}")), qn("c:numLit"))
        etree.SubElement(literal, qn("c:formatCode")).text = "General"
        etree.SubElement(literal, qn("c:ptCount")).set("val", str(len(values)))
        for k, value in enumerate(values):
            point = etree.SubElement(literal, qn("c:pt"))
            point.set("idx", str(k))
            etree.SubElement(point, qn("c:v")).text = repr(float(value))
    line = etree.SubElement(etree.SubElement(bars, qn("c:spPr")), qn("a:ln"))
    line.set("w", str(WHISKER_EMU))
    filled = etree.SubElement(etree.SubElement(line, qn("a:solidFill")), qn("a:srgbClr"))
    filled.set("val", str(rgb(INK)))
    # the schema wants them before the categories
    series._element.find(qn("c:cat")).addprevious(bars)  # noqa: SLF001  # python-pptx has no error bars


WHISKER_EMU = 12_700
"""A point."""


def place_plot(graph: Any, plot: Plot, box: Any) -> None:
    """Where the axes stand in the chart's frame, so that shapes can be set beside their values."""
    from lxml import etree
    from pptx.oxml.ns import qn

    area = graph._chartSpace.chart.plotArea  # noqa: SLF001  # python-pptx lays nothing out by hand
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    layout = etree.Element(qn("c:layout"))
    area.insert(0, layout)
    manual = etree.SubElement(layout, qn("c:manualLayout"))
    for name, word in (("layoutTarget", "inner"), ("xMode", "edge"), ("yMode", "edge")):
        etree.SubElement(manual, qn(f"c:{name}")).set("val", word)
    shares = (plot.left / box.width, plot.top / box.height, plot.width / box.width, plot.height / box.height)
    for name, share in zip("xywh", shares, strict=True):
        etree.SubElement(manual, qn(f"c:{name}")).set("val", str(share))


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
