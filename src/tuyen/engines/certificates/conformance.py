"""Answer the assertions of a test file in the form that the EU published for these certificates.

A file holds one certificate at every layer (``JSON``, ``CBOR``, ``COSE``, ``COMPRESSED``, ``BASE45``,
``PREFIX``, ``2DCODE``), the context of the test (``TESTCTX``) and what is expected of each step. Each
step is answered on its own, from the layer that the file gives for it; where the file lacks that layer
it is computed from the one above. A step for which there is nothing at all is not answered.
"""

import base64
import binascii
import json
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any

import cbor2

from tuyen.engines.certificates import message as layers
from tuyen.engines.certificates.content import FAULTS, Fault, faults
from tuyen.engines.certificates.keys import BadCertificate, Key, read_certificate, signature_holds
from tuyen.engines.certificates.verdict import Forms, day_of, in_force, kinds_of

EU = 1
"""Key of the EU certificate inside the claim -260."""

SHAPE = {"missing", "kind", "groups", "rows"}
"""Faults that a reader of the object stumbles over, whatever its texts say."""

Picture = Callable[[bytes], str | None]
"""Reads the text of the QR in a picture (PNG, JPEG); None where there is none."""


def answers(case: Mapping[str, Any], forms: Forms, picture: Picture) -> dict[str, bool]:
    """``EXPECTED...`` -> did that step succeed? Compare with the file's ``EXPECTEDRESULTS``.

    ``case``: the parsed file. Nothing in it can make this raise.
    """
    steps: dict[str, Callable[[_Case], bool | None]] = {
        "EXPECTEDVALIDOBJECT": _valid_object,
        "EXPECTEDSCHEMAVALIDATION": _schema,
        "EXPECTEDENCODE": _encode,
        "EXPECTEDDECODE": _decode,
        "EXPECTEDVERIFY": _verify,
        "EXPECTEDCOMPRESSION": _compression,
        "EXPECTEDKEYUSAGE": _key_usage,
        "EXPECTEDUNPREFIX": _unprefix,
        "EXPECTEDVALIDJSON": _valid_json,
        "EXPECTEDB45DECODE": _base45,
        "EXPECTEDPICTUREDECODE": _picture,
        "EXPECTEDEXPIRATIONCHECK": _expiration,
    }
    read = _Case(case, forms, picture)
    found = {}
    for name, step in steps.items():
        try:
            answer = step(read)
        except (layers.Broken, BadCertificate):
            answer = False
        if answer is not None:
            found[name] = answer
    return found


class _Case:
    """One file, its layers read when a step asks for them."""

    def __init__(self, case: Mapping[str, Any], forms: Forms, picture: Picture) -> None:
        self.case = case
        self.forms = forms
        self.picture = picture
        context = case.get("TESTCTX")
        self.context: Mapping[str, Any] = context if isinstance(context, Mapping) else {}

    def text(self, name: str) -> str | None:
        value = self.case.get(name)
        return value if isinstance(value, str) and value else None

    def hexed(self, name: str) -> bytes | None:
        value = self.text(name)
        if value is None:
            return None
        try:
            return bytes.fromhex(value)
        except ValueError as error:
            raise layers.Broken(name.lower(), "it is not hexadecimal") from error

    def base45(self) -> str | None:
        """The text without its prefix; a wrong prefix is the fault of one step alone."""
        if (given := self.text("BASE45")) is not None:
            return given.rstrip("\r\n")
        prefixed = self.text("PREFIX")
        if prefixed is None:
            return None
        return (prefixed[4:] if prefixed[3:4] == ":" else prefixed).rstrip("\r\n")

    def compressed(self) -> bytes | None:
        if (given := self.hexed("COMPRESSED")) is not None:
            return given
        text = self.base45()
        return None if text is None else layers.unbase45(text, self.forms.limits)

    def cose(self) -> bytes | None:
        if (given := self.hexed("COSE")) is not None:
            return given
        packed = self.compressed()
        if packed is None:
            return None
        try:
            return layers.inflate(packed, self.forms.limits)
        except layers.Broken:
            # Not compressed at all is the fault of that step alone, when a message stands there bare.
            layers.open_cose(packed, self.forms.limits)
            return packed

    def message(self) -> layers.Message | None:
        content = self.cose()
        return None if content is None else layers.open_cose(content, self.forms.limits)

    def claim(self, held: layers.Message) -> Mapping[str, Any]:
        """The EU certificate inside a message, as plain values."""
        inner = held.certificates.get(EU)
        if isinstance(inner, bytes):
            inner = layers.uncbor(inner, self.forms.limits, "claims")
        content = layers.plain(inner)
        if not isinstance(content, dict) or len(held.certificates) != 1:
            raise layers.Broken("claims", "it holds no EU certificate, or more than that")
        return content

    def cbor(self) -> Any:
        """The certificate of the layer CBOR, however deep it was wrapped there."""
        given = self.hexed("CBOR")
        if given is None:
            return None
        held = layers.uncbor(given, self.forms.limits)
        if isinstance(held, Mapping) and layers.HCERT in held:
            inner = held[layers.HCERT]
            held = inner.get(EU) if isinstance(inner, Mapping) else None
        elif isinstance(held, Mapping) and set(held) == {EU}:
            held = held[EU]
        return layers.plain(held)

    def json(self) -> Any:
        given = self.case.get("JSON")
        if not isinstance(given, str):
            return given
        try:
            return json.loads(given)
        except ValueError as error:
            raise layers.Broken("json", "it is not JSON") from error

    def key(self) -> Key | None:
        given = self.context.get("CERTIFICATE")
        return read_certificate(given) if isinstance(given, str) and given else None

    def clock(self) -> datetime | None:
        given = self.context.get("VALIDATIONCLOCK")
        return read_clock(given) if isinstance(given, str) else None


def read_clock(text: str) -> datetime | None:
    """A moment in ISO 8601, finer than a microsecond or not; UTC where it names no zone.

    >>> read_clock("2021-06-08T20:17:27.9906293Z")
    datetime.datetime(2021, 6, 8, 20, 17, 27, 990629, tzinfo=datetime.timezone.utc)
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def same(one: Any, other: Any) -> bool:
    """Whether two contents say the same: order, zones, fractions and what is null aside."""
    return _sorted(one) == _sorted(other)


def _sorted(value: Any) -> str:
    if isinstance(value, Mapping):
        said = {key: inner for key, inner in value.items() if inner is not None}
        pairs = sorted((str(key), _sorted(inner)) for key, inner in said.items())
        return "{" + ",".join(f"{key}:{inner}" for key, inner in pairs) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(sorted(map(_sorted, value))) + "]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str):
        # A time is written with a zone by one encoder and without by another; a day at midnight.
        moment = read_clock(value) if value[4:5] == "-" and value[7:8] == "-" else None
        if moment is not None:
            return moment.astimezone(UTC).replace(microsecond=0).isoformat()
    return json.dumps(value, sort_keys=True, default=str)


def _valid_object(read: _Case) -> bool | None:
    """Is it an object of the form's shape? What its texts say is the affair of the schema step."""
    given = read.json()
    if given is None:
        held = read.message()
        given = None if held is None else read.claim(held)
    return None if given is None else not _faults(read, given, "", only=SHAPE)


def _schema(read: _Case) -> bool | None:
    held = read.message()
    if held is not None:
        return not _faults(read, read.claim(held), day_of(held.issued))
    given = read.cbor() if read.text("CBOR") else read.json()
    return None if given is None else not _faults(read, given, "")


def _faults(
    read: _Case, content: Any, issued_on: str, only: Collection[str] = FAULTS
) -> list[Fault]:
    version = read.context.get("SCHEMA")
    found = faults(
        content, read.forms.by_key[EU], read.forms.lists, issued_on=issued_on,
        version=version if isinstance(version, str) else "",
    )  # fmt: skip
    return [fault for fault in found if fault.what in only]


def _encode(read: _Case) -> bool | None:
    """The JSON written as CBOR and read again is the layer CBOR; map order is free."""
    given = read.json()
    if given is None:
        held = read.message()
        given = None if held is None else read.claim(held)
    if given is None:
        return None
    again = layers.plain(layers.uncbor(cbor2.dumps(given), read.forms.limits))
    wanted = read.cbor() if read.text("CBOR") else given
    return same(again, wanted)


def _decode(read: _Case) -> bool | None:
    held = read.message()
    if held is None:
        given = read.cbor()
        return None if given is None else read.json() is None or same(given, read.json())
    content = read.claim(held)
    wanted = [read.json(), read.cbor() if read.text("CBOR") else None]
    return all(same(content, other) for other in wanted if other is not None)


def _valid_json(read: _Case) -> bool | None:
    given = read.cbor() if read.text("CBOR") else None
    if given is None:
        held = read.message()
        if held is None:
            return None
        given = read.claim(held)
    return isinstance(given, dict) and (read.json() is None or same(given, read.json()))


def _verify(read: _Case) -> bool | None:
    held, key = read.message(), read.key()
    if held is None or key is None:
        return None
    return held.kid == key.kid and signature_holds(held, key)


def _key_usage(read: _Case) -> bool | None:
    held, key = read.message(), read.key()
    if held is None or key is None:
        return None
    kinds = kinds_of(read.claim(held))
    return len(kinds) == 1 and key.may_sign(kinds)


def _expiration(read: _Case) -> bool | None:
    held, at = read.message(), read.clock()
    if held is None or at is None:
        return None
    return in_force(held, at, read.forms.leeway)


def _compression(read: _Case) -> bool | None:
    packed = read.compressed()
    if packed is None:
        return None
    content = layers.inflate(packed, read.forms.limits)
    return not read.text("COSE") or content == read.hexed("COSE")


def _base45(read: _Case) -> bool | None:
    text = read.base45()
    if text is None:
        return None
    content = layers.unbase45(text, read.forms.limits)
    return not read.text("COMPRESSED") or content == read.hexed("COMPRESSED")


def _unprefix(read: _Case) -> bool | None:
    prefixed = read.text("PREFIX")
    if prefixed is None:
        return None
    rest = layers.strip_prefix(prefixed)
    return read.text("BASE45") in (None, rest)


def _picture(read: _Case) -> bool | None:
    drawn = read.text("2DCODE")
    if drawn is None:
        return None
    try:
        found = read.picture(base64.b64decode(drawn.partition("base64,")[2] or drawn))
    except (binascii.Error, ValueError):
        return False
    wanted = read.text("PREFIX")
    return found is not None and (wanted is None or found == wanted)
