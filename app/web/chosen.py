"""Choosing a scenario: a shipped one, or a file that is checked before it is used."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.web.asked import UPLOADED, Asked
from app.web.problems import show_problems
from app.web.uploads import MOST_BYTES
from reports.catalogue import Lang, say
from sim.problems import InputError

if TYPE_CHECKING:
    from sim.scenario import Scenario

SHOWN, LETTERS = 8, 60
"""Of the changes in the margin."""


def chosen_scenario(now: Asked) -> Scenario:
    """Let a scenario be chosen beside the page, and read it.

    Raises:
        ScenarioError: with every problem; the frame around the page says them.

    """
    with st.sidebar:
        choose_scenario(now)
    return now.scenario()


def choose_scenario(now: Asked) -> None:
    """A list of the shipped ones, and a place to drop a file."""
    options = [*names(), *([UPLOADED] if now.upload else [])]
    key = f"scenario:{now.lang}"  # the browser holds a choice as the words of its option
    st.session_state[key] = now.name if now.name in options else options[0]

    def chosen() -> None:
        now.choose(st.session_state[key], now.upload)

    st.selectbox(
        say("head.scenario", now.lang), options, key=key, on_change=chosen,
        format_func=lambda name: " · ".join(dict.fromkeys((name, title(name, now.lang)))),
    )  # fmt: skip
    st.caption(title(now.name, now.lang).replace("`", "'"))
    with st.expander(say("app.upload", now.lang)):
        dropped = st.file_uploader(say("app.upload_file", now.lang), type=["yaml", "yml"], key="upload")
        if dropped is not None and st.session_state.get("taken") != dropped.file_id:
            st.session_state["taken"] = dropped.file_id
            _take(now, dropped)


def show_changes(now: Asked) -> None:
    """What this session has changed goes with it to every page; all of it can be taken back at once."""
    if not now.changes:
        return
    told = [f"{path}={text}".replace("`", "'") for path, text in now.changes.items()]
    listed = " ".join(f"`{one if len(one) < LETTERS else one[:LETTERS] + '…'}`" for one in told[:SHOWN])
    more = "" if len(told) <= SHOWN else " …"
    st.caption(f"{say('app.session_changes', now.lang, n=len(told))} {listed}{more}")
    if now.page:  # the first page has its own button
        st.button(say("app.reset", now.lang), key="reset_all", on_click=now.reset)


def _take(now: Asked, dropped: Any) -> None:
    """Use a file if it is a scenario; say what is wrong with it if not."""
    raw = dropped.getvalue()
    if len(raw) > MOST_BYTES:
        st.error(say("app.too_large", now.lang, most=f"{MOST_BYTES / 1e6:.0f} MB"))
        return
    try:
        now.try_upload(raw.decode("utf-8"))
    except UnicodeDecodeError:
        st.error(say("app.not_utf8", now.lang))
    except InputError as error:
        show_problems(error, now.lang, dropped.name)
    else:
        st.rerun()


def names() -> list[str]:
    """Shipped scenarios that are about a case."""
    return [name for name in _titles("en") if name != "base"]


def title(name: str, lang: Lang) -> str:
    """What a scenario calls itself."""
    if name == UPLOADED:
        return say("app.uploaded", lang)
    return _titles(lang).get(name) or name


@lru_cache(maxsize=2)
def _titles(lang: Lang) -> dict[str, str]:
    from sim.scenario_file.listing import listed

    return {str(row["name"]): str(row[f"title_{lang}"] or row["name"]) for row in listed() if row["shipped"]}
