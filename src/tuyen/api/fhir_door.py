"""How FHIR is spoken: media types, versions as tags, and an OperationOutcome for every refusal."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.http import http_date
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from tuyen.api import door
from tuyen.apps.access import clock, services
from tuyen.apps.access.actors import Actor
from tuyen.apps.exchange import codec
from tuyen.apps.exchange.queries import Row
from tuyen.apps.exchange.refusals import BadParameter, Invalid, NotGiven, NotTaken
from tuyen.apps.exchange.searching import plainly
from tuyen.engines.exchange.fhir import Problem
from tuyen.kernel.refusal import Refusal

FHIR_JSON = "application/fhir+json"
_TAKEN = {FHIR_JSON, "application/json", "text/json", "application/json+fhir"}
_ASKED = _TAKEN | {"*/*", "application/*", "text/*"}
READ, WRITE = "exchange.fhir.read", "exchange.fhir.write"
SUBJECT = "exchange.fhir"
MOST_ISSUES = 50
MAX_FORM, MAX_HEADER = 65536, 2000

Answer = Callable[..., HttpResponse]


def interaction(**methods: Answer) -> Callable[..., HttpResponse]:
    """A route of several methods. Each answers ``view(call, **path)``; its right is the exchange's
    right to read, or to write where it changes something (``answer.writes``)."""
    right = READ if "GET" in methods else WRITE
    if "GET" in methods:
        methods["HEAD"] = methods["GET"]
    if any(getattr(answer, "right", "") == "public" for answer in methods.values()):
        right = "public"

    @csrf_exempt
    def answered(request: HttpRequest, **path: str) -> HttpResponse:
        base = request.build_absolute_uri("/fhir/R4")
        try:
            answer = methods.get(request.method or "")
            if answer is None:
                expected = ", ".join(methods)
                raise door.WrongMethod(method=request.method, expected=expected)
            by = door.admitted(request, getattr(answer, "right", READ))
            _media_types(request)
            if not getattr(answer, "asks", False):
                takes_only(request.GET)
            return answer(Call(request, by, base), **path)
        except Refusal as refusal:
            response = outcome(refusal)
            if response.status_code == 405:
                response["Allow"] = ", ".join(m for m in methods if m != request.method)
            return response
        except SuspiciousOperation as error:  # more parameters or bytes than are looked at
            return outcome(door.BadRequest(what=str(error)))

    answered.right = right  # type: ignore[attr-defined]
    return answered


def writes(answer: Answer) -> Answer:
    """Mark an answer that changes something."""
    answer.right = WRITE  # type: ignore[attr-defined]
    return answer


def asks(answer: Answer) -> Answer:
    """Mark an answer that reads the parameters of its address; all others take none but of the form."""
    answer.asks = True  # type: ignore[attr-defined]
    return answer


def takes_only(query: QueryDict, *names: str) -> None:
    """Refuse parameters beside those named that ask for another answer than the whole as it is sent."""
    for name, values in query.lists():
        for value in values if name not in names else ():
            plainly(name, str(value), names)


def public(answer: Answer) -> Answer:
    """Mark an answer that needs no key."""
    answer.right = "public"  # type: ignore[attr-defined]
    return answer


class Call:
    """One request: who asks, what was sent, and how it is to be answered."""

    def __init__(self, request: HttpRequest, by: Actor, base: str) -> None:
        self.request, self.by, self.base = request, by, base
        self.at = clock.now()

    @property
    def body(self) -> bytes:
        """What was sent, within the limit of this door."""
        return self.content(_TAKEN, door.MAX_BODY)

    @property
    def form(self) -> bytes:
        """A search that was sent as a form."""
        return self.content({"application/x-www-form-urlencoded"}, MAX_FORM)

    def content(self, taken: Collection[str], limit: int) -> bytes:
        """What was sent, of some media types."""
        said = self.request.headers.get("Content-Length", "")
        length = int(said) if said.isascii() and said.isdigit() else 0
        if length > limit:
            raise door.TooLong(size=length, limit=limit)
        kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind and kind not in taken:
            raise NotTaken(value=kind[:60])
        body = self.request.body
        if len(body) > limit:
            raise door.TooLong(size=len(body), limit=limit)
        return body

    def header(self, name: str) -> str:
        """A header, of at most 2,000 letters."""
        value = self.request.headers.get(name, "")
        if len(value) > MAX_HEADER:
            raise BadParameter(
                name=name, value=value[:40] + "…", expected=f"at most {MAX_HEADER} letters"
            )
        return value

    @property
    def preference(self) -> str:
        """What is to be returned of a change: representation, minimal or OperationOutcome."""
        for part in self.header("Prefer").replace(",", ";").split(";"):
            name, _, value = part.strip().partition("=")
            if name == "return" and value in ("minimal", "OperationOutcome"):
                return value
        return "representation"

    def note(self, rows: Sequence[Row]) -> None:
        """Write down whose record was opened; once each."""
        ids = list(dict.fromkeys(row.whom for row in rows if row.whom is not None))
        if ids:
            services.record_readings(by=self.by, subject=SUBJECT, ids=ids, at=self.at)

    def note_search(self, rows: Sequence[Row]) -> None:
        """Write down whom a search showed."""
        ids = [row.whom for row in rows if row.whom is not None]
        services.record_search(by=self.by, subject=SUBJECT, ids=ids, at=self.at)


def resource(row: Row) -> bytes:
    """A row as it is sent, with its version."""
    return codec.shown(row.body, version=row.version, at=moment(row.at) if row.at else "")


def moment(at: datetime) -> str:
    """An instant of FHIR, in UTC."""
    text = at.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def sent(body: bytes, status: int = 200) -> HttpResponse:
    response = HttpResponse(body, content_type=f"{FHIR_JSON}; charset=utf-8", status=status)
    response["Cache-Control"] = "no-store"
    return response


def sent_row(call: Call, row: Row, status: int = 200) -> HttpResponse:
    """A resource with its tag; nothing but that where the caller has this version."""
    tag = f'W/"{row.version}"'
    held = [each.strip() for each in call.header("If-None-Match").split(",")]
    if status == 200 and call.request.method == "GET" and tag in held:
        response = sent(b"", 304)
    else:
        response = sent(resource(row), status)
    response["ETag"] = tag
    if row.at:
        response["Last-Modified"] = http_date(row.at.timestamp())
    return response


def outcome(refusal: Refusal) -> HttpResponse:
    """A refusal as FHIR says it."""
    status = getattr(refusal, "status", None) or door.status_of(refusal)
    response = sent(codec.encoder.encode(told(refusal)), status)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="tuyen"'
    return response


def told(refusal: Refusal) -> dict[str, Any]:
    """The OperationOutcome of a refusal: our code beside FHIR's, and where it is wrong."""
    if isinstance(refusal, Invalid):
        inside = f"Bundle.entry[{refusal.values['entry']}].resource." if _entry(refusal) else ""
        issues = [_fault(problem, inside) for problem in refusal.problems[:MOST_ISSUES]]
    else:
        issues = [issue(refusal)]
    return {"resourceType": "OperationOutcome", "issue": issues}


def _entry(refusal: Refusal) -> bool:
    return refusal.values.get("entry") is not None


def _fault(problem: Problem, inside: str) -> dict[str, Any]:
    """A fault of a resource: what rule, in the caller's words, and where."""
    return {
        "severity": problem.severity,
        "code": problem.code,
        "details": {
            "coding": [{"system": "urn:tuyen:fhir-rule", "code": problem.rule}],
            "text": problem.sentence(gettext),
        },
        "diagnostics": problem.sentence(),
        "expression": [inside + problem.location],
    }


def issue(refusal: Refusal, severity: str = "error") -> dict[str, Any]:
    """One refusal or remark as an issue."""
    found: dict[str, Any] = {
        "severity": severity,
        "code": getattr(refusal, "issue", _issue_of(refusal)),
        "details": {
            "coding": [{"system": "urn:tuyen:refusal", "code": refusal.code}],
            "text": refusal.spoken(gettext),
        },
        "diagnostics": str(refusal),
    }
    if where := refusal.values.get("where"):
        found["expression"] = [str(where)]
    elif _entry(refusal):
        found["expression"] = [f"Bundle.entry[{refusal.values['entry']}]"]
    return found


def _issue_of(refusal: Refusal) -> str:
    status = door.status_of(refusal)
    return {400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 413: "too-long",
            429: "throttled"}.get(status, "business-rule")  # fmt: skip


def _media_types(request: HttpRequest) -> None:
    """Refuse who asks for XML: the content is never read twice in two notations."""
    asked = request.headers.get("Accept", "*/*") or "*/*"
    kinds = {part.partition(";")[0].strip().lower() for part in asked.split(",")}
    if not kinds & _ASKED and "_format" not in request.GET:
        raise NotGiven(value=asked[:60])


def bundle(
    kind: str, entries: Sequence[dict[str, Any]], *, total: int | None = None,
    links: Sequence[tuple[str, str]] = (), id: UUID | None = None, at: datetime | None = None,
) -> bytes:  # fmt: skip
    """A Bundle; resources in ``entries`` are raw."""
    found: dict[str, Any] = {"resourceType": "Bundle"}
    if id is not None:
        found["id"] = str(id)
    found["type"] = kind
    if at is not None:
        found["timestamp"] = moment(at)
    if total is not None:
        found["total"] = total
    if links:
        found["link"] = [{"relation": name, "url": url} for name, url in links]
    if entries:
        found["entry"] = list(entries)
    return codec.encoder.encode(found)


def entry(call: Call, row: Row, **more: Any) -> dict[str, Any]:
    """A row as an entry of a bundle."""
    said: dict[str, Any] = {"fullUrl": f"{call.base}/{row.type}/{row.id}"}
    if row.body:
        said["resource"] = msgspec.Raw(resource(row))
    return said | more
