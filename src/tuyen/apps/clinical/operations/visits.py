"""A visit told once, corrected, taken back; and what came back from where somebody was sent."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.clinical.operations.words import (
    Amount,
    Brief,
    Certainty,
    Code,
    Days,
    Line,
    Moment,
    Note,
    Payer,
    Reason,
    Setting,
    Text,
    Times,
)
from tuyen.kernel.operation import Payload, operation


class Measured(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One value, in the unit that ``clinical/measures`` names for it.

    ``at`` is left out where it was measured at the visit's beginning. ``confirmed``: the author was
    asked about an unlikely value, and it is really so.
    """

    what: Code
    value: Amount
    at: Moment | None = None
    confirmed: bool = False


class Diagnosed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A diagnosis by its ICD-10 code; ``traditional`` is the code of traditional medicine beside it."""

    code: Annotated[str, Meta(min_length=3, max_length=10)]
    main: bool = False
    certainty: Certainty = "confirmed"
    traditional: Brief = ""
    note: Note = ""


class Prescribed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A medicine: ``dose`` units at a time, ``times`` a day, for ``days`` days; ``quantity`` units.

    ``despite`` is why it is given although the person is on record as not bearing it.
    """

    item: Code
    dose: Amount
    times: Times
    days: Days
    quantity: Amount
    route: Brief = ""
    note: Note = ""
    despite: Note = ""


class Dispensed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was handed out. Without ``lot`` the store takes the lot that expires first; ``despite`` as
    with what is prescribed, where it was not."""

    item: Code
    quantity: Amount
    lot: UUID | None = None
    days: Days = 0
    holder: UUID | None = None
    despite: Note = ""


class Served(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A service of ``clinical/services`` that was done, with what it showed."""

    code: Code
    quantity: Amount = Decimal(1)
    result: Text = ""
    at: Moment | None = None
    room: Brief = ""


class Referred(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Sent on to another facility: one of the map, or one that is named in words."""

    reason: Note
    to: UUID | None = None
    to_name: Line = ""
    urgent: bool = False
    findings: Text = ""
    treatment: Text = ""


class NextVisit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The day on which somebody is expected again."""

    on: date
    why: Line = ""
    programme: Brief = ""


class Answered(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The further fields that a programme's form declares, each as text."""

    programme: Code
    fields: Annotated[dict[Code, Text], Meta(max_length=100)]


class Issued(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A paper of ``clinical/papers`` that was given out, with what is written on it, each as text."""

    what: Code
    fields: Annotated[dict[Code, Text], Meta(max_length=40)]


class Content(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """All that a visit says. ``ended_at`` is left out where it ended as it began; ``card`` where the
    one on record that day holds; ``practitioner`` where it is the author's own licence.

    ``outcome`` and ``leaving`` are codes of the lists ``outcome`` and ``discharge`` of
    ``claims/lists``; left out, the outcome is not determined, and the person went home or, where
    there is a referral, was sent on for clinical reasons.
    """

    person: UUID
    began_at: Moment
    ended_at: Moment | None = None
    setting: Setting = "station"
    care: Annotated[str, Meta(min_length=2, max_length=2)] = "01"
    attendance: Annotated[str, Meta(min_length=1, max_length=6)] = "1.2"
    payer: Payer = "insurance"
    card: Annotated[str, Meta(max_length=20)] = ""
    reason: Text = ""
    course: Text = ""
    advice: Text = ""
    measured: Annotated[tuple[Measured, ...], Meta(max_length=60)] = ()
    diagnosed: Annotated[tuple[Diagnosed, ...], Meta(max_length=13)] = ()
    prescribed: Annotated[tuple[Prescribed, ...], Meta(max_length=40)] = ()
    dispensed: Annotated[tuple[Dispensed, ...], Meta(max_length=80)] = ()
    served: Annotated[tuple[Served, ...], Meta(max_length=60)] = ()
    referred: Referred | None = None
    next: NextVisit | None = None
    answered: Annotated[tuple[Answered, ...], Meta(max_length=10)] = ()
    practitioner: Brief = ""
    outcome: Annotated[str, Meta(max_length=2)] = ""
    leaving: Annotated[str, Meta(max_length=2)] = ""
    papers: Annotated[tuple[Issued, ...], Meta(max_length=6)] = ()


ANSWERS_FIT = 4
"""The version from which on an answer fits its programme's form, or the visit is refused. Before it, what
did not fit was kept as it was told and counted by no programme."""


def _as_it_was(said: dict[str, Any]) -> dict[str, Any]:
    """Version 1 said nothing of the outcome and of papers, 2 nothing of why a medicine is given that is
    not borne, 3 may say answers that fit no form, and that is what they still say."""
    return said


@operation(
    "clinical.record_visit",
    version=4,
    right="clinical.visit.record",
    upcasts={1: _as_it_was, 2: _as_it_was, 3: _as_it_was},
)
class RecordVisit(Content, frozen=True, kw_only=True, omit_defaults=True):
    """Save a whole visit. Its id is that of the operation."""


@operation(
    "clinical.amend_visit",
    version=4,
    right="clinical.visit.record",
    upcasts={1: _as_it_was, 2: _as_it_was, 3: _as_it_was},
)
class AmendVisit(Payload, frozen=True, kw_only=True):
    """Say what a visit was, all of it, in the place of what was said before; the reason stays."""

    visit: UUID
    reason: Reason
    content: Content


@operation("clinical.void_visit", version=1, right="clinical.visit.record")
class VoidVisit(Payload, frozen=True, kw_only=True):
    """Take a visit out of all counts: it was entered in error. Its row stays, with the reason."""

    visit: UUID
    reason: Reason


@operation("clinical.return_referral", version=1, right="clinical.visit.record")
class ReturnReferral(Payload, frozen=True, kw_only=True):
    """What the facility to which a visit sent somebody wrote back."""

    visit: UUID
    on: date
    from_name: Annotated[str, Meta(min_length=1, max_length=200)]
    text: Text
    diagnosis: Line = ""
    treatment: Text = ""


@operation("clinical.set_practitioner", version=1, right="clinical.visit.record")
class SetPractitioner(Payload, frozen=True, kw_only=True):
    """The number of the author's own licence to practise, from a day on; "" where it ended."""

    licence: Brief
    since: date
