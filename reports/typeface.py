"""The shipped type cut to the letters a file uses, so that Chinese shows on any machine."""

from __future__ import annotations

import io
from importlib.resources import as_file, files

FILE = "LianluSansSC-Regular.ttf"
FAMILY = "Lianlu Sans SC"
OFFICE = "Microsoft YaHei"
"""A type with Chinese that office programs have on every system; elsewhere the machine's own stands in."""
FACES = f'"{FAMILY}", "PingFang SC", "{OFFICE}", "Noto Sans CJK SC", sans-serif'
"""Of pages: the shipped type, then what a machine may have."""
ALWAYS = "".join(map(chr, range(32, 127))) + "…±×−→↑↓≤≥≈·–¥％%，。：；、（）“”？△▽"
"""Letters that charts write by themselves."""

WIDE = 0x2E80
"""Letters from here on take two places."""


def text_width(text: str) -> int:
    """Letters of a text, a Chinese one twice."""
    return sum(2 if ord(letter) > WIDE else 1 for letter in text)


def woff(text: str) -> bytes:
    """A WOFF font with the letters of a text and those of `ALWAYS`; letters it has not are left out."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    with as_file(files("reports.fonts").joinpath(FILE)) as path:
        font = TTFont(path, lazy=True)
        options = subset.Options(flavor="woff", layout_features=["*"], notdef_outline=True)
        cutter = subset.Subsetter(options)
        cutter.populate(text="".join(sorted(set(text + ALWAYS))))
        cutter.subset(font)
        font.flavor = "woff"
        out = io.BytesIO()
        font.save(out)
    return out.getvalue()
