"""One rule for chance in tests, and machine code compiled once before the workers start.

`make test` draws the same examples each time, so everyone sees a failure; `make nightly` draws new ones.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

NIGHTLY = bool(os.environ.get("LIANLU_NIGHTLY"))
COMPILE = """
from sim.chain import simulate
from sim.scenario_file import load_scenario
for name in ("chenxi_live", "live_by_hand", "chenxi_jielong"):
    simulate(load_scenario(name))
"""

# Tables are as wide as in a pipe, whatever runs the tests; readline sets COLUMNS behind Python's back.
with contextlib.suppress(ImportError):
    import readline  # noqa: F401
os.environ.pop("COLUMNS", None)
os.unsetenv("COLUMNS")
settings.register_profile("every day", deadline=None, derandomize=True, database=None, print_blob=True)
settings.register_profile("nightly", deadline=None, print_blob=True)
settings.load_profile("nightly" if NIGHTLY else "every day")


def pytest_configure(config: pytest.Config) -> None:
    """Compile before there are workers: they share the cache, and would each compile the same at first."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # begun in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    workers = getattr(config.option, "numprocesses", None)
    if hasattr(config, "workerinput") or not workers or config.option.collectonly:
        return
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", COMPILE], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:  # the tests say what is wrong, one by one
        sys.stderr.write(f"nothing compiled beforehand: {done.stderr.strip()[-300:]}\n")
