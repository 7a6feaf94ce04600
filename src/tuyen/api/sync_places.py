"""A tablet's place in the feed, sealed into the cursor that it is given, and the pages to it."""

from datetime import date
from uuid import UUID

import msgspec

from tuyen.api.door import encoder
from tuyen.api.wire import seals, shapes
from tuyen.apps.access import devices
from tuyen.apps.journal import documents
from tuyen.apps.journal.queries import OtherEpoch, head
from tuyen.engines.sync.terms import Terms
from tuyen.rules.sync import limits


def place_of(text: str, device: UUID) -> documents.Place:
    cursor = seals.open_cursor(text, device)
    if cursor.epoch != (epoch := head()[0]):
        raise OtherEpoch(epoch=epoch)
    sets = []
    for digest in (cursor.holdings, cursor.filling):
        content = devices.kept_units(digest) if digest else "{}"
        if content is None:
            raise seals.BadCursor()
        units = msgspec.json.decode(content, type=dict[str, list[UUID]])
        sets.append({kind: frozenset(ids) for kind, ids in units.items()})
    holdings, filling = sets
    return documents.Place(
        cursor.epoch, cursor.position, holdings, filling, cursor.kind, cursor.after
    )


def cursor_of(place: documents.Place, device: UUID) -> str:
    holdings, filling = [
        devices.keep_units(encoder.encode(listed(units)).decode()) if units else ""
        for units in (place.holdings, place.filling)
    ]
    cursor = seals.Cursor(place.epoch, place.position, holdings, filling, place.kind, place.after)
    return seals.seal_cursor(cursor, device)


def page_out(page: documents.Pulled, device: UUID, given: Terms, day: date) -> shapes.PullOut:
    """A page as it is sent to a device."""
    return shapes.PullOut(
        epoch=page.place.epoch,
        protocol=given.speak,
        cursor=cursor_of(page.place, device),
        documents=[shapes.DocumentOut(*each) for each in page.documents],
        gone=list(page.gone),
        gained=listed(page.gained),
        dropped=listed(page.dropped),
        filling=bool(page.place.filling),
        more=page.more,
        notice=given.notice,
        day=day,
        keep_days=limits(day).kept_days,
    )


def listed(units: documents.Holdings) -> shapes.Units:
    return {kind: sorted(units[kind]) for kind in sorted(units)}
