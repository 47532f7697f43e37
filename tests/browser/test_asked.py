"""What a session asks: links and back, whatever somebody writes into one; a history of what was, no more."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from app.web import uploads
from app.web.asked import FIRST, MOST_CHANGES, MOST_LETTERS, UPLOADED, Asked, from_link
from app.web.inputs import Whole
from sim.problems import ScenarioError

ONE, TWO = (
    "extends: chenxi_live\naudience: {scale: 0.5}\n",
    "extends: chenxi_live\naudience: {scale: 0.7}\n",
)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Uploads lie in the cache."""
    monkeypatch.setenv("LIANLU_CACHE", str(tmp_path))


def reopened(link: str) -> Asked:
    """What a new session makes of a link."""
    return from_link(parse_qs(urlsplit(link).query, keep_blank_values=True), "zh")


def test_a_link_brings_back_all_that_was_asked() -> None:
    """Language, uploaded file, a change of many teams and the inputs of the page, those of others not."""
    now = Asked("en", page="buy")
    now.try_upload(ONE)
    team = '{"name": "夜班%d", "start_min": 1200.0, "length_min": 240.0, "people": 2, "breaks": []}'
    now.try_change("sorting.teams", "[" + ", ".join(team % k for k in range(12)) + "]")
    now.inputs = {"audience": ["5000"], "arms": [""]}
    now.shown = {"audience": None, "budget": None}
    again = reopened(now.link)
    assert (again.lang, again.name, again.upload) == ("en", UPLOADED, now.upload)
    assert again.changes == now.changes
    assert again.inputs == {"audience": ["5000"]}
    assert again.refused == []
    assert again.source == now.source


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("lang=xx", ["lang"]),
        ("scenario=../../etc/passwd", ["scenario"]),
        ("scenario=uploaded", ["scenario"]),
        ("scenario=uploaded&upload=../../../etc", ["scenario"]),
        (f"scenario=uploaded&upload={'0' * 32}", ["scenario"]),
        ("set=audience.scale", ["set"]),
        ("set=audience.scale=nonsense", ["set"]),
        ("set=audience.scale=2&set=nowhere=1", ["set"]),
        ("set=audience.scale=%00%ff", ["set"]),
        (f"set=name={'x' * MOST_LETTERS}", ["set"]),
        ("&".join(["set=audience.scale=2"] * (MOST_CHANGES + 1)), ["set"]),
        (f"set=sorting.teams={'[' * 3000}", ["set"]),
    ],
)
def test_what_a_link_may_not_say_is_left_out_and_named(query: str, refused: list[str]) -> None:
    """The session begins with the first scenario, without changes, and knows what it left out."""
    found = reopened(f"/?{query}")
    assert found.refused == refused
    assert (found.lang, found.name, found.changes) == ("zh", FIRST, {})
    assert found.scenario().name == FIRST


@pytest.mark.parametrize(
    "texts", [[], [""], ["x"], ["-1"], ["1e3"], ["19"], ["2001"], ["٢٠"], ["9" * 9999], ["20", "30"]]
)
def test_a_number_of_a_link_lies_within_its_bounds(texts: list[str]) -> None:
    """Anything else is none."""
    what = Whole(20, 2000, 10, first=50)
    assert what.read(texts) is None
    assert what.read(["20"]) == 20


def test_undo_goes_back_through_uploads() -> None:
    """After a second file, its predecessor comes back with its own text and changes."""
    now = Asked()
    now.try_upload(ONE)
    now.change("audience.scale", "0.6")
    now.try_upload(TWO)
    assert now.scenario().audience.scale == 0.7
    now.undo()
    assert now.scenario().audience.scale == 0.6
    now.undo()
    assert now.scenario().audience.scale == 0.5
    now.undo()
    assert (now.name, now.upload, now.changes) == (FIRST, "", {})
    now.undo()
    assert now.name == FIRST


def test_what_is_refused_leaves_no_trace() -> None:
    """A value out of bounds and a broken file raise; undo still means the change before them."""
    now = Asked()
    now.try_change("audience.scale", "0.6")
    with pytest.raises(ScenarioError):
        now.try_change("delivery.docks", "-3")
    with pytest.raises(ScenarioError):
        now.try_upload("audiense: {scale: 2}\n")
    assert now.changes == {"audience.scale": "0.6"}
    now.undo()
    assert now.changes == {}
    assert now.before == []


def test_the_oldest_uploads_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than the newest stay; one that comes again is new."""
    monkeypatch.setattr(uploads, "KEPT", 2)
    first, second = uploads.kept("a: 1"), uploads.kept("a: 2")
    assert uploads.kept("a: 1") == first
    third = uploads.kept("a: 3")
    assert [uploads.there(one) for one in (first, second, third)] == [True, False, True]
