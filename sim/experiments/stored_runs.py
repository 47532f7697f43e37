"""What a store tells without simulating: which commands asked for what, how far they are, their figures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

from sim.experiments.experiment import Experiment
from sim.experiments.identity import model_hash
from sim.experiments.replications import Replications, replications_of
from sim.experiments.series import name_of
from sim.experiments.store import ALL, Store, sealed
from sim.experiments.store_file import answered, damaged
from sim.experiments.tasks import Wanted
from sim.problems import Unusable

SHOWN_BY_ARM = ("run", "compare")
"""Commands whose answer is the figures of their scenarios; another's answer only it can make."""
MOST_ARMS = 8
"""Scenarios shown side by side; a run of more is a search, and its own command prints its answer."""


class StoredPart(NamedTuple):
    """What a run asked of one scenario, and under what its rows are stored."""

    label: str
    series: int
    model: str
    config: str
    seed: int
    engine: str
    wanted: tuple[Wanted, ...]

    @property
    def name(self) -> str:
        """What the rows' seals were made with."""
        return name_of(self.model, self.config, self.seed, self.engine)


def runs_of(store: Store) -> list[dict[str, Any]]:
    """A record for each command that asked, oldest first."""
    with answered(store.path):
        found = store.query("SELECT id, command, started, last FROM runs ORDER BY id")
        return [_record(store, *run) for run in found]


def record_of(store: Store, run: int) -> dict[str, Any]:
    """The record of one run; Unusable where there is no such run."""
    with answered(store.path):
        _refuse_unknown(store, [run])
        [found] = store.query("SELECT id, command, started, last FROM runs WHERE id=?", run)
        return _record(store, *found)


def _record(store: Store, run: int, command: str, started: str, last: str) -> dict[str, Any]:
    parts = parts_of(store, run)
    wanted = {(part.series, one) for part in parts for one in part.wanted}
    done = {(series, one) for series in {part.series for part in parts} for one in _stored(store, series)}
    size = sum(_bytes(store, series) for series in {part.series for part in parts})
    labels = dict.fromkeys(part.label for part in parts)
    return {
        "run": run,
        "command": command,
        "search": command.partition(" ")[0] not in SHOWN_BY_ARM or len(_arms(parts)) > MOST_ARMS,
        "scenarios": list(labels)[: 2 * MOST_ARMS],
        "configurations": len({part.config for part in parts}),
        "seeds": sorted({part.seed for part in parts}),
        "engines": sorted({part.engine for part in parts}),
        "asked": len(wanted),
        "done": len(wanted & done),
        "started": started,
        "last": last,
        "bytes": size,
        "this_version": all(part.model == model_hash() for part in parts),
    }


def parts_of(store: Store, run: int) -> list[StoredPart]:
    """What a run asked for, scenario by scenario."""
    query = (
        "SELECT label, series, model, config, seed, engine, first, number, parts.thin_to "
        "FROM parts JOIN series ON series.id = parts.series WHERE run=? ORDER BY parts.rowid"
    )
    found = []
    for label, series, model, config, seed, engine, first, number, thinned in store.query(query, run):
        thin_to = json.loads(thinned) if thinned else [None] * number
        wanted = tuple(Wanted(first + k, orders) for k, orders in enumerate(thin_to[:number]))
        found.append(StoredPart(label, series, model, config, seed, engine, wanted))
    return found


def _stored(store: Store, series: int) -> Iterator[Wanted]:
    for replication, thin_to in store.query("SELECT replication, thin_to FROM rows WHERE series=?", series):
        yield Wanted(replication, None if thin_to == ALL else thin_to)


def _bytes(store: Store, series: int) -> int:
    query = "SELECT TOTAL(LENGTH(numbers) + LENGTH(seal) + 24) FROM rows WHERE series=?"
    [(size,)] = store.query(query, series)
    return int(size)


def experiment_of(store: Store, run: int) -> Experiment:
    """The scenarios of a run over the replications that all of them have, without simulating.

    Raises:
        Unusable: no such run, or nothing done yet.
    """
    with answered(store.path):
        _refuse_unknown(store, [run])
        parts = _arms(parts_of(store, run))
        rows = [store.rows(part.series, part.name, part.wanted) for part in parts]
        done = [
            {place for place, one in enumerate(part.wanted) if one in found}
            for part, found in zip(parts, rows, strict=True)
        ]
        common = sorted(set.intersection(*done)) if done else []
        if not common:
            raise Unusable(f"run {run} has no replication that is done; the same command goes on")
        return Experiment(
            tuple(
                _replications(store, part, [found[part.wanted[place]] for place in common])
                for part, found in zip(parts, rows, strict=True)
            )
        )


def _arms(parts: Sequence[StoredPart]) -> list[StoredPart]:
    """The scenarios as the user named them: a label that stands for several is the work of a search."""
    counts: dict[str, set[str]] = {}
    for part in parts:
        counts.setdefault(part.label, set()).add(part.config)
    single = [part for part in parts if len(counts[part.label]) == 1]
    longest: dict[str, StoredPart] = {}
    for part in single or parts:
        key = part.label if single else f"{part.label} {part.config}"
        if key not in longest or len(longest[key].wanted) < len(part.wanted):
            longest[key] = part
    return list(longest.values())


def _replications(store: Store, part: StoredPart, rows: Sequence[Any]) -> Replications:
    return replications_of(
        rows,
        name=part.label,
        scenario=_scenario(store, part),
        seed=part.seed,
        engine="reference" if part.engine == "reference" else "compiled",
        config=part.config,
        first=part.wanted[0].replication,
    )


def scenario_text_of(store: Store, config: str) -> str:
    """The scenario as it was stored, one line of JSON; Unusable where it is damaged."""
    for said, seal in store.query("SELECT said, seal FROM scenarios WHERE config=?", config):
        if sealed(config, said) == seal:
            return str(said)
    raise damaged(store.path, f"the scenario {config[:16]} is not what was written")


def scenarios_of(store: Store, run: int) -> list[str]:
    """The scenarios of a run as YAML, ready to be run again; Unusable where there is no such run."""
    from sim.scenario import Scenario
    from sim.scenario_file.writing import scenario_yaml

    with answered(store.path):
        _refuse_unknown(store, [run])
        configs = dict.fromkeys(part.config for part in parts_of(store, run))
        return [
            scenario_yaml(Scenario.model_validate_json(scenario_text_of(store, config))) for config in configs
        ]


def _refuse_unknown(store: Store, runs: Sequence[int]) -> None:
    known = [number for (number,) in store.query("SELECT id FROM runs ORDER BY id")]
    for run in runs:
        if run not in known:
            there = ", ".join(map(str, known)) or "none"
            raise Unusable(f"found run {run}; allowed {there}: see `lianlu runs list`")


def _scenario(store: Store, part: StoredPart) -> Any:
    """The scenario; only its name where this version of the model reads it otherwise."""
    from sim.scenario import Scenario

    try:
        return Scenario.model_validate_json(scenario_text_of(store, part.config))
    except ValueError:
        return SimpleNamespace(name=part.label)


def delete(store: Store, runs: Sequence[int]) -> dict[str, Any]:
    """Forget runs, and the replications no other run asked for; what went."""
    with answered(store.path):
        before = store.path.stat().st_size
        _refuse_unknown(store, runs)
        with store.writing():
            for run in runs:
                store.query("DELETE FROM parts WHERE run=?", run)
                store.query("DELETE FROM runs WHERE id=?", run)
            nobodys = "FROM rows WHERE series NOT IN (SELECT series FROM parts)"
            [(gone,)] = store.query(f"SELECT COUNT(*) {nobodys}")
            store.query(f"DELETE {nobodys}")
            store.query("DELETE FROM series WHERE id NOT IN (SELECT series FROM parts)")
            store.query("DELETE FROM scenarios WHERE config NOT IN (SELECT config FROM series)")
        store.forget()
        store.query("VACUUM")
        store.query("PRAGMA wal_checkpoint(TRUNCATE)")
        freed = max(0, before - store.path.stat().st_size)
        return {"runs": sorted(set(runs)), "replications": gone, "bytes": freed}
