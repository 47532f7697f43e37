"""What a session asks: language, scenario, changes; the address bar holds it, so a link restores it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import streamlit as st

from reports.catalogue import LANGS, Lang
from sim.problems import ScenarioError
from sim.scenario_file import read_scenario, shipped

if TYPE_CHECKING:
    from sim.scenario import Scenario

FIRST = "chenxi_live"
FOUR_ARMS = ("chenxi_jielong", "chenxi_jielong_tool", "live_by_hand", "chenxi_live")
UPLOADED = "uploaded"
MOST_CHANGES, MOST_LETTERS = 200, 400
"""Of a link; longer ones are cut, whoever wrote them."""
MOST_UNDO = 50
UPLOAD_BYTES = 2_000_000


@dataclass
class Asked:
    """Where a session stands; `changes` are paths with values as one writes them behind `--set`."""

    lang: Lang = "zh"
    name: str = FIRST
    changes: dict[str, str] = field(default_factory=dict)
    upload: str = ""
    page: str = ""
    before: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def source(self) -> str:
        """The scenario's name or file."""
        return _upload_file(self.upload) if self.name == UPLOADED else self.name

    @property
    def link(self) -> str:
        """Where this page stands, with everything asked, from the top of the server."""
        query = [
            ("lang", self.lang),
            ("scenario", self.name),
            *(("set", f"{p}={t}") for p, t in self.changes.items()),
        ]
        return f"/{self.page}?{urlencode(query)}"

    def scenario(self) -> Scenario:
        """The scenario with its changes.

        Raises:
            ScenarioError: with every problem.
        """
        return _read(self.source, tuple(self.changes.items()))

    def original(self) -> Scenario:
        """The scenario as it was chosen."""
        return _read(self.source, ())

    def change(self, path: str, text: str | None) -> None:
        """Set a path; None takes the change back."""
        if self.changes.get(path) == text:
            return
        self._keep()
        if text is None:
            self.changes.pop(path, None)
        else:
            self.changes[path] = text

    def choose(self, name: str, upload: str = "") -> None:
        """Begin with another scenario."""
        if name == self.name and upload == self.upload:
            return
        self._keep()
        self.name, self.upload, self.changes = name, upload, {}

    def undo(self) -> None:
        """Back to before the last change."""
        if self.before:
            self.name, self.changes = self.before.pop()

    def reset(self) -> None:
        """Without any change."""
        if self.changes:
            self._keep()
            self.changes = {}

    def _keep(self) -> None:
        self.before = [*self.before[-MOST_UNDO:], (self.name, dict(self.changes))]


def asked() -> Asked:
    """The session's own; `restored` has made it."""
    found: Asked = st.session_state["asked"]
    return found


def restored() -> Asked:
    """The session's state, read from the address bar when the session is new."""
    if "asked" not in st.session_state:
        st.session_state["asked"] = _from_link(st.query_params)
    return asked()


def remember(now: Asked) -> None:
    """Write the state into the address bar."""
    told = {"lang": now.lang, "scenario": now.name}
    sets = [f"{path}={text}" for path, text in now.changes.items()]
    wanted = told | ({"set": sets} if sets else {})
    if {key: st.query_params.get_all(key) for key in st.query_params} != {
        key: value if isinstance(value, list) else [value] for key, value in wanted.items()
    }:
        st.query_params.from_dict(wanted)


def _from_link(link: Any) -> Asked:
    """A link is somebody's text: what is not a language, a scenario or a change is left out."""
    found = Asked()
    lang = link.get("lang", "")
    found.lang = lang if lang in LANGS else _of_browser()
    name = link.get("scenario", "")
    found.name = name if name in shipped() else FIRST
    for text in link.get_all("set")[:MOST_CHANGES]:
        path, equals, value = text.partition("=")
        if equals and len(text) <= MOST_LETTERS:
            found.changes[path] = value
    if found.changes:
        try:
            found.scenario()
        except ScenarioError:
            found.changes = {}
            st.session_state["bad_link"] = True
    return found


def _of_browser() -> Lang:
    locale = (st.context.locale or "").lower()
    return "en" if locale and not locale.startswith("zh") else "zh"


@lru_cache(maxsize=64)
def _read(source: str, changes: tuple[tuple[str, str], ...]) -> Scenario:
    return read_scenario(source, [("--set", f"{path}={text}") for path, text in changes])


@lru_cache(maxsize=32)
def _upload_file(text: str) -> str:
    """An uploaded scenario as a file of its own folder, so that it can name no file of ours."""
    folder = Path(tempfile.mkdtemp(prefix="lianlu-upload-"))
    path = folder / f"{UPLOADED}.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def changes_words(changes: Mapping[str, str]) -> list[str]:
    """The changes as one writes them on a command line."""
    return [word for path, text in changes.items() for word in ("--set", f"{path}={text}")]
