"""The tablet's door: enrol, push, pull. ``docs/sync.md`` is the protocol on one page.

Every request but the first is signed by the device and numbered upwards; every answer to one is
signed by the server. An order to lock or wipe stands in each answer and comes before all else.
"""

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tuyen.api import sync_door
from tuyen.api.door import BadRequest, encoder
from tuyen.api.sync_door import Asking, signed
from tuyen.api.sync_places import page_out, place_of
from tuyen.api.sync_receipts import deferred, receipts_of
from tuyen.api.wire import seals, shapes
from tuyen.apps.access import clock, devices, walls
from tuyen.apps.access.operations import EnrolDevice
from tuyen.apps.journal import documents
from tuyen.apps.journal.queries import head
from tuyen.apps.journal.services import commit
from tuyen.engines.sync import terms as protocol
from tuyen.kernel.operation import Operation
from tuyen.kernel.refusal import Refusal
from tuyen.rules.sync import limits as limits_of

MAX_OPERATIONS = 1000


@csrf_exempt
def enrol(request: HttpRequest) -> HttpResponse:
    """Spend a one-time code; the request is signed with the new key, to prove that it is held."""
    try:
        sync_door.check_method(request)
        wish = sync_door.decoded(
            sync_door.unpacked(request, sync_door.body_as_sent(request)), shapes.EnrolIn
        )
        text = sync_door.request_text(request, 0)
        if not devices.signed_by(wish.key, sync_door.hexadecimal(request, "Tuyen-Signature"), text):
            raise devices.UnknownDevice()
        by, unit = devices.use_code(code=wish.code, on=clock.today(), now=clock.real_now())
        if by.user is None:
            raise devices.UnknownDevice()
        made = Operation.of(
            EnrolDevice(user=by.user, key=wish.key.lower(), label=_printable(wish.label) or "?"),
            unit=unit, happened_on=by.on, recorded_at=clock.now(),
        )  # fmt: skip
        (receipt,) = commit(by=by, operations=[made], at=clock.now())
        if receipt.refusal is not None:
            raise receipt.refusal.refusal()
        answer = shapes.EnrolOut(
            receipt.id, seals.public_key(), head()[0], protocol.PROTOCOL, by.name
        )
        return sync_door.plain_answer(request, 200, encoder.encode(answer))
    except Refusal as refusal:
        return sync_door.problem(request, None, refusal, "")


def _printable(label: str) -> str:
    """A name as a person gives it to a tablet: no store holds control characters in a text."""
    return "".join(letter for letter in label if letter.isprintable())[:80]


enrol.right = "public"  # type: ignore[attr-defined]  # the one-time code is what lets in


@signed
def push(asking: Asking, given: protocol.Terms) -> shapes.PushOut | shapes.PushOut3:
    """Take a batch of operations, one a line. Each line gets a receipt, whatever its neighbours."""
    lines = asking.body.split(b"\n") if asking.body else []
    if len(lines) > MAX_OPERATIONS:
        raise sync_door.TooManyLines(n=len(lines), limit=MAX_OPERATIONS)
    day = clock.real_now().date()
    device, limits = asking.device, limits_of(day)
    quota = protocol.Quota(limits.operations, limits.megabytes * 2**20)
    used = (device.operations, device.bytes) if device.day == day else (0, 0)
    taken = protocol.allowance(quota, *used, len(lines), asking.size)

    def heard() -> None:
        devices.heard(
            device=device, counter=asking.counter, protocol=asking.spoken, now=clock.real_now(),
            operations=taken, size=asking.size if taken else 0,
        )  # fmt: skip

    limit = sync_door.OverQuota(operations=limits.operations, mb=limits.megabytes)
    if not taken:
        heard()
        if lines:
            raise limit
    epoch = head()[0]
    by = devices.holder(device, on=clock.today())
    receipts = receipts_of(by, lines[:taken], heard) if taken else []
    receipts += deferred(lines, taken, limit)
    answer = shapes.PushOut(
        epoch, given.speak, receipts, given.order, given.notice, day, limits.kept_days
    )
    return shapes.pushed_in(given.speak, answer)


@signed
def pull(asking: Asking, given: protocol.Terms) -> shapes.PullOut | shapes.PullOut3:
    """Give the next page of what the device may hold, and a cursor to go on with."""
    device, now = asking.device, clock.real_now()
    devices.heard(device=device, counter=asking.counter, protocol=asking.spoken, now=now)
    if given.order:
        raise sync_door.Locked(order=given.order)
    if not given.pull:
        raise sync_door.UpgradeToPull(
            spoken=asking.spoken, oldest=max(1, protocol.PROTOCOL - protocol.KEPT)
        )
    wish = sync_door.decoded(asking.body, shapes.PullIn)
    place = place_of(wish.cursor, device.id) if wish.cursor else None
    by = devices.holder(device, on=clock.today())
    walls.let_in(by)
    page = documents.pull(by=by, place=place)
    counts = Counter((each.kind, unit) for each in page.documents for unit in each.units)
    devices.record_handed_out(by=by, device=device.id, counts=counts, at=clock.now())
    answer = page_out(page, device.id, given, now.date())
    return shapes.pulled_in(given.speak, answer)


@signed
def obeyed(asking: Asking, given: protocol.Terms) -> shapes.ObeyedOut:
    """Hear that an order was carried out. After a wipe the device's key is of no more use."""
    now = clock.real_now()
    devices.heard(device=asking.device, counter=asking.counter, protocol=asking.spoken, now=now)
    wish = sync_door.decoded(asking.body, shapes.ObeyedIn)
    if wish.order != given.order or not given.order:
        raise BadRequest(what=f"{wish.order[:20]!r} is not what this device was ordered")
    devices.obeyed(device=asking.device, order=wish.order, now=now)
    return shapes.ObeyedOut(wish.order)
