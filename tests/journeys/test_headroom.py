"""`lianlu headroom` as a user meets it: the document, the tables, wrong questions, the gate."""

import json
from typing import Any

import pytest

from app.cli.main import main

Capture = pytest.CaptureFixture[str]


def answer(capsys: Capture, *words: str, code: int = 0) -> Any:
    """The one JSON document that a command prints, and nothing else."""
    assert main(["headroom", *words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_every_level_is_somewhere_and_the_order_is_that_of_breaking(capsys: Capture) -> None:
    """Each level crosses, is broken already, or outlasts the range; the first to break stands first."""
    found = answer(capsys, "chenxi_live", "--from", "0.3", "--to", "2", "--replications", "20")
    named = [level["level"] for level in found["levels"]]
    apart = [*found["already_broken"], *found["beyond_range"], *found["not_monotone"]]
    assert sorted(named + apart) == sorted(name for name in found["curve"][0] if name not in POINT)
    values = [level["value_p95"] for level in found["levels"]]
    assert values == sorted(values)
    assert found["first_to_break"] == named[0]
    for level in found["levels"]:
        assert level["ci_low"] <= level["audience_p95"] <= level["ci_high"]


POINT = {"audience", "value", "replications"}
"""What a point of the curve has besides levels."""
