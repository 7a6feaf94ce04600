"""Ids and dates of a demo: everything follows from the seed and from references.

A reference names a thing of the synthetic province ("commune:03169", "facility:tram-03171"). The
id of a unit follows from its reference alone, so the same demo built twice is the same demo.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from tuyen.engines.synthetic.network import Network
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation, Payload

DEMO = UUID("6d1f0e60-7d5c-5e0b-9d0a-7b1f5ad00de0")
_OPEN, _NOON = time(1, 0, tzinfo=UTC), time(5, 0, tzinfo=UTC)  # 08:00 and 12:00 in the province


class Names:
    """Gives ids to references, and makes operations with ids that repeat."""

    def __init__(self, seed: int, network: Network) -> None:
        self.root = derived_id(DEMO, seed)
        # A station that went on or became a point is the same unit under a new reference.
        self._same = {fact.successor: fact.predecessor for fact in network.successions}

    def unit(self, ref: str) -> UUID:
        return derived_id(self.root, self._same.get(ref, ref))

    def of(self, *parts: object) -> UUID:
        """The id of anything else."""
        return derived_id(self.root, *parts)

    def operation(
        self,
        payload: Payload,
        *parts: object,
        unit: UUID,
        on: date,
        corrects: UUID | None = None,
    ) -> Operation:
        """An operation whose id follows from ``parts``, recorded on the morning of ``on``."""
        return Operation.of(
            payload,
            id=self.of(payload.KIND.name, *parts),
            unit=unit,
            happened_on=on,
            recorded_at=morning(on),
            corrects=corrects,
        )


def morning(day: date) -> datetime:
    return datetime.combine(day, _OPEN)


def noon(day: date) -> datetime:
    return datetime.combine(day, _NOON)


def day(value: Any) -> date | None:
    """A NumPy day as a date; NaT is None."""
    return None if np.isnat(value) else value.astype(object)


def days(values: Any) -> list[date | None]:
    """A column of NumPy days as dates, None for NaT, at once."""
    return [None if missing else value for value, missing in
            zip(values.astype(object).tolist(), np.isnat(values).tolist(), strict=True)]  # fmt: skip


def after(value: date, n: int = 1) -> date:
    return value + timedelta(days=n)
