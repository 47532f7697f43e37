"""Long work on real processes: whatever happens, what was acknowledged is kept and the end is the same."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from sim.experiments.laboratory import Acknowledged
from sim.experiments.store import FILE, Store
from sim.problems import Stopped, Unusable
from tests.conftest import NIGHTLY
from tests.journeys.long_work import sweep
from tests.journeys.processes import family, opened, survivors

ROOT = Path(__file__).parents[2]
SWEEP = (sys.executable, "-c", "from tests.journeys.long_work import main; main()")
LIANLU = (sys.executable, "-m", "app.cli.main")
NIGHTS = 150
KILLS = 20


def started(*words: str, **options: Any) -> subprocess.Popen[str]:
    """A process of its own group, as a shell starts it."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(words, cwd=ROOT, text=True, process_group=0, **pipes | options)


def acknowledged(text: str) -> list[str]:
    """The lines that say a replication is kept (a line cut off by the kill says nothing)."""
    whole = (line for line in text.splitlines() if line[:1] in "[{" and line[-1:] in "]}")
    return [line for line in whole if not line.startswith('{"expected"')]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the sweep answers when nothing happens."""
    return sweep(tmp_path_factory.mktemp("undisturbed"), NIGHTS, jobs=1)


def answer_of(folder: Path, jobs: int = 1) -> list[str]:
    """What the sweep answers from a folder, in a process that nothing happens to."""
    done = subprocess.run(
        [*SWEEP, str(folder), str(NIGHTS), str(jobs)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: list[str] = json.loads(done.stdout)
    return found


# kill -9 --------------------------------------------------------------------------------------------------


def lines_until(process: subprocess.Popen[str], number: int) -> list[str]:
    """Read so many acknowledgements from a process."""
    assert process.stderr is not None
    lines: list[str] = []
    while len(lines) < number and (line := process.stderr.readline()):
        lines += acknowledged(line)
    return lines


def rest(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What the process has still to say, until it has ended."""
    assert process.stdout is not None
    assert process.stderr is not None
    late = threading.Timer(60.0, process.kill)
    late.start()
    err, out = process.stderr.read(), process.stdout.read()
    process.wait()
    late.cancel()
    process.stdout.close()
    process.stderr.close()
    return out, err


def killed_again_and_again(words: list[str], most: int, times: int) -> tuple[list[str], str, int]:
    """Kill the command at random moments, then let it end: acknowledgements, answer, times it was working.

    No process may be left over.
    """
    chance = random.Random(4)  # noqa: S311  # moments, not secrets
    lines: list[str] = []
    working = 0
    for _ in range(times):
        process = started(*words)
        new = lines_until(process, chance.randint(0, most))
        time.sleep(chance.uniform(0.0, 0.1))
        children = family(process.pid)
        working += process.poll() is None and bool(new)
        process.kill()
        lines += new + acknowledged(rest(process)[1])
        assert survivors(children) == set()
    process = started(*words)
    out, err = rest(process)
    assert process.returncode == 0, err
    return lines + acknowledged(err), out, working


def test_killed_twenty_times_it_computes_nothing_twice(tmp_path: Path, undisturbed: list[str]) -> None:
    """After 20 kill -9 at random moments nothing acknowledged is computed again; the answer is the same."""
    words = [*SWEEP, str(tmp_path), str(NIGHTS), "2"]
    lines, out, working = killed_again_and_again(words, most=20, times=KILLS)
    assert working > KILLS // 2
    assert len(lines) == len(set(lines))
    assert 0.9 * 2 * NIGHTS < len(lines) <= 2 * NIGHTS
    assert json.loads(out) == undisturbed


def test_a_killed_command_goes_on(tmp_path: Path) -> None:
    """The same for the command itself: the JSON document is the same to the letter as if nothing happened."""
    words = [*LIANLU, "run", "chenxi_jielong", "--replications", "400" if NIGHTLY else "60", "--json"]
    plain = subprocess.run([*words, "--jobs", "1"], cwd=ROOT, capture_output=True, text=True, check=True)
    words += ["--out", str(tmp_path), "--progress", "json", "--jobs", "2"]
    lines, out, working = killed_again_and_again(words, most=15, times=KILLS if NIGHTLY else 3)
    assert working > 1
    assert len(lines) == len(set(lines))
    assert out == plain.stdout


# Ctrl-C ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stored", [True, False])
def test_ctrl_c_is_answered_in_one_line(stored: bool, tmp_path: Path) -> None:
    """Exit code 3 long before the end, one line that tells how to go on, no traceback, nobody left over."""
    words = [*LIANLU, "run", "chenxi_live", "--replications", "100000", "--progress", "json", "--jobs", "2"]
    process = started(*words, *(["--out", str(tmp_path)] if stored else []))
    lines_until(process, 12)
    children = family(process.pid)
    assert children, "worker processes were worth their start"
    process.send_signal(signal.SIGINT)
    out, err = rest(process)
    assert process.returncode == 3
    said = [line for line in err.splitlines() if not line.startswith("{")]
    assert len(said) == 1
    assert ("goes on from here" in said[0]) == stored
    kept = re.search(r"(\d+) of 100000 replications", said[0])
    assert kept is not None, said
    assert 12 <= int(kept[1]) < 100_000
    assert out == ""
    assert survivors(children) == set()


@pytest.mark.parametrize("begun", ["numpy", "llvmlite", FILE])
def test_ctrl_c_before_anything_is_done(begun: str, tmp_path: Path) -> None:
    """Pressed once a library is being loaded, or the store opened: exit code 3 and one line all the same."""
    process = started(*LIANLU, "run", "chenxi_live", "--replications", "5000", "--out", str(tmp_path))
    while begun not in opened(process.pid):
        assert process.poll() is None
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    _, err = rest(process)
    assert process.returncode == 3, err
    assert len(err.splitlines()) == 1, err


@pytest.mark.parametrize("command", ["routes", "shifts", "report certificate"])
def test_what_keeps_no_night_says_that_it_starts_again(command: str, tmp_path: Path) -> None:
    """No promise of going on where nothing is kept, whatever --out says; nothing is left half written."""
    words = [*command.split(), "chenxi_live", "--progress", "json", "--jobs", "1", "--out", str(tmp_path)]
    process = started(*LIANLU, *words)
    lines_until(process, 2)
    process.send_signal(signal.SIGINT)
    out, err = rest(process)
    assert process.returncode == 3, err
    said = [line for line in err.splitlines() if not line.startswith("{")]
    assert len(said) == 1
    assert said[0].endswith("the same command starts again")
    assert out == ""
    assert list(tmp_path.iterdir()) == []


# two processes on one store -------------------------------------------------------------------------------


def test_two_writers_both_finish(tmp_path: Path, undisturbed: list[str]) -> None:
    """Two processes do the same work in the same folder at once: both end well with the same answer."""
    words = [*SWEEP, str(tmp_path), str(NIGHTS), "1"]
    both = [started(*words), started(*words)]
    for process in both:
        out, err = rest(process)
        assert process.returncode == 0, err
        assert json.loads(out) == undisturbed
    assert {path.name for path in tmp_path.iterdir()} == {FILE}


def open_together(folder: str, all_there: Barrier) -> None:
    """Open a folder's store when all others are about to; note a run in it."""
    all_there.wait()
    with contextlib.closing(Store(Path(folder))) as store:
        store.begin(str(os.getpid()), "a model")


def test_a_store_is_made_by_many_at_once(tmp_path: Path) -> None:
    """Four processes open a folder in the same instant, thirty times: one store, all four runs in it."""
    context = multiprocessing.get_context("fork")
    for number in range(30):
        folder = tmp_path / str(number)
        together = (str(folder), context.Barrier(4))
        openers = [context.Process(target=open_together, args=together) for _ in range(4)]
        for opener in openers:
            opener.start()
        for opener in openers:
            opener.join()
        assert [opener.exitcode for opener in openers] == [0] * 4
        with contextlib.closing(sqlite3.connect(folder / FILE)) as connection:
            assert connection.execute("SELECT count(*) FROM runs").fetchone() == (4,)


def test_a_held_store_says_by_whom(tmp_path: Path, undisturbed: list[str]) -> None:
    """While another process writes: exit code 3 with its number; afterwards it goes on."""
    assert answer_of(tmp_path) == undisturbed
    holder = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    process = started(*SWEEP, str(tmp_path), str(NIGHTS + 1), "1")
    _, err = rest(process)
    assert process.returncode == 3
    assert f"process {os.getpid()} " in err
    assert len(err.splitlines()) == 1
    holder.close()
    assert answer_of(tmp_path) == undisturbed


# the disk -------------------------------------------------------------------------------------------------

LIMITS = """
import json, sys
from pathlib import Path
from tests.journeys.long_work import no_room, sweep
folder, number, step = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
whole = sweep(folder / "whole", number, ms=0.1, jobs=1)
room, found = 0, None
while found is None:
    found = no_room(folder / str(room), room, number)
    assert sweep(folder / str(room), number, ms=0.1, jobs=1) == whole, room
    room += step
assert found == whole
sys.stdout.write(json.dumps(room // step))
"""


def test_the_nth_write_fails_for_every_n(tmp_path: Path) -> None:
    """Whichever write is the first to fail: it stops, and with room again the answer is the same."""
    number, step = ("40", "1000") if NIGHTLY else ("6", "8216")  # a page and its head in the log
    words = [sys.executable, "-c", LIMITS, str(tmp_path), number, step]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) > 10


@contextlib.contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[list[str]]:
    """A disk with little room: a tmpfs where we may mount one; words that limit a process otherwise."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield [] if mounted else ["prlimit", f"--fsize={1024 * kilobytes}"]
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S607  # the system's own


def test_a_full_disk_stops_and_goes_on(tmp_path: Path) -> None:
    """No space left: exit code 3 with the file and the bytes needed; with room again the same document."""
    words = ["run", "chenxi_jielong", "--replications", "100", "--json", "--jobs", "1"]
    disk = tmp_path / "disk"
    with small_disk(disk, 330) as limit:
        full = subprocess.run(
            [*limit, *LIANLU, *words, "--out", str(disk)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert full.returncode == 3, full.stderr
        assert str(disk / FILE) in full.stderr
        assert "bytes are needed" in full.stderr
        assert len(full.stderr.splitlines()) == 1
        rescued = tmp_path / "rescued"
        rescued.mkdir()
        for path in disk.iterdir():
            (rescued / path.name).write_bytes(path.read_bytes())
    again = subprocess.run(
        [*LIANLU, *words, "--out", str(rescued), "--progress", "json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert 0 < len(acknowledged(again.stderr)) < 100
    plain = subprocess.run([*LIANLU, *words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert again.stdout == plain.stdout


def test_a_folder_that_may_only_be_read(tmp_path: Path, undisturbed: list[str]) -> None:
    """It stops and names the folder; where it may be written again the same command goes on."""
    folder = tmp_path / "mine"
    folder.mkdir(mode=0o555)
    for parent in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        parent.chmod(0o755)
    with nobody(), pytest.raises(Stopped, match="bytes are needed") as stopped:
        sweep(folder, NIGHTS, jobs=1)
    assert str(folder / FILE) in str(stopped.value)
    folder.chmod(0o755)
    assert sweep(folder, NIGHTS, jobs=1) == undisturbed


@contextlib.contextmanager
def nobody() -> Iterator[None]:
    """Be a user without rights for a while, if we are the one who has all."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


# a damaged file -------------------------------------------------------------------------------------------

Damage = Callable[[bytes, random.Random], bytes]


def flipped(whole: bytes, chance: random.Random) -> bytes:
    """One byte anywhere, every bit of it."""
    place = chance.randrange(len(whole))
    return whole[:place] + bytes([whole[place] ^ chance.randint(1, 255)]) + whole[place + 1 :]


def cut(whole: bytes, chance: random.Random) -> bytes:
    """Cut off anywhere."""
    return whole[: chance.randrange(1, len(whole))]


def emptied(_whole: bytes, _chance: random.Random) -> bytes:
    """Nothing left."""
    return b""


@pytest.mark.parametrize("damage", [flipped, cut, emptied])
def test_a_damaged_file_is_never_believed(damage: Damage, tmp_path: Path) -> None:
    """The answer is the same, or the command refuses the file by name with a way out."""
    number, chance = 12, random.Random(11)  # noqa: S311  # places, not secrets
    whole = sweep(tmp_path, number, ms=0.1, jobs=1)
    file = tmp_path / FILE
    good = file.read_bytes()
    for _ in range(3 if damage is emptied else 400 if NIGHTLY else 60):
        for path in tmp_path.iterdir():
            path.unlink()
        file.write_bytes(damage(good, chance))
        for _again in range(2):
            found = believed(tmp_path, number)
            assert found == whole or (
                isinstance(found, str) and str(file) in found and "Move it away or delete it" in found
            )
    file.unlink(missing_ok=True)
    assert sweep(tmp_path, number, ms=0.1, jobs=1) == whole


def believed(folder: Path, number: int) -> list[str] | str:
    """The answer, or why there is none."""
    try:
        return sweep(folder, number, ms=0.1, jobs=1)
    except Unusable as error:
        return str(error)


def test_the_command_refuses_a_damaged_file_with_a_way_out(tmp_path: Path) -> None:
    """Garbage where the store should be: exit code 2, the file named, no traceback; and `check` says so."""
    (tmp_path / FILE).write_bytes(random.Random(1).randbytes(50_000))  # noqa: S311  # garbage, not secrets
    for words in (["run", "chenxi_jielong", "--replications", "2"], ["runs", "list"], ["runs", "check"]):
        done = subprocess.run(
            [*LIANLU, *words, "--out", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2, done.stderr
        assert str(tmp_path / FILE) in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


# a killed worker ------------------------------------------------------------------------------------------


def test_a_killed_worker_of_a_cluster_changes_nothing(
    tmp_path: Path, undisturbed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A Dask cluster of two workers, one killed in the middle: the same rows to the bit, all acknowledged.

    The command line gives the same document with `--cluster` as without.
    """
    from distributed import LocalCluster

    ticks: list[Acknowledged] = []
    words = ["run", "chenxi_jielong", "--replications", "4", "--json"]
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
        workers = [worker.pid for worker in cluster.workers.values()]

        def kill_one(one: Acknowledged) -> None:
            ticks.append(one)
            if len(ticks) == NIGHTS // 2:
                os.kill(workers[0], signal.SIGKILL)

        found = sweep(tmp_path, NIGHTS, cluster=cluster.scheduler_address, tick=kill_one)
        assert main([*words, "--cluster", cluster.scheduler_address]) == 0
    there = capsys.readouterr().out
    assert found == undisturbed
    assert len(ticks) == 2 * NIGHTS
    assert main(words) == 0
    assert capsys.readouterr().out == there


@pytest.mark.parametrize(
    ("before", "address", "said"),
    [
        ("sys.modules['distributed'] = None", "tcp://host:8786", "pip install 'lianlu[cluster]'"),
        ("", "nowhere", "tcp://host:8786"),
        ("", "tcp://[::1]:9", "no Dask scheduler answers"),
    ],
)
def test_a_cluster_that_cannot_be_used(before: str, address: str, said: str) -> None:
    """Without the extra, without a port, without a scheduler: exit code 2 and a sentence that helps."""
    words = ["run", "chenxi_jielong", "--replications", "2", "--cluster", address]
    program = f"import sys\n{before}\nfrom app.cli.main import main\nsys.exit(main({words!r}))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
