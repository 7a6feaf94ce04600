"""Cases, alarms, event signals and contacts as documents for the tablets of the places they concern."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

import msgspec
from django.db.models import Q

from tuyen.apps.journal.documents import Document, Shelf, Written, offer, written
from tuyen.apps.surveillance import discreet, places
from tuyen.apps.surveillance.models import Alarm, Case, Contact, EventSignal
from tuyen.apps.surveillance.operations import AmendCase, ReportCase
from tuyen.apps.surveillance.queries.alarms import READ as READ_ALARMS
from tuyen.apps.surveillance.selection import READ
from tuyen.apps.surveillance.sources.events import READ as READ_SIGNALS
from tuyen.rules.access import discretion


def offer_shelves() -> None:
    """Offer the documents of surveillance."""
    offer(
        Shelf(
            kind="surveillance.case", right=READ, page=_cases_page, current=_cases,
            left=_cases_left, touched=_CASES, crossing=frozenset(_CASES),
        )
    )  # fmt: skip
    offer(
        Shelf(
            kind="surveillance.alarm", right=READ_ALARMS, page=_alarms_page, current=_alarms,
            left=lambda ids, units: (),  # an alarm stays where it was raised
            touched=_ALARMS, crossing=frozenset(_ALARMS),
        )
    )  # fmt: skip
    offer(
        Shelf(
            kind="surveillance.signal", right=READ_SIGNALS, page=_signals_page, current=_signals,
            left=lambda ids, units: (),  # a signal stays where it was seen
            touched=_SIGNALS, crossing=frozenset(_SIGNALS),
        )
    )  # fmt: skip
    offer(
        Shelf(
            kind="surveillance.contact", right=READ_CONTACTS, page=_contacts_page,
            current=_contacts, left=lambda ids, units: (),  # and a contact where they are watched
            touched=_CONTACTS, crossing=frozenset(_CONTACTS),
        )
    )  # fmt: skip


def _cases_page(
    units: Collection[UUID], after: str, limit: int, on: date
) -> tuple[list[Document], str | None]:
    rows = Case.objects.filter(_here(units), voided_at=None)
    if after:
        rows = rows.filter(pk__lt=UUID(after))
    found = list(rows.order_by("-pk")[: limit + 1])
    page = found[:limit]
    return [_case(row) for row in page], str(page[-1].pk) if len(found) > limit else None


def _cases(ids: Collection[UUID], units: Collection[UUID], on: date) -> list[Document]:
    rows = Case.objects.filter(_here(units), pk__in=ids, voided_at=None)
    return [_case(row) for row in rows.order_by("-pk")]


def _here(units: Collection[UUID]) -> Q:
    return Q(commune_id__in=units) | Q(unit_id__in=units)


def _cases_left(ids: Collection[UUID], units: Collection[UUID]) -> Iterable[UUID]:
    """Cases of these units that were voided, and those whose commune was corrected to another."""
    voided = Case.objects.filter(_here(units), pk__in=ids).values_list("pk", flat=True)
    found = set(voided)
    atlas = places.atlas()
    for id, payloads in written([id for id in ids if id not in found]).items():
        for payload in payloads:
            if isinstance(payload, AmendCase):
                payload = payload.changes
            elif not isinstance(payload, ReportCase):
                continue
            onset = payload.onset_on or None
            named = {payload.commune, payload.village} - {None, msgspec.UNSET}
            of_day = {atlas.commune_of(unit, onset) for unit in named if onset}
            if not (named | of_day).isdisjoint(units):
                found.add(id)
    return found


def _case(row: Case) -> Document:
    body = {
        "report": _report(row), "commune": row.commune_id,
        "unit": row.unit_id, "revision": row.revision, "due_at": row.due_at, "late": row.late,
        "received_at": row.received_at,
    }  # fmt: skip
    units = (row.commune_id,) if row.commune_id == row.unit_id else (row.commune_id, row.unit_id)
    return Document("surveillance.case", row.pk, units, body)


def _report(row: Case) -> msgspec.Raw:
    """What was reported. A tablet holds no name beside a disease that asks for discretion: its
    holder cannot state a purpose there, and it may be lost."""
    if row.disease not in discretion().diseases:
        return msgspec.Raw(row.content.encode())
    return msgspec.Raw(msgspec.json.encode(discreet.veiled_plain(msgspec.json.decode(row.content))))


def _alarms_page(
    units: Collection[UUID], after: str, limit: int, on: date
) -> tuple[list[Document], str | None]:
    rows = Alarm.objects.filter(commune_id__in=units)
    if after:
        rows = rows.filter(pk__lt=UUID(after))
    found = list(rows.order_by("-pk")[: limit + 1])
    page = found[:limit]
    return [_alarm(row) for row in page], str(page[-1].pk) if len(found) > limit else None


def _alarms(ids: Collection[UUID], units: Collection[UUID], on: date) -> list[Document]:
    rows = Alarm.objects.filter(pk__in=ids, commune_id__in=units)
    return [_alarm(row) for row in rows.order_by("-pk")]


def _alarm(row: Alarm) -> Document:
    body = {
        "rule": row.rule, "disease": row.disease, "commune": row.commune_id,
        "period": row.period, "since": row.since, "until": row.until, "level": row.level,
        "observed": row.observed, "expected": row.expected, "state": row.state,
        "raised_at": row.raised_at, "due_at": row.due_at, "closed_on": row.closed_on,
        "false": row.false_share, "below": row.below,
    }  # fmt: skip
    return Document("surveillance.alarm", row.pk, (row.commune_id,), body)


def _told_here(units: Collection[UUID]) -> Q:
    return Q(commune_id__in=units) | Q(village_id__in=units) | Q(unit_id__in=units)


def _signals_page(
    units: Collection[UUID], after: str, limit: int, on: date
) -> tuple[list[Document], str | None]:
    rows = EventSignal.objects.filter(_told_here(units))
    if after:
        rows = rows.filter(pk__lt=UUID(after))
    found = list(rows.order_by("-pk")[: limit + 1])
    page = found[:limit]
    return [_signal(row) for row in page], str(page[-1].pk) if len(found) > limit else None


def _signals(ids: Collection[UUID], units: Collection[UUID], on: date) -> list[Document]:
    rows = EventSignal.objects.filter(_told_here(units), pk__in=ids)
    return [_signal(row) for row in rows.order_by("-pk")]


def _signal(row: EventSignal) -> Document:
    """Without who told and their number: that is shown one by one at the console, and written down."""
    body = {
        "sign": row.sign, "source": row.source, "seen_on": row.seen_on, "commune": row.commune_id,
        "village": row.village_id, "unit": row.unit_id, "affected": row.affected,
        "deaths": row.deaths, "disease": row.disease, "note": row.note, "state": row.state,
        "due_at": row.due_at, "risk": row.risk, "next_step": row.next_step,
        "received_at": row.received_at,
    }  # fmt: skip
    units = dict.fromkeys(one for one in (row.commune_id, row.village_id, row.unit_id) if one)
    return Document("surveillance.signal", row.pk, tuple(units), body)


def _watched_here(units: Collection[UUID]) -> Q:
    return Q(commune_id__in=units) | Q(village_id__in=units)


def _contacts_page(
    units: Collection[UUID], after: str, limit: int, on: date
) -> tuple[list[Document], str | None]:
    rows = Contact.objects.filter(_watched_here(units))
    if after:
        rows = rows.filter(pk__lt=UUID(after))
    found = list(rows.order_by("-pk")[: limit + 1])
    page = found[:limit]
    return [_contact(row) for row in page], str(page[-1].pk) if len(found) > limit else None


def _contacts(ids: Collection[UUID], units: Collection[UUID], on: date) -> list[Document]:
    rows = Contact.objects.filter(_watched_here(units), pk__in=ids)
    return [_contact(row) for row in rows.order_by("-pk")]


def _contact(row: Contact) -> Document:
    """Beside a disease that asks for discretion a tablet holds no name, as with cases."""
    open_ = row.disease not in discretion().diseases
    body = {
        "outbreak": row.outbreak_id, "disease": row.disease, "commune": row.commune_id,
        "village": row.village_id, "name": row.name if open_ else "",
        "phone": row.phone if open_ else "", "address": row.address if open_ else "",
        "person": row.person_id if open_ else None, "sex": row.sex, "age": row.age,
        "relation": row.relation, "exposed_on": row.exposed_on, "until": row.until,
        "state": row.state, "last_on": row.last_on, "case": row.became_id if open_ else None,
    }  # fmt: skip
    units = dict.fromkeys(one for one in (row.commune_id, row.village_id) if one)
    return Document("surveillance.contact", row.pk, tuple(units), body)


def _signal_named(entries: Sequence[Written]) -> list[UUID]:
    return [entry.payload.signal for entry in entries]


def _contacts_added(entries: Sequence[Written]) -> list[UUID]:
    return [one.id for entry in entries for one in entry.payload.contacts]


def _contacts_seen(entries: Sequence[Written]) -> list[UUID]:
    return [mark.contact for entry in entries for mark in entry.payload.marks]


def _contact_named(entries: Sequence[Written]) -> list[UUID]:
    return [entry.payload.contact for entry in entries]


def _itself(entries: Sequence[Written]) -> list[UUID]:
    return [entry.id for entry in entries]


def _case_named(entries: Sequence[Written]) -> list[UUID]:
    return [entry.payload.case for entry in entries]


def _raised(entries: Sequence[Written]) -> list[UUID]:
    """New numbers of an alarm name the operation that first raised it."""
    return [entry.payload.supersedes or entry.id for entry in entries]


def _alarm_named(entries: Sequence[Written]) -> list[UUID]:
    return [entry.payload.alarm for entry in entries]


def _answered_by_opening(entries: Sequence[Written]) -> list[UUID]:
    return [id for entry in entries for id in entry.payload.from_alarms]


_CASES = {
    "surveillance.report_case": _itself,
    "surveillance.amend_case": _case_named,
    "surveillance.void_case": _case_named,
}
READ_CONTACTS = "surveillance.contact.read"
_SIGNALS = {
    "surveillance.report_signal": _itself,
    "surveillance.screen_signal": _signal_named,
    "surveillance.verify_signal": _signal_named,
    "surveillance.assess_signal": _signal_named,
}
_CONTACTS = {
    "surveillance.add_contacts": _contacts_added,
    "surveillance.follow_up_contacts": _contacts_seen,
    "surveillance.tie_contact": _contact_named,
}
_ALARMS = {
    "surveillance.raise_alarm": _raised,
    "surveillance.triage_alarm": _alarm_named,
    "surveillance.close_alarm": _alarm_named,
    "surveillance.weigh_alarm": _alarm_named,
    "surveillance.open_outbreak": _answered_by_opening,
}
