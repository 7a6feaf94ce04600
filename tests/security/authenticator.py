"""A passkey in software: what a phone does when a page asks it, by the W3C's rules."""

import base64
import hashlib
import json
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Authenticator:
    """One key pair; it counts its answers. ``origin`` is the page that it believes to be on."""

    def __init__(self, origin: str = "http://testserver", host: str = "testserver") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = hashlib.sha256(str(id(self)).encode()).digest()
        self.origin, self.host, self.count = origin, host, 0

    def make(self, question: dict[str, Any]) -> str:
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"),
                -3: numbers.y.to_bytes(32, "big")}  # fmt: skip
        held = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        data = self._data(PRESENT | VERIFIED | WITH_KEY) + held
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        said = {"attestationObject": text(attestation)}
        return self._answer("webauthn.create", question, said)

    def prove(self, question: dict[str, Any], count: int | None = None) -> str:
        self.count = self.count + 1 if count is None else count
        data = self._data(PRESENT | VERIFIED)
        client = self._client("webauthn.get", question)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        said = {"authenticatorData": text(data), "signature": text(signed)}
        return self._answer("webauthn.get", question, said)

    def _data(self, flags: int) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, question: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": question["challenge"], "origin": self.origin}
        return json.dumps(said).encode()

    def _answer(self, kind: str, question: dict[str, Any], said: dict[str, str]) -> str:
        response = {"clientDataJSON": text(self._client(kind, question)), **said}
        return json.dumps({
            "id": text(self.id), "rawId": text(self.id), "type": "public-key",
            "clientExtensionResults": {}, "response": response,
        })  # fmt: skip
