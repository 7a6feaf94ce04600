"""A visit that nobody saved yet, as it would stand if it was: for what is found out before."""

from datetime import date
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.keeping import day_of, plain
from tuyen.apps.clinical.models import Practitioner
from tuyen.apps.clinical.operations import Content
from tuyen.apps.clinical.queries.visits import RECORD, VisitFacts, VisitRow
from tuyen.apps.clinical.standing_apart import stands_apart
from tuyen.engines.registry.identifiers import clean


def draft(
    *, by: Actor, unit: UUID, content: Content, id: UUID, held: VisitRow | None = None
) -> VisitFacts:
    """The visit that this content would make at a unit, with the licence of its author: one query at
    most, and nothing is written. ``held``: the visit that it corrects. Raises what the policy says to
    whoever may not record there."""
    policies.check(by, RECORD, unit)
    day = day_of(content.began_at)
    licence = content.practitioner or _licence(by.user, day)
    main = next((one.code for one in content.diagnosed if one.main), "")
    row = VisitRow(
        id=id, seq=held.seq if held else 1, unit=unit, person=content.person,
        began_at=content.began_at, ended_at=content.ended_at or content.began_at, day=day,
        setting=content.setting, care=content.care, attendance=content.attendance,
        payer=content.payer, card=clean(content.card), main=main, practitioner=licence,
        author=by.user, state="live", version=held.version + 1 if held else 1,
        next_on=content.next.on if content.next else None,
        referral="sent" if content.referred else "", apart=stands_apart(content), doubts="",
        void_reason="",
    )  # fmt: skip
    return VisitFacts(row, plain(content), True, None)


def _licence(user: UUID | None, day: date) -> str:
    """The licence of an author on a day; "" where none is on record."""
    if user is None:
        return ""
    held = Practitioner.objects.filter(user_id=user, since__lte=day)
    last = held.order_by("-since", "-received_at", "-pk").values_list("licence", flat=True).first()
    return str(last or "")
