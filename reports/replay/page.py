"""The moving picture as one HTML page that draws on a canvas and asks no network."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from reports.catalogue import Lang

HEIGHT_PX = 560


def page(data: dict[str, Any], lang: Lang) -> str:
    """The page's text; whatever stands in a name cannot end the script."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    shape = files("reports.replay").joinpath("page.html").read_text("utf-8")
    return shape.replace("LANG", "zh-CN" if lang == "zh" else "en", 1).replace("/*DATA*/", text, 1)
