"""Tablets: enrolled by a one-time code, known by their signatures, ordered through the journal.

Who holds the tablet is judged on each request: its rights are those of its user's posts that day.
Last contacts, counters and quotas change with every request, so they are not journaled.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection

from tuyen.apps.access import guard, policies, queries
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.device_models import Device, DeviceCode, DeviceContact, DeviceUnits
from tuyen.apps.access.models import Reading, User
from tuyen.apps.access.operations import EnrolDevice, LoseDevice, OrderDevice
from tuyen.engines.sync.terms import after_order
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import N_, Refusal

CODE_MINUTES = 10
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_ENROL = "access.device.enrol"
_MANAGE = "access.device.manage"


class UnknownDevice(Refusal):
    code = "access.unknown-device"
    message = N_("This device is not enrolled here, or its signature is wrong.")


class CounterBehind(Refusal):
    code = "access.counter-behind"
    message = N_("This request was numbered {counter}; the next must be above {above}.")


class CodeRefused(Refusal):
    code = "access.code-refused"
    message = N_(
        "This enrolment code is wrong, used or older than {minutes} minutes; make a new one."
    )


class NoDevice(Refusal):
    code = "access.no-device"
    message = N_("There is no such device at this unit.")


class NotYourDevice(Refusal):
    code = "access.not-your-device"
    message = N_("A device is enrolled, and reported lost, by the person who uses it.")


class KeyKnown(Refusal):
    code = "access.device-key-known"
    message = N_("A device with this key was enrolled before; make a new key on the device.")


class OrderImpossible(Refusal):
    code = "access.order-impossible"
    message = N_("A device that is {state} cannot be ordered to {order}.")


class NoPost(Refusal):
    code = "access.no-post-for-device"
    message = N_("{login} holds no post today under which a device may be used.")


class Known(NamedTuple):
    """A tablet whose signature was right, with its last contact."""

    id: UUID
    user: UUID
    state: str
    counter: int
    day: date | None
    operations: int
    bytes: int
    obeyed: str


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A tablet in a list."""

    id: UUID
    user: UUID
    login: str
    name: str
    unit: UUID
    label: str
    state: str
    enrolled_at: datetime
    ordered_at: datetime | None
    seen_at: datetime | None
    protocol: int
    obeyed: str
    obeyed_at: datetime | None


@applies(EnrolDevice)
def enrol_devices(batch: Batch[EnrolDevice]) -> None:
    users = User.objects.in_bulk({entry.payload.user for entry in batch.entries})
    keys = [entry.payload.key for entry in batch.entries]
    known = set(Device.objects.filter(key__in=keys).values_list("key", flat=True))
    for entry in batch.entries:
        wish = entry.payload
        if entry.author not in (None, wish.user) or wish.user not in users:
            batch.refuse(entry, NotYourDevice())
        elif wish.key in known:
            batch.refuse(entry, KeyKnown())
        else:
            known.add(wish.key)
    Device.objects.bulk_create(
        Device(
            id=entry.id,
            user_id=entry.payload.user,
            unit_id=entry.unit,
            key=entry.payload.key,
            label=entry.payload.label,
            enrolled_at=entry.received_at,
        )
        for entry in batch.accepted()
    )


@applies(LoseDevice)
def lose_devices(batch: Batch[LoseDevice]) -> None:
    rows = Device.objects.in_bulk({entry.payload.device for entry in batch.entries})
    for entry in batch.entries:
        device = rows.get(entry.payload.device)
        if device is None or entry.author not in (None, device.user_id):
            batch.refuse(entry, NotYourDevice())
        else:
            _order(batch, entry, device, "lock", entry.payload.reason)
    Device.objects.bulk_update(rows.values(), ["state", "ordered_at", "reason"])


@applies(OrderDevice)
def order_devices(batch: Batch[OrderDevice]) -> None:
    rows = Device.objects.in_bulk({entry.payload.device for entry in batch.entries})
    for entry in batch.entries:
        device = rows.get(entry.payload.device)
        if device is None or device.unit_id != entry.unit:
            batch.refuse(entry, NoDevice())
        else:
            _order(batch, entry, device, entry.payload.order, entry.payload.reason)
    Device.objects.bulk_update(rows.values(), ["state", "ordered_at", "reason"])


def _order(
    batch: Batch[LoseDevice] | Batch[OrderDevice],
    entry: Entry[LoseDevice] | Entry[OrderDevice],
    device: Device,
    order: str,
    reason: str,
) -> None:
    state = after_order(device.state, order)
    if state is None:
        batch.refuse(entry, OrderImpossible(state=device.state, order=order))  # type: ignore[arg-type]
        return
    device.state, device.ordered_at, device.reason = state, entry.received_at, reason


def issue_code(*, by: Actor, now: datetime) -> str:
    """A one-time code with which ``by`` enrols a tablet; only its hash is stored."""
    unit = next((post.unit for post in by.posts if policies.may(by, _ENROL, post.unit)), None)
    if by.user is None or unit is None:
        raise NoPost(login=by.name)
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(16))
    code = "-".join(letters[n : n + 4] for n in range(0, 16, 4))
    with guard.opened("credentials"):
        DeviceCode.objects.create(
            digest=_digest(code),
            user_id=by.user,
            unit_id=unit,
            expires_at=now + timedelta(minutes=CODE_MINUTES),
        )
    return code


def use_code(*, code: str, on: date, now: datetime) -> tuple[Actor, UUID]:
    """Spend a code: the person it was given to, and the unit it was given for."""
    found = (
        DeviceCode.objects.select_related("user")
        .filter(digest=_digest(code), used_at=None, expires_at__gt=now)
        .first()
    )
    with guard.opened("credentials"):
        used = found is not None and DeviceCode.objects.filter(
            digest=found.digest, used_at=None
        ).update(used_at=now)
    if not found or not used:
        raise CodeRefused(minutes=CODE_MINUTES)
    return queries.actor(found.user, on=on, channel="device"), found.unit_id


def identify(*, device: UUID, signature: bytes, text: bytes) -> Known:
    """The tablet that signed ``text``; an unknown one and a wrong signature look alike."""
    row = (
        Device.objects.filter(pk=device)
        .values_list("user_id", "state", "key", "contact__counter", "contact__day",
                     "contact__operations", "contact__bytes", "contact__obeyed")
        .first()
    )  # fmt: skip
    # An unknown device costs a verification too, so that time tells nothing.
    key = row[2] if row else "00" * 32
    if not signed_by(key, signature, text) or row is None:
        raise UnknownDevice()
    user, state, _, counter, day, operations, size, obeyed = row
    return Known(device, user, state, counter or 0, day, operations or 0, size or 0, obeyed or "")


def signed_by(key: str, signature: bytes, text: bytes) -> bool:
    """Whether the holder of a public key (hexadecimal) signed ``text``."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def heard(
    *, device: Known, counter: int, protocol: int, now: datetime, operations: int = 0, size: int = 0
) -> None:
    """Write down a contact, once per number: one statement, so that two cannot both be first."""
    if counter < 1:
        raise CounterBehind(counter=counter, above=max(device.counter, 0))
    said = {"device_id": device.id, "counter": counter, "seen_at": now,
            "protocol": min(protocol, 32_000), "day": now.date(), "operations": operations,
            "bytes": size, "obeyed": ""}  # fmt: skip
    with guard.opened("devices"), connection.cursor() as cursor:
        known = {field.attname: field for field in DeviceContact._meta.concrete_fields}
        fields = [known[name] for name in said]
        values = zip(fields, said.values(), strict=True)
        cursor.execute(
            _HEARD, [field.get_db_prep_save(value, connection) for field, value in values]
        )
        if cursor.rowcount:
            return
    last = DeviceContact.objects.filter(device_id=device.id).values_list("counter", flat=True)
    raise CounterBehind(counter=counter, above=last.get())


_HEARD = """
INSERT INTO access_devicecontact AS kept
  (device_id, counter, seen_at, protocol, day, operations, bytes, obeyed)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (device_id) DO UPDATE SET
  counter = excluded.counter, seen_at = excluded.seen_at, protocol = excluded.protocol,
  operations = excluded.operations + CASE WHEN kept.day = excluded.day THEN kept.operations ELSE 0 END,
  bytes = excluded.bytes + CASE WHEN kept.day = excluded.day THEN kept.bytes ELSE 0 END,
  day = excluded.day
WHERE kept.counter < excluded.counter
"""
"""The first contact of a tablet, or one that is numbered above the last: else it writes no row."""


def obeyed(*, device: Known, order: str, now: datetime) -> None:
    """A tablet says that it carried out an order; after a wipe its key is dead."""
    with guard.opened("devices"):
        DeviceContact.objects.filter(device_id=device.id).update(obeyed=order, obeyed_at=now)


def holder(device: Known, *, on: date) -> Actor:
    """The person for whom a tablet speaks, with the posts of the day."""
    return queries.actor(User.objects.get(pk=device.user), on=on, channel="device")


def keep_units(content: str) -> str:
    """Keep a set of units under its digest, which is returned."""
    digest = hashlib.sha256(content.encode()).hexdigest()
    if not DeviceUnits.objects.filter(pk=digest).exists():
        with guard.opened("devices"):
            DeviceUnits.objects.get_or_create(digest=digest, defaults={"content": content})
    return digest


def kept_units(digest: str) -> str | None:
    """The set of units of a digest, or None when it is not kept here (an older backup)."""
    return DeviceUnits.objects.filter(pk=digest).values_list("content", flat=True).first()


def record_handed_out(
    *, by: Actor, device: UUID, counts: Mapping[tuple[str, UUID], int], at: datetime
) -> None:
    """Write down how many records of a kind and unit a tablet was given: one row each."""
    with guard.opened("readings"):
        Reading.objects.bulk_create(
            Reading(user_id=by.user, subject=f"{kind}@tablet"[:40], subject_id=unit, at=at,
                    channel=by.channel, purpose=str(device), count=count)
            for (kind, unit), count in sorted(counts.items())
        )  # fmt: skip


def devices(*, by: Actor) -> list[DeviceRow]:
    """The tablets of the units for which ``by`` may give orders, and one's own."""
    scope = policies.scope(by, _MANAGE)
    rows: Iterable[Device] = Device.objects.select_related("user", "contact").order_by(
        "user__login", "enrolled_at"
    )
    found = []
    for row in rows:
        if not scope.covers(row.unit_id) and row.user_id != by.user:
            continue
        contact = getattr(row, "contact", None)
        found.append(
            DeviceRow(
                row.pk, row.user_id, row.user.login, row.user.name, row.unit_id, row.label,
                row.state, row.enrolled_at, row.ordered_at, contact and contact.seen_at,
                contact.protocol if contact else 0, contact.obeyed if contact else "",
                contact and contact.obeyed_at,
            )
        )  # fmt: skip
    return found


def _digest(code: str) -> bytes:
    plain = "".join(letter for letter in code.upper() if letter in _ALPHABET)
    return hashlib.sha256(b"device code " + plain.encode()).digest()
