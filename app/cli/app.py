"""`lianlu app`: the workbench in the browser, on this machine alone."""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Thread
from typing import Annotated

import typer

from reports.ink import ACTION

SETTINGS = {
    "server.address": "127.0.0.1",
    "server.maxUploadSize": 20,
    "server.enableXsrfProtection": True,
    "server.enableStaticServing": True,
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    "theme.base": "light",
    "theme.primaryColor": ACTION,
    "global.developmentMode": False,
}
"""Only this machine may ask, uploads are small, nothing is reported to anybody, no traceback is shown."""


def app(
    port: Annotated[int, typer.Option(min=1024, max=65_535, help="Where the browser asks.")] = 8501,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser.")] = True,
) -> None:
    """Open the workbench in the browser."""
    from sim.problems import InputError, Place, Problem

    if not _free(port):
        place = Place("--port", 1, 1)
        raise InputError([Problem(place, "--port", f"{port} is in use", "a free port", f"--port {port + 1}")])
    from streamlit.web import bootstrap

    page = str(_staged())
    settings = SETTINGS | {"server.port": port, "server.headless": not browser}
    options = {name.replace(".", "_"): value for name, value in settings.items()}
    bootstrap.load_config_options(flag_options=options)
    print(f"lianlu: http://127.0.0.1:{port}  (Ctrl-C ends it)", file=sys.stderr, flush=True)
    Thread(target=_warm, daemon=True).start()
    bootstrap.run(page, False, [], options)


def _warm() -> None:
    """Load what the first visitor would wait for: machine code, markets, plans, the chart library."""
    import plotly.graph_objects  # noqa: F401  # loaded for its effect

    from sim.experiments.evening import evening
    from sim.scenario_file import load_scenario

    evening(load_scenario("chenxi_live"), nights=1)


def _staged() -> Path:
    """A folder with the page's first lines and the type: Streamlit serves files from beside its script."""
    import shutil
    from importlib.resources import as_file, files

    from reports.typeface import FILE
    from sim.array_store import cache_folder

    folder = cache_folder() / "web"
    (folder / "static").mkdir(parents=True, exist_ok=True)
    with as_file(files("reports.fonts").joinpath(FILE)) as font:
        if not (folder / "static" / FILE).exists():
            shutil.copyfile(font, folder / "static" / FILE)
    page = folder / "lianlu.py"
    page.write_text(
        '"""Begins the workbench."""\n\nfrom app.web.main import main\n\nmain()\n', encoding="utf-8"
    )
    return page


def _free(port: int) -> bool:
    import socket

    with socket.socket() as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
