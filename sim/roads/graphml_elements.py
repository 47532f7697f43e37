"""The elements of a GraphML file as text, each with its line: what expat sees, nothing judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from sim.roads.road_file_error import RoadFileError

MAX_DEPTH = 60
MAX_TEXT = 2_000_000
"""Characters of one attribute value (a long road's geometry stays far below)."""


@dataclass(slots=True)
class Node:
    """A node of the file."""

    ident: str
    line: int
    data: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Edge:
    """An edge of the file; `directed` is None where it follows the graph's default."""

    source: str
    target: str
    directed: bool | None
    line: int
    data: dict[str, str] = field(default_factory=dict)


class Elements:
    """Nodes, edges and graph attributes of one file, in file order."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.directed = True
        self.graph_attributes: dict[str, str] = {}
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []
        self._names: dict[str, str] = {}
        self._defaults: dict[str, dict[str, str]] = {"node": {}, "edge": {}, "graph": {}}
        self._stack: list[str] = []
        self._graphs = 0
        self._key: tuple[str, str] | None = None
        self._here: dict[str, str] | None = None
        self._text: list[str] | None = None
        self._length = 0

    def read(self, stream: BinaryIO) -> None:
        """Read the whole file; RoadFileError where GraphML is broken, ExpatError where XML is."""
        parser = expat.ParserCreate()
        self._parser = parser
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.EntityDeclHandler = self._refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        while chunk := stream.read(1 << 20):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
        if not self._graphs:
            raise RoadFileError(
                self.file, "", "no <graph>", "a GraphML file", "export the network as GraphML"
            )

    def _refuse(self, found: str, allowed: str, remedy: str) -> RoadFileError:
        return RoadFileError(
            self.file,
            f"{self._parser.CurrentLineNumber}:{self._parser.CurrentColumnNumber + 1}",
            found,
            allowed,
            remedy,
        )

    def _refuse_doctype(self, *_: object) -> None:
        raise self._refuse(
            "a document type or entity declaration",
            "XML without <!DOCTYPE>",
            "remove the declaration; road files need none",
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        self._stack.append(tag)
        if len(self._stack) > MAX_DEPTH:
            raise self._refuse(
                f"{len(self._stack)} nested elements", f"at most {MAX_DEPTH}", "this is no road network"
            )
        if len(self._stack) == 1 and tag != "graphml":
            raise self._refuse(f"<{tag}>", "<graphml>", "export the network as GraphML (OSMnx: save_graphml)")
        if tag == "key":
            self._begin_key(attributes)
        elif tag == "graph":
            self._begin_graph(attributes)
        elif tag == "node":
            self._begin_node(attributes)
        elif tag == "edge":
            self._begin_edge(attributes)
        elif tag in ("data", "default"):
            self._text, self._length = [], 0
            if tag == "data":
                self._key = ("", attributes.get("key", ""))

    def _begin_key(self, attributes: dict[str, str]) -> None:
        ident = attributes.get("id", "")
        self._names[ident] = attributes.get("attr.name", ident)
        self._key = (attributes.get("for", "all"), ident)

    def _begin_graph(self, attributes: dict[str, str]) -> None:
        self._graphs += 1
        if self._graphs > 1:
            raise self._refuse("a second <graph>", "one graph", "export one network a file")
        self.directed = attributes.get("edgedefault", "directed") != "undirected"
        self._here = self.graph_attributes

    def _begin_node(self, attributes: dict[str, str]) -> None:
        ident = attributes.get("id", "")
        if not ident or ident in self.nodes:
            raise self._refuse(
                f"a second node {ident}" if ident else "a node without id",
                "a different id each",
                "the file is damaged; export it again",
            )
        node = Node(ident, self._parser.CurrentLineNumber)
        self.nodes[ident] = node
        self._here = node.data

    def _begin_edge(self, attributes: dict[str, str]) -> None:
        word = attributes.get("directed")
        edge = Edge(
            attributes.get("source", ""),
            attributes.get("target", ""),
            None if word is None else word.lower() == "true",
            self._parser.CurrentLineNumber,
        )
        self.edges.append(edge)
        self._here = edge.data

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._length += len(text)
            if self._length > MAX_TEXT:
                raise self._refuse(
                    f"a value of more than {MAX_TEXT} characters", "shorter values", "this is no road network"
                )
            self._text.append(text)

    def _end(self, tag: str) -> None:
        tag = self._stack.pop()
        if tag in ("data", "default") and self._text is not None and self._key is not None:
            text, (owner, ident) = "".join(self._text), self._key
            self._text = None
            if tag == "default":
                for kind in self._defaults if owner == "all" else [owner]:
                    self._defaults.setdefault(kind, {})[self._names[ident]] = text
            elif self._here is not None:
                self._here[self._names.get(ident, ident)] = text
        elif tag in ("node", "edge") and self._here is not None:
            for name, text in self._defaults[tag].items():
                self._here.setdefault(name, text)
            self._here = self.graph_attributes
