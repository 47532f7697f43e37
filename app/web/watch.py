"""Long work on a page: start it, watch it, cancel it, find it again, show its answer."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from app.web import work
from app.web.asked import Asked
from reports.catalogue import Lang, say

EVERY_S = 1.0
INTERRUPTED = 3


def long_work(now: Asked, words: Sequence[str], title: str, show: Callable[[dict[str, Any]], None]) -> None:
    """The work of these words: whoever asks the same again finds the same work, running or done.

    Args:
        now: the session's state.
        words: of the command, without the options that say how it is shown.
        title: what the list of runs calls it.
        show: called with the answer when there is one.

    """
    found = latest(words)
    lang = now.lang
    running = found is not None and found.code is None
    key = words[0]
    left, right = st.columns([1, 3])
    start = say("app.start" if found is None else "app.again", lang)
    if left.button(start, key=f"start_{key}", type="primary", disabled=running):
        work.start(key, words, title, now.link)
        st.rerun()
    if found is None:
        usual = usual_seconds(key)
        right.caption(say("app.takes", lang, s=f"{usual:.0f}") if usual else say("app.not_started", lang))
        return
    if running:
        _watch(found.name, lang)
        return
    answer = found.answer
    if answer is None:
        message = "app.cancelled" if found.code == INTERRUPTED else "app.failed"
        st.warning(say(message, lang))
        st.code(found.said or "–", language=None)
        return
    right.caption(say("app.took", lang, s=f"{found.seconds:.0f}"))
    if found.said:
        right.code(found.said, language=None)
    show(answer)


@st.fragment(run_every=EVERY_S)
def _watch(name: str, lang: Lang) -> None:
    """How far it is; the page is drawn again when it has ended."""
    found = work.job(name)
    if found is None or found.code is not None:
        st.rerun(scope="app")
        return
    usual = usual_seconds(found.asked["kind"])
    told = {"n": f"{found.done:,}", "s": f"{found.seconds:.0f}"}
    if usual:
        st.progress(min(0.99, found.seconds / usual))
        left = max(1.0, usual - found.seconds)
        st.caption(say("app.running_left", lang, left=f"{left:.0f}", **told))
    else:
        st.caption(say("app.running", lang, **told))
    if st.button(say("app.cancel", lang), key=f"cancel_{name}"):
        found.cancel()


def latest(words: Sequence[str]) -> work.Job | None:
    """The newest work of the same words by this version of the model."""
    model = work.model()
    return next(
        (one for one in work.jobs() if one.asked["words"] == list(words) and one.asked["model"] == model),
        None,
    )


def usual_seconds(kind: str) -> float:
    """Median time of what has ended well; 0 without any."""
    took = [one.seconds for one in work.jobs()[:50] if one.asked["kind"] == kind and one.code in (0, 1)]
    return statistics.median(took) if took else 0.0
