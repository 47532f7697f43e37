"""Ctrl-C is never lost: libraries that swallow it while they load do not keep us from hearing it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

PATIENCE_S = 2.0
"""For so long after the first press further ones change nothing: the end is already under way."""
_pressed: list[float] = []


@contextmanager
def heard() -> Iterator[None]:
    """Note Ctrl-C besides raising KeyboardInterrupt, as long as this lasts."""
    usual = signal.getsignal(signal.SIGINT)
    if usual is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
        yield
        return
    _pressed.clear()
    signal.signal(signal.SIGINT, _press)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def check() -> None:
    """Raise the KeyboardInterrupt that somebody swallowed."""
    if _pressed:
        raise KeyboardInterrupt


def _press(_number: int, _frame: Any) -> None:
    if not _pressed or monotonic() - _pressed[-1] > PATIENCE_S:
        _pressed.append(monotonic())
        raise KeyboardInterrupt
