"""The moving picture as one HTML page that draws on a canvas and asks no network."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from reports.catalogue import Lang
from reports.ink import VARIABLES

HEIGHT_PX = 580


def page(data: dict[str, Any], lang: Lang) -> str:
    """The page's text, style and script in it; whatever stands in a name cannot end the script."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    here = files("reports.replay")
    shape, style, script = (
        here.joinpath(f"page.{kind}").read_text("utf-8") for kind in ("html", "css", "js")
    )
    shape = shape.replace("LANG", "zh-CN" if lang == "zh" else "en", 1)
    shape = shape.replace("/*STYLE*/", VARIABLES + style, 1).replace("/*SCRIPT*/", script, 1)
    return shape.replace("/*DATA*/", text, 1)
