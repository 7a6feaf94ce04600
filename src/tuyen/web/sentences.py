"""Refusals in the reader's language."""

from django.utils.translation import get_language, gettext

from tuyen.kernel.operation import Outcome, Receipt
from tuyen.kernel.refusal import Refusal
from tuyen.rules.surveillance.naming import named


def say(refusal: Refusal | Outcome) -> str:
    """The sentence of a refusal, translated by its template and filled with its values."""
    if isinstance(refusal, Outcome):
        refusal = refusal.refusal()
    told = named(refusal, get_language() or "vi", gettext("All these diseases"))
    return told.spoken(gettext)


def refused(receipts: list[Receipt]) -> list[str]:
    """The sentences of those that were refused."""
    return [say(receipt.refusal) for receipt in receipts if receipt.refusal is not None]
