"""What is told of a visit, its patient and its facility for a claim: plain values, nothing of the store."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from tuyen.engines.claims.reader import Row


class Cover(NamedTuple):
    """A card on the day of the visit; ``facility`` is the insurer's code of where it is registered."""

    card: str
    facility: str = ""
    since: date | None = None
    until: date | None = None


class Patient(NamedTuple):
    """A person as the claim names one. Codes as text; ``born``: yyyymmddHHMM with 0 for unknown."""

    code: str
    name: str
    born: str
    sex: str
    citizen: str = ""
    nationality: str = ""
    ethnic: str = ""
    occupation: str = ""
    address: str = ""
    province: str = ""
    district: str = ""
    commune: str = ""
    telephone: str = ""
    covers: tuple[Cover, ...] = ()
    area: str = ""
    five_years: date | None = None
    exempt_from: date | None = None


class Diagnosis(NamedTuple):
    """A diagnosis; ``traditional`` is the paired code of traditional medicine, ``words`` its name."""

    code: str
    main: bool = False
    traditional: str = ""
    words: str = ""


class Drug(NamedTuple):
    """What was given of a drug. ``dose`` units a time, ``times`` a day; 0 where nobody wrote it."""

    item: str
    quantity: Decimal
    dose: Decimal = Decimal(0)
    times: int = 0
    days: int = 0
    how: str = ""


class Service(NamedTuple):
    """A service that was done, with its result as text."""

    code: str
    quantity: Decimal = Decimal(1)
    result: str = ""
    at: datetime | None = None


class Referral(NamedTuple):
    """A patient sent on; ``to`` is the insurer's code, "" where it is not known."""

    to: str
    reason: str
    findings: str = ""
    treatment: str = ""
    on_request: bool = False


class Paper(NamedTuple):
    """What a person wrote for a table of its own, cell by cell as the claim writes it."""

    table: str
    cells: Mapping[str, str]


class Born(NamedTuple):
    """A child that was born alive in the visit. ``born``: yyyymmddHHMM; ``weight`` in grams; ``of``
    how many were born; ``births``: which birth of the mother it is, "" where nobody knows."""

    born: str
    sex: str
    weight: str
    of: int
    place: str
    condition: str
    caesarean: bool
    weeks: int | None
    births: str = ""


class Care(NamedTuple):
    """A visit. ``measured``: value and moment by the key of the measure. Times are local.
    ``outcome`` and ``leaving``: codes, "" where nobody wrote them. ``treatments``: what is followed
    of HIV and tuberculosis."""

    key: str
    number: str
    began: datetime
    ended: datetime
    care: str
    attendance: str
    payer: str = "insurance"
    reason: str = ""
    course: str = ""
    advice: str = ""
    measured: Mapping[str, tuple[Decimal, datetime]] = {}
    diagnoses: tuple[Diagnosis, ...] = ()
    drugs: tuple[Drug, ...] = ()
    services: tuple[Service, ...] = ()
    referral: Referral | None = None
    returns: date | None = None
    practitioner: str = ""
    outcome: str = ""
    leaving: str = ""
    papers: tuple[Paper, ...] = ()
    treatments: tuple[Paper, ...] = ()
    born: tuple[Born, ...] = ()


class Catalogue(NamedTuple):
    """What the facility had laid down by the day: its own facts, and lines by key."""

    facility: Mapping[str, str]
    drugs: Mapping[str, Mapping[str, str]]
    services: Mapping[str, Mapping[str, str]]
    practitioners: Mapping[str, Mapping[str, str]]


class Missing(NamedTuple):
    """A row of a table that cannot be told: ``where`` (drug, service, practitioner, facility,
    patient) names the catalogue that lacks ``key``."""

    table: str
    row: int
    field: str
    where: str
    key: str


class Built(NamedTuple):
    """The tables as text, and what no catalogue knows."""

    tables: dict[str, list[Row]]
    missing: tuple[Missing, ...]
