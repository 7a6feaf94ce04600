"""Why something cannot be done with a claim, and what to do instead."""

from tuyen.kernel.refusal import N_, Refusal


class ByProgram(Refusal):
    code = "claims.by-program"
    message = N_(
        "Only the program itself writes this down; have the claim checked or sent instead."
    )


class UnknownClaim(Refusal):
    code = "claims.unknown-claim"
    message = N_("There is no claim {claim} of this unit; choose one of the list.")


class NotReady(Refusal):
    code = "claims.not-ready"
    message = N_(
        "{count} of these claims were not found without error as they stand now (the first:"
        " {claim}); check them, mend what is found, and agree again."
    )


class NothingSent(Refusal):
    code = "claims.nothing-sent"
    message = N_("Nothing was sent of claim {claim} yet; amend the visit and check it again.")


class OnItsWay(Refusal):
    code = "claims.on-its-way"
    message = N_(
        "A file of claim {claim} is on its way already; wait for the answer of the portal."
    )


class WrongState(Refusal):
    code = "claims.wrong-state"
    message = N_("Claim {claim} has changed since ({state}); have it checked again.")


class UnknownFile(Refusal):
    code = "claims.unknown-file"
    message = N_("There is no file {submission} that waits to be sent.")


class CheckInNotRefused(Refusal):
    code = "claims.check-in-not-refused"
    message = N_(
        "The check-in of claim {claim} was not refused; only one that the portal refused is posted"
        " again."
    )


class NotTheBytes(Refusal):
    code = "claims.not-the-bytes"
    message = N_("The file of claim {claim} is not what its digest says; it is not kept.")


class UnknownField(Refusal):
    code = "claims.unknown-field"
    message = N_("{field} is no field of this catalogue; expected one of {known}.")


class FieldNeeded(Refusal):
    code = "claims.field-needed"
    message = N_("{key}: {field} is needed; write it.")


class FieldForm(Refusal):
    code = "claims.field-form"
    message = N_("{key}: {field} is {value}; expected {expected}.")


class KeyNeeded(Refusal):
    code = "claims.key-needed"
    message = N_("A line of this catalogue needs its key ({key}).")


class KeyTwice(Refusal):
    code = "claims.key-twice"
    message = N_("{key} stands on two lines; write it on one.")


class LinkKeyStays(Refusal):
    code = "claims.link-key-stays"
    message = N_(
        "The link key of a visit that was sent does not change; take it out of the changes."
    )


class UnknownPerson(Refusal):
    code = "claims.unknown-person"
    message = N_("There is no person {person} on record here; choose one of the list.")


class NoKey(Refusal):
    code = "claims.no-key"
    message = N_(
        "There is no key to sign with in {path}; put key.pem and certificate.pem of the facility"
        " there, or run `tuyen claims key` for a test key."
    )


class OpenKeyFile(Refusal):
    code = "claims.open-key-file"
    message = N_("Others on this machine can read {path}: run `chmod 600 {path}`.")


class BadKey(Refusal):
    code = "claims.bad-key"
    message = N_("{path}: {why}; expected a private key and its certificate as PEM.")


class NotSigned(Refusal):
    code = "claims.not-signed"
    message = N_("The signature of the file does not hold: {why}.")


class NoPortal(Refusal):
    code = "claims.no-portal"
    message = N_(
        "{path} does not say where the portal is; write its address, login and password file."
    )


class ForeignHost(Refusal):
    code = "claims.foreign-host"
    message = N_(
        "The portal's address names {host}, which {path} does not allow; write it under hosts if it"
        " is the portal of the insurer."
    )


class BadAnswerFile(Refusal):
    """A row that cannot be read; ``others``: further rows of the same file that cannot."""

    code = "claims.bad-answer-file"
    others: tuple["BadAnswerFile", ...] = ()
    message = N_("{file}, row {row}: {field} is {value}; expected {expected}.")


class KeylessAnswer(BadAnswerFile):
    code = "claims.keyless-answer"
    message = N_(
        "{file}, row {row}: MA_LK is blank; write the link key of the claim that is answered."
    )

    def __init__(self, *, file: str, row: int) -> None:
        super().__init__(file=file, row=row, field="MA_LK", value="")
