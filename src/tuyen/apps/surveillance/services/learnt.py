"""What each commit changes in the counts, kept with the moment it became known."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from tuyen.apps.surveillance import bulk
from tuyen.apps.surveillance.models import CountChange
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Entry
from tuyen.kernel.zone import VIETNAM

COLUMNS = (
    "id", "disease", "commune_id", "day", "classification", "reported_on", "known_at",
    "received_at", "cases",
)  # fmt: skip
_CELL = ("disease", "commune_id", "onset_on", "classification")


class Learnt:
    """The changes of one batch, in order, written together by :meth:`post`."""

    def __init__(self) -> None:
        self._rows: list[tuple[Any, ...]] = []

    def reported(self, case: Mapping[str, Any]) -> None:
        """A case that was reported, and counts unless it is ruled out already."""
        if _counts(case):
            self._enter(case["id"], case, case["reported_at"], case["received_at"], 1)

    def changed(
        self, entry: Entry[Any], before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        """A case that an entry amended or voided; nothing where its cell stays the same."""
        was, now = _counts(before), _counts(after)
        if was and now and all(before[name] == after[name] for name in _CELL):
            return
        at = entry.received_at
        if was:
            self._enter(derived_id(entry.id, "count", "out"), before, at, at, -1)
        if now:
            self._enter(derived_id(entry.id, "count", "in"), after, at, at, 1)

    def _enter(
        self, id: Any, case: Mapping[str, Any], known: datetime, received: datetime, cases: int
    ) -> None:
        cell = map(case.__getitem__, _CELL)
        self._rows.append((id, *cell, _day(case["reported_at"]), known, received, cases))

    def post(self) -> None:
        bulk.insert(CountChange, COLUMNS, self._rows)


def _counts(case: Mapping[str, Any]) -> bool:
    return case["voided_at"] is None and case["classification"] != "discarded"


@lru_cache(maxsize=4096)
def _day(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()
