"""What a dose says, and what was done to it, in words."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from tuyen.apps.immunization.foreseeing import Foreseen, GroupChange
from tuyen.apps.immunization.queries import Card, DoseRow, StepRow
from tuyen.apps.registry import queries as registry
from tuyen.engines.immunization import GroupAnswer
from tuyen.kernel.refusal import N_
from tuyen.web.immunization import forms, words
from tuyen.web.templatetags.figures import day, moment, number

FIELD = {
    "vaccine": N_("Vaccine"),
    "given_on": N_("Given on"),
    "precision": N_("Of the date is known"),
    "product": N_("Product"),
    "lot": N_("Lot"),
    "vial": N_("Vial"),
    "number": N_("Number in the series, as it was written"),
    "programme": N_("Programme"),
    "facility_id": N_("Where it was given"),
    "place": N_("Where it was given"),
    "place_kind": N_("Kind of place"),
    "site": N_("Where on the body"),
    "route": N_("Route"),
    "arrived_at": N_("Arrived"),
    "screened_at": N_("Screened"),
    "injected_at": N_("Injected"),
    "left_at": N_("Left"),
    "vaccinator": N_("Vaccinator"),
    "note": N_("Note"),
    "decision": N_("Of two entries"),
}
_DECISION = {
    "keep": N_("this entry counts"),
    "same": N_("the other entry counts"),
    "apart": N_("two doses"),
}
_DONE = {
    "amended": N_("Corrected"),
    "voided": N_("Struck out"),
    "resolved": N_("Told apart from another entry"),
}


def entry(dose: DoseRow) -> str:
    """One entry in a line: what, when, where, and from what."""
    said = (
        words.vaccine_name(dose.vaccine), words.given_on(dose), place(dose),
        _("lot {lot}").format(lot=dose.lot) if dose.lot else "",
        words.word(words.SOURCES, dose.source),
    )  # fmt: skip
    return " · ".join(filter(None, said))


def place(dose: DoseRow) -> str:
    return dose.place or (registry.atlas().full_name(dose.facility) if dose.facility else "")


def value(column: str, said: Any) -> str | None:
    """A value of a dose as it is read; None where there is none. Of a step, days and ids are text."""
    if said is None or said == "":
        return None
    if column == "vaccine":
        return words.vaccine_name(str(said))
    if column == "given_on":
        return str(day(date.fromisoformat(said) if isinstance(said, str) else said))
    if column.endswith("_at"):
        at = datetime.fromisoformat(said) if isinstance(said, str) else said
        return str(moment(timezone.localtime(at)))
    if column == "facility_id":
        return str(registry.atlas().full_name(UUID(str(said))))
    if column == "precision":
        return str(dict(forms.PRECISIONS).get(said, said))
    if column == "decision":
        return words.word(_DECISION, said)
    if column in ("programme", "place_kind", "site", "route"):
        return words.listed(column.replace("_", "-"), said)
    return str(said)


def differences(rows: Iterable[tuple[str, Any, Any]]) -> list[tuple[str, str | None, str | None]]:
    """(column, before, after) as (field, before, after) in words."""
    return [
        (words.word(FIELD, name), value(name, before), value(name, after))
        for name, before, after in rows
    ]


def history(dose: DoseRow, done: Iterable[StepRow], who: Mapping[Any, str]) -> list[dict[str, Any]]:
    """What was done to a dose, newest first, down to its recording."""
    told = [
        {
            "title": words.word(_DONE, step.what), "at": step.received_at,
            "by": who.get(step.author, ""), "reason": step.reason,
            "diff": differences(step.changes), "entry": step.entry,
        }
        for step in done
    ]  # fmt: skip
    recorded = {
        "title": _("Entered in the register"), "at": dose.received_at, "by": who.get(dose.author, ""),
        "reason": "", "diff": [], "entry": None,
    }  # fmt: skip
    return [*told, recorded]


def effect(found: Foreseen, card: Card) -> dict[str, Any]:
    """What would become of the dose and of the child's schedule."""
    left_out = ("voided_at", "void_reason")
    changed = [
        (name, before, found.after[name])
        for name, before in found.before.items()
        if before != found.after[name] and name not in left_out
    ]
    return {
        "diff": differences(changed),
        "groups": [_group(one) for one in found.groups],
        "active": card.active,
    }


def _group(one: GroupChange) -> dict[str, Any]:
    before, after = one.valid
    return {
        "name": words.group_name(one.group),
        "counted": (number(before), number(after), before != after),
        "sides": [_side(one.before), _side(one.after)],
    }


def _side(answer: GroupAnswer | None) -> dict[str, Any]:
    if answer is None or answer.status is None:
        return {"status": "–"}
    open_ = answer.status == "not_complete"
    return {
        "status": words.word(words.STATUS, answer.status),
        "number": answer.dose_number if open_ else None,
        "recommended": answer.recommended if open_ else None,
        "past_due": answer.past_due if open_ else None,
    }
