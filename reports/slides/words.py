"""Type and text boxes of slides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports.ink import INK, PALE
from reports.typeface import OFFICE

if TYPE_CHECKING:
    from pptx.presentation import Presentation


def begin(width: float, height: float) -> Presentation:
    """An empty presentation of so many inches, without anybody's name or date in it."""
    import datetime as dt

    from pptx import Presentation
    from pptx.util import Inches

    found = Presentation()
    found.slide_width, found.slide_height = Inches(width), Inches(height)
    found.core_properties.author = "lianlu"
    found.core_properties.created = found.core_properties.modified = dt.datetime(2000, 1, 1)  # noqa: DTZ001  # a file has no time zone
    return found


def add_words(
    slide: Any, text: str, box: Any, size: float, *, bold: bool = False, pale: bool = False
) -> None:
    """A text box that wraps inside its box."""
    from pptx.util import Inches

    shape = slide.shapes.add_textbox(*(Inches(side) for side in box))
    frame = shape.text_frame
    frame.word_wrap = True
    frame.text = text
    for paragraph in frame.paragraphs:
        dress(paragraph.font, size, bold=bold, pale=pale)
        for run in paragraph.runs:
            dress(run.font, size, bold=bold, pale=pale)


def dress(
    font: Any, size: float, *, bold: bool = False, pale: bool = False, colour: str | None = None
) -> None:
    """The product's ink and a type with Chinese letters."""
    from pptx.util import Pt

    font.size, font.bold, font.name = Pt(size), bold, OFFICE
    font.color.rgb = rgb(colour or (PALE if pale else INK))
    east_asian(font)


def rgb(colour: str) -> Any:
    """`#rrggbb` as python-pptx wants it."""
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(colour.lstrip("#").upper())


def east_asian(font: Any) -> None:
    """Name the type for Chinese letters too; python-pptx names only the Latin one."""
    from pptx.oxml.ns import qn

    properties = getattr(font, "_rPr", None)
    if properties is None:
        return
    for old in properties.findall(qn("a:ea")):
        properties.remove(old)
    latin = properties.find(qn("a:latin"))
    east = properties.makeelement(qn("a:ea"), {"typeface": OFFICE})
    if latin is None:
        properties.append(east)
    else:
        latin.addnext(east)
