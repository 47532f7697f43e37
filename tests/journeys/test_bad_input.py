"""What a user sees who hands in a file that cannot be used: place, finding, remedy, exit 2, no traceback."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.cli.main import main
from sim.problems import Problem, ScenarioError
from sim.scenario_file import read
from sim.scenario_file.source import shipped

Refused = Callable[..., str]


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Write `peak.yaml`, validate it as a user does, and give back what stands on stderr."""
    monkeypatch.chdir(tmp_path)

    def validate(content: str | bytes, *options: str) -> str:
        Path("peak.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
        started = time.monotonic()
        code = main(["validate", "peak.yaml", *options])
        shown = capsys.readouterr()
        assert code == 2
        assert shown.out == ""
        assert "Traceback" not in shown.err
        assert len(shown.err.encode()) <= 20_000
        assert time.monotonic() - started <= 10.0
        assert re.search(r"^\d+ problems?, nothing was run\.$", shown.err.rstrip(), re.MULTILINE)
        return shown.err

    return validate


def test_all_problems_of_a_file_come_at_once(refused: Refused) -> None:
    """Unknown key, wrong type, bounds, NaN and a duplicate key are all in one answer, each at its place."""
    shown = refused(
        "extends: chenxi_live\n"
        "checkout:\n"
        "  gateway: {rate_per_s: 600 QPS}\n"
        "  protection: {}\n"
        "collection:\n"
        "  wait_max_min: .nan\n"
        "  return_from_h: 99\n"
        "  notices: yes\n"
        "  wait_max_min: 3\n"
        "rate_per_s: 5\n"
    )
    assert (
        "peak.yaml:3:25  checkout.gateway.rate_per_s\n  found    600 QPS  (text)\n  allowed  a number from"
        in shown
    )
    assert "  try      rate_per_s: 600\n" in shown
    assert "peak.yaml:4:3   checkout.protection\n  unknown key; did you mean `protections`?\n" in shown
    assert "peak.yaml:6:17  collection.wait_max_min\n  found    .nan" in shown
    assert "peak.yaml:7:18  collection.return_from_h\n  found    99" in shown
    assert "  try      return_from_h: 24\n" in shown
    assert "peak.yaml:8:12  collection.notices\n  found    yes  (text)\n  allowed  true or false\n" in shown
    assert (
        "peak.yaml:9:3   collection.wait_max_min\n  found    `wait_max_min` a second time; first on line 6"
        in shown
    )
    assert "peak.yaml:10:1  rate_per_s\n  unknown key; did you mean `checkout.gateway.rate_per_s`?" in shown
    assert shown.rstrip().endswith("7 problems, nothing was run.")


CASES = {
    "rule across fields": (
        "collection: {return_from_h: 20, return_until_h: 18}\n",
        "peak.yaml:1:1  collection",
        "must not be below",
    ),
    "a show after the last order": (
        "audience: {show: {starts_at_min: 1260}}\n",
        "peak.yaml:1:1",
        "`audience.show.starts_at_min` (1260) must be before `cutoff.placed_by_min` (1245)",
    ),
    "an offer after the last order": (
        "audience: {show: {starts_at_min: 1240}}\n",
        "peak.yaml:1:1",
        "the offer must open before the show ends and before `cutoff.placed_by_min`",
    ),
    "surplus that earns money": (
        "stock: {salvage_share: 0.9}\n",
        "peak.yaml:1:1",
        "`salvage_share` (0.9) must not be above `unit_cost_share` (0.65)",
    ),
    "a post after the last order": (
        "show: text\ncutoff: {placed_by_min: 500, paid_by_min: 500}\n",
        "peak.yaml:1:1",
        "`group_post.post_from_min` (540) must be before `cutoff.placed_by_min` (500)",
    ),
    "text for a choice": ("show: liv\n", "peak.yaml:1:7  show", "try      show: live"),
    "a list for a number": (
        "collection:\n  wait_max_min: [3]\n",
        "peak.yaml:2:17  collection.wait_max_min",
        "a list (1 items)",
    ),
    "true for a number": (
        "collection: {wait_max_min: true}\n",
        "peak.yaml:1:28  collection.wait_max_min",
        "true  (true or false)",
    ),
    "underscores": ("collection: {wait_max_min: 1_0}\n", "peak.yaml:1:28", "try      wait_max_min: 10"),
    "infinity": ("collection: {wait_max_min: 1e999}\n", "peak.yaml:1:28", "from 0 to 240"),
    "minutes as a clock": ("collection: {wait_max_min: 12:30}\n", "peak.yaml:1:28", "12:30  (text)"),
    "section as a value": ("checkout: 3\n", "peak.yaml:1:11  checkout", "a mapping with"),
    "two laws": (
        "group_post: {react_s: {constant: 3, exponential: {mean: 4}}}\n",
        "peak.yaml:1:14  group_post.react_s",
        "name exactly one law",
    ),
    "half a law": (
        "group_post: {react_s: {exponential: {}}}\n",
        "group_post.react_s.exponential.mean",
        "this key must be given",
    ),
    "law below its bounds": (
        "group_post: {react_s: {lognormal: {sigma: 9}}}\n",
        "peak.yaml:1:43  group_post.react_s.lognormal.sigma",
        "a number from 0 to 3",
    ),
    "element of a list": (
        "sorting:\n  teams:\n    - {people: x}\n",
        "peak.yaml:3:16  sorting.teams[0].people",
        "x  (text)",
    ),
    "tab": ("collection:\n\twait_max_min: 3\n", "peak.yaml:2:1", "a tab"),
    "tab later in the indentation": (
        "collection:\n  \twait_max_min: 3\n",
        "peak.yaml:2:3",
        "spaces for indentation",
    ),
    "full-width colon": (
        "collection:\n  wait_max_min：3\n  notices: true\n",
        "peak.yaml:2:15",
        "fullwidth colon",
    ),
    "full-width colon on the last line": (
        "collection:\n  wait_max_min：3\n",
        "peak.yaml:2:3",
        "fullwidth colon",
    ),
    "full-width digits": ("collection: {wait_max_min: １０}\n", "peak.yaml:1:28", "fullwidth digit one"),
    "zero-width space": ("colle\u200bction: {wait_max_min: 3}\n", "peak.yaml:1:6", "zero width space"),
    "full-width space as indentation": (
        "collection:\n\u3000wait_max_min: 3\n",
        "peak.yaml:2:1",
        "ideographic space",
    ),
    "control character": ("title_en: \x07bell\n", "peak.yaml:1:11", "U+0007"),
    "escape sequence in a key": ('"\\e[31mred": 1\n', "peak.yaml:1:1  \\x1b[31mred", "unknown key"),
    "unknown tag": (
        "show: !!python/object:os.system live\n",
        "peak.yaml:1:7  show",
        "the tag !!python/object",
    ),
    "merge key": ("market: &m {seed: 3}\nroads: {<<: *m}\n", "peak.yaml:2:9", "a merge key"),
    "two documents": ("show: live\n---\nshow: text\n", "peak.yaml:2:1", "a second document"),
    "cut off in brackets": ("checkout: {gateway: {rate_per_s: 6", "peak.yaml:1:35", "is it cut off?"),
    "cut off in quotes": ('show: live\ntitle_en: "The sho', "peak.yaml:2:19", "is it cut off?"),
    "cut off in a key": ("show: live\ncheckout:\n  gate", "peak.yaml:3:3  checkout", "gate  (text)"),
    "empty": ("", "peak.yaml:1:1", "an empty file"),
    "only a comment": ("# later\n", "peak.yaml:1:1", "an empty file"),
    "a list": ("- show: live\n", "peak.yaml:1:1", "a list instead of keys"),
    "wrong indentation": (
        "checkout:\n    gateway: {}\n  payment: {}\n",
        "peak.yaml:3:3",
        "the indentation of the keys above",
    ),
    "self-containing": ("market: &m [*m]\n", "peak.yaml:1:13", "alias *m"),
    "no such parent": ("extends: chenxi_live2\n", "peak.yaml:1:10  extends", "try      chenxi_live"),
    "no such parent file": (
        "extends: other/nosuch.yaml\n",
        "peak.yaml:1:10  extends",
        "unknown scenario other/nosuch.yaml",
    ),
    "parent of another kind": ("extends: {chenxi_live: 1}\n", "peak.yaml:1:10  extends", "a mapping"),
}


@pytest.mark.parametrize(("content", "place", "says"), CASES.values(), ids=CASES.keys())
def test_each_mistake_is_named_at_its_place(refused: Refused, content: str, place: str, says: str) -> None:
    """One mistake a file: place and words a user can act on."""
    shown = refused(content)
    assert place in shown
    assert says in shown


def test_gbk_file_is_recognised_and_checked_all_the_same(refused: Refused) -> None:
    """A file saved as GBK is told so at its first wrong byte, and its other problems are told too."""
    shown = refused("# peak\ntitle_zh: 高峰\ncollection: {wait_max_min: -1}\n".encode("gbk"))
    assert (
        "peak.yaml:2:11\n  found    GBK text\n  allowed  UTF-8\n  try      save the file as UTF-8"
        in shown.replace("  \n", "\n")
    )
    assert "peak.yaml:3:28  collection.wait_max_min" in shown


def test_utf16_and_binary_files_are_refused(refused: Refused) -> None:
    """Other encodings and no text at all end in the same short answer."""
    assert "UTF-16" in refused("show: live\n".encode("utf-16"))
    assert "peak.yaml:1:1" in refused(bytes(range(256)) * 400)


def test_byte_order_mark_and_windows_lines_are_welcome(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What Windows editors write is read without complaint."""
    path = tmp_path / "windows.yaml"
    path.write_bytes(
        b"\xef\xbb\xbf"
        + "extends: chenxi_live\r\ntitle_zh: 高峰：夜场\r\ncollection:\r\n  wait_max_min: 5\r\n".encode()
    )
    assert main(["validate", str(path)]) == 0
    assert capsys.readouterr().out == f"{path}: can be run\n"


BOMBS = {
    "aliases unfold": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(
        f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    ),
    "many aliases": "a: &a 1\n" + "".join(f"k{n}: *a\n" for n in range(200)),
    "many values": "market: [" + "1," * 60_000 + "\n" + "1," * 60_000 + "]\n",
    "deep brackets": "market: " + "[" * 20_000,
    "deep dashes": "- " * 5_000 + "a",
    "large file": "# " + "x" * 2_000_001,
    "long line": "title_en: " + "x" * 150_000,
    "many tags": ("!" * 90_000 + "\n") * 20,
    "many unknown keys": "".join(f"key{n}: {n}\n" for n in range(20_000)),
    "many duplicates": "show: live\n" * 40_000,
    "open quotes": 'title_en: "' + "x\n" * 600_000,
    "blank lines": "a: " + "\n" * 1_900_000,
}


@pytest.mark.parametrize("content", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_answered_fast_and_shortly(refused: Refused, content: str) -> None:
    """Files made to exhaust a reader are refused within seconds and 20 kB (asserted by the fixture)."""
    assert refused(content).startswith("peak.yaml:")


def test_extends_in_a_circle_is_named_with_its_loop(refused: Refused) -> None:
    """A chain that closes names every file of the loop at the line that closes it."""
    Path("b.yaml").write_text("extends: c.yaml\n")
    Path("c.yaml").write_text("show: live\nextends: peak.yaml\n")
    shown = refused("extends: b.yaml\n")
    assert "c.yaml:2:10  extends\n  found    a loop: peak.yaml → b.yaml → c.yaml → peak.yaml" in shown
    Path("long0.yaml").write_text("show: live\n")
    for number in range(1, 40):
        Path(f"long{number}.yaml").write_text(f"extends: long{number - 1}.yaml\n")
    assert "a chain of more than 16 scenarios" in refused("extends: long39.yaml\n")


def test_a_mistake_in_a_parent_points_at_the_parent(refused: Refused) -> None:
    """Every key keeps the file it came from, relative to the file that names it."""
    Path("season").mkdir()
    Path("season/spring.yaml").write_text("extends: ../deep.yaml\ncollection:\n  wait_max_min: 999\n")
    Path("deep.yaml").write_text("extends: chenxi_live\nnight:\n  absence: 3\n")
    shown = refused("extends: season/spring.yaml\nshow: radio\n")
    assert "season/spring.yaml:3:17  collection.wait_max_min" in shown
    assert re.search(
        r"^deep\.yaml:3:3 +night\.absence\n  unknown key; did you mean `absence_share`", shown, re.MULTILINE
    )
    assert re.search(r"^peak\.yaml:2:7 +show$", shown, re.MULTILINE)
    assert shown.index("peak.yaml:2:7") < shown.index("deep.yaml:3:3")


def test_checkout_keys_in_a_manual_arm_are_refused(refused: Refused) -> None:
    """A key that the arm never reads is an error where it was set, beside the other problems of the file."""
    shown = refused(
        "extends: chenxi_jielong\ncheckout:\n  gateway: {rate_per_s: 60}\ncollection: {wait_max_min: -1}\n"
    )
    assert "peak.yaml:3:13  checkout.gateway.rate_per_s" in shown
    assert "system: manual" in shown
    assert "peak.yaml:4:28  collection.wait_max_min" in shown
    assert "2 problems" in shown


def test_set_is_checked_like_the_file(refused: Refused) -> None:
    """`--set` errors name `--set:PATH` and come together with those of the file."""
    options = (
        "checkout.gatway.rate_per_s=1",
        "collection.wait_max_min=-1",
        "sorting.teams[9].people=3",
        "night",
        "market.seed=[",
    )
    shown = refused("show: radio\n", *(word for option in options for word in ("--set", option)))
    assert "peak.yaml:1:7" in shown
    assert re.search(
        r"^--set:checkout\.gatway\.rate_per_s +checkout\.gatway\n  unknown key; did you mean `gateway`",
        shown,
        re.MULTILINE,
    )
    assert re.search(
        r"^--set:collection\.wait_max_min +collection\.wait_max_min\n  found    -1", shown, re.MULTILINE
    )
    assert re.search(
        r"^--set:sorting\.teams\[9\]\.people +sorting\.teams\[9\]\n  found    element 9 of",
        shown,
        re.MULTILINE,
    )
    assert "path.to.key=value" in shown
    assert "6 problems" in shown


def test_json_lists_every_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json`: one document on stdout, nothing on stderr, the same places, exit 2."""
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("extends: chenxi_live\n")
    bad.write_text("collection:\n  wait_max_min: 999\n  wait: 3\n")
    assert main(["validate", str(good), str(bad), "--json"]) == 2
    shown = capsys.readouterr()
    assert shown.err == ""
    first, second = json.loads(shown.out)["files"]
    assert (first["file"], first["ok"], first["problems"]) == (str(good), True, [])
    assert (second["file"], second["ok"]) == (str(bad), False)
    bounds, unknown = second["problems"]
    assert (bounds["line"], bounds["column"], bounds["key"], bounds["try"]) == (
        2,
        17,
        "collection.wait_max_min",
        "wait_max_min: 240",
    )
    assert (unknown["line"], unknown["column"], unknown["key"]) == (3, 3, "collection.wait")
    assert unknown["found"] == "unknown key `wait`"
    assert unknown["try"] == "wait_max_min: 3"


@pytest.mark.parametrize(
    "word", ["chenxi_liv", "nosuch.yaml", ".", "/dev/null", "", "a\0b", "x" * 5000, "\x1b[31m", "../../etc"]
)
@pytest.mark.parametrize("command", ["validate", "explain"])
def test_unknown_scenarios_are_refused_by_every_command(
    capsys: pytest.CaptureFixture[str], command: str, word: str
) -> None:
    """No such name, a folder, a device, no name: exit 2, the shipped names, nothing raw on the screen."""
    assert main([command, word, *(["show"] if command == "explain" else [])]) == 2
    shown = capsys.readouterr().err
    assert "Traceback" not in shown
    assert "\x1b" not in shown
    assert "chenxi_live" in shown
    assert len(shown.encode()) <= 20_000


def test_a_real_process_answers_the_same(tmp_path: Path) -> None:
    """As a user runs it: a process of its own, exit 2, stderr alone; and 2 for a misspelt command."""
    (tmp_path / "peak.yaml").write_text("show: radio\n")
    command = [sys.executable, "-m", "app.cli.main"]
    done = subprocess.run(
        [*command, "validate", str(tmp_path / "peak.yaml")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{tmp_path}/peak.yaml:1:7  show" in done.stderr
    wrong = subprocess.run([*command, "valdate"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr


SHIPPED = sorted(path.read_text(encoding="utf-8") for name, path in shipped().items() if name != "base")
PIECES = st.sampled_from(
    [
        "\n",
        "  ",
        "\t",
        ": ",
        "：",
        "- ",
        "{",
        "}",
        "[",
        "]",
        "*a",
        "&a ",
        "!x ",
        '"',
        "'",
        "|",
        "# ",
        "---\n",
        "null",
        "1e999",
        "\x00",
        "\u200b",
        "show",
        "checkout",
        "extends",
        "teams",
        "lognormal",
        "?",
        "<<",
        "%",
        "\ud800",
        "-1",
        "９",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.sampled_from(SHIPPED),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.2), PIECES), max_size=4),
)
@example(text="a: 1\n", cuts=[(0.0, 0.0, "\ud800")])
def test_damaged_files_never_crash_the_reader(
    tmp_path: Path, text: str, cuts: list[tuple[float, float, str]]
) -> None:
    """A shipped file with pieces cut out and put in is read, or refused with places."""
    for start, length, piece in cuts:
        at = int(start * len(text))
        text = text[:at] + piece + text[at + int(length * len(text)) :]
    path = tmp_path / "damaged.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    problems = _problems_of(path)
    assert problems is None or problems
    assert all(problem.place.line >= 1 and problem.place.column >= 1 for problem in problems or ())


def _problems_of(path: Path) -> tuple[Problem, ...] | None:
    try:
        read(str(path))
    except ScenarioError as error:
        return error.problems
    return None
