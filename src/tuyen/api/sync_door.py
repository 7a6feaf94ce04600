"""How a tablet is let in and answered: signed requests, numbered upwards, and signed answers."""

import hashlib
import zlib
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tuyen.api import door
from tuyen.api.door import BadRequest, TooLong, WrongMethod, encoder
from tuyen.api.wire import seals
from tuyen.apps.access import clock, devices
from tuyen.apps.journal import documents
from tuyen.apps.journal.queries import OtherEpoch
from tuyen.engines.sync import terms as protocol
from tuyen.kernel.refusal import N_, Refusal

MAX_SENT = 2 * 1024 * 1024
MAX_BODY = 8 * 1024 * 1024


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


def signed(handler: Handler) -> Callable[[HttpRequest], HttpResponse]:
    """Let in a request that an enrolled device signed, and sign what is answered to it."""

    @csrf_exempt
    @wraps(handler)
    def answered(request: HttpRequest) -> HttpResponse:
        asking: Asking | None = None
        order = ""
        try:
            asking = asking_of(request)
            device = asking.device
            given = protocol.terms(
                device.state, device.obeyed == "wipe", asking.spoken, protocol.PROTOCOL
            )
            order = given.order
            if not given.push:
                devices.heard(device=device, counter=asking.counter, protocol=asking.spoken,
                              now=clock.real_now())  # fmt: skip
                raise Revoked()
            return sealed_answer(request, asking, 200, encoder.encode(handler(asking, given)))
        except Refusal as refusal:
            return problem(request, asking, refusal, order)

    answered.right = "signed-in"  # type: ignore[attr-defined]  # signed, by a device
    return answered


def asking_of(request: HttpRequest) -> Asking:
    check_method(request)
    headers = request.headers
    counter, spoken = headers.get("Tuyen-Counter", ""), headers.get("Tuyen-Protocol", "")
    try:
        device = UUID(headers.get("Tuyen-Device", ""))
    except ValueError:
        raise devices.UnknownDevice() from None
    numbers = (counter, spoken)
    if not all(text.isascii() and text.isdigit() and len(text) < 18 for text in numbers):
        raise devices.UnknownDevice()
    sent = body_as_sent(request)
    known = devices.identify(
        device=device, signature=hexadecimal(request, "Tuyen-Signature"),
        text=request_text(request, int(counter)),
    )  # fmt: skip
    return Asking(known, int(counter), int(spoken), unpacked(request, sent), len(sent))


def request_text(request: HttpRequest, counter: int) -> bytes:
    spoken = request.headers.get("Tuyen-Protocol", "")
    version = int(spoken) if spoken.isascii() and spoken.isdigit() and len(spoken) < 6 else 0
    digest = hashlib.sha256(body_as_sent(request)).hexdigest()
    return protocol.request_text(
        request.method or "", request.get_full_path(), counter, version, digest
    )


def check_method(request: HttpRequest) -> None:
    if request.method != "POST":
        raise WrongMethod(method=request.method, expected="POST")


def body_as_sent(request: HttpRequest) -> bytes:
    length = int(request.headers.get("Content-Length") or 0)
    if length > MAX_SENT:
        raise TooLong(size=length, limit=MAX_SENT)
    return request.body


def unpacked(request: HttpRequest, sent: bytes) -> bytes:
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


def decoded(body: bytes, shape: type) -> Any:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(what=str(error)) from None


def hexadecimal(request: HttpRequest, header: str) -> bytes:
    try:
        return bytes.fromhex(request.headers.get(header, ""))
    except ValueError:
        return b""


def problem(
    request: HttpRequest, asking: Asking | None, refusal: Refusal, order: str
) -> HttpResponse:
    status = next((code for kind, code in _STATUS.items() if isinstance(refusal, kind)), None)
    plain = door.problem(refusal)
    content = {**msgspec.json.decode(plain.content), "order": order}
    if status is None:
        status = plain.status_code
    content["status"] = status
    return sealed_answer(request, asking, status, encoder.encode(content))


def sealed_answer(
    request: HttpRequest, asking: Asking | None, status: int, content: bytes
) -> HttpResponse:
    response = plain_answer(request, status, content)
    if asking is not None:
        text = protocol.answer_text(
            str(asking.device.id), asking.counter, status, hashlib.sha256(content).hexdigest()
        )  # fmt: skip
        response["Tuyen-Answers"] = str(asking.counter)
        response["Tuyen-Seal"] = seals.sign(text)
    return response


def plain_answer(request: HttpRequest, status: int, content: bytes) -> HttpResponse:
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
