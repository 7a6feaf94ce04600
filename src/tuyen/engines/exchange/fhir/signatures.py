"""Whether the signature of a bundle is over that bundle, as far as it says itself.

A JSON Web Signature (RFC 7515) that carries its payload shows what was signed. The standard asks for one
without (https://hl7.org/fhir/R4/signatures.html), whose content is the bundle itself; of that nothing can be told
without a certificate that is trusted. No signature is verified here.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tuyen.engines.exchange.fhir.problems import Problem
from tuyen.kernel.refusal import N_

JOSE = "application/jose"


def faults(bundle: dict[str, Any], location: str) -> Iterator[Problem]:
    """What a bundle's signature itself shows to be wrong with it."""
    signature = bundle.get("signature")
    if not isinstance(signature, dict) or signature.get("sigFormat") != JOSE:
        return
    where = f"{location}.signature.data"
    data = signature.get("data")
    compact = _bytes(data) if isinstance(data, str) else None
    if compact is None:
        return  # no base64: the form of the primitive says so
    parts = compact.split(b".")
    if len(parts) != 3 or not isinstance(_json(parts[0]), dict) or not parts[2]:
        message = N_("This is no JSON Web Signature: three parts of base64url, parted by points.")
        yield Problem("error", "value", "jws", where, message, {})
        return
    signed = _json(parts[1]) if parts[1] else None
    if not isinstance(signed, dict) or signed.get("resourceType") != "Bundle":
        return
    if signed.get("entry") != bundle.get("entry"):
        message = N_("What was signed is not this bundle: their entries differ.")
        yield Problem("error", "value", "signed-content", where, message, {})


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (ValueError, binascii.Error):
        return None


def _json(part: bytes) -> Any:
    """The JSON of a part of base64url; None where it is none."""
    try:
        text = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
        return json.loads(text, parse_float=Decimal)
    except (ValueError, binascii.Error, RecursionError):
        return None
