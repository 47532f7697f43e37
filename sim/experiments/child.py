"""A worker that is a process of its own: started here, told tasks through a pipe, dying with its parent.

It is started by name (`python -c`), so it never runs the user's script a second time, as workers of
`multiprocessing` do. It is deaf to Ctrl-C (the parent decides) and, on Linux, killed by the kernel when its
parent dies; elsewhere it ends when the pipe does. It holds nothing that is not told again.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from sim.experiments.tasks import Done, Task

REMEMBERED = 8
"""Scenarios a worker keeps, so that each is sent once."""
PROGRAM = "import sys; sys.path[:] = {path!r}; from sim.experiments.child import serve; serve({parent})"


class ChildDied(Exception):  # noqa: N818  # says what happened to a worker, the task may be well
    """The process ended while it had a task, or before it could take one."""


class Child:
    """One worker process; used by one thread at a time."""

    def __init__(self) -> None:
        """Start it; returns at once, the process needs about a second until it is ready."""
        import subprocess
        from multiprocessing.connection import Connection

        path = [os.path.abspath(one) for one in sys.path]  # noqa: PTH100  # '' is the folder we stand in
        program = PROGRAM.format(path=path, parent=os.getpid())
        self._process = subprocess.Popen(  # noqa: S603  # this interpreter, and words written here
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to: Connection[Any, Any] = Connection(os.dup(self._process.stdin.fileno()), readable=False)
        self._from: Connection[Any, Any] = Connection(os.dup(self._process.stdout.fileno()), writable=False)
        self._process.stdin.close()
        self._process.stdout.close()
        self._known: OrderedDict[str, None] = OrderedDict()
        self._ready = False

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def ready(self, timeout: float) -> bool:
        """Whether it can take tasks, waiting at most so many seconds; ChildDied where it never will."""
        try:
            if not self._ready and self._from.poll(timeout):
                self._ready = bool(self._from.recv())
        except (EOFError, OSError) as error:
            raise ChildDied from error
        return self._ready

    def run(self, task: Task) -> Done | None:
        """Compute a task; None where the process cannot, for its caller to try; ChildDied if it ended."""
        known = task.config in self._known
        self._known[task.config] = None
        self._known.move_to_end(task.config)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        try:
            self._to.send(task._replace(scenario=None) if known else task)
            answer: Done | None = self._from.recv()
        except (EOFError, OSError) as error:
            raise ChildDied from error
        except Exception:  # noqa: BLE001  # a function of the caller's that has no name to be sent by
            answer = None
        if answer is None:
            self._known.pop(task.config)
        return answer

    def close(self) -> None:
        """End the process; it is gone when this returns."""
        self._to.close()
        self._process.kill()
        self._process.wait()
        self._from.close()


def serve(parent: int) -> None:
    """In the worker: answer tasks until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with(parent)
    from multiprocessing.connection import Connection

    source: Connection[Any, Any] = Connection(os.dup(0), writable=False)
    target: Connection[Any, Any] = Connection(os.dup(1), readable=False)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # what the model prints must not stand between the answers
    try:
        _warm_up()
        target.send(True)
        _answer(source, target)
    except (EOFError, OSError):
        os._exit(0)


def _answer(source: Connection[Any, Any], target: Connection[Any, Any]) -> None:
    """Answer task by task; None for one that cannot be understood or raises: the parent sees for itself."""
    scenarios: OrderedDict[str, Any] = OrderedDict()
    while True:
        task: Task | None = None
        try:
            task = source.recv()
        except (EOFError, OSError):
            raise
        except Exception:  # noqa: BLE001, S110  # a function that only the parent can import
            pass
        target.send(None if task is None else _answered(task, scenarios))


def _answered(task: Task, scenarios: OrderedDict[str, Any]) -> Done | None:
    from sim.experiments.tasks import run_task

    if task.scenario is not None:
        scenarios[task.config] = task.scenario
    try:
        scenarios.move_to_end(task.config)
        if len(scenarios) > REMEMBERED:
            scenarios.popitem(last=False)
        return run_task(task._replace(scenario=scenarios[task.config]))
    except Exception:  # noqa: BLE001  # raised again in the parent, where somebody hears it
        return None


def _warm_up() -> None:
    """Load what every task needs while the parent is still computing alone."""
    import sim.chain
    import sim.experiments.outcome
    import sim.kpis.stations  # noqa: F401  # loaded for its effect


def _die_with(parent: int) -> None:
    if sys.platform != "linux":
        return
    import ctypes

    set_parent_death_signal = 1  # PR_SET_PDEATHSIG of prctl(2)
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the call
        os._exit(1)
