"""YAML text to a tree of nodes that know where they stand, refusing what could hurt before it does.

The tree is composed from the parser's events, so that a bomb of aliases is counted and never unfolded,
duplicate keys are all reported, and depth and size stop the reading early.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml import events as ev

from sim.problems import Place, Problem, ScenarioError, visible
from sim.scenario_file.scalars import CORE_TAGS, Scalar, resolve
from sim.scenario_tree import Path, spelled

DEPTH_LIMIT = 60
ALIAS_LIMIT = 100
NODE_LIMIT = 100_000
SECONDS_LIMIT = 6.0


@dataclass(slots=True, frozen=True)
class Node:
    """A value with its place; `key` is the place of the key that holds it, `layer` 0 the base."""

    value: Scalar | dict[str, Node] | list[Node]
    place: Place
    key: Place
    text: str = ""
    layer: int = 1

    def plain(self) -> object:
        """The value without places."""
        if isinstance(self.value, dict):
            return {name: node.plain() for name, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


@dataclass
class Budget:
    """What one scenario, with everything it extends, may cost."""

    nodes: int = 0
    aliases: int = 0
    bytes: int = 0
    deadline: float = field(default_factory=lambda: time.monotonic() + SECONDS_LIMIT)


class _Frame:
    """An open mapping or list."""

    def __init__(self, node: Node, anchor: str | None, start: int) -> None:
        self.node, self.anchor, self.start = node, anchor, start
        self.step: str | None = None
        self.step_place = node.place
        self.seen: dict[str, Place] = {}


class Composer:
    """One document's events composed into nodes; `problems` holds what does not stop the reading."""

    def __init__(self, file: str, budget: Budget, layer: int) -> None:
        """`file` is the name shown in places; `layer` numbers the file in a chain of `extends`."""
        self.file, self.budget, self.layer = file, budget, layer
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self._open: list[_Frame] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._documents = 0

    def compose(self, text: str) -> Node | None:
        """The root node, None for an empty document.

        Raises:
            ScenarioError: the document is too large, too deep or not made of plain values.
            ruamel.yaml.error.YAMLError: the text is no YAML.

        """
        for number, event in enumerate(YAML(typ="safe", pure=True).parse(text)):
            if number % 256 == 0 and time.monotonic() > self.budget.deadline:
                self._refuse(event, f"more than {SECONDS_LIMIT:.0f} s of reading", "a smaller file")
            if isinstance(event, ev.DocumentStartEvent):
                self._documents += 1
                if self._documents > 1:
                    self._refuse(event, "a second document", "one document a file: no line `---` in between")
            elif isinstance(event, ev.AliasEvent):
                self._alias(event)
            elif isinstance(event, ev.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, (ev.MappingStartEvent, ev.SequenceStartEvent)):
                self._start(event)
            elif isinstance(event, (ev.MappingEndEvent, ev.SequenceEndEvent)):
                self._end()
        return self.root

    def _place(self, event: ev.Event) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _path(self) -> Path:
        steps = [len(f.node.value) if isinstance(f.node.value, list) else f.step for f in self._open]
        return tuple(step for step in steps if step is not None)

    def _refuse(self, event: ev.Event, found: str, allowed: str) -> None:
        raise ScenarioError(
            [*self.problems, Problem(self._place(event), spelled(self._path()), found, allowed)]
        )

    def _note(self, place: Place, found: str, allowed: str, instead: str = "") -> None:
        if len(self.problems) < 1000:
            self.problems.append(Problem(place, spelled(self._path()), found, allowed, instead))

    def _count(self, event: ev.Event, nodes: int) -> None:
        self.budget.nodes += nodes
        if self.budget.nodes > NODE_LIMIT:
            self._refuse(
                event, f"more than {NODE_LIMIT} values once aliases are unfolded", f"at most {NODE_LIMIT}"
            )

    def _awaits_key(self) -> bool:
        return (
            bool(self._open) and isinstance(self._open[-1].node.value, dict) and self._open[-1].step is None
        )

    def _tag(self, event: ev.NodeEvent) -> str | None:
        ctag = getattr(event, "ctag", None)
        tag = None if ctag is None else str(ctag)
        if tag in (None, "!", *CORE_TAGS, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            return tag
        self._note(
            self._place(event),
            f"the tag {visible(str(tag).replace('tag:yaml.org,2002:', '!!'), 60)}",
            "plain values without tags",
        )
        return None

    def _alias(self, event: ev.AliasEvent) -> None:
        self.budget.aliases += 1
        if self.budget.aliases > ALIAS_LIMIT:
            self._refuse(event, f"more than {ALIAS_LIMIT} aliases", f"at most {ALIAS_LIMIT}")
        if event.anchor not in self._anchors:
            self._refuse(
                event, f"alias *{visible(event.anchor, 40)}", "an alias of an anchor that ends before it"
            )
        node, size = self._anchors[event.anchor]
        self._count(event, size)
        self._add(event, node, str(node.value) if not isinstance(node.value, (dict, list)) else None)

    def _scalar(self, event: ev.ScalarEvent) -> None:
        tag, text = self._tag(event), event.value
        place = self._place(event)
        value: Scalar = text
        if (event.style is None and tag is None) or (tag in CORE_TAGS and tag != "tag:yaml.org,2002:str"):
            value = resolve(text)
        if tag in CORE_TAGS and not isinstance(value, CORE_TAGS[tag]):
            self._note(
                place,
                f"{tag.removeprefix('tag:yaml.org,2002:')} tag on {visible(text, 60)}",
                "a value of its tag",
            )
        if any("\ud800" <= char <= "\udfff" for char in text):
            self._note(place, f"half a character: {visible(text, 60)}", "whole characters")
            value = text = text.encode("utf-8", "replace").decode()
        self._count(event, 1)
        node = Node(value, place, place, text, self.layer)
        if event.anchor is not None:
            self._anchors[event.anchor] = (node, 1)
        self._add(event, node, text)

    def _start(self, event: ev.CollectionStartEvent) -> None:
        self._tag(event)
        self._count(event, 1)
        if len(self._open) >= DEPTH_LIMIT:
            self._refuse(event, f"more than {DEPTH_LIMIT} levels", f"at most {DEPTH_LIMIT}")
        if self._awaits_key():
            self._refuse(event, "a mapping or list as a key", "a plain word as a key")
        place = self._place(event)
        mapping = isinstance(event, ev.MappingStartEvent)
        self._open.append(
            _Frame(Node({} if mapping else [], place, place, "", self.layer), event.anchor, self.budget.nodes)
        )

    def _end(self) -> None:
        frame = self._open.pop()
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (frame.node, 1 + self.budget.nodes - frame.start)
        self._hang(frame.node)

    def _add(self, event: ev.Event, node: Node, text: str | None) -> None:
        """A finished value: a key where a key is due, else the value of the open mapping or list."""
        if not self._awaits_key():
            self._hang(node)
        elif text is None:
            self._refuse(event, "a mapping or list as a key", "a plain word as a key")
        else:
            self._key(text, self._place(event))

    def _key(self, text: str, place: Place) -> None:
        frame = self._open[-1]
        frame.step, frame.step_place = text, place
        if text in frame.seen:
            first = frame.seen[text].line
            self._note(place, f"`{visible(text, 60)}` a second time; first on line {first}", "each key once")
        elif text == "<<":
            self._note(place, "a merge key `<<`", "`extends:` another scenario, or the keys themselves")
        frame.seen.setdefault(text, place)

    def _hang(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        frame = self._open[-1]
        if isinstance(frame.node.value, list):
            frame.node.value.append(Node(node.value, node.place, node.place, node.text, node.layer))
        elif isinstance(frame.node.value, dict) and frame.step is not None:
            if frame.step not in frame.node.value and frame.step != "<<":
                frame.node.value[frame.step] = Node(
                    node.value, node.place, frame.step_place, node.text, node.layer
                )
            frame.step = None
