"""Laboratory: where experiments get their replications, whatever computes or keeps them.

A command or a search asks for rows of a scenario; the laboratory answers from what it has, from its store,
and computes the rest on one crew of workers that lives as long as it does. Rows are named by (scenario, seed,
replication), so a search may ask again, in any order, and pays once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from sim.experiments.agenda import Agenda, Line
from sim.experiments.asks import Acknowledged as Acknowledged
from sim.experiments.asks import Ask as Ask
from sim.experiments.asks import Deadly as Deadly
from sim.experiments.asks import Stopped as Stopped
from sim.experiments.executors import START_UP_S, Crew, Finished, fan_out, usable_cpus
from sim.experiments.identity import config_hash, model_hash
from sim.experiments.outcome import one_replication
from sim.experiments.replications import Replications, replications_of
from sim.experiments.row import Outcome, Row
from sim.experiments.series import Series
from sim.experiments.tasks import Simulate, Task, Wanted

if TYPE_CHECKING:
    from sim.engines import Engine
    from sim.experiments.cluster import Cluster
    from sim.experiments.store import Store

KEPT_ROWS = 50_000
"""Rows kept in memory, some 60 MB; what was asked for longest ago goes first."""


class _Shelf:
    """Rows of one scenario; `opened` where it has been played in this process."""

    def __init__(self) -> None:
        self.rows: dict[Wanted, Row] = {}
        self.opened = False


class _Order(NamedTuple):
    """What has to be computed for one scenario."""

    label: str
    scenario: Any
    missing: dict[Wanted, None]


class Laboratory:
    """One seed, one engine, one set of workers for all the scenarios of a command or a search.

    Use it as a context, so that the workers end with it.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        engine: Engine = "compiled",
        jobs: int | None = None,
        simulate: Simulate = one_replication,
        store: Store | None = None,
        command: str = "",
        cluster: str | None = None,
        executor: Executor | None = None,
        start_up_s: float = START_UP_S,
        tick: Callable[[Acknowledged], None] | None = None,
        expect: Callable[[int], None] | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            seed: names all the chance there is.
            engine: which face plays.
            jobs: workers; all usable CPUs by default, 1 computes in this thread.
            simulate: one replication; other models and tests bring theirs.
            store: keeps rows for the next time; it is closed with the laboratory.
            command: what the user asked, for the store to tell what its rows are of.
            cluster: address of a Dask scheduler whose workers compute.
            executor: computes instead; it is not closed.
            start_up_s: what a worker process is taken to cost; 0 has them at once.
            tick: called in this thread with each new replication, after the store has it.
            expect: called with the number of replications that are about to be computed.
        """
        self.seed, self.engine, self.simulate = seed, engine, simulate
        self.store, self.command = store, command
        self._run: int | None = None
        self._model = ""
        if store is not None:
            named = (
                f"{simulate.__module__}.{simulate.__qualname__}" if simulate is not one_replication else ""
            )
            self._model = f"{model_hash()} {named}".strip()
        self._noted: dict[tuple[str, str], list[tuple[int, int]]] = {}
        self.jobs = jobs or usable_cpus()
        self._tick, self._expect = tick, expect
        self._executor, self._address = executor, cluster
        self._cluster: Cluster | None = None
        self._crew = Crew(self.jobs, engine, start_up_s)
        self._shelves: OrderedDict[str, _Shelf] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers and close the store."""
        self._crew.close()
        if self._cluster is not None:
            self._cluster.close()
        if self.store is not None:
            self.store.close()

    @property
    def processes(self) -> list[int]:
        """Ids of the worker processes there are just now."""
        return [child.pid for child in self._crew.children]

    def replicate(self, scenario: Any, number: int, first: int = 0) -> Replications:
        """Rows of one scenario; row i is replication first + i."""
        return self.replicate_all([Ask(scenario, number, first)])[0]

    def replicate_all(self, asks: Sequence[Ask]) -> list[Replications]:
        """Rows of several scenarios, their replications side by side on the workers.

        Raises:
            Stopped: Ctrl-C (whatever was ticked is kept), a full disk, a replication that kills its workers.
            ValueError: an ask for no replication.
        """
        named = self._ready(asks)
        tables = [self._table(*one) for one in named]
        self._forget()
        return tables

    def rows(self, ask: Ask) -> list[Row]:
        """The replications of an ask one by one, with what `Replications` only sums up."""
        [(_, config, wanted)] = self._ready([ask])
        rows = self._shelf(config).rows
        return [rows[one] for one in wanted]

    def knows(self, scenario: Any, rows: Mapping[int, Outcome | Row]) -> None:
        """Take rows that somebody else has kept."""
        known = self._shelf(config_hash(scenario)).rows
        known.update({Wanted(r): Row.of(row) for r, row in rows.items()})

    def _ready(self, asks: Sequence[Ask]) -> list[tuple[Ask, str, list[Wanted]]]:
        """Have all rows of the asks in memory."""
        different = {id(ask.scenario): ask.scenario for ask in asks}  # many asks are of one scenario
        hashes = {key: config_hash(scenario) for key, scenario in different.items()}
        named = [(ask, hashes[id(ask.scenario)], ask.wanted()) for ask in asks]
        self._note(named)
        orders: dict[str, _Order] = {}
        for ask, config, wanted in named:
            order = orders.setdefault(config, _Order(ask.name, ask.scenario, {}))
            order.missing.update(dict.fromkeys(self._missing(config, ask.scenario, wanted)))
        self._compute({config: order for config, order in orders.items() if order.missing})
        return named

    def _note(self, named: Sequence[tuple[Ask, str, list[Wanted]]]) -> None:
        """Leave in the store what the command asks for, once each."""
        if self.store is None or not self.command:
            return
        if self._run is None:
            self._run = self.store.begin(self.command, self._model)
        from sim.experiments.store import Part

        parts: list[Part] = []
        for ask, config, _ in named:
            noted = self._noted.setdefault((config, ask.name), [])
            if not any(first <= ask.first and ask.first + ask.number <= end for first, end in noted):
                noted.append((ask.first, ask.first + ask.number))
                series = self._series(config, ask.scenario)
                parts.append(Part(series, ask.name, ask.first, ask.number, ask.thin_to))
        if parts:
            self.store.ask(self._run, parts)

    def _shelf(self, config: str) -> _Shelf:
        shelf = self._shelves.setdefault(config, _Shelf())
        self._shelves.move_to_end(config)
        return shelf

    def _missing(self, config: str, scenario: Any, wanted: Sequence[Wanted]) -> list[Wanted]:
        """What neither this process nor the store has."""
        rows = self._shelf(config).rows
        missing = [one for one in wanted if one not in rows]
        if missing and self.store is not None:
            rows.update(self.store.read(self._series(config, scenario), missing))
            missing = [one for one in missing if one not in rows]
        return missing

    def _series(self, config: str, scenario: Any) -> Series:
        return Series(self._model, config, self.seed, self.engine, scenario)

    def _compute(self, orders: Mapping[str, _Order]) -> None:
        """Compute what is missing, and keep each piece as soon as it is there."""
        lines = [
            Line(
                Task(self.simulate, one.scenario, config, self.seed, self.engine, tuple(one.missing)),
                opened=self._shelf(config).opened,
            )
            for config, one in orders.items()
        ]
        if not lines:
            return
        agenda = Agenda(lines, self._workers())
        left = total = agenda.unfinished
        if self._expect is not None:
            self._expect(total)
        deadly: list[tuple[str, int]] = []
        try:
            with closing(self._work(agenda)) as work:
                for task, done in work:
                    left -= len(task.wanted)
                    order = orders[task.config]
                    if done is None:
                        deadly += [(order.label, one.replication) for one in task.wanted]
                    else:
                        self._keep(order, task, done.rows, left)
        except KeyboardInterrupt:  # wherever it struck, what is kept decides what is done
            left = sum(len(self._missing(key, one.scenario, [*one.missing])) for key, one in orders.items())
            raise Stopped(total - left, total, stored=self.store is not None) from None
        if deadly:
            raise Deadly(sorted(deadly), self.seed)  # which of them died first is chance

    def _workers(self) -> int:
        """How many tasks are worked on at once."""
        if self._address is not None and self._cluster is None:
            from sim.experiments.cluster import Cluster

            self._cluster = Cluster(self._address)
        return self.jobs if self._cluster is None else self._cluster.slots

    def _work(self, agenda: Agenda) -> Generator[Finished]:
        if self._cluster is not None:
            return self._cluster.work(agenda)
        if self._executor is not None:
            return fan_out(self._executor, self.jobs, agenda)
        return self._crew.work(agenda)

    def _keep(self, order: _Order, task: Task, rows: Sequence[Row], left: int) -> None:
        """To the store, then to memory, then say so; in this order, so that what was said is never lost."""
        shelf = self._shelf(task.config)
        shelf.opened = True
        found = dict(zip(task.wanted, map(Row.of, rows), strict=True))
        if self.store is not None:
            self.store.add(self._series(task.config, order.scenario), found, left)
        shelf.rows.update(found)
        if self._tick is not None:
            for one, row in found.items():
                self._tick(Acknowledged(order.label, task.config, one.replication, row))

    def _table(self, ask: Ask, config: str, wanted: Sequence[Wanted]) -> Replications:
        rows = self._shelves[config].rows
        return replications_of(
            [rows[one] for one in wanted],
            name=ask.name,
            scenario=ask.scenario,
            seed=self.seed,
            engine=self.engine,
            config=config,
            first=ask.first,
        )

    def _forget(self) -> None:
        """Keep no more than so many rows; what was not asked for the longest time goes first."""
        kept = sum(len(shelf.rows) for shelf in self._shelves.values())
        while kept > KEPT_ROWS and len(self._shelves) > 1:
            _, shelf = self._shelves.popitem(last=False)
            kept -= len(shelf.rows)
