"""Passkeys at the door: the browser's questions and answers, by a kept library (W3C WebAuthn).

A question is asked once, of one session, and grows old in minutes. The answer must come from the
very address that asked: that is what a copied page cannot have.
"""

import base64
import ipaddress
import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tuyen.apps.access import clock
from tuyen.apps.access.services import factors
from tuyen.apps.access.services.factors import PasskeyRefused
from tuyen.rules.access.second_factor import second_factor
from tuyen.web.access import proofs

_ASKED = "asked"
LONGEST = 20_000
"""Characters of a browser's answer; a real one has two thousand."""


def host(request: HttpRequest) -> str:
    """The name that passkeys are bound to."""
    return request.get_host().rpartition(":")[0] or request.get_host()


def work_here(request: HttpRequest) -> bool:
    """Whether browsers make passkeys for this address: a name, not a number."""
    try:
        ipaddress.ip_address(host(request).strip("[]"))
    except ValueError:
        return True
    return False


def ask_to_make(request: HttpRequest, user: UUID, login: str, name: str) -> Any:
    """The browser's question for a new passkey of this person, as plain values."""
    options = generate_registration_options(
        rp_id=host(request), rp_name="Tuyến", user_id=user.bytes, user_name=login,
        user_display_name=name, exclude_credentials=_known(user),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )  # fmt: skip
    return _ask(request, "make", options)


def made(request: HttpRequest, user: UUID, answer: str, label: str) -> None:
    """Keep the passkey that the browser made; refused alike whatever is wrong with it."""
    challenge, content = _answered(request, "make", answer)
    try:
        found = verify_registration_response(
            credential=content, expected_challenge=challenge, expected_rp_id=host(request),
            expected_origin=_origin(request),
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise PasskeyRefused() from None
    factors.add_passkey(
        user=user, credential=found.credential_id, public_key=found.credential_public_key,
        sign_count=found.sign_count, label=label, now=clock.real_now(),
    )  # fmt: skip


def ask_to_prove(request: HttpRequest, user: UUID) -> Any:
    """The browser's question for an answer by one of this person's passkeys."""
    options = generate_authentication_options(
        rp_id=host(request), allow_credentials=_known(user),
        user_verification=UserVerificationRequirement.PREFERRED,
    )  # fmt: skip
    return _ask(request, "prove", options)


def proved(request: HttpRequest, user: UUID, answer: str) -> None:
    """Take an answer by a passkey of ``user``, once; refused alike whatever is wrong with it."""
    challenge, content = _answered(request, "prove", answer)
    try:
        key = factors.passkey(user=user, credential=base64url_to_bytes(str(content["id"])))
        if key is None:
            raise PasskeyRefused()
        found = verify_authentication_response(
            credential=content, expected_challenge=challenge, expected_rp_id=host(request),
            expected_origin=_origin(request), credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise PasskeyRefused() from None
    if not factors.passkey_used(id=key.id, sign_count=found.new_sign_count, now=clock.real_now()):
        raise PasskeyRefused()


def _ask(request: HttpRequest, what: str, options: Any) -> Any:
    challenge = base64.b64encode(options.challenge).decode()
    request.session[_ASKED] = {"what": what, "challenge": challenge, "at": proofs.seconds()}
    return json.loads(options_to_json(options))


def _answered(request: HttpRequest, what: str, answer: str) -> tuple[bytes, dict[str, Any]]:
    """(the question's challenge, the answer's content); the question is used up either way."""
    asked = request.session.pop(_ASKED, None)
    oldest = proofs.seconds() - 60 * second_factor().step_minutes
    if asked is None or asked["what"] != what or asked["at"] <= oldest or len(answer) > LONGEST:
        raise PasskeyRefused()
    try:
        content = json.loads(answer)
    except (ValueError, RecursionError):
        raise PasskeyRefused() from None
    if not isinstance(content, dict):
        raise PasskeyRefused()
    return base64.b64decode(asked["challenge"]), content


def _known(user: UUID) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=id) for id in factors.credentials(user=user)]


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
