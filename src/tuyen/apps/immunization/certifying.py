"""From the register to a signed certificate and back: what is claimed of a person, and by whom.

A text is not kept. Signing is deterministic, so a printed certificate is written again from what the
register holds; where that has changed since, its digest is another, and a new one is to be issued.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import catalogue, keyring
from tuyen.apps.immunization.operations import IssueCertificate
from tuyen.apps.immunization.queries.certificates import withdrawals
from tuyen.apps.immunization.queries.children import DoseRow
from tuyen.apps.registry import queries as registry
from tuyen.engines.certificates import issuing
from tuyen.engines.certificates.message import Limits, same_texts
from tuyen.engines.certificates.verdict import Forms, Verdict, judge
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation
from tuyen.rules.certificates import forms as rules

COUNTRY = "VN"
Kind = Literal["booklet", "international"]
KINDS: dict[str, Kind] = {"booklet": "booklet", "international": "international"}
SEXES = {1: "male", 2: "female", 3: "unknown"}


class Holder(NamedTuple):
    """Whom a certificate is about, as the registry has them."""

    name: str
    born_on: date
    sex: int


class Terms(NamedTuple):
    """What a certificate says besides the doses. ``product``: WHO's code, on an international one."""

    id: UUID
    kind: str  # booklet or international
    issuer: str  # name of the unit
    issued_at: datetime
    expires_on: date
    product: str = ""


class Written(NamedTuple):
    """A signed text, and what the journal keeps of it."""

    text: str
    digest: str
    kid: str


def write(holder: Holder, doses: Sequence[DoseRow], terms: Terms) -> Written:
    """Sign a certificate of ``doses`` (one on an international one) with the installation's key."""
    own = keyring.own(terms.issued_at)
    person = issuing.Person(holder.name, holder.born_on, SEXES.get(holder.sex, "unknown"))
    rows = [
        issuing.Dose(
            one.vaccine, one.given_on, one.number or 0, one.lot, one.product, one.precision
        )
        for one in doses
    ]
    if terms.kind == "booklet":
        claim = issuing.booklet(person, rows, issuer=terms.issuer, id=str(terms.id))
        form = rules.KEYS["booklet"]
    else:
        since, until = validity(rules.products()[terms.product]["disease"], rows[0].on)
        claim = issuing.international(
            person, rows[0], product=terms.product, issuer=terms.issuer, since=since, until=until
        )
        form = rules.KEYS["icvp"]
    text = issuing.issue(
        claim, form=form, issuer=COUNTRY, issued=terms.issued_at,
        expires=datetime.combine(terms.expires_on, datetime.min.time(), UTC),
        private=own.private, kid=own.key.kid,
    )  # fmt: skip
    return Written(text, digest_of(text), own.key.kid.hex())


def prepare(
    holder: Holder, person: UUID, doses: Sequence[DoseRow], *, kind: Kind, unit: UUID, at: datetime,
    product: str = "",
) -> tuple[Operation, Written]:  # fmt: skip
    """The operation that writes a new certificate down, and its text. The door commits the one, and
    shows the other only when it was accepted."""
    now = at.replace(microsecond=0)
    terms = Terms(uuid7(), kind, issuer(unit, now.date()), now, expiry(kind, now.date()), product)
    written = write(holder, doses, terms)
    payload = IssueCertificate(
        person=person, certificate=kind, doses=tuple(one.id for one in doses), issued_at=now,
        expires_on=terms.expires_on, digest=written.digest, kid=written.kid, product=product,
    )  # fmt: skip
    operation = Operation.of(
        payload, id=terms.id, unit=unit, happened_on=now.date(), recorded_at=now
    )
    return operation, written


def issuer(unit: UUID, on: date) -> str:
    """The name under which a unit issued, as it was called that day."""
    return (registry.atlas().name(unit, on) or "")[:120]


def expiry(kind: str, issued: date) -> date:
    """The day until which a certificate of a kind holds, by the rules."""
    days = rules.limits()["issuing"]["booklet" if kind == "booklet" else "certificate"]
    return issued + timedelta(days=days)


def validity(disease: str, given_on: date) -> tuple[date, date | None]:
    """When a dose begins to count at a border and until when; None: for life."""
    said = rules.validity(disease)
    since = given_on + timedelta(days=said["begins_after"])
    return since, None if said["lasts"] == "life" else since + timedelta(days=said["lasts"])


def accepted_abroad(dose: DoseRow) -> Mapping[str, Any]:
    """WHO's products that a dose may have been of, by code: those that hold one of its antigens.

    None for a dose without a lot or whose day is not known.
    """
    if not dose.lot or dose.precision != "day":
        return {}
    return rules.products_with(catalogue.antigens(dose.vaccine))


def verify(text: str, at: datetime, *, by: Actor | None = None) -> Verdict:
    """Judge a text with the keys that are trusted here, and by the register of withdrawals: what was
    taken back is that before it is expired or not yet in force. ``by``: who asks; the program itself
    where nobody does."""
    verdict = judge(text, keyring.ring(), at, forms())
    if verdict.status not in ("valid", "expired", "not-yet"):
        return verdict
    digests = [digest_of(one) for one in same_texts(text, forms().limits)]
    back = withdrawals(by=by or Actor.program(at.date()), digests=digests)
    return replace(verdict, status="withdrawn", withdrawn=back[0].withdrawn_at) if back else verdict


def digest_of(text: str) -> str:
    """What the journal keeps of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def forms() -> Forms:
    """The forms, lists and limits that the rules give, for the engine."""
    said = rules.limits()
    limits = Limits(*(said["limits"][name] for name in Limits._fields))
    return Forms(rules.forms(), rules.lists(), limits, said["leeway"]["clock"])
