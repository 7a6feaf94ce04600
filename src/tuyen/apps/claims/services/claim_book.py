"""The claims that a run of entries touches: read once, changed in memory, written once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from tuyen.apps.claims.models import Claim, Submission
from tuyen.apps.claims.models.claims import CHECKABLE, FILE, SENT, UNSENT
from tuyen.apps.journal import bulk

_CLAIM = tuple(field.attname for field in Claim._meta.concrete_fields)
_FILE = tuple(field.attname for field in Submission._meta.concrete_fields)

__all__ = ["CHECKABLE", "SENT", "UNSENT", "ClaimBook"]


class ClaimBook:
    """Claims by id, with the files of them that wait."""

    def __init__(self, ids: Iterable[UUID]) -> None:
        wanted = set(ids)
        rows = Claim.objects.filter(pk__among=wanted) if wanted else ()
        self.claims: dict[UUID, Claim] = {row.pk: row for row in rows}
        self._changed: dict[UUID, Claim] = {}
        self._files: dict[UUID, Submission] = {}
        self._waiting: dict[tuple[UUID, str], list[Submission]] | None = None

    def get(self, id: UUID, unit: UUID | None = None) -> Claim | None:
        """A claim of a unit, or of any."""
        found = self.claims.get(id)
        return found if found is not None and unit in (None, found.unit_id) else None

    def keep(self, claim: Claim, at: datetime) -> None:
        claim.changed_at = at
        self.claims[claim.pk] = self._changed[claim.pk] = claim

    def keep_file(self, file: Submission, at: datetime) -> None:
        file.changed_at = at
        self._files[file.pk] = file

    def withdraw(self, claim: Claim, at: datetime, kind: str = FILE) -> None:
        """Files of a claim that wait are not sent any more; their bytes stay."""
        if self._waiting is None:
            rows = Submission.objects.filter(claim_id__among=set(self.claims), state="waiting")
            self._waiting = {}
            for row in rows:
                self._waiting.setdefault((row.claim_id, row.kind), []).append(row)
        for file in self._waiting.pop((claim.pk, kind), ()):
            file.state = "withdrawn"
            self.keep_file(file, at)

    def write(self) -> None:
        """All that changed, in at most two statements."""
        if self._changed:
            bulk.put(Claim, _CLAIM, [_row(claim, _CLAIM) for claim in self._changed.values()])
        if self._files:
            bulk.put(Submission, _FILE, [_row(file, _FILE) for file in self._files.values()])


def _row(row: Any, columns: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in columns)
