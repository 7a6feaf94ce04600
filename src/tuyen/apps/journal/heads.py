"""What a commit reads of the journal itself: the end of the chain, and what it has already."""

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.journal.models import Entry, Head
from tuyen.apps.journal.prepared import prepared

_HEAD = tuple(field.attname for field in Head._meta.concrete_fields)


class Known(NamedTuple):
    """What the journal has of an operation that is sent again."""

    id: UUID
    position: int
    body: bytes


def locked() -> Head:
    """The end of the chain, which nobody else may lengthen until this transaction is over."""
    (row,) = _heads((1,))
    return Head(**dict(zip(_HEAD, row, strict=True)))


def known(ids: Collection[UUID]) -> dict[UUID, Known]:
    """Those of some operations that the journal has: one query."""
    return {row[0]: Known(*row) for row in _known(ids)} if ids else {}


@prepared
def _heads(ids: Collection[int]) -> Any:
    return Head.objects.select_for_update().filter(pk__among=ids).values_list(*_HEAD)


@prepared
def _known(ids: Collection[UUID]) -> Any:
    return Entry.objects.filter(id__among=ids).values_list("id", "position", "body")
