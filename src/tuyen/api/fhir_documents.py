"""A patient's summary, and compositions with everything that they name."""

from django.http import HttpResponse

from tuyen.api.fhir_door import Call, interaction, sent
from tuyen.apps.exchange import documents


def summary(call: Call, id: str) -> HttpResponse:
    """The summary of a patient after the International Patient Summary."""
    made = documents.summary(by=call.by, id=id, at=call.at, base=call.base)
    call.note(made.rows)
    return sent(made.body)


def document(call: Call, id: str) -> HttpResponse:
    """A kept composition as a document."""
    made = documents.document(by=call.by, id=id, at=call.at, base=call.base)
    call.note(made.rows)
    return sent(made.body)


of_summary = interaction(GET=summary)
of_document = interaction(GET=document)
