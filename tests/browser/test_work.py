"""Jobs by their folders: a number given to a stranger is no job of ours; what stays is read once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.web import watch, work


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs lie in the cache."""
    monkeypatch.setenv("LIANLU_CACHE", str(tmp_path))


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own group that this program did not start as a job."""
    found = subprocess.Popen(
        [sys.executable, "-c", "import time\nprint(flush=True)\ntime.sleep(600)"],
        stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert found.stdout is not None
    found.stdout.readline()
    yield found
    found.kill()
    found.wait()
    found.stdout.close()


def job(tmp_path: Path, **told: Any) -> work.Job:
    """A job another server has left behind."""
    folder = tmp_path / "jobs" / "20260101000000-00000000"
    folder.mkdir(parents=True, exist_ok=True)
    plain = {
        "kind": "compare",
        "words": ["compare"],
        "title": "",
        "link": "/",
        "model": "",
        "started": 0.0,
    }
    part = folder / "job.part"
    part.write_text(json.dumps(plain | told))
    part.replace(folder / "job.json")
    found = work.job(folder.name)
    assert found is not None
    return found


def test_a_job_of_an_ended_server_still_runs_and_can_be_cancelled(
    process: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    """Number and birth agree: it runs; cancelled, it ends by Ctrl-C, as killed where it has said no code."""
    found = job(tmp_path, pid=process.pid, born=work._born(process.pid))
    assert found.code is None
    found.cancel()
    assert process.wait(30) == -signal.SIGINT
    assert found.code == -signal.SIGKILL
    found.cancel()
    (found.folder / "ended").write_text("3")
    assert found.code == 3


@pytest.mark.parametrize("known", [True, False], ids=["born at another time", "no record of births"])
def test_a_stranger_with_the_number_of_a_job_is_left_alone(
    known: bool, process: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    """The job has ended, and Cancel does nothing to the stranger."""
    born = work._born(process.pid)
    assert born is not None
    found = job(tmp_path, pid=process.pid, born=born - 1 if known else None)
    assert found.code == -signal.SIGKILL
    found.cancel()
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(30) == -signal.SIGTERM


def test_a_job_without_a_record_of_births_is_told_by_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Started here it runs until it ends, with its own exit code."""
    monkeypatch.setattr(work, "_born", lambda _pid: None)
    found = work.start("nonsense", ["no-such-command"], "", "/")
    assert found.asked["born"] is None
    assert found.code is None
    work._children[-1].wait(60)
    assert found.code == 2
    assert "no-such-command" in found.said


def test_what_was_asked_is_read_once_a_change(tmp_path: Path) -> None:
    """The same object until the file is another one."""
    found = job(tmp_path, pid=0, born=None, title="one")
    first = found.asked
    assert found.asked is first
    assert work.jobs()[0].asked is first
    job(tmp_path, pid=0, born=None, title="two")
    assert found.asked["title"] == "two"


def test_time_left_is_of_like_work_or_of_what_it_says_itself(tmp_path: Path) -> None:
    """A certificate says nothing of a shift report, nor few nights of many; two arms know their total."""
    words = ["report", "certificate", "chenxi_live", "--lang", "zh"]
    found = job(tmp_path, words=words, kind="report", pid=0, born=None)
    (found.folder / "said").write_text('{"expected": 9}\n{"replication": 0}\n')
    (found.folder / "ended").write_text("0")
    assert watch.before([*words, "--set", "audience.scale=2"]) is not None
    assert watch.before(["report", "shifts", "chenxi_live", "--lang", "zh"]) is None
    assert watch.before([*words, "--replications", "500"]) is None
    assert (found.done, found.expected, found.said) == (1, 9, "")
    (found.folder / "ended").unlink()
    assert watch.how_far(job(tmp_path, words=["headroom", "b"], kind="headroom"), "en")[0] is None
    share, text = watch.how_far(job(tmp_path, words=["compare", "a", "b"], kind="compare"), "en")
    assert share == 1 / 9
    assert text.startswith("1 of 9 replications")
