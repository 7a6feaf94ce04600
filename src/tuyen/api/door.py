"""How a program is let in: a key, a strict decoder, one shape of error.

Every answer is JSON. An error is ``application/problem+json`` (RFC 9457) with our ``code``, the
English template, its values, and the sentence in the caller's language. Programs send
``Authorization: Bearer KEY``; cookies mean nothing here, so no form of another site can act.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt

from tuyen.apps.access import clock, policies, problems, queries, services, walls
from tuyen.apps.access.actors import Actor
from tuyen.kernel.refusal import N_, Refusal
from tuyen.rules.surveillance.naming import named

MAX_BODY = 8 * 1024 * 1024
encoder = msgspec.json.Encoder()


class NoKey(Refusal):
    code = "api.no-key"
    message = N_("Send a valid key: Authorization: Bearer KEY (`tuyen api-key LOGIN` makes one).")


class NotFound(Refusal):
    code = "api.not-found"
    message = N_("There is nothing here, or nothing you may see.")


class WrongMethod(Refusal):
    code = "api.wrong-method"
    message = N_("{method} is not taken here; expected {expected}.")


class BadRequest(Refusal):
    code = "api.bad-request"
    message = N_("{what}")


class TooLong(Refusal):
    code = "api.too-long"
    message = N_("{size} bytes in one request; at most {limit} are taken. Send smaller batches.")


_STATUS = {
    NoKey: 401, NotFound: 404, WrongMethod: 405, TooLong: 413, policies.NotAllowed: 403,
    services.TooMuchRead: 429,
}  # fmt: skip

View = Callable[..., Any]


def endpoint(
    method: str, *, right: str, body: type | None = None, answer: type | None = None
) -> Callable[[View], Callable[..., HttpResponse]]:
    """Declare an endpoint: its method, the right it takes, and the types of its body and answer.

    The view is called as ``view(by, query, [body,] **path)`` and returns plain values or structs.
    ``right`` is ``public`` for what needs no key.
    """

    def declare(view: View) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def answered(request: HttpRequest, **path: Any) -> HttpResponse:
            try:
                if request.method != method:
                    raise WrongMethod(method=request.method, expected=method)
                by = admitted(request, right)
                args = [by, request.GET]
                if body is not None:
                    args.append(_decode(request, body))
                return _json(view(*args, **path))
            except Refusal as refusal:
                return problem(refusal)

        answered.right = right  # type: ignore[attr-defined]
        answered.spec = (method, body, answer, view)  # type: ignore[attr-defined]
        return answered

    return declare


_SCHEMAS: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "uuid": {"type": "string", "format": "uuid"},
}


def takes(**parameters: str) -> Callable[[View], View]:
    """Name the query parameters of an endpoint and their types, for its description."""

    def declare(view: View) -> View:
        view.query = {name: _SCHEMAS[kind] for name, kind in parameters.items()}  # type: ignore[attr-defined]
        return view

    return declare


def problem(refusal: Refusal) -> HttpResponse:
    """A refusal as problem+json."""
    plain = refusal.as_dict()
    refusal = named(refusal, get_language() or "vi", gettext("All these diseases"))
    status = status_of(refusal)
    response = problems.problem(plain, detail=refusal.spoken(gettext), status=status)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="tuyen"'
    return response


def status_of(refusal: Refusal) -> int:
    """The status of HTTP by which a refusal is answered."""
    return next((code for kind, code in _STATUS.items() if isinstance(refusal, kind)), 400)


def number(query: Any, name: str, *, default: int, least: int, most: int) -> int:
    """A whole number of the query string, within its limits."""
    text = query.get(name, "")
    if text == "":
        return default
    if not text.isascii() or not text.lstrip("-").isdigit() or len(text) > 19:
        raise BadRequest(what=f"{name} is {text[:40]!r}; expected a whole number")
    value = int(text)
    if not least <= value <= most:
        raise BadRequest(what=f"{name} is {value}; expected {least} to {most}")
    return value


def one(query: Any, name: str, kind: type, default: Any = None) -> Any:
    """One value of the query string, read as ``kind`` (a date, a UUID, …)."""
    text = query.get(name, "")
    if text == "":
        return default
    try:
        return msgspec.convert(text, kind, strict=False)
    except msgspec.ValidationError as error:
        raise BadRequest(what=f"{name} is {text[:60]!r}: {error}") from None


def admitted(request: HttpRequest, right: str) -> Actor:
    """Who comes, let in for the rest of the request; refused without a key or without the right."""
    if right == "public":
        return Actor(user=UUID(int=0), name="", posts=(), on=clock.today(), channel="api")
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    by = None
    if scheme.lower() == "bearer" and key:
        by = queries.key_holder(
            key, now=clock.real_now(), on=clock.today(), channel="api",
            purpose=request.headers.get("Tuyen-Purpose", "duty"),
        )  # fmt: skip
    if by is None:
        raise NoKey()
    if right != "signed-in":
        policies.check(by, right)
    walls.let_in(by)
    return by


def _decode(request: HttpRequest, body: type) -> Any:
    length = int(request.headers.get("Content-Length") or 0)
    if length > MAX_BODY:
        raise TooLong(size=length, limit=MAX_BODY)
    try:
        return msgspec.json.decode(request.body, type=body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        said = _set_apart(request.body)
        if said != request.body:
            try:
                return msgspec.json.decode(said, type=body)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                raise BadRequest(what=str(error)) from None
        raise BadRequest(what=str(error)) from None


_ESCAPES = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair: one character
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)


_TOKENS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_DEEPEST = 64
_SPOILED = b'"\xff"'  # a text that is none


def _set_apart(body: bytes) -> bytes:
    """What would make the reader give up the whole body, so that it spoils only the item it stands
    in, which is then refused alone: half a character written as an escape, and what is nested
    deeper than a reader follows. In time proportional to the body."""
    body = _ESCAPES.sub(lambda found: b"\xff" if found[1] else found[0], body)
    parts, kept, depth, begun = [], 0, 0, 0
    for token in _TOKENS.finditer(body):
        if token[0] in b"[{":
            depth += 1
            if depth == _DEEPEST:
                begun = token.start()
        elif token[0] in b"]}":
            if depth == _DEEPEST:
                parts += [body[kept:begun], _SPOILED]
                kept = token.end()
            depth -= 1
    return b"".join([*parts, body[kept:]])


def _json(value: Any) -> HttpResponse:
    if isinstance(value, HttpResponse):
        return value
    response = HttpResponse(encoder.encode(value), content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response
