"""A patient's summary, and compositions with everything that they name."""

from django.http import HttpResponse

from tuyen.api.fhir_door import Call, asks, interaction, sent, takes_only
from tuyen.apps.exchange import documents
from tuyen.apps.exchange.refusals import BadParameter


def summary(call: Call, id: str) -> HttpResponse:
    """The summary of a patient after the International Patient Summary."""
    made = documents.summary(by=call.by, id=id, at=call.at, base=call.base)
    call.note(made.rows)
    return sent(made.body)


@asks
def document(call: Call, id: str) -> HttpResponse:
    """A kept composition as a document, which is not kept itself."""
    takes_only(call.request.GET, "persist")
    if (value := call.request.GET.get("persist", "false")) != "false":
        raise BadParameter(name="persist", value=value[:40], expected="false")
    made = documents.document(by=call.by, id=id, at=call.at, base=call.base)
    call.note(made.rows)
    return sent(made.body)


of_summary = interaction(GET=summary)
of_document = interaction(GET=document)
