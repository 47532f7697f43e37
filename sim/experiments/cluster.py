"""Many machines: replications computed by the workers of a Dask scheduler, the same to the bit.

Dask gives the tasks of a lost worker to another one. A task names the model's version, and a worker that has
another one refuses it, so machines can never disagree unseen.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from concurrent.futures import CancelledError
from functools import partial
from typing import Any

from sim.experiments.agenda import Agenda
from sim.experiments.executors import Finished, fan_out
from sim.experiments.identity import model_hash
from sim.experiments.tasks import Done, Task, run_task
from sim.problems import Stopped, Unusable, visible

ADDRESS = re.compile(r"^(\w+://)?(\[[0-9a-fA-F:]+\]|[\w.-]+):\d+/?$")
ANSWER_S = 5
"""Seconds a scheduler has to answer."""
WORKERS_S = 30
"""Seconds the first of its workers has to appear."""


class Cluster:
    """The workers of one Dask scheduler."""

    def __init__(self, address: str) -> None:
        """Connect.

        Raises:
            Unusable: Dask is not installed, or nobody answers at the address.
            Stopped: the scheduler has no worker.
        """
        try:
            import distributed
        except ImportError as error:
            raise Unusable(
                "--cluster needs Dask, which is not installed: pip install 'lianlu[cluster]'"
            ) from error
        if not ADDRESS.match(address):
            raise Unusable(f"--cluster: found {visible(address)}; allowed e.g. tcp://host:8786")
        dask: Any = distributed
        self._address = visible(address)
        try:
            self._client = dask.Client(address, timeout=ANSWER_S, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise Unusable(
                f"no Dask scheduler answers at {self._address}; start one with `dask scheduler` and name it "
                "as it prints itself, e.g. tcp://host:8786"
            ) from error
        try:
            self._client.wait_for_workers(1, timeout=WORKERS_S)
        except TimeoutError as error:
            self.close()
            raise Stopped(
                f"the scheduler at {self._address} has no worker; start some with "
                f"`dask worker {self._address}` and give the same command again"
            ) from error
        self.slots = max(1, sum(self._client.nthreads().values()))
        self._killed: type[BaseException] = dask.KilledWorker

    def work(self, agenda: Agenda) -> Generator[Finished]:
        """Compute everything on the agenda; Stopped where the scheduler is lost."""
        executor = self._client.get_executor(pure=False)
        run = partial(run_there, model_hash())
        try:
            yield from fan_out(executor, self.slots, agenda, killed=(self._killed,), run=run)
        except (CancelledError, OSError) as error:
            raise Stopped(
                f"the scheduler at {self._address} has gone; give the same command again when it is back"
            ) from error
        except ModuleNotFoundError as error:
            raise Unusable(
                f"the workers at {self._address} cannot import {error.name}; install lianlu there too"
            ) from error

    def close(self) -> None:
        """Leave the scheduler; it and its workers stay."""
        self._client.close(timeout=1)


def run_there(model: str, task: Task) -> Done:
    """In a worker: compute a task of the same version of the model."""
    if model_hash() != model:
        raise Unusable(
            "a worker of the cluster has another version of lianlu, numpy, scipy, numba or pyvrp; "
            "install the same everywhere"
        )
    return run_task(task)
