"""What somebody does not bear, at the desk: said beside the patient, and asked about where it is given."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from tuyen.apps.clinical.not_borne import asked
from tuyen.apps.clinical.operations import Prescribed
from tuyen.apps.clinical.queries import AllergyRow
from tuyen.rules.clinical import allergies as rules
from tuyen.web.clinical import visit_words
from tuyen.web.clinical.cells import Typed
from tuyen.web.surveillance.words import language


class Warned(NamedTuple):
    """A medicine of which it is asked: what it is against, and how closely (same, class, cross)."""

    item: str
    allergy: AllergyRow
    how: str


LEAST = 3
TONES = {"severe": "bad", "moderate": "warn", "mild": "warn"}


def named(row: AllergyRow) -> str:
    """What it is: a medicine, a class, words; that none is known."""
    if row.against == "none":
        return _("No allergy known")
    return rules.named(row.against, row.code, row.name, language())


def said(row: AllergyRow) -> str:
    """What it did and how gravely, since when: "severe · anaphylaxis · 07/03/2019"."""
    parts = [
        rules.word("severity", row.severity, language()) if row.severity else "",
        row.reaction, f"{row.since:%d/%m/%Y}" if row.since else "",
        _("suspected") if row.certainty == "suspected" else "",
    ]  # fmt: skip
    return " · ".join(filter(None, parts))


def shown(rows: Iterable[AllergyRow]) -> list[dict[str, Any]]:
    """The rows of the list beside a patient."""
    return [
        {"row": one, "name": named(one), "said": said(one), "kind": rules.word("kind", one.kind, language()),
         "tone": "" if one.against == "none" else TONES.get(one.severity, "warn"),
         "none": one.against == "none"}
        for one in rows
    ]  # fmt: skip


def sentence(one: Warned) -> str:
    """Why a medicine is asked about."""
    how = {
        "same": _("this person does not bear it"),
        "class": _("it is of a class that this person does not bear"),
        "cross": _("it is related to what this person does not bear"),
    }[one.how]
    row = one.allergy
    told = ", ".join(filter(None, (named(row), said(row))))
    return _("{item}: {how} ({told}).").format(item=visit_words.item(one.item), how=how, told=told)


def warned(
    known: Sequence[AllergyRow], items: Iterable[str], on: date
) -> dict[str, list[Warned]]:  # fmt: skip
    """Medicine -> what it is against."""
    found: dict[str, list[Warned]] = {}
    held: dict[Any, AllergyRow] = {one.id: one for one in known if one.state == "live"}
    told = [(one.id, one.against, one.code, one.name) for one in held.values()]
    for one in asked(items, told, on):
        found.setdefault(one.item, []).append(Warned(one.item, held[one.key], one.how))
    return found


def ask(
    typed: Typed, prescribed: Iterable[Prescribed], known: Sequence[AllergyRow], on: date,
    given: Collection[str] = (),
) -> None:  # fmt: skip
    """Ask, at the line of a medicine that is not borne, why it is given all the same."""
    told = {one.item: one for one in prescribed if one.item not in given}
    if not told or not known:
        return
    found = warned(known, told, on)
    for row in typed.tables["rx"]:
        why = found.get(row.text("chosen")) or found.get(_code(row.text("text"), told))
        if why and len(row.text("despite")) < LEAST:
            row["despite"].error = (
                " ".join(map(sentence, why))
                + " "
                + _("Take another one, or write why it is given all the same.")
            )


def _code(text: str, told: Mapping[str, Prescribed]) -> str:
    """The medicine that a line without a chosen code came to mean."""
    plain = text.casefold()
    return next((code for code in told if visit_words.item(code).casefold() == plain), "")
