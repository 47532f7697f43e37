"""Where replications run: threads for the compiled face, spawned processes otherwise.

The kernels run without the interpreter lock, so threads share one market and one compiled code. The
reference face holds the lock and gets processes: spawned (never forked from threads), deaf to Ctrl-C
(the parent decides) and, on Linux, dying with their parent. Any `concurrent.futures.Executor` may take
their place.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def usable_cpus() -> int:
    """CPUs this process may use."""
    if sys.platform == "linux":
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


@contextmanager
def workers(engine: str, jobs: int) -> Iterator[Executor]:
    """An executor of `jobs` workers fit for the engine; on any exception closed at once, tasks abandoned."""
    pool = ThreadPoolExecutor(jobs) if engine == "compiled" else _processes(jobs)
    try:
        yield pool
    except BaseException:
        _abandon(pool)
        raise
    else:
        pool.shutdown()


def _processes(jobs: int) -> ProcessPoolExecutor:
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_serve_parent, initargs=(os.getpid(),))


def _abandon(pool: Executor) -> None:
    """Stop without waiting: a reference replication may take seconds, Ctrl-C is answered in less than two."""
    children = dict(getattr(pool, "_processes", None) or {})  # only ever this pool's own children
    pool.shutdown(wait=False, cancel_futures=True)
    for child in children.values():
        child.terminate()


def _serve_parent(parent: int) -> None:
    """In a worker: leave Ctrl-C to the parent, and do not outlive it."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        import ctypes

        set_parent_death_signal = 1  # PR_SET_PDEATHSIG of prctl(2)
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the call
            os._exit(1)
