"""OrderLog: everything that happened in one replication, as typed columns in a few named tables.

Both faces return this and nothing else, so equality of two logs is equality of the two models. Queue
lengths, utilisation, waits and workload are derived from it after the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Table = dict[str, "NDArray[Any]"]


class Column(NamedTuple):
    """A column of a log table: what the data dictionary prints."""

    table: str
    name: str
    dtype: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class OrderLog:
    """The tables of one replication: table name → column name → array."""

    seed: int
    replication: int
    tables: Mapping[str, Table]

    def __getitem__(self, table: str) -> Table:
        return self.tables[table]

    def differences(self, other: OrderLog) -> list[str]:
        """Names of the columns that are not equal to the bit (NaN equals NaN); empty when the logs agree."""
        out = [f"table {name}" for name in sorted(set(self.tables) ^ set(other.tables))]
        for name in sorted(set(self.tables) & set(other.tables)):
            mine, theirs = self.tables[name], other.tables[name]
            out += [f"{name}.{column}" for column in sorted(set(mine) ^ set(theirs))]
            out += [
                f"{name}.{column}"
                for column in sorted(set(mine) & set(theirs))
                if not _same(mine[column], theirs[column])
            ]
        return out

    def frame(self) -> pd.DataFrame:
        """One row an order (the `orders` table with its shopper's columns), documented in docs/columns.md."""
        import pandas as pd

        orders = self.tables["orders"]
        flat: dict[str, Any] = {}
        for name, column in orders.items():
            if column.ndim == 2:
                flat.update({f"{name}_{k}": column[:, k] for k in range(column.shape[1])})
            else:
                flat[name] = column
        return pd.DataFrame(flat)

    def events(self) -> pd.DataFrame:
        """The replication as an event log: case_id, activity, timestamp, resource (see `sim.eventlog`)."""
        from sim.eventlog import events

        return events(self.tables)


def _same(a: NDArray[Any], b: NDArray[Any]) -> bool:
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    return bool(np.array_equal(a, b, equal_nan=a.dtype.kind == "f"))
