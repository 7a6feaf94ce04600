"""The reference tablet: the state machine of :mod:`tuyen.engines.sync.tablet` with a key and a line.

It speaks the protocol of ``docs/sync.md`` over any transport: real HTTP, or the server in the same
process. ``tuyen device simulate`` and the simulation of the tests are this same code.
"""

import gzip
import hashlib
import http.client
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tuyen.engines.sync import tablet as machine
from tuyen.engines.sync.tablet import Event, Request, Saved, Tablet
from tuyen.engines.sync.terms import PROTOCOL, answer_text, request_text
from tuyen.kernel.refusal import N_, Refusal

PATHS = {verb: f"/api/v1/sync/{verb}" for verb in ("enrol", "push", "pull", "obeyed")}


_PATIENCE = 100


class NotEnrolled(Refusal):
    code = "cli.not-enrolled"
    message = N_("The server did not enrol this device: {why}")


class NoTrueAnswer(Refusal):
    code = "cli.no-true-answer"
    message = N_("No answer that the server signed came to {n} requests; is this the server that"
                 " enrolled the device, and is it up?")  # fmt: skip


class Sent(NamedTuple):
    """A request on the line: what a network may lose, double, reorder or cut short."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class Got(NamedTuple):
    """An answer on the line. Names of ``headers`` are in small letters; ``body`` is unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Transport = Callable[[Sent], Got]


@dataclass
class Device:
    """A tablet with its key, and the server's key that it was shown at enrolment."""

    key: Ed25519PrivateKey
    server_key: str
    state: Tablet
    unanswered: dict[int, tuple[Request, tuple[Saved, ...]]] = field(default_factory=dict)

    def step(self, event: Event) -> list[Sent]:
        """Take an event; the requests it asks for, signed, once the new state is kept."""
        before = self.state
        self.state, requests = machine.step(before, event)
        return [self._signed(request) for request in requests]

    def hear(self, got: Got) -> bool:
        """Take an answer from the line; one that the server did not sign is as if it were lost."""
        event = self._event(got)
        if event is not None:
            self.step(event)
        return event is not None

    def forget(self) -> None:
        """The app was killed: what is on the line is unknown to the next start."""
        self.unanswered.clear()

    def _signed(self, request: Request) -> Sent:
        lines = machine.batch_of(self.state)[: len(request.lines)]
        self.unanswered[request.counter] = (request, lines)
        for counter in sorted(self.unanswered)[:-20]:
            del self.unanswered[counter]
        content: dict[str, object] = {"cursor": request.cursor}
        if request.verb == "push":
            plain = b"\n".join(request.lines)
        else:
            content = {"order": request.order} if request.verb == "obeyed" else content
            plain = json.dumps(content).encode()
        body = gzip.compress(plain, mtime=0)
        return signed(self.key, PATHS[request.verb], body, self.state.id, request.counter,
                      request.protocol)  # fmt: skip

    def _event(self, got: Got) -> Event | None:
        number = got.headers.get("tuyen-answers", "")
        asked = self.unanswered.get(int(number)) if number.isdigit() else None
        if asked is None or not self._true(got, int(number)):
            return None
        request, sent = asked
        answer = json.loads(got.body)
        if got.status != 200:
            return machine.Refused(
                request.counter, request.verb, answer["code"], answer.get("order", ""),
                int(answer.get("values", {}).get("above", 0)),
            )  # fmt: skip
        if request.verb == "push":
            return _pushed(request, sent, answer)
        if request.verb == "pull":
            return _pulled(request, answer)
        return machine.Obeyed(request.counter)

    def _true(self, got: Got, counter: int) -> bool:
        digest = hashlib.sha256(got.body).hexdigest()
        text = answer_text(self.state.id, counter, got.status, digest)
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.server_key))
            key.verify(bytes.fromhex(got.headers.get("tuyen-seal", "")), text)
        except (InvalidSignature, ValueError):
            return False
        return True


def enrol(
    send: Transport, *, code: str, label: str, key: Ed25519PrivateKey | None = None,
    protocol: int = PROTOCOL,
) -> Device:  # fmt: skip
    """Make a key, spend the code, and be known from then on."""
    key = key or Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw().hex()
    body = json.dumps({"code": code, "key": public, "label": label}).encode()
    got = send(signed(key, PATHS["enrol"], body, "", 0, protocol))
    answer = json.loads(got.body)
    if got.status != 200:
        raise NotEnrolled(why=answer.get("detail", got.status))
    state = Tablet(answer["device"], protocol)
    return Device(key, answer["server_key"], state)


def signed(
    key: Ed25519PrivateKey, path: str, body: bytes, device: str, counter: int, protocol: int
) -> Sent:
    """A request signed by a device's key."""
    digest = hashlib.sha256(body).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "Accept-Encoding": "gzip",
        "Tuyen-Device": device,
        "Tuyen-Counter": str(counter),
        "Tuyen-Protocol": str(protocol),
        "Tuyen-Signature": key.sign(request_text("POST", path, counter, protocol, digest)).hex(),
    }
    if body[:2] == b"\x1f\x8b":
        headers["Content-Encoding"] = "gzip"
    return Sent(path, headers, body)


def saved(id: str, line: bytes) -> Saved:
    """An operation as a tablet keeps it: one line, for JSON has no line breaks inside words."""
    line = line.replace(b"\r", b" ").replace(b"\n", b" ")
    return Saved(id, line, hashlib.sha256(line).hexdigest())


def talk(
    device: Device, send: Transport, *, chance: random.Random | None = None, loss: float = 0.0,
    most: int = 100_000,
) -> int:  # fmt: skip
    """Talk until nothing is left to send or to ask, on a line that loses a share of the messages.

    Returns how many requests that took. A tablet that is ended, or has nothing more to say today,
    stops too; one that hears nothing true for a hundred requests gives up.
    """
    silent = 0
    for n in range(most):
        requests = device.step(machine.Tick())
        if not requests:
            return n
        for sent in requests:
            got = _over(send, sent, chance, loss)
            silent = 0 if got is not None and device.hear(got) else silent + 1
        if silent == _PATIENCE:
            raise NoTrueAnswer(n=silent)
        state = device.state
        told = state.order == "lock" or state.notice == "upgrade"
        if (state.resting or not state.outbox) and (told or state.settled):
            return n + 1
    return most


def _over(send: Transport, sent: Sent, chance: random.Random | None, loss: float) -> Got | None:
    """One request over a bad line: it, or its answer, may be lost."""
    if chance is not None and chance.random() < loss:
        return None
    try:
        got = send(sent)
    except (OSError, http.client.HTTPException):
        return None
    return None if chance is not None and chance.random() < loss else got


def over_http(server: str, timeout: float = 60.0) -> Transport:
    """A transport to a real server, by one connection that is opened anew when it breaks."""
    parts = urlsplit(server)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line = kind(parts.hostname or "localhost", parts.port, timeout=timeout)

    def send(sent: Sent) -> Got:
        try:
            line.request("POST", sent.path, sent.body, dict(sent.headers))
            response = line.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException):
            line.close()
            raise
        packed = response.headers.get("Content-Encoding") == "gzip"
        return Got(response.status, {name.lower(): value for name, value in response.headers.items()},
                   gzip.decompress(body) if packed else body)  # fmt: skip

    return send


def _pushed(request: Request, sent: tuple[Saved, ...], answer: dict[str, Any]) -> Event:
    receipts = tuple(
        machine.Told(each["index"], each.get("id") or "", each.get("digest", ""), each["status"],
                     (each.get("refusal") or {}).get("code", ""))
        for each in answer["receipts"]
    )  # fmt: skip
    return machine.Pushed(
        request.counter, answer["epoch"], sent, receipts, answer["order"], answer["notice"],
        answer.get("day", ""), answer.get("keep_days", 0),
    )  # fmt: skip


def _pulled(request: Request, answer: dict[str, Any]) -> Event:
    gained, dropped = _units(answer["gained"]), _units(answer["dropped"])
    documents = tuple(
        machine.Document(each["kind"], each["id"], tuple(each["units"]), each["body"])
        for each in answer["documents"]
    )
    gone = tuple((kind, id) for kind, id in answer["gone"])
    return machine.Pulled(
        request.counter, answer["epoch"], answer["cursor"], documents, gone, gained, dropped,
        answer["filling"], answer["more"], "", answer["notice"], answer.get("day", ""),
        answer.get("keep_days", 0),
    )  # fmt: skip


def _units(units: dict[str, list[str]]) -> dict[str, frozenset[str]]:
    return {kind: frozenset(ids) for kind, ids in units.items()}
