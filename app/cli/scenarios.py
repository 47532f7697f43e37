"""`lianlu scenarios`: shipped scenarios and those in this folder, one line each."""

from __future__ import annotations

import sys

from app.cli import options


def scenarios(lang: options.Lang = "en", json: options.Json = False) -> None:
    """List shipped and local scenarios."""
    from app.cli.terminal import print_json
    from sim.problems import visible
    from sim.scenario_file.listing import listed

    rows = listed()
    if json:
        print_json({"scenarios": rows})
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in {"en": ("Name", "Title", "What it is"), "zh": ("名称", "标题", "说明")}[lang]:
        table.add_column(head, overflow="fold")
    for row in rows:
        about = row["about_zh"] if lang == "zh" and row["about_zh"] else row["about"]
        words = (str(text or "") for text in (row["name"], row[f"title_{lang}"], about))
        table.add_row(*(visible(text).replace("[", r"\[") for text in words))
    Console(width=None if sys.stdout.isatty() else 180).print(table)
