"""Pictures made without a screen: one way to begin a figure, with the shipped font for Chinese."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

from reports.typeface import FAMILY, FILE

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

DPI = 150


def begin(width_in: float, height_in: float) -> Figure:
    """An empty figure in the product's type."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    _register()
    mpl.rcParams.update({"font.family": [FAMILY], "axes.unicode_minus": False, "svg.fonttype": "path"})
    return Figure(figsize=(width_in, height_in), dpi=DPI, layout="constrained", facecolor="white")


def save(figure: Figure, path: Path, **options: Any) -> None:
    """Write a picture; its suffix says the format. No date inside: equal figures give equal files."""
    metadata = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(path.suffix.lower())
    figure.savefig(path, metadata=metadata, **options)


@cache
def _register() -> None:
    from matplotlib import font_manager

    with as_file(files("reports.fonts").joinpath(FILE)) as path:
        font_manager.fontManager.addfont(path)
