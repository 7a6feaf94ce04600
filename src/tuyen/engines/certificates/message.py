"""The layers of an HCERT, from the text in a QR down to its claims and back.

``HC1:`` + Base45( zlib( COSE_Sign1( CWT claims in CBOR ) ) ), after the *Electronic Health
Certificate Specification* 1.0.5 (eHealth Network, 2021), RFC 9285 (Base45), RFC 8152 (COSE), RFC 8392
(CWT). Foreign bytes are hostile until proven: each layer has a limit, and every fault is a `Broken`.
"""

import io
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import cbor2

from tuyen.engines.certificates import base45

PREFIX = "HC1:"
SIGN1, CWT = 18, 61
"""CBOR tags of a single-signer COSE message and of a CBOR web token around it."""
ALGORITHM, KID = 1, 4
"""COSE headers."""
ISSUER, EXPIRES, ISSUED, HCERT = 1, 4, 6, -260
"""Claims of the token."""

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Order of the group of P-256 (FIPS 186-4, D.1.2.3)."""

# Tags that build loops, compiled patterns, mail or addresses of what they hold: none has a place here.
_REFUSED = (25, 28, 29, 35, 36, 256, 258, 260, 261)


class Broken(ValueError):
    """One layer cannot be read. ``layer``: prefix, base45, zlib, cose, cbor or claims."""

    def __init__(self, layer: str, why: str) -> None:
        super().__init__(f"{layer}: {why}")
        self.layer = layer


class Limits(NamedTuple):
    """How much of a stranger's message is read, in characters, bytes and levels."""

    text: int = 8192
    inflated: int = 65536
    depth: int = 16


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Message:
    """A COSE_Sign1 message with its CWT claims, nothing of it verified.

    ``kid`` and ``algorithm`` are of the protected header; of the other one where that has none.
    ``protected`` and ``payload`` are the bytes that the signature covers.
    """

    protected: bytes
    payload: bytes
    signature: bytes
    algorithm: int | None
    kid: bytes | None
    claims: Mapping[Any, Any]
    tagged: tuple[int, ...] = ()

    @property
    def issuer(self) -> str:
        said = self.claims.get(ISSUER)
        return said if isinstance(said, str) else ""

    @property
    def issued(self) -> float | None:
        """Seconds since 1970, UTC."""
        return _seconds(self.claims.get(ISSUED))

    @property
    def expires(self) -> float | None:
        """Seconds since 1970, UTC."""
        return _seconds(self.claims.get(EXPIRES))

    @property
    def certificates(self) -> Mapping[Any, Any]:
        """The claim -260 by its keys: 1 the EU certificate, -6 the WHO one. Empty where it has none."""
        held = self.claims.get(HCERT)
        return held if isinstance(held, Mapping) else {}


def strip_prefix(text: str) -> str:
    """The Base45 text after ``HC1:``.

    >>> strip_prefix("HC1:6BF")
    '6BF'
    """
    if not text.startswith(PREFIX):
        raise Broken("prefix", f"it does not begin with {PREFIX}")
    return text[len(PREFIX) :]


def unbase45(text: str, limits: Limits = LIMITS) -> bytes:
    """RFC 9285, strictly: a character, a group or a length that cannot be is `Broken`."""
    if len(text) > limits.text:
        raise Broken("base45", f"more than {limits.text} characters")
    if not text or text.endswith("\n"):
        raise Broken("base45", "it is empty or has an end of line")
    try:
        return base45.decode(text)
    except ValueError as error:
        raise Broken("base45", "it is not Base45") from error


def inflate(packed: bytes, limits: Limits = LIMITS) -> bytes:
    """The zlib content, read no further than ``limits.inflated`` bytes: a bomb stays small."""
    reader = zlib.decompressobj()
    try:
        content = reader.decompress(packed, limits.inflated + 1)
    except zlib.error as error:
        raise Broken("zlib", "it is not compressed with zlib, or broken") from error
    if len(content) > limits.inflated:
        raise Broken("zlib", f"more than {limits.inflated} bytes come out of it")
    if not reader.eof:
        raise Broken("zlib", "its end is missing")
    return content


def uncbor(content: bytes, limits: Limits = LIMITS, layer: str = "cbor") -> Any:
    """One CBOR value as plain Python values; anything after it is `Broken`."""
    stream = io.BytesIO(content)
    try:
        value = cbor2.CBORDecoder(
            stream, max_depth=limits.depth, semantic_decoders=_NO_TAGS, allow_duplicate_keys=False
        ).decode()
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Broken(layer, "it is not CBOR") from error
    except ArithmeticError as error:
        raise Broken(layer, "a number in it is out of bounds") from error
    if stream.read(1):
        raise Broken(layer, "something follows its end")
    return value


def open_cose(content: bytes, limits: Limits = LIMITS) -> Message:
    """The COSE_Sign1 message in ``content``, tagged as such, as a CWT, as both or not at all."""
    held = uncbor(content, limits, "cose")
    tagged: list[int] = []
    while isinstance(held, cbor2.CBORTag):
        if held.tag not in (SIGN1, CWT):
            raise Broken("cose", f"tag {held.tag} is not one of a single-signer message")
        tagged.append(held.tag)
        held = held.value
    if not isinstance(held, (list, tuple)) or len(held) != 4:
        raise Broken("cose", "it is not a message of four parts")
    protected, loose, payload, signature = held
    if not all(isinstance(part, bytes) for part in (protected, payload, signature)):
        raise Broken("cose", "its header, payload or signature is not bytes")
    sealed = uncbor(protected, limits, "cose") if protected else {}
    loose = {} if loose is None else loose
    if not isinstance(sealed, Mapping) or not isinstance(loose, Mapping):
        raise Broken("cose", "a header of it is not a map")
    kid = _first(sealed, loose, KID)
    algorithm = _first(sealed, loose, ALGORITHM)
    return Message(
        protected=protected,
        payload=payload,
        signature=signature,
        algorithm=algorithm if isinstance(algorithm, int) else None,
        kid=kid if isinstance(kid, bytes) else None,
        claims=_claims(payload, limits),
        tagged=tuple(tagged),
    )


def open_text(text: str, limits: Limits = LIMITS) -> Message:
    """All layers at once; white space around the text is forgiven, as scanners add it."""
    return open_cose(inflate(unbase45(strip_prefix(text.strip()), limits), limits), limits)


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """The Sig_structure of RFC 8152, section 4.4, for a message with one signer."""
    return cbor2.dumps(["Signature1", protected, b"", payload])


def seal(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    """A tagged COSE_Sign1 message."""
    return cbor2.dumps(cbor2.CBORTag(SIGN1, [protected, {}, payload, signature]))


def write_text(content: bytes) -> str:
    """The text for a QR in alphanumeric mode."""
    return PREFIX + base45.encode(zlib.compress(content, 9))


def same_texts(text: str, limits: Limits = LIMITS) -> tuple[str, ...]:
    """Every text that this project may have written for the message in ``text``: packed anew, without
    what the signature does not cover, and with either of the two signatures (r, s) and (r, n - s) that
    prove the same. Who repacks a certificate does not make another of it. Empty for what is none."""
    try:
        held = open_text(text, limits)
    except Broken:
        return ()
    signatures = [held.signature]
    if len(held.signature) == 64:
        s = int.from_bytes(held.signature[32:], "big")
        if 0 < s < P256_ORDER:
            signatures.append(held.signature[:32] + (P256_ORDER - s).to_bytes(32, "big"))
    return tuple(write_text(seal(held.protected, held.payload, one)) for one in signatures)


def plain(value: Any) -> Any:
    """What JSON can hold of a decoded value: times in ISO 8601 (UTC), bytes in hex, keys as text."""
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(inner) for inner in value]
    if isinstance(value, cbor2.CBORTag):
        return plain(value.value)
    if value is cbor2.undefined:
        return None
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, (int, float)):
        return value if abs(value) < 2**63 else hex(value) if isinstance(value, int) else None
    return str(value)[:200]


def _claims(payload: bytes, limits: Limits) -> Mapping[Any, Any]:
    """The claims; wrapped once more in bytes or in the CWT tag they are read too."""
    held = uncbor(payload, limits, "claims")
    for _ in range(2):
        while isinstance(held, cbor2.CBORTag) and held.tag in (SIGN1, CWT):
            held = held.value
        if isinstance(held, bytes):
            held = uncbor(held, limits, "claims")
    if not isinstance(held, Mapping):
        raise Broken("claims", "the payload is not a map of claims")
    return held


def _first(sealed: Mapping[Any, Any], loose: Mapping[Any, Any], key: int) -> Any:
    return sealed[key] if key in sealed else loose.get(key)


def _seconds(value: Any) -> float | None:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e12:
        return float(value)
    return None


def _refuse(*_: Any) -> Any:
    raise ValueError("this tag has no place in a certificate")


_NO_TAGS: dict[int, Callable[..., Any]] = dict.fromkeys(_REFUSED, _refuse)
