"""How a session ends: the balance of its vials, and the report of a campaign's day."""

from collections import Counter
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.immunization import catalogue
from tuyen.apps.immunization.campaign_counts import Counted
from tuyen.apps.immunization.models import (
    CampaignDay,
    Session,
    SessionVials,
    Visit,
)
from tuyen.apps.immunization.operations import CloseSession, ReportCampaignDay
from tuyen.apps.immunization.refusals import (
    LotNotBalanced,
    MoreThanOpened,
    MoreThanTaken,
    NoCampaignSession,
    PlannedTwice,
    StillHere,
    VialsMissing,
)
from tuyen.apps.immunization.services.keeping import Kept, Row, columns_of
from tuyen.apps.immunization.services.session_book import Given, Sessions, doses_at
from tuyen.apps.journal import bulk
from tuyen.apps.journal.bulk import fetch
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.immunization.programme import campaign_report_due

_VIALS = columns_of(SessionVials)
_encode = msgspec.json.Encoder(order="sorted").encode


@applies(CloseSession)
def close_sessions(batch: Batch[CloseSession]) -> None:
    """Every lot that was used is balanced, and nobody is left behind."""
    wanted = {entry.payload.session for entry in batch.entries}
    sessions, given = Sessions(wanted), doses_at(wanted)
    still = Visit.objects.filter(session_id__among=wanted).exclude(state="left")
    here = Counter(id for (id,) in fetch(still.values_list("session_id")))
    made: list[tuple[Any, ...]] = []
    for entry in batch.entries:
        said = entry.payload
        try:
            row = sessions.held(entry, said.session)
            if here[said.session]:
                raise StillHere(count=here[said.session])
            lines = _balanced(entry, given, row)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        made += lines
        sessions.write(row | {
            "state": "closed", "ended_at": entry.recorded_at, "closing": said.note.strip(),
            "changed_at": entry.received_at,
        })  # fmt: skip
    if made:
        bulk.insert(SessionVials, _VIALS, made)
    sessions.post()


def _balanced(entry: Entry[CloseSession], given: Given, session: Row) -> list[tuple[Any, ...]]:
    """The rows of the lines of a session, or why they do not balance."""
    said = entry.payload
    doses: Counter[tuple[str, str]] = Counter()
    for (held, _), told in given.items():
        if held == said.session:
            doses.update((vaccine, lot) for _, vaccine, lot, _ in told)
    rows: dict[tuple[str, str], tuple[Any, ...]] = {}
    for line in said.lines:
        lot = (catalogue.vaccine(line.vaccine).code, line.lot.strip().upper())
        name = {"vaccine": lot[0], "lot": lot[1] or "–"}
        if lot in rows:
            raise PlannedTwice(what=" ".join(lot))
        used = line.opened + line.kept_open + line.discarded + line.returned
        held_doses = (line.opened + line.kept_open) * line.size
        if used > line.taken:
            raise MoreThanTaken(used=used, taken=line.taken, **name)
        if doses[lot] > held_doses:
            raise MoreThanOpened(given=doses[lot], held=held_doses, **name)
        if used < line.taken and len(said.note.strip()) < 3:
            raise VialsMissing(missing=line.taken - used, **name)
        rows[lot] = (
            derived_id(said.session, "vials", *lot), said.session, entry.unit, session["day"],
            *lot, line.size, line.taken, line.opened, line.kept_open, line.discarded,
            line.returned, doses[lot],
        )  # fmt: skip
    lacking = sorted(lot for lot in doses if lot not in rows)
    if lacking:
        vaccine, number = lacking[0]
        raise LotNotBalanced(given=doses[lacking[0]], vaccine=vaccine, lot=number or "–")
    return list(rows.values())


@applies(ReportCampaignDay)
def report_campaign_days(batch: Batch[ReportCampaignDay]) -> None:
    """Keep the figures of a day as they stand in the tables now."""
    days = {(entry.unit, entry.payload.day) for entry in batch.entries}
    rows = Session.objects.filter(
        unit_id__among={unit for unit, _ in days}, day__in=sorted({day for _, day in days}),
    ).exclude(state="cancelled").exclude(campaign="")  # fmt: skip
    held = fetch(rows.order_by("id").values_list("id", "unit_id", "day", "campaign", "state"))
    counted = Counted({row[0] for row in held})
    reports = Kept(CampaignDay, columns_of(CampaignDay), map(_report_id, batch.entries))
    for entry in batch.entries:
        said = entry.payload
        name = said.campaign.strip()
        mine = {row[0]: row[4] for row in held if row[1:4] == (entry.unit, said.day, name)}
        if not mine:
            batch.refuse(entry, NoCampaignSession(campaign=name, day=said.day))
            continue
        due = campaign_report_due(said.day).replace(tzinfo=VIETNAM)
        reports.write({
            "id": _report_id(entry), "unit_id": entry.unit, "campaign": name, "day": said.day,
            "figures": _encode(counted.figures(mine, said.day)).decode(), "note": said.note.strip(),
            "due_at": due, "reported_at": entry.received_at, "author_id": entry.author,
        })  # fmt: skip
    reports.post()


def _report_id(entry: Entry[ReportCampaignDay]) -> UUID:
    said = entry.payload
    return derived_id(entry.unit, "campaign-day", said.campaign.strip(), said.day.isoformat())
