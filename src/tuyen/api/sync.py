"""The tablet's door: enrol, push, pull. ``docs/sync.md`` is the protocol on one page.

Every request but the first is signed by the device and numbered upwards; every answer to one is
signed by the server. An order to lock or wipe stands in each answer and comes before all else.
"""

import hashlib
import zlib
from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from tuyen.api import door
from tuyen.api.door import BadRequest, TooLong, WrongMethod, encoder
from tuyen.api.wire import seals, shapes
from tuyen.apps.access import clock, devices
from tuyen.apps.access.operations import EnrolDevice
from tuyen.apps.journal import documents
from tuyen.apps.journal.queries import OtherEpoch, head
from tuyen.apps.journal.services import commit
from tuyen.engines.sync import terms as protocol
from tuyen.kernel.operation import Operation, Outcome, Receipt
from tuyen.kernel.refusal import N_, Refusal

MAX_SENT = 2 * 1024 * 1024
MAX_BODY = 8 * 1024 * 1024
MAX_OPERATIONS = 1000
QUOTA = protocol.Quota()


class Revoked(Refusal):
    code = "access.device-revoked"
    message = N_("This device's key has ended; its data must be wiped.")


class Locked(Refusal):
    code = "api.device-locked"
    message = N_(
        "This device is ordered to {order}; it may send what it holds and receive nothing."
    )


class UpgradeToPull(Refusal):
    code = "api.upgrade-to-pull"
    message = N_(
        "Protocol {spoken} may still send; to receive, update the app to {oldest} or newer."
    )


class OverQuota(Refusal):
    code = "api.over-quota"
    message = N_("This device has sent its {operations} operations or {mb} MB of today; it is kept"
                 " on the device and is taken tomorrow.")  # fmt: skip


class TooManyLines(Refusal):
    code = "api.too-many-lines"
    message = N_("{n} operations in one batch; at most {limit} are taken.")


class UnreadableLine(Refusal):
    code = "api.unreadable"
    message = N_("Line {index} of the batch is not an operation: {what}")


_STATUS = {
    devices.UnknownDevice: 401, Revoked: 410, Locked: 423, UpgradeToPull: 426, OverQuota: 429,
    devices.CounterBehind: 409, OtherEpoch: 409, seals.BadCursor: 409, devices.CodeRefused: 403,
    TooManyLines: 413, documents.TooFarBehind: 409,
}  # fmt: skip


class Asking(NamedTuple):
    """A request whose signature was right."""

    device: devices.Known
    counter: int
    spoken: int
    body: bytes
    size: int  # bytes as sent


Handler = Callable[[Asking, protocol.Terms], Any]


def _signed(handler: Handler) -> Callable[[HttpRequest], HttpResponse]:
    """Let in a request that an enrolled device signed, and sign what is answered to it."""

    @csrf_exempt
    @wraps(handler)
    def answered(request: HttpRequest) -> HttpResponse:
        asking: Asking | None = None
        order = ""
        try:
            asking = _asking(request)
            device = asking.device
            given = protocol.terms(
                device.state, device.obeyed == "wipe", asking.spoken, protocol.PROTOCOL
            )
            order = given.order
            if not given.push:
                devices.heard(device=device, counter=asking.counter, protocol=asking.spoken,
                              now=clock.real_now())  # fmt: skip
                raise Revoked()
            return _answer(request, asking, 200, encoder.encode(handler(asking, given)))
        except Refusal as refusal:
            return _problem(request, asking, refusal, order)

    answered.right = "signed-in"  # type: ignore[attr-defined]  # signed, by a device
    return answered


@csrf_exempt
def enrol(request: HttpRequest) -> HttpResponse:
    """Spend a one-time code; the request is signed with the new key, to prove that it is held."""
    try:
        _check_method(request)
        wish = _decoded(_unpacked(request, _sent(request)), shapes.EnrolIn)
        text = _request_text(request, 0)
        if not devices.signed_by(wish.key, _hex(request, "Tuyen-Signature"), text):
            raise devices.UnknownDevice()
        by, unit = devices.use_code(code=wish.code, on=clock.today(), now=clock.real_now())
        if by.user is None:
            raise devices.UnknownDevice()
        made = Operation.of(
            EnrolDevice(user=by.user, key=wish.key.lower(), label=wish.label[:80] or "?"),
            unit=unit, happened_on=by.on, recorded_at=clock.now(),
        )  # fmt: skip
        (receipt,) = commit(by=by, operations=[made], at=clock.now())
        if receipt.refusal is not None:
            raise receipt.refusal.refusal()
        answer = shapes.EnrolOut(
            receipt.id, seals.public_key(), head()[0], protocol.PROTOCOL, by.name
        )
        return _json(request, 200, encoder.encode(answer))
    except Refusal as refusal:
        return _problem(request, None, refusal, "")


enrol.right = "public"  # type: ignore[attr-defined]  # the one-time code is what lets in


@_signed
def push(asking: Asking, given: protocol.Terms) -> shapes.PushOut:
    """Take a batch of operations, one a line. Each line gets a receipt, whatever its neighbours."""
    lines = asking.body.split(b"\n") if asking.body else []
    if len(lines) > MAX_OPERATIONS:
        raise TooManyLines(n=len(lines), limit=MAX_OPERATIONS)
    day = clock.real_now().date()
    device = asking.device
    used = (device.operations, device.bytes) if device.day == day else (0, 0)
    taken = protocol.allowance(QUOTA, *used, len(lines), asking.size)
    devices.heard(
        device=device, counter=asking.counter, protocol=asking.spoken, now=clock.real_now(),
        operations=taken, size=asking.size if taken else 0,
    )  # fmt: skip
    limit = OverQuota(operations=QUOTA.operations, mb=QUOTA.bytes // 2**20)
    if lines and not taken:
        raise limit
    epoch = head()[0]
    receipts = _receipts(device, lines[:taken])
    receipts += [
        shapes.ReceiptOut(index, None, "deferred", _digest(lines[index]), _why(limit))
        for index in range(taken, len(lines))
    ]
    answer = shapes.PushOut(epoch, given.speak, receipts, given.order, given.notice)
    return shapes.pushed_in(given.speak, answer)


@_signed
def pull(asking: Asking, given: protocol.Terms) -> shapes.PullOut | shapes.PullOut1:
    """Give the next page of what the device may hold, and a cursor to go on with."""
    device, now = asking.device, clock.real_now()
    devices.heard(device=device, counter=asking.counter, protocol=asking.spoken, now=now)
    if given.order:
        raise Locked(order=given.order)
    if not given.pull:
        raise UpgradeToPull(spoken=asking.spoken, oldest=max(1, protocol.PROTOCOL - protocol.KEPT))
    wish = _decoded(asking.body, shapes.PullIn)
    place = _place(wish.cursor, device.id) if wish.cursor else None
    by = devices.holder(device, on=clock.today())
    page = documents.pull(by=by, place=place)
    counts = Counter((each.kind, unit) for each in page.documents for unit in each.units)
    devices.record_handed_out(by=by, device=device.id, counts=counts, at=clock.now())
    answer = shapes.PullOut(
        epoch=page.place.epoch,
        protocol=given.speak,
        cursor=_cursor(page.place, device.id),
        documents=[shapes.DocumentOut(*each) for each in page.documents],
        gone=list(page.gone),
        gained=_listed(page.gained),
        dropped=_listed(page.dropped),
        filling=bool(page.place.filling),
        more=page.more,
        notice=given.notice,
    )
    return shapes.pulled_in(given.speak, answer, _listed(page.place.holdings))


@_signed
def obeyed(asking: Asking, given: protocol.Terms) -> shapes.ObeyedOut:
    """Hear that an order was carried out. After a wipe the device's key is of no more use."""
    now = clock.real_now()
    devices.heard(device=asking.device, counter=asking.counter, protocol=asking.spoken, now=now)
    wish = _decoded(asking.body, shapes.ObeyedIn)
    if wish.order != given.order or not given.order:
        raise BadRequest(what=f"{wish.order[:20]!r} is not what this device was ordered")
    devices.obeyed(device=asking.device, order=wish.order, now=now)
    return shapes.ObeyedOut(wish.order)


def _receipts(device: devices.Known, lines: list[bytes]) -> list[shapes.ReceiptOut]:
    """Commit what can be read, and answer each line. An id that comes twice with other content
    is sent to the journal apart, which knows what to say to it."""
    answers: dict[int, shapes.ReceiptOut] = {}
    rounds: list[dict[UUID, tuple[int, Operation]]] = [{}]
    first: dict[UUID, bytes] = {}
    same: list[tuple[int, UUID]] = []
    for index, line in enumerate(lines):
        operation = _read(index, line)
        if isinstance(operation, Refusal):
            answers[index] = shapes.ReceiptOut(
                index, _id_of(line), "unreadable", _digest(line), _why(operation)
            )
        elif operation.id not in first:
            first[operation.id] = line
            rounds[0][operation.id] = (index, operation)
        elif first[operation.id] == line:
            same.append((index, operation.id))
        else:
            rounds.append({operation.id: (index, operation)})
    by = devices.holder(device, on=clock.today())
    receipts: dict[UUID, Receipt] = {}
    for batch in rounds:
        operations = [operation for _, operation in batch.values()]
        for receipt in commit(by=by, operations=operations, at=clock.now()) if operations else ():
            receipts.setdefault(receipt.id, receipt)
            index = batch[receipt.id][0]
            answers[index] = _receipt(index, receipt, lines[index])
    for index, id in same:
        answers[index] = _receipt(index, receipts[id], lines[index])
    return [answers[index] for index in sorted(answers)]


def _read(index: int, line: bytes) -> Operation | Refusal:
    try:
        return msgspec.json.decode(line, type=Operation)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return UnreadableLine(index=index, what=str(error)[:200])


class _Id(msgspec.Struct):
    id: UUID


def _id_of(line: bytes) -> UUID | None:
    """The id of a line that is not an operation, where it has one."""
    try:
        return msgspec.json.decode(line, type=_Id).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _receipt(index: int, receipt: Receipt, line: bytes) -> shapes.ReceiptOut:
    return shapes.ReceiptOut(
        index, receipt.id, receipt.status, _digest(line),
        _why(receipt.refusal) if receipt.refusal else None,
    )  # fmt: skip


def _why(refusal: Refusal | Outcome) -> shapes.Why:
    if isinstance(refusal, Outcome):
        refusal = refusal.refusal()
    plain = refusal.as_dict()
    sentence = refusal.sentence(gettext(refusal.message))
    return shapes.Why(plain["code"], plain["message"], plain["values"], sentence)


def _place(text: str, device: UUID) -> documents.Place:
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


def _cursor(place: documents.Place, device: UUID) -> str:
    holdings, filling = [
        devices.keep_units(encoder.encode(_listed(units)).decode()) if units else ""
        for units in (place.holdings, place.filling)
    ]
    cursor = seals.Cursor(place.epoch, place.position, holdings, filling, place.kind, place.after)
    return seals.seal_cursor(cursor, device)


def _listed(units: documents.Holdings) -> shapes.Units:
    return {kind: sorted(units[kind]) for kind in sorted(units)}


def _asking(request: HttpRequest) -> Asking:
    _check_method(request)
    headers = request.headers
    counter, spoken = headers.get("Tuyen-Counter", ""), headers.get("Tuyen-Protocol", "")
    try:
        device = UUID(headers.get("Tuyen-Device", ""))
    except ValueError:
        raise devices.UnknownDevice() from None
    numbers = (counter, spoken)
    if not all(text.isascii() and text.isdigit() and len(text) < 18 for text in numbers):
        raise devices.UnknownDevice()
    sent = _sent(request)
    known = devices.identify(
        device=device, signature=_hex(request, "Tuyen-Signature"),
        text=_request_text(request, int(counter)),
    )  # fmt: skip
    return Asking(known, int(counter), int(spoken), _unpacked(request, sent), len(sent))


def _request_text(request: HttpRequest, counter: int) -> bytes:
    spoken = request.headers.get("Tuyen-Protocol", "")
    version = int(spoken) if spoken.isascii() and spoken.isdigit() and len(spoken) < 6 else 0
    digest = hashlib.sha256(_sent(request)).hexdigest()
    return protocol.request_text(
        request.method or "", request.get_full_path(), counter, version, digest
    )


def _check_method(request: HttpRequest) -> None:
    if request.method != "POST":
        raise WrongMethod(method=request.method, expected="POST")


def _sent(request: HttpRequest) -> bytes:
    length = int(request.headers.get("Content-Length") or 0)
    if length > MAX_SENT:
        raise TooLong(size=length, limit=MAX_SENT)
    return request.body


def _unpacked(request: HttpRequest, sent: bytes) -> bytes:
    """The body, unpacked when it is packed, and never more of it than is taken."""
    if request.headers.get("Content-Encoding", "") != "gzip":
        return sent
    packed = zlib.decompressobj(wbits=31)
    try:
        body = packed.decompress(sent, MAX_BODY + 1)
    except zlib.error as error:
        raise BadRequest(what=f"the body is not gzip: {error}") from None
    if len(body) > MAX_BODY:
        raise TooLong(size=len(body), limit=MAX_BODY)
    if not packed.eof:
        raise BadRequest(what="the body was cut short")
    return body


def _decoded(body: bytes, shape: type) -> Any:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(what=str(error)) from None


def _hex(request: HttpRequest, header: str) -> bytes:
    try:
        return bytes.fromhex(request.headers.get(header, ""))
    except ValueError:
        return b""


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _problem(
    request: HttpRequest, asking: Asking | None, refusal: Refusal, order: str
) -> HttpResponse:
    status = next((code for kind, code in _STATUS.items() if isinstance(refusal, kind)), None)
    plain = door.problem(refusal)
    content = {**msgspec.json.decode(plain.content), "order": order}
    if status is None:
        status = plain.status_code
    content["status"] = status
    return _answer(request, asking, status, encoder.encode(content))


def _answer(
    request: HttpRequest, asking: Asking | None, status: int, content: bytes
) -> HttpResponse:
    response = _json(request, status, content)
    if asking is not None:
        text = protocol.answer_text(
            str(asking.device.id), asking.counter, status, _digest(content)
        )  # fmt: skip
        response["Tuyen-Answers"] = str(asking.counter)
        response["Tuyen-Seal"] = seals.sign(text)
    return response


def _json(request: HttpRequest, status: int, content: bytes) -> HttpResponse:
    kind = "application/json" if status == 200 else "application/problem+json"
    packed = "gzip" in request.headers.get("Accept-Encoding", "") and len(content) > 1024
    body = _packed(content) if packed else content
    response = HttpResponse(body, status=status, content_type=kind)
    if packed:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = "no-store"
    return response


def _packed(content: bytes) -> bytes:
    packer = zlib.compressobj(6, wbits=31)
    return packer.compress(content) + packer.flush()
