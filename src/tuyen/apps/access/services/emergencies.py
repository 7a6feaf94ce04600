"""Breaking the glass over a record, and judging afterwards whether it was right."""

from datetime import timedelta

from tuyen.apps.access.emergency_models import Emergency
from tuyen.apps.access.models import User
from tuyen.apps.access.operations import BreakGlass, ReviewEmergency
from tuyen.apps.access.services.accounts import Missing
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.refusal import N_, Refusal
from tuyen.rules.access.break_glass import break_glass


class OwnEmergency(Refusal):
    code = "access.own-emergency"
    message = N_("You opened this record yourself; somebody else judges it.")


class AlreadyJudged(Refusal):
    code = "access.already-judged"
    message = N_("This opening was judged already ({verdict}).")


@applies(BreakGlass)
def break_the_glass(batch: Batch[BreakGlass]) -> None:
    users = User.objects.in_bulk({entry.author for entry in batch.entries if entry.author})
    for entry in batch.entries:
        if entry.author not in users:  # the program itself has no emergencies
            batch.refuse(entry, Missing(what="user", id=entry.author or "–"))
    Emergency.objects.bulk_create(
        Emergency(
            id=entry.id, user_id=users[entry.author].pk, unit_id=entry.unit,
            person_id=entry.payload.person, place_id=entry.payload.place,
            reason=entry.payload.reason, opened_at=entry.received_at,
            until=entry.received_at
            + timedelta(minutes=break_glass(entry.received_at.date()).minutes),
        )
        for entry in batch.accepted() if entry.author
    )  # fmt: skip


@applies(ReviewEmergency)
def review_emergencies(batch: Batch[ReviewEmergency]) -> None:
    rows = Emergency.objects.in_bulk({entry.payload.emergency for entry in batch.entries})
    for entry in batch.entries:
        row = rows.get(entry.payload.emergency)
        if row is None or row.place_id != entry.unit:
            batch.refuse(entry, Missing(what="emergency", id=entry.payload.emergency))
        elif row.user_id == entry.author:
            batch.refuse(entry, OwnEmergency())
        elif row.verdict:
            batch.refuse(entry, AlreadyJudged(verdict=row.verdict))
        else:
            row.verdict, row.note = entry.payload.verdict, entry.payload.note
            row.reviewed_by, row.reviewed_at = entry.author, entry.received_at
    judged = {rows[entry.payload.emergency].pk: rows[entry.payload.emergency]
              for entry in batch.accepted()}  # fmt: skip
    Emergency.objects.bulk_update(
        judged.values(), ["verdict", "note", "reviewed_by", "reviewed_at"]
    )
