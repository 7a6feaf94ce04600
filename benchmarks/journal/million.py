"""A journal of a million entries, made in seconds: a demo's entries again and again, resealed.

Each copy has an id of its own, in its body and in its column, and the chain is computed anew, so
that ``verify`` has the bodies, the columns and the look-ups of real use. Nothing follows from the
copies: the rooms' tables stay as they are, so only verifying and reading make sense afterwards.
"""

import itertools
from collections.abc import Iterator
from typing import Any

from tuyen.apps.access import guard
from tuyen.apps.journal import bulk, seal, store
from tuyen.apps.journal.models import Entry, Head
from tuyen.kernel.ids import uuid7

_STEP = 20_000
_COLUMNS = (
    "position", "id", "kind", "unit_id", "author_id", "corrects",
    "accepted", "received_at", "body", "digest",
)  # fmt: skip
_ID = slice(7, 43)  # {"id":"...


def grow(wanted: int) -> None:
    """Lengthen the journal of this installation to ``wanted`` entries."""
    _hurry()
    head = Head.objects.get(pk=1)
    copies = _copies(head.position)
    while head.position < wanted:
        rows = []
        for kind, unit, author, corrects, accepted, received_at, body in itertools.islice(
            copies, min(_STEP, wanted - head.position)
        ):
            id = uuid7(head.position)
            text = b'{"id":"' + str(id).encode() + body[_ID.stop :]
            head.position += 1
            head.digest = seal.digest(bytes(head.digest), head.position, text)
            rows.append(
                (head.position, id, kind, unit, author, corrects, accepted, received_at, text, head.digest)
            )  # fmt: skip
        with guard.opened("benchmark"):
            bulk.insert(Entry, _COLUMNS, rows)
            head.save()


def _copies(last: int) -> Iterator[tuple[Any, ...]]:
    """(kind, unit, author, corrects, accepted, received_at, body) of the demo's entries, forever."""
    names = ("kind", "unit_id", "author_id", "corrects", "accepted", "received_at", "body")
    rows: list[tuple[Any, ...]] = [
        (*rest, bytes(body))
        for *rest, body in Entry.objects.filter(position__lte=last).values_list(*names)
    ]
    return itertools.cycle(rows)


def _hurry() -> None:
    """This copy of the installation may be lost, so it need not be durable."""
    db = store.connection()
    with db.cursor() as cursor:
        if db.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA cache_size=-400000")
        else:
            cursor.execute("SET synchronous_commit = off")
