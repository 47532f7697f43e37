"""How the process keeps memory between nights.

A night makes a few hundred arrays and drops them. By default the C library gives the larger ones back to
the system each time, and taking the pages again costs a seventh of a night. Arrays of up to 4 MB stay with
the process; larger ones, which only events of hundreds of thousands of orders have, still go back, so that
peak memory does not grow.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Names of the settings in the C library's malloc.h."""
KEPT_ARRAY_BYTES = 4 << 20
KEPT_TOP_BYTES = 256 << 20


def keep_pages() -> None:
    """Set the C library's thresholds where it is glibc and the user has not set them."""
    if sys.platform != "linux" or any(name.startswith("MALLOC_") for name in os.environ):
        return
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(M_MMAP_THRESHOLD, KEPT_ARRAY_BYTES)
        libc.mallopt(M_TRIM_THRESHOLD, KEPT_TOP_BYTES)
