"""What can be done about certificates."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from tuyen.apps.immunization.operations.words import Reason
from tuyen.kernel.operation import Payload, operation


@operation("immunization.issue_certificate", version=1, right="immunization.certificate.issue")
class IssueCertificate(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Write down that a person was given a signed certificate of these doses.

    The signed text itself is not kept: ``digest`` is its SHA-256, ``kid`` names the key that signed.
    ``product`` is WHO's code of the vaccine on an international certificate, which is of one dose.
    """

    person: UUID
    certificate: Literal["booklet", "international"]
    doses: Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=60)]
    issued_at: datetime
    expires_on: date
    digest: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    kid: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
    product: Annotated[str, Meta(max_length=80)] = ""


@operation("immunization.withdraw_certificate", version=1, right="immunization.certificate.issue")
class WithdrawCertificate(Payload, frozen=True, kw_only=True):
    """Take a certificate back that should not have been given: who verifies it here is told. The unit
    that issued it, or one that serves where the person lives, may."""

    certificate: UUID
    reason: Reason
