"""Write certificates: a claim, a key and two days in, the text for a QR out. Same input, same text."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec

from tuyen.engines.certificates import message as layers
from tuyen.engines.certificates.keys import sign


class Person(NamedTuple):
    """Who was vaccinated. ``sex``: male, female, other or unknown; "" where not said.

    ``nationality``: ISO 3166-1 alpha-3. ``guardian``: of a minor, on an international certificate.
    """

    name: str
    born: date
    sex: str = ""
    nationality: str = ""
    document_kind: str = ""
    document: str = ""
    guardian: str = ""


class Dose(NamedTuple):
    """One dose given. ``vaccine``: code of the type. ``number``: within its series, 0 where unknown.

    ``known``: how far the day is known: day, month or year.
    """

    vaccine: str
    on: date
    number: int = 0
    lot: str = ""
    product: str = ""
    known: str = "day"

    @property
    def day(self) -> str:
        """The day as far as it is known: 2026-03-09, 2026-03 or 2026."""
        return self.on.isoformat()[: {"year": 4, "month": 7}.get(self.known, 10)]


def booklet(person: Person, doses: Iterable[Dose], *, issuer: str, id: str) -> dict[str, Any]:
    """The claim of a personal booklet (form ``booklet``), doses by day."""
    rows = [
        _said({"v": dose.vaccine, "t": dose.day, "n": dose.number or None, "b": dose.lot,
               "p": dose.product})
        for dose in sorted(doses, key=lambda dose: (dose.on, dose.vaccine, dose.number))
    ]  # fmt: skip
    return _said(
        {"ver": "1.0.0", "ci": id, "n": person.name, "dob": person.born.isoformat(),
         "s": person.sex, "is": issuer, "d": rows}
    )  # fmt: skip


def international(
    person: Person, dose: Dose, *, product: str, issuer: str, clinician: str = "",
    since: date | None = None, until: date | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The claim ICVPMin of one dose; ``product`` is its prequalification code, ``dose.lot`` is needed."""
    details = {
        "vp": product, "dt": dose.on.isoformat(), "bo": dose.lot, "cn": clinician, "is": issuer,
        "vls": since.isoformat() if since else "", "vle": until.isoformat() if until else "",
    }  # fmt: skip
    return _said(
        {"n": person.name, "dob": person.born.isoformat(), "s": person.sex,
         "ntl": person.nationality, "ndt": person.document_kind, "nid": person.document,
         "gn": person.guardian, "v": _said(details)}
    )  # fmt: skip


def issue(
    claim: Mapping[str, Any], *, form: int, issuer: str, issued: datetime, expires: datetime,
    private: ec.EllipticCurvePrivateKey, kid: bytes,
) -> str:  # fmt: skip
    """The text for a QR: ``claim`` under key ``form`` of -260, signed by ``private``.

    ``issuer``: country of the issuer, ISO 3166-1 alpha-2 or -3 (claim 1). Moments are aware.
    """
    payload = cbor2.dumps(
        {
            layers.ISSUER: issuer,
            layers.EXPIRES: int(expires.timestamp()),
            layers.ISSUED: int(issued.timestamp()),
            layers.HCERT: {form: dict(claim)},
        },
        canonical=True,
    )
    return layers.write_text(sign(payload, private, kid))


def _said(values: dict[str, Any]) -> dict[str, Any]:
    """Without what was not said."""
    return {name: value for name, value in values.items() if value not in ("", None)}
