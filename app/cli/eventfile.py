"""Event logs as files; D0 is 2000-01-01 in kinds of file that need a date."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    import pandas as pd

EVENT_DAY = "2000-01-01"


def write_events(
    frame: pd.DataFrame, folder: Path, name: str, kind: Literal["csv", "parquet", "xes"]
) -> Path:
    """Write the events, complete or not at all, and return the file's path."""
    from app.cli.folder import writing

    path = folder / f"{re.sub(r'[^A-Za-z0-9_.-]', '_', name)}.{kind}"
    part = path.with_name(f"{path.name}.part")
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if kind == "csv":
            frame.to_csv(part, index=False)
        elif kind == "parquet":
            frame.to_parquet(part, index=False)
        else:
            part.write_text(_xes(frame), encoding="utf-8")
        part.replace(path)
    return path


def _xes(frame: pd.DataFrame) -> str:
    """IEEE 1849 XES: one trace a case."""
    import pandas as pd

    moments = pd.Timestamp(EVENT_DAY) + pd.to_timedelta(frame["timestamp"], unit="min")
    stamps = moments.dt.strftime("%Y-%m-%dT%H:%M:%S.%f").str[:-3] + "+08:00"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<log xes.version="1849.2016" xmlns="http://www.xes-standard.org/">',
    ]
    for case, rows in frame.assign(stamp=stamps).groupby("case_id", sort=True):
        lines.append(f'<trace><string key="concept:name" value="{case}"/>')
        lines += [
            f'<event><string key="concept:name" value={quoteattr(activity)}/><date key="time:timestamp" '
            f'value="{stamp}"/>'
            f'<string key="org:resource" value={quoteattr(resource)}/></event>'
            for activity, stamp, resource in zip(
                rows["activity"], rows["stamp"], rows["resource"], strict=True
            )
        ]
        lines.append("</trace>")
    return "\n".join([*lines, "</log>", ""])
