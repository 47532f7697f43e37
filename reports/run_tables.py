"""Tables of what a store holds: its runs, whether it is whole, what was deleted."""

from __future__ import annotations

from reports.catalogue import Lang, say
from reports.cells import Document, Row, Table, heads_of

LONGEST = 60
"""Letters of a command that are shown."""


def runs_table(document: Document, lang: Lang) -> Table:
    """A row a run: what was asked, how far it is, when, how large."""
    rows: list[Row] = []
    for run in document["runs"]:
        names = ", ".join(run["scenarios"][:3]) + (" …" if len(run["scenarios"]) > 3 else "")
        rows.append(
            (
                str(run["run"]),
                _clipped(run["command"]),
                names,
                str(run["configurations"]),
                ", ".join(map(str, run["seeds"])),
                f"{run['done']:,} / {run['asked']:,}",
                run["last"][:16].replace("T", " "),
                size(run["bytes"]),
            )
        )
    heads = heads_of(lang, "run", "command", "scenario", "configurations", "seed", "done", "last", "size")
    foot = [say("foot.runs" if document["runs"] else "foot.no_runs", lang, file=document["file"])]
    if not all(run["this_version"] for run in document["runs"]):
        old = ", ".join(str(run["run"]) for run in document["runs"] if not run["this_version"])
        foot.append(say("foot.old_runs", lang, runs=old))
    return Table(say("title.runs", lang), heads, tuple(rows), tuple(foot), frozenset({1, 2}))


def search_table(document: Document, lang: Lang) -> Table:
    """What a search asked for and how far it is; its own command makes the answer of it."""
    rows = (
        (say("head.command", lang), f"lianlu {document['command']}"),
        (say("head.scenario", lang), ", ".join(document["scenarios"])),
        (say("head.configurations", lang), f"{document['configurations']:,}"),
        (say("head.done", lang), f"{document['done']:,} / {document['asked']:,}"),
        (say("head.last", lang), document["last"][:16].replace("T", " ")),
        (say("head.size", lang), size(document["bytes"])),
    )
    title = say("title.search", lang, run=document["run"])
    heads = ("", "")
    return Table(title, heads, rows, (say("foot.search", lang),), frozenset({0, 1}))


def check_table(document: Document, lang: Lang) -> Table:
    """Whether every checksum fits, and what does not."""
    rows = (
        (say("check.replications", lang), f"{document['replications']:,}"),
        (say("check.scenarios", lang), f"{document['scenarios']:,}"),
        (say("check.damaged", lang), f"{document['damaged']:,}"),
        (say("check.structure", lang), document["structure"]),
    )
    foot = tuple(document["damages"])
    foot += (say("check.good" if document["ok"] else "check.bad", lang, file=document["file"]),)
    return Table(say("title.check", lang), heads_of(lang, "check", "count_found"), rows, foot)


def deleted_table(document: Document, lang: Lang) -> Table:
    """What went."""
    row = (
        ", ".join(map(str, document["runs"])),
        f"{document['replications']:,}",
        size(document["bytes"]),
    )
    return Table(say("title.deleted", lang), heads_of(lang, "run", "nights", "size"), (row,))


def size(count: int) -> str:
    """Bytes as kB or MB."""
    return f"{count / 1e6:,.1f} MB" if count >= 1_000_000 else f"{count / 1e3:,.0f} kB"


def _clipped(command: str) -> str:
    return command if len(command) <= LONGEST else f"{command[: LONGEST - 1]}…"
