"""What a session asks: language, scenario, changes, inputs; the address bar holds it, a link restores it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

import streamlit as st

from app.web import uploads
from reports.catalogue import LANGS, Lang
from sim.problems import ScenarioError
from sim.scenario_file import read_scenario, shipped

if TYPE_CHECKING:
    from sim.scenario import Scenario

FIRST = "chenxi_live"
FOUR_ARMS = ("chenxi_jielong", "chenxi_jielong_tool", "live_by_hand", "chenxi_live")
UPLOADED = uploads.NAME
OWN = ("lang", "scenario", "upload", "set")
"""Of a link; what else it says is an input of the page, which the page checks."""
MOST_CHANGES, MOST_LETTERS, MOST_INPUTS = 200, 4000, 20
"""Of a link; what goes beyond is left out, whoever wrote it."""
MOST_UNDO = 50


class Stand(NamedTuple):
    """A place in the history of a session."""

    name: str
    upload: str
    changes: dict[str, str]


@dataclass
class Asked:
    """Where a session stands; `changes` are paths with values as one writes them behind `--set`."""

    lang: Lang = "zh"
    name: str = FIRST
    changes: dict[str, str] = field(default_factory=dict)
    upload: str = ""
    """The uploaded file by its digest, chosen or not; empty without one."""
    page: str = ""
    inputs: dict[str, list[str]] = field(default_factory=dict)
    """Of all pages, as a link has them; one that stands at its first value is left out."""
    shown: dict[str, None] = field(default_factory=dict)
    """Names of the inputs that are on this page, in their order."""
    refused: list[str] = field(default_factory=list)
    """Parts of the link that were left out, until the page has said so."""
    before: list[Stand] = field(default_factory=list)

    @property
    def source(self) -> str:
        """The scenario's name or file."""
        return str(uploads.file(self.upload)) if self.name == UPLOADED else self.name

    @property
    def query(self) -> dict[str, list[str]]:
        """Everything asked on this page, as a link has it."""
        found: dict[str, list[str]] = {"lang": [self.lang], "scenario": [self.name]}
        if self.name == UPLOADED:
            found["upload"] = [self.upload]
        if self.changes:
            found["set"] = [f"{path}={text}" for path, text in self.changes.items()]
        return found | {name: self.inputs[name] for name in self.shown if name in self.inputs}

    @property
    def link(self) -> str:
        """Where this page stands, with everything asked, from the top of the server."""
        return f"/{self.page}?{urlencode(self.query, doseq=True)}"

    def scenario(self) -> Scenario:
        """The scenario with its changes.

        Raises:
            ScenarioError: with every problem.
        """
        return scenario_of(self.source, tuple(self.changes.items()))

    def original(self) -> Scenario:
        """The scenario as it was chosen."""
        return scenario_of(self.source, ())

    def change(self, path: str, text: str | None) -> None:
        """Set a path; None takes the change back."""
        if self.changes.get(path) == text:
            return
        self._keep()
        if text is None:
            self.changes.pop(path, None)
        else:
            self.changes[path] = text

    def try_change(self, path: str, text: str) -> None:
        """As `change`, but only where a scenario comes of it.

        Raises:
            ScenarioError: with every problem; the session stands as it stood, its history too.
        """
        scenario_of(self.source, tuple((self.changes | {path: text}).items()))
        self.change(path, text)

    def choose(self, name: str, upload: str = "") -> None:
        """Begin with another scenario."""
        if name == self.name and upload == self.upload:
            return
        self._keep()
        self.name, self.upload, self.changes = name, upload, {}

    def try_upload(self, text: str) -> None:
        """Begin with a file, if it is a scenario.

        Raises:
            ScenarioError: with every problem; the session stands as it stood, its history too.
        """
        upload = uploads.kept(text)
        scenario_of(str(uploads.file(upload)), ())
        self.choose(UPLOADED, upload)

    def undo(self) -> None:
        """Back to before the last change."""
        if self.before:
            self.name, self.upload, self.changes = self.before.pop()

    def reset(self) -> None:
        """Without any change."""
        if self.changes:
            self._keep()
            self.changes = {}

    def _keep(self) -> None:
        self.before = [*self.before[-MOST_UNDO:], Stand(self.name, self.upload, dict(self.changes))]


def asked() -> Asked:
    """The session's own; `restored` has made it."""
    found: Asked = st.session_state["asked"]
    return found


def restored() -> Asked:
    """The session's state, read from the address bar when the session is new."""
    if "asked" not in st.session_state:
        link = st.query_params
        st.session_state["asked"] = from_link({name: link.get_all(name) for name in link}, _of_browser())
    return asked()


def remember(now: Asked) -> None:
    """Write the state into the address bar."""
    wanted = now.query
    if {name: st.query_params.get_all(name) for name in st.query_params} != wanted:
        st.query_params.from_dict(wanted)


def from_link(link: Mapping[str, list[str]], lang: Lang) -> Asked:
    """A link is somebody's text: what is not a language, a scenario or a change is left out, and named.

    Args:
        link: names and texts of its query.
        lang: the browser's language, for a link without one.

    """
    found = Asked(lang)
    told = {name: (link.get(name) or [""])[-1] for name in OWN}
    if told["lang"] in LANGS:
        found.lang = told["lang"]
    elif told["lang"]:
        found.refused.append("lang")
    if told["scenario"] == UPLOADED and uploads.there(told["upload"]):
        found.name, found.upload = UPLOADED, told["upload"]
    elif told["scenario"] in shipped():
        found.name = told["scenario"]
    elif told["scenario"]:
        found.refused.append("scenario")
    found.changes = _changes(link.get("set", []), found)
    others = [name for name in link if name not in OWN][:MOST_INPUTS]
    found.inputs = {
        name: link[name] for name in others if sum(len(text) + 1 for text in link[name]) <= MOST_LETTERS
    }
    return found


def _changes(texts: list[str], found: Asked) -> dict[str, str]:
    """The link's changes if all are changes and the scenario can have them; none if not."""
    parts = [text.partition("=") for text in texts]
    changes = {path: value for path, _, value in parts}
    if len(texts) <= MOST_CHANGES and all(
        equals and len(path) + len(value) < MOST_LETTERS for path, equals, value in parts
    ):
        try:
            scenario_of(found.source, tuple(changes.items()))
        except ScenarioError:
            pass
        else:
            return changes
    found.refused.append("set")
    return {}


def _of_browser() -> Lang:
    locale = (st.context.locale or "").lower()
    return "en" if locale and not locale.startswith("zh") else "zh"


@lru_cache(maxsize=64)
def scenario_of(source: str, changes: tuple[tuple[str, str], ...]) -> Scenario:
    """A scenario with its changes, read once for all sessions.

    Raises:
        ScenarioError: with every problem.

    """
    return read_scenario(source, [("--set", f"{path}={text}") for path, text in changes])


def changes_words(changes: Mapping[str, str]) -> list[str]:
    """The changes as one writes them on a command line."""
    return [word for path, text in changes.items() for word in ("--set", f"{path}={text}")]
