"""How a session ends: the balance of its vials, and the report of a campaign's day."""

from collections import Counter
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.immunization import catalogue
from tuyen.apps.immunization.models import (
    AdverseEvent,
    CampaignDay,
    ExpectedAt,
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
from tuyen.rules.immunization.programme import campaign_report_due
from tuyen.rules.surveillance import VIETNAM

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
    counted = _Counted({row[0] for row in held})
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
            "figures": _encode(counted.figures(mine)).decode(), "note": said.note.strip(),
            "due_at": due, "reported_at": entry.received_at, "author_id": entry.author,
        })  # fmt: skip
    reports.post()


class _Counted:
    """What can be counted at sessions: five queries for any number of them."""

    def __init__(self, sessions: set[UUID]) -> None:
        self.visits: dict[UUID, Counter[str]] = {}
        self.given = doses_at(sessions)
        found = Visit.objects.filter(session_id__among=sessions)
        for session, state, cleared in fetch(found.values_list("session_id", "state", "cleared")):
            told = self.visits.setdefault(session, Counter())
            told["arrived"] += 1
            told["deferred"] += state in ("deferred", "contraindicated")
            told["passed"] += bool(cleared)
        hoped = ExpectedAt.objects.filter(session_id__among=sessions)
        self.expected = Counter(id for (id,) in fetch(hoped.values_list("session_id")))
        lost = SessionVials.objects.filter(session_id__among=sessions)
        self.vials = list(
            fetch(lost.values_list("session_id", "size", "opened", "discarded", "given"))
        )
        harmed = AdverseEvent.objects.filter(session_id__among=sessions, voided_at=None)
        self.events = list(fetch(harmed.values_list("session_id", "serious")))

    def figures(self, sessions: dict[UUID, str]) -> dict[str, Any]:
        mine = {key: told for key, told in self.given.items() if key[0] in sessions}
        doses = Counter(vaccine for told in mine.values() for _, vaccine, _, _ in told)
        vials = [row for row in self.vials if row[0] in sessions]
        events = [serious for session, serious in self.events if session in sessions]
        seen = sum((self.visits.get(id, Counter()) for id in sessions), Counter[str]())
        return {
            "sessions": len(sessions),
            "closed": sum(state == "closed" for state in sessions.values()),
            "expected": sum(self.expected[id] for id in sessions),
            "arrived": seen["arrived"], "deferred": seen["deferred"],
            "vaccinated": len(mine), "doses": dict(sorted(doses.items())),
            "wasted_open": sum(max(0, o * size - given) for _, size, o, _, given in vials),
            "wasted_closed": sum(size * discarded for _, size, _, discarded, _ in vials),
            "aefi": len(events), "serious": sum(events),
        }  # fmt: skip


def _report_id(entry: Entry[ReportCampaignDay]) -> UUID:
    said = entry.payload
    return derived_id(entry.unit, "campaign-day", said.campaign.strip(), said.day.isoformat())
