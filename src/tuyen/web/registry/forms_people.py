"""Registering people and households, and what can be changed about a person."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from tuyen.apps.registry import operations, vocabulary
from tuyen.apps.registry.queries import Atlas, PersonCard
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Payload
from tuyen.kernel.refusal import N_
from tuyen.web.registry import words
from tuyen.web.registry.forms_units import no_such_unit, only_unit

SEXES = [("1", _("Male")), ("2", _("Female")), ("3", _("Not known"))]
PRECISIONS = [
    ("day", _("The whole date")),
    ("month", _("Month and year")),
    ("year", _("The year only")),
]
ROLES = ("head", "spouse", "child", "parent", "grandchild", "sibling", "relative", "other")
STAYS = [("permanent", _("Permanent residence")), ("temporary", _("Temporary residence"))]
PURPOSES = [("care", _("Care of this person")), ("statistics", _("Statistics"))]
LIVED_IN = ("village", "commune", "ward", "town", "special_zone")


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Name, birth year, or a number"), required=False, max_length=200,
        help_text=_("Part of the name is enough, without marks and in any order: giang a 1987"),
    )  # fmt: skip


class PurposeForm(forms.Form):
    """Why details are needed that are shown only for a purpose."""

    purpose = forms.ChoiceField(label=_("What it is needed for"), choices=PURPOSES)


class PlaceForm(forms.Form):
    """A form with a place where somebody lives: typed, or chosen from the suggestions."""

    place = forms.CharField(
        label=_("Village or commune"), max_length=250,
        help_text=_("Type a part of the name and choose; the village where it is known."),
    )  # fmt: skip
    place_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, atlas: Atlas, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.atlas, self.on = atlas, on

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("place") and not given.get("place_id"):
            given["place_id"] = only_unit(self.atlas, given["place"], self.on, LIVED_IN)
            if given["place_id"] is None:
                self.add_error("place", no_such_unit())
        return given


class _Born(forms.Form):
    """Name, sex and birth, as registrations ask for them."""

    name = forms.CharField(label=_("Full name"), max_length=200)
    sex = forms.TypedChoiceField(
        label=_("Sex"), choices=SEXES, coerce=int, widget=forms.RadioSelect
    )
    born_on = forms.DateField(
        label=_("Born on"),
        help_text=_("When only the year is known, give 01/01 of it and say so below."),
    )
    birth_precision = forms.ChoiceField(
        label=_("Of the birth date is known"), choices=PRECISIONS, initial="day"
    )


class PersonForm(_Born, PlaceForm):
    """Register one person: the number, the card and the household are optional."""

    number = forms.CharField(
        label=_("Personal number"), max_length=20, required=False,
        help_text=_("The 12 digits of the citizen card"),
    )  # fmt: skip
    phone = forms.RegexField(
        r"^\+?[0-9 .-]*$", label=_("Phone"), max_length=20, required=False,
        error_messages={"invalid": _("Give digits, for example 0912 345 678.")},
    )  # fmt: skip
    ethnicity = forms.ChoiceField(
        label=_("Ethnic group"), required=False,
        help_text=_("Sensitive: kept apart, and read only for a stated purpose."),
    )  # fmt: skip
    role = forms.ChoiceField(label=_("Place in the household"), required=False)
    household = forms.UUIDField(required=False, widget=forms.HiddenInput)
    since = forms.DateField(
        label=_("Lives there since"), required=False,
        help_text=_("Left out: since birth for a newborn, otherwise since today."),
    )  # fmt: skip
    stay = forms.ChoiceField(label=_("Residence"), choices=STAYS, initial="permanent")
    field_order = (
        "name", "sex", "born_on", "birth_precision", "place", "place_id", "number", "phone",
        "ethnicity", "since", "stay", "household", "role",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ethnicity"].choices = ethnic_choices()  # type: ignore[attr-defined]
        self.fields["role"].choices = role_choices()  # type: ignore[attr-defined]

    def payload(self) -> Payload:
        given = self.cleaned_data
        return operations.RegisterPerson(
            name=given["name"], sex=given["sex"], born_on=given["born_on"],
            birth_precision=given["birth_precision"], place=given["place_id"],
            household=given["household"], role=given["role"] or "other",
            ethnicity=given["ethnicity"], phone=given["phone"],
            numbers=numbers_of(given["number"]), since=given["since"], stay=given["stay"],
        )  # fmt: skip


class HouseholdForm(PlaceForm):
    """A household: where it is. Its members are a formset of :class:`MemberForm`."""

    address = forms.CharField(
        label=_("Address"), max_length=200, required=False,
        help_text=_("House number, road, landmark"),
    )  # fmt: skip
    code = forms.CharField(label=_("Household number"), max_length=32, required=False)
    since = forms.DateField(
        label=_("Lives there since"), required=False, help_text=_("Left out: since today.")
    )
    stay = forms.ChoiceField(label=_("Residence"), choices=STAYS, initial="permanent")

    def payload(self, members: list[operations.Member]) -> operations.RegisterHousehold:
        given = self.cleaned_data
        return operations.RegisterHousehold(
            place=given["place_id"], members=tuple(members), code=given["code"],
            address=given["address"], since=given["since"], stay=given["stay"],
        )  # fmt: skip


class MemberForm(_Born):
    """One person of a new household."""

    role = forms.ChoiceField(label=_("Place in the household"))
    number = forms.CharField(label=_("Personal number"), max_length=20, required=False)
    field_order = ("name", "role", "sex", "born_on", "birth_precision", "number")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices()  # type: ignore[attr-defined]
        self.fields["born_on"].help_text = ""

    def has_changed(self) -> bool:
        """Only a name or a birth date makes a row count; its choices have defaults."""
        return any(self[name].data for name in ("name", "born_on", "number"))

    def member(self) -> operations.Member:
        given = self.cleaned_data
        return operations.Member(
            id=uuid7(), name=given["name"], sex=given["sex"], born_on=given["born_on"],
            role=given["role"], birth_precision=given["birth_precision"],
            numbers=numbers_of(given["number"]),
        )  # fmt: skip


class _Members(forms.BaseFormSet):
    """Rows of which the first must be filled in; what stands in the others is an offer."""

    def initial_form_count(self) -> int:
        return 0

    def total_form_count(self) -> int:
        return super().total_form_count() if self.is_bound else max(1, len(self.initial or ()))


MemberFormSet = forms.formset_factory(
    MemberForm, formset=_Members, extra=0, min_num=1, validate_min=True, max_num=30, absolute_max=60
)


class ChangeForm(forms.Form):
    """A change to one person's record: one operation."""

    title: ClassVar[str]
    day: ClassVar[str] = ""  # the field with the day on which it happened

    def __init__(self, *args: Any, card: PersonCard, atlas: Atlas, on: date, **kwargs: Any) -> None:
        self.card, self.atlas, self.today = card, atlas, on
        kwargs["initial"] = {**self.known(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)

    @property
    def person(self) -> UUID:
        return self.card.row.id

    def known(self) -> dict[str, Any]:
        return {}

    def payload(self) -> Payload:
        raise LookupError("a form of this kind builds no operation")


class AmendForm(ChangeForm):
    title = N_("Correct the record")
    name = forms.CharField(label=_("Full name"), max_length=200)
    sex = forms.TypedChoiceField(
        label=_("Sex"), choices=SEXES, coerce=int, widget=forms.RadioSelect
    )
    born_on = forms.DateField(label=_("Born on"))
    birth_precision = forms.ChoiceField(label=_("Of the birth date is known"), choices=PRECISIONS)
    phone = forms.RegexField(r"^\+?[0-9 .-]*$", label=_("Phone"), max_length=20, required=False)

    def known(self) -> dict[str, Any]:
        row = self.card.row
        return {
            "name": row.name, "sex": str(row.sex), "born_on": row.born_on,
            "birth_precision": row.birth_precision, "phone": self.card.phone,
        }  # fmt: skip

    def payload(self) -> Payload:
        """Only what differs from the record is stated."""
        given, row = self.cleaned_data, self.card.row
        before = {
            "name": row.name, "sex": row.sex, "born_on": row.born_on,
            "birth_precision": row.birth_precision, "phone": self.card.phone,
        }  # fmt: skip
        changed = {name: given[name] for name in before if given[name] != before[name]}
        return operations.AmendPerson(person=self.person, **changed)


class MoveForm(ChangeForm):
    title = N_("Record a move")
    day = "since"
    where = forms.ChoiceField(
        label=_("Moves to"), initial="here", widget=forms.RadioSelect,
        choices=[("here", _("A place in this province")), ("away", _("Somewhere else"))],
    )  # fmt: skip
    place = forms.CharField(label=_("Village or commune"), max_length=250, required=False)
    place_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    since = forms.DateField(label=_("Since"))
    stay = forms.ChoiceField(label=_("Residence"), choices=STAYS, initial="permanent")

    def known(self) -> dict[str, Any]:
        return {"since": self.today}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("where") == "away":
            return {**given, "place_id": None}
        if not given.get("place"):
            self.add_error("place", _("Say where the person lives now."))
        elif not given.get("place_id"):
            given["place_id"] = only_unit(self.atlas, given["place"], self.today, LIVED_IN)
            if given["place_id"] is None:
                self.add_error("place", no_such_unit())
        return given

    def payload(self) -> Payload:
        given = self.cleaned_data
        return operations.MovePerson(
            person=self.person, place=given["place_id"], since=given["since"], stay=given["stay"]
        )


class DeathForm(ChangeForm):
    title = N_("Record a death")
    day = "on"
    on = forms.DateField(label=_("Died on"))
    cause = forms.RegexField(
        r"^([A-Za-z][0-9]{2}(\.[0-9]{1,3})?)?$", label=_("Cause (ICD-10)"), required=False,
        max_length=8, help_text=_("For example I64"),
        error_messages={"invalid": _("Give a code such as I64 or A91.0.")},
    )  # fmt: skip

    def payload(self) -> Payload:
        given = self.cleaned_data
        return operations.RecordDeath(
            person=self.person, on=given["on"], cause=given["cause"].upper()
        )


class EntitleForm(ChangeForm):
    title = N_("Record insurance")
    day = "since"
    card_number = forms.CharField(
        label=_("Card or insurance number"), max_length=24,
        help_text=_("15 characters of the card, or 10 digits"),
    )  # fmt: skip
    since = forms.DateField(label=_("Valid from"))
    until = forms.DateField(
        label=_("Valid until"), required=False, help_text=_("First day without it; empty: no end")
    )
    facility = forms.CharField(label=_("Care begins at"), max_length=250, required=False)
    facility_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def known(self) -> dict[str, Any]:
        return {"since": self.today}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("facility") and not given.get("facility_id"):
            given["facility_id"] = only_unit(self.atlas, given["facility"], self.today)
            if given["facility_id"] is None:
                self.add_error("facility", no_such_unit())
        return given

    def payload(self) -> Payload:
        given = self.cleaned_data
        return operations.Entitle(
            person=self.person, card=given["card_number"], since=given["since"],
            until=given["until"], facility=given["facility_id"],
        )  # fmt: skip


class IdentifyForm(ChangeForm):
    title = N_("Record a number")
    day = "since"
    system = forms.ChoiceField(label=_("Kind of number"))
    value = forms.CharField(label=_("Number"), max_length=40)
    since = forms.DateField(label=_("Since"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["system"].choices = [  # type: ignore[attr-defined]
            (code, words.number_name(code)) for code in vocabulary.identifier_systems()
        ]

    def known(self) -> dict[str, Any]:
        return {"since": self.today}

    def payload(self) -> Payload:
        given = self.cleaned_data
        return operations.Identify(
            person=self.person, system=given["system"], value=given["value"],
            since=given["since"],
        )  # fmt: skip


FORMS: dict[str, type[ChangeForm]] = {
    "amend": AmendForm,
    "move": MoveForm,
    "insurance": EntitleForm,
    "number": IdentifyForm,
    "death": DeathForm,
}


def role_choices() -> list[tuple[str, str]]:
    return [(role, words.role_name(role)) for role in ROLES]


def ethnic_choices() -> list[tuple[str, str]]:
    listed = vocabulary.ethnic_groups().values()
    return [("", "–"), *((group.code, group.names.of(words.language())) for group in listed)]


def numbers_of(typed: str) -> tuple[operations.Number, ...]:
    return (operations.Number(system="personal_number", value=typed),) if typed else ()
