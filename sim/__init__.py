"""lianlu's model: scenarios, the chain that plays them, and experiments over many nights.

`load_scenario`, `simulate`, `run`, `compare` and `campaign` are all a script needs; heavy libraries load on
first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "load_scenario": "sim.scenario_file",
    "simulate": "sim.chain",
    "run": "sim.experiments.ask",
    "compare": "sim.experiments.ask",
    "campaign": "sim.experiments.campaign",
}
__all__ = ["campaign", "compare", "load_scenario", "run", "simulate"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
