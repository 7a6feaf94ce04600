"""The steps of a reorganisation as forms: units by name, shares in percent."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tuyen.apps.registry import vocabulary
from tuyen.apps.registry.queries import Atlas
from tuyen.kernel.refusal import N_
from tuyen.web.registry import words
from tuyen.web.registry.forms_units import no_such_unit, only_unit
from tuyen.web.registry.steps import Kind, New, Part, Plan, Step, opening, relation_moved

AREAS = "commune,ward,town,special_zone,village"
STATIONS = "station"
HUNDRED = Decimal(100)


class HeadForm(forms.Form):
    """When it begins to hold, and on what it rests."""

    on = forms.DateField(
        label=_("First day of the new order"),
        help_text=_("The day on which the decision takes effect."),
    )
    basis = forms.CharField(
        label=_("Legal basis"), max_length=300,
        help_text=_("Number, day and issuer of the decision: 1661/NQ-UBTVQH15, 16/06/2025"),
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why something is undone, withdrawn or ordered: kept with it."""

    reason = forms.CharField(
        label=_("Reason"), min_length=3, max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A sentence. It is kept in the journal."),
    )  # fmt: skip


class UnitField(forms.CharField):
    """A unit by its name; the hidden field ``<name>_id`` holds the one that was chosen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=250, **kwargs)


class _Units(forms.Form):
    """A form with units: typed, or chosen from the suggestions, or opened by an earlier step."""

    def __init__(self, *args: Any, atlas: Atlas, plan: Plan, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.atlas, self.plan, self.on = atlas, plan, on
        self.day = on - timedelta(days=1)

    def unit(self, field: str) -> UUID | None:
        """The unit that a field means, or its error."""
        given = self.cleaned_data
        text = given.get(field) or ""
        if not text:
            return None
        known = {new.full_name.casefold(): new.id for new in self.plan.opened.values()}
        if text.strip().casefold() in known:
            return known[text.strip().casefold()]
        chosen = given.get(f"{field}_id") or only_unit(self.atlas, text, self.day)
        if chosen is None or self.atlas.unit(chosen) is None:
            self.add_error(field, no_such_unit())
            return None
        if not self.atlas.valid(chosen, self.day):
            self.add_error(field, gettext("This unit is not there on the day before."))
            return None
        return chosen

    def type_of(self, unit: UUID) -> str:
        new = self.plan.opened.get(unit)
        return new.type if new else self.atlas.type(unit, self.day) or ""


class OldForm(_Units):
    """One of the units that a step takes from."""

    old = UnitField(label=_("Unit"), required=False)
    old_id = forms.UUIDField(required=False, widget=forms.HiddenInput)


class TakerForm(_Units):
    """One of the units into which another is split."""

    new = UnitField(label=_("Goes to"), required=False)
    new_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    share = forms.DecimalField(
        label=_("Share in %"), min_value=Decimal("0.01"), max_value=HUNDRED, required=False
    )
    opens = forms.BooleanField(label=_("Opened new under this name"), required=False)
    code = forms.CharField(label=_("Its code"), max_length=20, required=False)


class StepForm(_Units):
    """What all steps ask; each builds the step it describes."""

    kind: ClassVar[Kind]
    lead: ClassVar[str]
    rows_of: ClassVar[type[_Units] | None] = None
    least_rows: ClassVar[int] = 1
    types: ClassVar[str] = ""  # of the units suggested

    def __init__(self, *args: Any, rows: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows

    def step(self) -> Step | None:
        """The step, or None after an error was added."""
        raise LookupError("a form of this kind builds no step")

    def opened(self, text: str, like: UUID, code: str) -> New:
        return opening(self.type_of(like), text, code)

    def olds(self) -> list[UUID]:
        """The units in the rows, each once."""
        found = []
        for row in self.rows:
            unit = row.unit("old")
            if row.errors:
                self.add_error(None, gettext("One of the units is not known; see below."))
            elif unit is not None and unit not in found:
                found.append(unit)
        if len(found) < self.least_rows and not self.errors:
            self.add_error(
                None,
                gettext("Name at least {number} units.").format(number=self.least_rows)
                if self.least_rows > 1
                else gettext("Name at least one unit."),
            )
        return found


class MergeForm(StepForm):
    kind = "merge"
    lead = N_("Several units become one: a new one, or one of those there are.")
    rows_of, least_rows = OldForm, 1
    new = UnitField(
        label=_("Into"), help_text=_("The name of the new unit as on its letterhead: Xã Nà Hỳ")
    )
    new_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    opens = forms.BooleanField(label=_("Opened new under this name"), required=False, initial=True)
    code = forms.CharField(label=_("Its code"), max_length=20, required=False)

    def step(self) -> Step | None:
        olds = self.olds()
        if self.errors:
            return None
        given = self.cleaned_data
        if given["opens"]:
            new = self.opened(given["new"], olds[0], given["code"])
            parts = tuple(Part(old, new.id) for old in olds)
            return Step(kind=self.kind, parts=parts, opens=(new,))
        into = self.unit("new")
        if into is None:
            return None
        parts = tuple(Part(old, into) for old in olds if old != into)
        if not parts:
            self.add_error(None, gettext("A unit cannot be merged with itself alone."))
            return None
        return Step(kind=self.kind, parts=parts)


class SplitForm(StepForm):
    kind = "split"
    lead = N_("One unit is divided. The shares say how its figures are led on; together 100 %.")
    rows_of, least_rows = TakerForm, 2
    old = UnitField(label=_("Unit that is split"))
    old_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def step(self) -> Step | None:
        old = self.unit("old")
        if old is None:
            return None
        parts, opens = [], []
        for row in self.rows:
            if not row.cleaned_data.get("new"):
                continue
            given = row.cleaned_data
            if not given.get("share"):
                row.add_error("share", gettext("Give the share in percent."))
                continue
            if given["opens"]:
                new = self.opened(given["new"], old, given["code"])
                opens.append(new)
                taker: UUID | None = new.id
            else:
                taker = row.unit("new")
            if taker is not None:
                parts.append(Part(old, taker, float(given["share"] / HUNDRED)))
        if any(row.errors for row in self.rows):
            self.add_error(None, gettext("One of the units is not known; see below."))
            return None
        total = sum(part.share or 0.0 for part in parts)
        if len(parts) < 2 or abs(total - 1) > 1e-6:
            self.add_error(
                None,
                gettext(
                    "Name at least two units, with shares that make 100 % (now {total} %)."
                ).format(total=f"{100 * total:g}"),
            )
            return None
        return Step(kind=self.kind, parts=tuple(parts), opens=tuple(opens))


class TransferForm(StepForm):
    kind = "transfer"
    lead = N_(
        "A part of a commune, a village, or a facility passes to another unit; what it leaves goes on."
    )
    old = UnitField(
        label=_("What passes"),
        help_text=_("A village or facility; or a commune, of which a share passes."),
    )
    old_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    new = UnitField(label=_("To"))
    new_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    share = forms.DecimalField(
        label=_("Share of the commune in %"), min_value=Decimal("0.01"),
        max_value=Decimal("99.99"), required=False,
        help_text=_("By this share the commune's figures are led on; for a facility leave it empty."),
    )  # fmt: skip

    def step(self) -> Step | None:
        old, new = self.unit("old"), self.unit("new")
        if old is None or new is None:
            return None
        if old == new:
            self.add_error("new", gettext("Choose another unit."))
            return None
        relation = relation_moved(self.atlas, old, new, self.day)
        share = self.cleaned_data["share"]
        if not relation and not share:
            self.add_error("share", gettext("Give the share in percent."))
            return None
        part = Part(old, new, float(share / HUNDRED) if share else None)
        return Step(kind=self.kind, parts=(part,), relation=relation)


class RenameForm(StepForm):
    kind = "rename"
    lead = N_("The unit goes on under another name; its people, posts and figures stay with it.")
    old = UnitField(label=_("Unit"))
    old_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("New name"), max_length=250, help_text=_("As on the letterhead: Xã Nà Hỳ")
    )

    def step(self) -> Step | None:
        old = self.unit("old")
        if old is None:
            return None
        new = opening(self.type_of(old), self.cleaned_data["name"])
        return Step(
            kind=self.kind, parts=(Part(old, None),), name=new.name, full_name=new.full_name
        )


class ConvertForm(StepForm):
    kind = "convert"
    lead = N_(
        "Stations become satellite points of another, which serves their communes from then on."
    )
    rows_of, types = OldForm, STATIONS
    new = UnitField(label=_("Become points of"))
    new_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    posts_follow = forms.BooleanField(
        label=_("Their posts and tablets go to that station"), required=False, initial=True,
        help_text=_("Otherwise the heads keep a post that reaches nobody."),
    )  # fmt: skip

    def step(self) -> Step | None:
        into, olds = self.unit("new"), self.olds()
        if self.errors or into is None:
            return None
        wrong = [id for id in olds if self.type_of(id) != "station"]
        if wrong or self.type_of(into) != "station":
            name = self.atlas.full_name(wrong[0] if wrong else into, self.day)
            self.add_error(None, gettext("{name} is not a station.").format(name=name))
            return None
        parts = tuple(Part(old, into) for old in olds if old != into)
        if not parts:
            self.add_error("new", gettext("Choose another unit."))
            return None
        return Step(kind=self.kind, parts=parts, posts_follow=self.cleaned_data["posts_follow"])


class CloseForm(StepForm):
    kind = "close"
    lead = N_("The unit ends, and nothing takes over. Its posts end that day.")
    old = UnitField(label=_("Unit"))
    old_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def step(self) -> Step | None:
        old = self.unit("old")
        return Step(kind=self.kind, parts=(Part(old, None),)) if old else None


FORMS: dict[str, type[StepForm]] = {
    form.kind: form
    for form in (MergeForm, SplitForm, TransferForm, RenameForm, ConvertForm, CloseForm)
}
MOST_ROWS = 60


def rows_of(form: type[StepForm], data: Any, shown: int, **kwargs: Any) -> Any:
    """The rows of a step: a formset, or None where the step has none."""
    if form.rows_of is None:
        return None
    made = forms.formset_factory(
        form.rows_of, extra=0 if data is not None else shown, max_num=MOST_ROWS,
        absolute_max=MOST_ROWS,
    )  # fmt: skip
    return made(data, prefix="row", form_kwargs=kwargs)


def type_word(code: str) -> str:
    return words.type_name(code) if code in vocabulary.unit_types() else code
