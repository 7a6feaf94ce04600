"""What can be changed about a unit: each form is one dated operation."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tuyen.apps.registry import operations, vocabulary
from tuyen.apps.registry.queries import Atlas
from tuyen.kernel.operation import Payload
from tuyen.kernel.refusal import N_
from tuyen.web.registry import words
from tuyen.web.registry.finding import units_called


class UnitForm(forms.Form):
    """A change of one unit from a day on, and what it rests on."""

    title: ClassVar[str]
    since = forms.DateField(label=_("From"))
    basis = forms.CharField(
        label=_("Basis"), max_length=300, required=False,
        help_text=_("The decision it rests on: number, day, who signed."),
    )  # fmt: skip

    def __init__(self, *args: Any, atlas: Atlas, unit: UUID, on: date, **kwargs: Any) -> None:
        self.atlas, self.unit, self.on = atlas, unit, on
        kwargs["initial"] = {"since": on, **self.known(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.order_fields([*(n for n in self.fields if n not in ("since", "basis")), "since"])
        self.prepare()

    def known(self) -> dict[str, Any]:
        """What is on record now, to begin from."""
        return {}

    def prepare(self) -> None:
        """Fill the choices that depend on the unit."""

    def payload(self) -> Payload:
        raise LookupError("a form of this kind builds no operation")


class NameForm(UnitForm):
    title = N_("Change the name")
    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("Without its type: Nà Hỳ"))
    full_name = forms.CharField(
        label=_("Full name"), max_length=250, help_text=_("As on the letterhead: Xã Nà Hỳ")
    )

    def known(self) -> dict[str, Any]:
        return {
            "name": self.atlas.name(self.unit, self.on),
            "full_name": self.atlas.full_name(self.unit, self.on),
        }

    def payload(self) -> Payload:
        given = self.cleaned_data
        return operations.ChangeUnit(
            unit=self.unit, since=given["since"], name=given["name"],
            full_name=given["full_name"], basis=given["basis"],
        )  # fmt: skip


class CodeForm(UnitForm):
    title = N_("Change a code")
    system = forms.ChoiceField(label=_("Kind of code"))
    code = forms.CharField(label=_("Code"), max_length=64)

    def prepare(self) -> None:
        type = self.atlas.type(self.unit, self.on)
        self.fields["system"].choices = [  # type: ignore[attr-defined]
            (system.code, system.names.of(words.language()))
            for system in vocabulary.code_systems().values()
            if type in system.of
        ]

    def payload(self) -> Payload:
        given = self.cleaned_data
        code = operations.Code(system=given["system"], code=given["code"].strip())
        return operations.ChangeUnit(
            unit=self.unit, since=given["since"], codes=(code,), basis=given["basis"]
        )


class PointForm(UnitForm):
    title = N_("Change the position")
    lat = forms.FloatField(
        label=_("Latitude"), min_value=-90, max_value=90, help_text=_("Degrees, for example 21.86")
    )
    lon = forms.FloatField(
        label=_("Longitude"), min_value=-180, max_value=180,
        help_text=_("Degrees, for example 102.85"),
    )  # fmt: skip

    def known(self) -> dict[str, Any]:
        place = self.atlas.point(self.unit, self.on)
        return {"lon": place[0], "lat": place[1]} if place else {}

    def payload(self) -> Payload:
        given = self.cleaned_data
        point = operations.Point(lon=given["lon"], lat=given["lat"])
        return operations.ChangeUnit(
            unit=self.unit, since=given["since"], point=point, basis=given["basis"]
        )


class RelateForm(UnitForm):
    title = N_("Add a relation")
    kind = forms.ChoiceField(label=_("Relation"))
    other = forms.CharField(label=_("To the unit"), max_length=250)
    other_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def prepare(self) -> None:
        type = self.atlas.type(self.unit, self.on)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.code, kind.names.of(words.language()))
            for kind in vocabulary.relation_kinds().values()
            if type in kind.of
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("other") and not given.get("other_id"):
            given["other_id"] = only_unit(self.atlas, given["other"], self.on)
            if given["other_id"] is None:
                self.add_error("other", no_such_unit())
        return given

    def payload(self) -> Payload:
        given = self.cleaned_data
        return operations.Relate(
            subject=self.unit, relation=given["kind"], object=given["other_id"],
            since=given["since"], basis=given["basis"],
        )  # fmt: skip


class EndRelationForm(UnitForm):
    title = N_("End a relation")
    relation = forms.ChoiceField(label=_("Relation"))
    since = forms.DateField(label=_("First day without it"))

    def prepare(self) -> None:
        ties = [t for t in self.atlas.relations(self.unit, self.on) if t.subject == self.unit]
        self.fields["relation"].choices = [  # type: ignore[attr-defined]
            (f"{t.kind}|{t.object}", f"{words.relation_name(t.kind)} "
             f"{self.atlas.full_name(t.object, self.on)}")
            for t in ties
        ]  # fmt: skip

    def payload(self) -> Payload:
        given = self.cleaned_data
        kind, object = given["relation"].split("|")
        return operations.EndRelation(
            subject=self.unit, relation=kind, object=UUID(object), until=given["since"],
            basis=given["basis"],
        )  # fmt: skip


class CloseForm(UnitForm):
    title = N_("Close this unit")
    since = forms.DateField(
        label=_("First day without it"),
        help_text=_("For a unit that nothing succeeds. A merger or split is a reorganisation."),
    )

    def payload(self) -> Payload:
        given = self.cleaned_data
        return operations.CloseUnit(unit=self.unit, on=given["since"], basis=given["basis"])


FORMS: dict[str, type[UnitForm]] = {
    "name": NameForm,
    "code": CodeForm,
    "position": PointForm,
    "relate": RelateForm,
    "unrelate": EndRelationForm,
    "close": CloseForm,
}


def only_unit(atlas: Atlas, text: str, on: date, types: tuple[str, ...] = ()) -> UUID | None:
    """The one unit of the day that a text means; None when several fit equally or none does."""
    found = units_called(atlas, text, on, types=types, limit=10, former=False)
    exact = [
        id for id in found
        if text.strip().casefold()
        in (atlas.name(id, on).casefold(), atlas.full_name(id, on).casefold())
    ]  # fmt: skip
    best = exact or found
    return best[0] if len(best) == 1 else None


def no_such_unit() -> str:
    return gettext("Several units, or none, are called that; type more of the name and choose one.")
