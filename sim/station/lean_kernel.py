"""`lean`: compile a helper that gets arrays and allocates nothing, without counting references.

A numba function counts the references to every array it is handed, atomically: 5 ns each, several an event.
A helper that neither allocates nor returns an array needs none of that; an event costs a quarter then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

import sim.compiling  # noqa: F401 (names the cache folder before anything is compiled)

F = TypeVar("F", bound=Callable[..., Any])


def lean(helper: F) -> F:
    """Compile a helper for use inside kernels: cached, IEEE arithmetic untouched, no references counted."""
    njit: Any = numba.njit  # its stubs know neither option
    options = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": False}
    compiled: F = njit(no_cpython_wrapper=True, _nrt=False, **options)(helper)
    return compiled
