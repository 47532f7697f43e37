"""The workbench: which pages there are, and what stands on each of them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app.web.asked import Asked, remember, restored
from app.web.chosen import show_changes
from app.web.look import dress
from app.web.problems import show_problems
from reports.catalogue import say
from sim.problems import InputError, Unusable

PAGES = ("tonight", "before_after", "headroom", "buy", "shifts", "roads", "assumptions", "runs")


def main() -> None:
    """One run of the page the user is on."""
    asked = restored()
    st.set_page_config(page_title=say("app.title", asked.lang), page_icon="🔗", layout="wide")
    dress(asked.lang)
    here = Path(__file__).with_name("pages")
    pages = [
        st.Page(
            str(here / f"{name}.py"),
            title=say(f"app.{name}", asked.lang),
            url_path=name,
            default=name == PAGES[0],
        )
        for name in PAGES
    ]
    chosen = st.navigation(pages)
    asked.page = chosen.url_path
    with st.sidebar:
        _language(asked)
        show_changes(asked)
    asked.shown.clear()
    above = st.container()
    try:
        chosen.run()
    except (InputError, Unusable) as error:  # of the file, or of what the model finds in it once it runs
        show_problems(error, asked.lang)
        undo = say("app.undo", asked.lang)
        st.button(undo, key="undo_problem", on_click=asked.undo, disabled=not asked.before)
    if asked.refused:
        above.warning(say("app.bad_link", asked.lang, what=", ".join(asked.refused)))
        asked.refused.clear()
    remember(asked)


def _language(asked: Asked) -> None:
    """The switch shows each language in its own words."""

    def switch() -> None:
        asked.lang = st.session_state["lang"]

    st.segmented_control(
        "语言 / Language", ["zh", "en"], format_func={"zh": "中文", "en": "English"}.__getitem__,
        default=asked.lang, key="lang", on_change=switch, required=True,
    )  # fmt: skip
