"""Runs: all long work there is, whoever started it; cancel it, or go to its answer."""

from __future__ import annotations

import time
from html import escape

import streamlit as st

from app.web import work
from app.web.asked import asked
from app.web.watch import EVERY_S, INTERRUPTED, how_far
from reports.catalogue import Lang, say

SHOWN = 30


def page() -> None:
    """What is being computed, what has been, and where is its answer?"""
    now = asked()
    st.title(say("app.runs", now.lang))
    _list(now.lang)


@st.fragment(run_every=2 * EVERY_S)
def _list(lang: Lang) -> None:
    found = work.jobs()[:SHOWN]
    if not found:
        st.info(say("app.no_runs", lang))
        return
    for one in found:
        asked_ = one.asked
        when = time.strftime("%m-%d %H:%M", time.localtime(asked_["started"]))
        what, state, act, cancel = st.columns([4, 2, 0.6, 0.8])
        what.markdown(f"**{when}** `lianlu {_short(asked_['words'])}`")
        state.write(_state(one, lang))
        if one.code is None:
            cancel.button(say("app.cancel", lang), key=f"cancel_{one.name}", on_click=one.cancel)
        # An anchor stays in its tab, and a link read anew stands as whoever started the work left it.
        act.html(f'<a href="{escape(asked_["link"])}">{say("app.open", lang)}</a>')


def _short(words: list[str]) -> str:
    text = " ".join(words).replace("`", "'")
    return text if len(text) < 90 else f"{text[:90]}…"  # a line of the list


def _state(one: work.Job, lang: Lang) -> str:
    if one.code is None:
        return how_far(one, lang)[1]
    if one.code in (0, 1):
        return say("app.took", lang, s=f"{one.seconds:.0f}")
    return say("app.cancelled" if one.code == INTERRUPTED else "app.failed", lang)


page()
