"""From a form to the journal: build the operation, commit it, put a refusal where it belongs."""

from datetime import date
from uuid import UUID

from django import forms
from django.contrib import messages
from django.utils.translation import gettext as _

from tuyen.apps.access import clock
from tuyen.apps.journal.services import commit
from tuyen.kernel.operation import Operation, Payload, Receipt
from tuyen.web.access import ActorRequest
from tuyen.web.sentences import say


def send(
    request: ActorRequest, form: forms.Form, payload: Payload, *, unit: UUID,
    happened_on: date | None = None, id: UUID | None = None,
) -> Receipt | None:  # fmt: skip
    """Commit one operation of ``unit``. Returns the receipt, or None when it was refused: then
    the sentence stands in the form, at its field where it names one."""
    now = clock.now()
    operation = Operation.of(
        payload, id=id, unit=unit, happened_on=min(happened_on or now.date(), now.date()),
        recorded_at=now,
    )  # fmt: skip
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    if receipt.refusal is not None:
        refusal = receipt.refusal.refusal()
        field = str(refusal.values.get("field", "")).split(".")[0]
        if field in form.fields:
            refusal.values["field"] = str(form.fields[field].label)
            form.add_error(field, say(refusal))
        else:
            form.add_error(None, say(refusal))
        return None
    messages.success(
        request,
        _("Confirmed: number {position} in the journal.").format(position=receipt.position),
    )
    return receipt
