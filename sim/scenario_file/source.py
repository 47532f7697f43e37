"""A scenario's text: finding the file, decoding it, and naming what an eye overlooks.

Tabs, full-width colons, invisible characters and GBK bytes are reported with their place, then set right in
memory, so that the rest of the file is checked in the same run.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from importlib.resources import files
from pathlib import Path

from ruamel.yaml.error import MarkedYAMLError, YAMLError

from sim.problems import Place, Problem, ScenarioError, nearest, odd_characters, visible
from sim.scenario_file.nodes import Budget, Composer, Node

BYTES_LIMIT = 2_000_000
LINE_LIMIT = 100_000
PROBLEMS_LIMIT = 1_000
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_INVISIBLE = re.compile("[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069]")
_INDENT = re.compile("[ \t\xa0\u2000-\u200a\u3000]+")
_BLOCK = re.compile(r"[|>][-+0-9]*[ \t]*(#.*)?$")
_WIDE_COLON = re.compile("^([ {,-]*[\"']?[A-Za-z_][\\w.]*[\"']?[ ]*)\uff1a[ ]*")


def shipped() -> dict[str, Path]:
    """Shipped scenarios by name."""
    folder = Path(str(files("scenarios")))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def locate(name: str, asked: Place | None = None, folder: str = "") -> tuple[str, Path]:
    """(name to show, path) of a scenario given by shipped name or by a path, relative to `folder`.

    Raises:
        ScenarioError: no such scenario; the nearest shipped name is offered.

    """
    known = shipped()
    by_path = "/" in name or os.sep in name or name.endswith((".yaml", ".yml"))
    if not by_path and name in known:
        return f"scenarios/{name}.yaml", known[name]
    path = os.path.normpath(os.path.join(folder, name)) if name and "\0" not in name else ""
    for candidate in (path,) if by_path else (path + ".yaml", path):
        if path and os.path.isfile(candidate):
            return candidate, Path(candidate)
    found = f"{visible(name, 120) or 'nothing'}"
    if path and by_path and os.path.lexists(path):
        found += " (not a regular file)"
    close = nearest(Path(name).stem if name else "", known)
    allowed = "a scenario file, or one of " + ", ".join(known)
    place = asked or Place(visible(name, 300) or "scenario", 1, 1)
    key = "extends" if asked else "scenario"
    raise ScenarioError([Problem(place, key, f"unknown scenario {found}", allowed, close or "")])


def read_node(shown: str, path: Path, budget: Budget, layer: int) -> tuple[Node, list[Problem]]:
    """The tree in a file with what is wrong in its text.

    Raises:
        ScenarioError: the file cannot be read at all.

    """
    text, problems, spoiled = _text(shown, path, budget)
    try:
        node, more = parse(text, shown, budget, layer)
    except ScenarioError as error:
        raise ScenarioError(
            [*problems, *(problem for problem in error.problems if problem.place.line not in spoiled)]
        ) from None
    problems += [problem for problem in more if problem.place.line not in spoiled]
    if node is None or not isinstance(node.value, dict):
        if not problems:
            found = (
                "an empty file" if node is None or node.value is None else f"{_what(node)} instead of keys"
            )
            where = node.place if node is not None else Place(shown, 1, 1)
            problems = [Problem(where, "", found, "a mapping of sections", "extends: base")]
        raise ScenarioError(problems)
    return node, problems


def parse(text: str, file: str, budget: Budget, layer: int) -> tuple[Node | None, list[Problem]]:
    """The tree in a text; full-width colons are set right as they are met, at most a few dozen."""
    wide: list[Problem] = []
    while True:
        composer = Composer(file, budget, layer)
        nodes = budget.nodes, budget.aliases
        try:
            node = composer.compose(text)
        except YAMLError as error:
            budget.nodes, budget.aliases = nodes
            repaired = _narrowed(text, error, file) if len(wide) < 30 else None
            if repaired is None:
                return None, [*wide, *composer.problems, _syntax(error, text, file)]
            text, problem = repaired
            wide.append(problem)
            continue
        except ScenarioError as error:
            raise ScenarioError([*wide, *error.problems]) from None
        return node, [*wide, *composer.problems]


def _what(node: Node) -> str:
    odd = odd_characters(node.text)
    return (
        f"{node.text[:60]}  ({kind_of(node)}{', with ' + odd if odd else ''})" if node.text else kind_of(node)
    )


def kind_of(node: Node) -> str:
    """What a node is, in words."""
    value = node.value
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else "text" if isinstance(value, str) else "a number"


def _text(shown: str, path: Path, budget: Budget) -> tuple[str, list[Problem], set[int]]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ScenarioError([Problem(Place(shown, 1, 1), "", "no regular file", "a scenario file")])
        with path.open("rb") as stream:
            data = stream.read(BYTES_LIMIT - budget.bytes + 1)
    except OSError as error:
        problem = Problem(Place(shown, 1, 1), "", error.strerror or "unreadable", "a readable scenario file")
        raise ScenarioError([problem]) from None
    budget.bytes += len(data)
    if budget.bytes > BYTES_LIMIT:
        found = "more than 2 MB (with what it extends)"
        raise ScenarioError(
            [Problem(Place(shown, 1, 1), "", found, "at most 2 MB; big tables belong in CSV")]
        )
    text, problems = _decoded(data, shown)
    long = next((n for n, line in enumerate(text.split("\n"), 1) if len(line) > LINE_LIMIT), None)
    if long is not None:
        found = f"a line of more than {LINE_LIMIT} characters"
        raise ScenarioError([*problems, Problem(Place(shown, long, 1), "", found, "shorter lines")])
    cleaned, more = _cleaned(text, shown)
    return cleaned, problems + more, {problem.place.line for problem in more}


def _decoded(data: bytes, shown: str) -> tuple[str, list[Problem]]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        problem = Problem(Place(shown, 1, 1), "", "UTF-16", "UTF-8", "save the file as UTF-8")
        raise ScenarioError([problem])
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        before = error.object[: error.start]  # utf-8-sig strips its mark before it counts
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        bad = error.object[error.start]
    try:
        text = data.decode("gb18030")
        found = "GBK text" if any("\u4e00" <= char <= "\u9fff" for char in text) else f"byte 0x{bad:02x}"
    except UnicodeDecodeError:
        text, found = data.decode("utf-8", "replace"), f"byte 0x{bad:02x}, not UTF-8"
    return text, [Problem(Place(shown, line, column), "", found, "UTF-8", "save the file as UTF-8")]


def _cleaned(text: str, shown: str) -> tuple[str, list[Problem]]:
    """The text without tabs in indentation and unseen characters, and a problem for each such line."""
    problems: list[Problem] = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    block: int | None = None
    for number, raw in enumerate(lines, 1):
        line, bare = raw, raw.lstrip()
        indent = len(line) - len(bare)
        inside = block is not None and (not bare or indent > block)
        block = block if inside else indent if _BLOCK.search(line) and not bare.startswith("#") else None
        found = None
        lead = _INDENT.match(line)
        if lead and bare and not bare.startswith("#") and not inside and lead[0].strip(" "):
            odd = next(i for i, char in enumerate(lead[0]) if char != " ")
            found = (
                odd + 1,
                "a tab" if lead[0][odd] == "\t" else odd_characters(lead[0][odd]),
                "spaces for indentation",
            )
            line = re.sub("\t", "  ", lead[0]) + line[lead.end() :]
            line = re.sub("^[\xa0\u2000-\u200a\u3000]+", lambda match: " " * len(match[0]), line)
        if not line.isascii() or not line.isprintable():
            hidden = _hidden(line)
            if hidden is not None:
                found = found or (
                    hidden + 1,
                    f"U+{ord(line[hidden]):04X} {_name(line[hidden])}",
                    "characters one can see",
                )
                line = _INVISIBLE.sub("", _UNPRINTABLE.sub(" ", line))
        if found:
            lines[number - 1] = line
            problems.append(Problem(Place(shown, number, found[0]), "", found[1], found[2]))
            if len(problems) >= PROBLEMS_LIMIT:
                break  # a file of another kind; the parser says the rest
    return "\n".join(lines), problems


def _hidden(line: str) -> int | None:
    """Index of the first character that a reader cannot see; a joiner inside an emoji is one he can."""
    comment = line.lstrip().startswith("#")
    for match in re.finditer(f"{_UNPRINTABLE.pattern}|{_INVISIBLE.pattern}", line):
        at, char = match.start(), match[0]
        emoji = char == "\u200d" and 0 < at < len(line) - 1 and min(line[at - 1], line[at + 1]) > "\u2000"
        if not emoji and not (comment and _INVISIBLE.match(char)):
            return at
    return None


def _name(char: str) -> str:
    return "byte order mark" if char == "\ufeff" else unicodedata.name(char, "control character").lower()


def _narrowed(text: str, error: YAMLError, file: str) -> tuple[str, Problem] | None:
    """The text with the first full-width colon near the error replaced, and its problem."""
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return None
    lines = text.split("\n")
    last = min(error.problem_mark.line, len(lines) - 1)
    for number in range(last, max(-1, last - 50), -1):
        match = _WIDE_COLON.match(lines[number])
        if match:
            key = match[1].strip(" {,-\"'")
            lines[number] = f"{match[1]}: {lines[number][match.end() :]}"
            place = Place(file, number + 1, match.end(1) + 1)
            instead = lines[number].strip(" -")
            return "\n".join(lines), Problem(place, key, "\uff1a (U+FF1A fullwidth colon)", "`: `", instead)
        if number < last and re.search(r":(\s|$)", lines[number]):
            return None  # a line with a key of its own: what is wrong begins below it
    return None


_SAID = {
    "found character '\\t' that cannot start any token": "a tab cannot stand here",
    "mapping values are not allowed here": "a `:` cannot stand here; is the line above whole?",
    "could not find expected ':'": "a `key: value`; the colon is missing",
    "expected <block end>, but found '<block mapping start>'": "the indentation of the keys above",
    "expected <block end>, but found '<block sequence start>'": "the indentation of the keys above",
    "expected <block end>, but found '<scalar>'": "the indentation of the keys above, and closed quotes",
}
_OPENED = {"flow": "brackets", "quoted": "quotes", "block": "a block", "simple key": "a key without `:`"}


def _syntax(error: YAMLError, text: str, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    lines = text.split("\n")
    line = min(mark.line, len(lines) - 1) if mark is not None else 0
    said = getattr(error, "problem", None) or getattr(error, "context", None) or "not valid YAML"
    place = Place(file, line + 1, (mark.column if mark is not None else 0) + 1)
    if mark is not None and mark.index >= len(text.rstrip()):
        context = getattr(error, "context", None) or ""
        opened = getattr(error, "context_mark", None)
        what = next((words for word, words in _OPENED.items() if word in context), "a value")
        since = f", begun on line {opened.line + 1}" if opened is not None else ""
        whole = "a whole value" if file.startswith("--") else "a whole file; is it cut off?"
        return Problem(place, "", f"the end, inside {what}{since}", whole)
    wide = odd_characters(lines[line])
    found = lines[line].strip()[:80] + (f"  ({wide})" if wide else "")
    return Problem(
        place,
        "",
        found or "an empty line",
        f"YAML: {_SAID.get(said.strip(), said.strip())}".replace("\n", " "),
    )
