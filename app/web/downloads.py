"""Reports from a page: made by work of their own, then there to be taken away."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from app.web.asked import Asked
from app.web.watch import long_work
from reports.catalogue import say

TYPES = {
    ".html": "text/html",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def report_downloads(now: Asked, kind: str, scenarios: Sequence[str], more: Sequence[str]) -> None:
    """Make the report of this kind in the page's language and offer its three files."""
    st.subheader(say("app.report", now.lang))
    words = ["report", kind, *scenarios, *more, "--lang", now.lang]

    def offer(document: dict[str, Any]) -> None:
        for column, name in zip(st.columns(3), document["files"], strict=False):
            file = Path(name)
            if file.exists():
                column.download_button(
                    say("app.download", now.lang, kind=file.suffix[1:].upper()), file.read_bytes(), file.name,
                    TYPES[file.suffix], key=f"take_{kind}_{file.suffix}",
                )  # fmt: skip

    long_work(now, words, say("app.report", now.lang), offer)
