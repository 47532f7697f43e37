"""Long work on a page: start it, watch it, cancel it, find it again, show its answer."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import streamlit as st

from app.web import work
from app.web.asked import FOUR_ARMS, Asked
from reports.catalogue import Lang, say

EVERY_S = 1.0
INTERRUPTED = 3
KNOWN = ("compare", "routes", "shifts")
"""Commands that say at first how many replications they compute; others search, as claims of four arms do."""


class Usual(NamedTuple):
    """What like work took: seconds, and replications."""

    seconds: float
    done: float


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
        usual = before(words)
        takes = say("app.takes", lang, s=f"{usual.seconds:.0f}") if usual else say("app.not_started", lang)
        right.caption(takes)
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
    share, words = how_far(found, lang)
    if share is not None:
        st.progress(share)
    st.caption(words)
    if st.button(say("app.cancel", lang), key=f"cancel_{name}"):
        found.cancel()


def latest(words: Sequence[str]) -> work.Job | None:
    """The newest work of the same words by this version of the model."""
    model = work.model()
    return next(
        (one for one in work.jobs() if one.asked["words"] == list(words) and one.asked["model"] == model),
        None,
    )


def how_far(found: work.Job, lang: Lang) -> tuple[float | None, str]:
    """Share done of running work, None where nobody knows, and how far it is in words."""
    done, seconds = found.done, found.seconds
    told = {"n": f"{done:,}", "s": f"{seconds:.0f}"}
    usual = before(found.asked["words"])
    searches = found.asked["kind"] not in KNOWN or {*FOUR_ARMS} <= {*found.asked["words"]}
    if not searches and done and done <= (total := found.expected):
        left = seconds * (total - done) / done
        return done / total, say("app.of_total", lang, total=f"{total:,}", left=f"{left:.0f}", **told)
    if usual is None:
        return None, say("app.of_unknown" if done else "app.begins", lang, **told)
    left = max(1.0, usual.seconds - seconds)
    words = say("app.of_usual", lang, total=f"{usual.done:,.0f}", left=f"{left:.0f}", **told)
    return min(0.99, seconds / usual.seconds), words


def before(words: Sequence[str]) -> Usual | None:
    """Medians of like work that has ended well; None without any."""
    like = [one for one in work.jobs()[:50] if one.code in (0, 1) and size(one.asked["words"]) == size(words)]
    if not like:
        return None
    return Usual(
        max(1.0, statistics.median(one.seconds for one in like)),
        statistics.median(one.done for one in like),
    )


def size(words: Sequence[str]) -> tuple[str, ...]:
    """What makes work long: command, kind of report, how many scenarios, how many nights, which options."""
    plain = [word for word in words if not word.startswith("--")]
    options = [word for word in words if word.startswith("--") and word != "--set"]
    nights = [words[k + 1] for k, word in enumerate(words[:-1]) if word == "--replications"]
    named = plain[:2] if plain[0] == "report" else plain[:1]
    return (*named, str(len(plain) - words.count("--set")), *sorted(options), *nights)
