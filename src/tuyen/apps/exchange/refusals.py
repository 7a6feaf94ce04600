"""Why a resource is not taken or not shown. ``status`` and ``issue`` are what FHIR answers by."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from tuyen.engines.exchange.fhir import Problem
from tuyen.kernel.refusal import N_, Refusal


class FhirRefusal(Refusal):
    """A refusal with its HTTP status and its code of FHIR's issue types."""

    code = "exchange.fhir-refused"
    message = N_("The exchange refused this.")
    status: ClassVar[int] = 422
    issue: ClassVar[str] = "processing"


class UnknownType(FhirRefusal):
    code = "exchange.unknown-type"
    message = N_("{value} is not a type of resource that is exchanged here; see /fhir/R4/metadata.")
    status, issue = 404, "not-supported"


class NotThere(FhirRefusal):
    code = "exchange.not-there"
    message = N_("{type}/{id} is not here, or not for you to see.")
    status, issue = 404, "not-found"


class Gone(FhirRefusal):
    code = "exchange.gone"
    message = N_("{type}/{id} was taken out of use.")
    status, issue = 410, "deleted"


class NotJson(FhirRefusal):
    code = "exchange.not-json"
    message = N_("The content is not JSON that can be read: {what}")
    status, issue = 400, "structure"


class TooDeep(FhirRefusal):
    code = "exchange.too-deep"
    message = N_("The content is nested deeper than {limit} levels.")
    status, issue = 400, "too-long"


class TooLarge(FhirRefusal):
    code = "exchange.too-large"
    message = N_("{type} has {size} bytes; at most {limit} are taken of one resource.")
    status, issue = 413, "too-long"


class TooMany(FhirRefusal):
    code = "exchange.too-many"
    message = N_("{count} entries in one bundle; at most {limit} are taken. Send several.")
    status, issue = 413, "too-long"


class WrongType(FhirRefusal):
    code = "exchange.wrong-type"
    message = N_("The content is a {found}, and the address asks for a {expected}.")
    status, issue = 400, "invalid"


class WrongId(FhirRefusal):
    code = "exchange.wrong-id"
    message = N_("The content has the id {found}, and the address names {expected}.")
    status, issue = 400, "invalid"


class NotAnId(FhirRefusal):
    code = "exchange.not-an-id"
    message = N_("{value} is not an id: letters, digits, - and ., at most 64 of them.")
    status, issue = 400, "value"


class Invalid(FhirRefusal):
    """A resource that is none of R4; ``problems`` holds every fault, each with its place."""

    code = "exchange.invalid"
    message = N_("{where}: {what}")
    issue = "invariant"

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(where=first.location, what=first.sentence())
        self.problems = problems
        broken = {problem.code for problem in problems} - {"invariant", "business-rule"}
        self.status = 400 if broken else 422  # type: ignore[misc]  # by what was found


class AlreadyThere(FhirRefusal):
    code = "exchange.already-there"
    message = N_("{type}/{id} is there already.")
    status, issue = 409, "duplicate"


class HasTheNumber(FhirRefusal):
    code = "exchange.has-the-number"
    message = N_(
        "Patient/{id} has this number already; create it with If-None-Exist, or update that one."
    )
    status, issue = 409, "duplicate"


class OtherVersion(FhirRefusal):
    code = "exchange.other-version"
    message = N_(
        "{type}/{id} is at version {version} by now; read it again and repeat your change."
    )
    status, issue = 412, "conflict"


class SeveralMatch(FhirRefusal):
    code = "exchange.several-match"
    message = N_("{count} resources match {criterion}; the condition must mean one.")
    status, issue = 412, "multiple-matches"


class FirstPartMissing(FhirRefusal):
    code = "exchange.first-part-missing"
    message = N_("The first part of this bundle was not taken, so this one is not either.")


class NoSuchPerson(FhirRefusal):
    code = "exchange.no-such-person"
    message = N_("{value} is nobody on the register; the resource was not kept.")


class UnknownParameter(FhirRefusal):
    code = "exchange.unknown-parameter"
    message = N_("{value} is not a search parameter of {type} here; known are {known}.")
    status, issue = 400, "not-supported"


class BadParameter(FhirRefusal):
    code = "exchange.bad-parameter"
    message = N_("{name} is {value}; expected {expected}.")
    status, issue = 400, "value"


class NoSuchParameter(FhirRefusal):
    code = "exchange.no-such-parameter"
    message = N_("{name} is no parameter of this address; known are {known}.")
    status, issue = 400, "not-supported"


class SayWhose(FhirRefusal):
    code = "exchange.say-whose"
    message = N_("Say whose {type} you look for: patient=, or _id=.")
    status, issue = 400, "too-costly"


class BadEntry(FhirRefusal):
    code = "exchange.bad-entry"
    message = N_("Bundle.entry[{entry}]: {what}")
    status, issue = 400, "invalid"


class Unresolved(FhirRefusal):
    code = "exchange.unresolved"
    message = N_(
        "Bundle.entry[{entry}] refers to {value}, which is neither in the bundle nor here."
    )
    status, issue = 400, "not-found"


class NotOurs(FhirRefusal):
    code = "exchange.read-only"
    message = N_("{type}/{id} is a record of this system; it is changed at the desk, not by FHIR.")
    status, issue = 405, "not-supported"


class OnTheRegister(FhirRefusal):
    code = "exchange.on-the-register"
    message = N_("{type}/{id} is a person on the register and is not taken out of use by FHIR.")
    status, issue = 409, "business-rule"


class StillReferred(FhirRefusal):
    code = "exchange.still-referred"
    message = N_("{count} resources are about {type}/{id}; take them out of use first.")
    status, issue = 409, "conflict"


class NoUnit(FhirRefusal):
    code = "exchange.no-unit"
    message = N_(
        "Your posts are of no unit that may write here; name one in the header Tuyen-Unit."
    )
    status, issue = 403, "forbidden"


class NotTaken(FhirRefusal):
    code = "exchange.media-type"
    message = N_("{value} is not taken here; send and ask for application/fhir+json.")
    status, issue = 415, "not-supported"


class NotGiven(FhirRefusal):
    code = "exchange.not-acceptable"
    message = N_("{value} is not given here; ask for application/fhir+json.")
    status, issue = 406, "not-supported"


class Remark(FhirRefusal):
    """Told beside something that was taken: nothing was refused."""

    status, issue = 200, "informational"


class Filed(Remark):
    code = "exchange.filed"
    message = N_("{type}/{id} is filed as {record}.")


class NobodyHere(Remark):
    code = "exchange.kept-nobody-here"
    message = N_(
        "It is kept and not filed: its patient is nobody on the register whose record you may write."
    )


class NoVisit(Remark):
    code = "exchange.kept-no-visit"
    message = N_("It is kept and not filed: no Encounter that is kept here holds it.")


class NotAtThisUnit(Remark):
    code = "exchange.kept-not-at-this-unit"
    message = N_(
        "It is kept and not filed: Encounter.serviceProvider does not name the unit that keeps it,"
        " and a visit elsewhere is none of its own."
    )


class NotFinished(Remark):
    code = "exchange.kept-not-finished"
    message = N_(
        "It is kept and not filed: it is not finished, or not of a kind that a station has."
    )


class NoTimeOfDay(Remark):
    code = "exchange.kept-no-time"
    message = N_("It is kept and not filed: {element} does not say when.")


class NoCodeHere(Remark):
    code = "exchange.kept-no-code"
    message = N_(
        "It is kept and not filed: no code and unit of this {type} is one that the record here knows."
    )


class NothingOfCare(Remark):
    code = "exchange.kept-nothing-of-care"
    message = N_(
        "It is kept and not filed yet: nothing that was found or done at it has come that the record"
        " here knows."
    )


class OnRecordAlready(Remark):
    code = "exchange.kept-on-record"
    message = N_("It is kept and not filed again: {record} tells of the same.")


class ChangedHere(Remark):
    code = "exchange.kept-changed-here"
    message = N_(
        "It is kept, and {record} stays as it is: it was changed or taken back at the desk since."
    )


class StandsApart(Remark):
    code = "exchange.kept-stands-apart"
    message = N_(
        "It is kept, and {record} stays as it is: part of it stands apart, and is opened for its"
        " purpose only."
    )


class UnitNotKnown(Remark):
    code = "exchange.kept-unit-unknown"
    message = N_(
        "It is kept and not filed: {measure} in {found} cannot be made {expected}; the unit is not"
        " one that is known for it."
    )


class NotAgreed(Remark):
    code = "exchange.kept-not-agreed"
    message = N_(
        "It is kept and not filed: with the status {status} nobody is sent here or expected here."
    )


class NotOfAReferral(Remark):
    code = "exchange.kept-no-referral"
    message = N_(
        "It is kept and not filed: it is no order that sends a person to another facility."
    )


class NotSentHere(Remark):
    code = "exchange.kept-not-sent-here"
    message = N_(
        "It is kept and not filed: {element} does not name the unit that keeps it, by its id or by"
        " one of its codes."
    )


class InThePast(Remark):
    code = "exchange.kept-in-the-past"
    message = N_("It is kept and not filed: the appointment of {on} is over; today is {today}.")


class AnsweredHere(Remark):
    code = "exchange.kept-answered-here"
    message = N_("It is kept, and {record} stays as it is: its return note was written already.")


class RoomRefused(Remark):
    code = "exchange.kept-room-refused"
    message = N_("It is kept and not filed: {why}")

    def spoken(self, translate: Callable[[str], str]) -> str:
        """With the room's own reason in the same language."""
        why = self.values["why"]
        said = why.spoken(translate) if isinstance(why, Refusal) else why
        return translate(self.message).format(why=said)
