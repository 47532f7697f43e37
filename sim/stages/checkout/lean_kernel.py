"""Compile what only borrows arrays: no reference counts.

A helper that takes a dozen arrays spends more time counting references, atomically, than computing: for
checkout nine tenths of the kernel. The caller owns every array while the kernel runs, so nothing need
be counted. Code compiled this way cannot allocate; numba refuses it when it tries.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

import sim.compiling  # noqa: F401  # it names numba's cache folder by the sources

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "fastmath": False,
    "_nrt": False,
}


def lean_kernel(function: F) -> F:
    """Compile a kernel that allocates nothing; else as `sim.compiling.kernel`."""
    return cast("F", numba.njit(**_OPTIONS)(function))


def lean(function: F) -> F:
    """Compile a helper of such a kernel; else as `sim.compiling.compiled`."""
    return cast("F", numba.njit(**_OPTIONS | {"no_cpython_wrapper": True})(function))
