"""What cannot end well is refused before any work: folders in the way of files, and labels used twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.main import main
from sim.experiments.store import FILE

Capture = pytest.CaptureFixture[str]


def refused(capsys: Capture, *words: str) -> str:
    """What a command says on stderr that ends with exit code 2 and prints nothing else."""
    assert main(list(words)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return " ".join(said.err.split())


@pytest.mark.parametrize("file", [FILE, "run.json", "run_1.csv"])
def test_a_folder_in_the_place_of_a_file_is_named(file: str, tmp_path: Path, capsys: Capture) -> None:
    """Its whole path, and no advice about room on the disk; nothing is played or written."""
    (tmp_path / file).mkdir()
    err = refused(capsys, "run", "chenxi_live", "--out", str(tmp_path), "--progress", "none")
    assert f"{tmp_path / file}" in err
    assert "a folder" in err
    assert "bytes" not in err
    assert list(tmp_path.iterdir()) == [tmp_path / file]


@pytest.mark.parametrize("command", ["run", "routes", "shifts"])
def test_a_file_in_the_place_of_the_folder_is_named(command: str, tmp_path: Path, capsys: Capture) -> None:
    """Also by commands that keep nothing but their answer: they would write at the very end."""
    out = tmp_path / "out"
    out.write_text("mine", encoding="utf-8")
    assert f"{out}: a file" in refused(capsys, command, "chenxi_live", "--out", str(out))
    assert out.read_text("utf-8") == "mine"


def test_a_file_that_cannot_be_written_at_the_end_is_named(tmp_path: Path, capsys: Capture) -> None:
    """The file, not only the folder given."""
    (tmp_path / "routes.yaml").mkdir()
    small = ("market.communities=3", "market.members_mean=40", "delivery.plan_iterations=2")
    words = [word for change in small for word in ("--set", change)]
    words += ["--mornings", "50", "--fresh", "50", "--probability", "0.5", "--out", str(tmp_path)]
    assert main(["routes", "chenxi_jielong", *words, "--progress", "none"]) == 2
    assert f"{tmp_path / 'routes.yaml'}: Is a directory" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("field", ["roads.file", "market.points_file", "delivery.routes_file"])
def test_a_folder_given_as_a_file_is_called_one(field: str, tmp_path: Path, capsys: Capture) -> None:
    """The path is there, so "no such file" would send the reader looking for a slip."""
    err = refused(capsys, "run", "chenxi_live", "--replications", "1", "--set", f"{field}={tmp_path}")
    assert f"{tmp_path}" in err
    assert "found a folder" in err


@pytest.mark.parametrize("words", [("a=chenxi_live", "a=base"), ("base", "base=chenxi_live")])
def test_a_label_stands_for_one_scenario(words: tuple[str, str], capsys: Capture) -> None:
    """A label that was given is never changed in silence; the remedy is one that is free."""
    label, _, source = words[1].partition("=")
    err = refused(capsys, "compare", *words)
    assert "a label that stands for two scenarios" in err
    assert f"try {label}2={source}" in err
