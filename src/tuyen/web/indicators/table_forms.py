"""The table that a person asks to publish, as an address; and what they say when they publish it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from tuyen.apps.indicators import queries
from tuyen.apps.registry import queries as registry
from tuyen.kernel.period import Period
from tuyen.rules import surveillance as rules

KINDS = [("week", _("weeks")), ("month", _("months")), ("quarter", _("quarters")), ("year", _("years"))]  # fmt: skip
MOST_DISEASES = 20
DAYS = ["%d/%m/%Y", "%Y-%m-%d"]


class WishForm(forms.Form):
    """Which diseases, communes and periods, on which map. Every field has an answer already."""

    disease = forms.MultipleChoiceField(
        label=_("Diseases"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Each by itself, and together if there are several."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("By"), choices=KINDS)
    first = forms.DateField(label=_("Onset from"), input_formats=DAYS)
    last = forms.DateField(
        label=_("Onset to"),
        input_formats=DAYS,
        help_text=_("Whole periods are published, and only those that are over."),
    )
    map = forms.ChoiceField(label=_("On which map"), required=False)
    method = forms.ChoiceField(
        label=_("How small numbers are protected"), required=False,
        choices=[("", _("small numbers are hidden by a mark")), ("rounded", _("every number is rounded"))],
    )  # fmt: skip
    communes = forms.MultipleChoiceField(
        label=_("Only these communes"), required=False, widget=forms.CheckboxSelectMultiple
    )

    data: Any  # a QueryDict

    def __init__(self, data: Any, unit: UUID, today: date, old: date | None) -> None:
        super().__init__(data)
        self.unit, self.today, self.old = unit, today, old
        language = get_language() or "vi"
        asked = set(data.getlist("disease"))
        names = sorted((d.id not in asked, d.name(language), d.id) for d in rules.diseases(today))
        known = {id for _unasked, _name, id in names}
        former = [(id, rules.disease(id).name(language)) for id in sorted(asked - known)
                  if id in {d.id for d in rules.all_diseases()}]  # fmt: skip
        self.fields["disease"].choices = [*former, *((id, name) for _n, name, id in names)]  # type: ignore[attr-defined]
        maps = [("", gettext("The map of today"))]
        if old is not None:
            maps.append(("old", gettext("The map until %(day)s") % {"day": f"{old:%d/%m/%Y}"}))
        self.fields["map"].choices = maps  # type: ignore[attr-defined]
        on = self.map_on
        atlas = registry.atlas()
        inside = atlas.reach(unit, "own", max(on, today))
        self.fields["communes"].choices = [  # type: ignore[attr-defined]
            (str(one), atlas.full_name(one, on)) for one in atlas.communes(on) if one in inside
        ]

    @property
    def map_on(self) -> date:
        return self.old if self.old and self.data.get("map") == "old" else self.today

    def clean_disease(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["disease"]
        if len(chosen) > MOST_DISEASES:
            raise forms.ValidationError(
                _("At most %(n)s diseases in one table."), params={"n": MOST_DISEASES}
            )
        return chosen

    def wish(self) -> queries.Wish:
        data = self.cleaned_data
        kind = data["kind"]
        first, last = Period.of(kind, data["first"]), Period.of(kind, data["last"])
        if last.contains(self.today) and last.start > first.start:
            last = last.previous()
        return queries.Wish(
            self.unit, tuple(data["disease"]), self.map_on, first.label, last.label,
            tuple(map(UUID, data["communes"])), data["method"] == "rounded",
        )  # fmt: skip


class PublishForm(forms.Form):
    """What is printed over the table, for whom, and which release it corrects."""

    title = forms.CharField(
        label=_("Title of the table"), min_length=3, max_length=200,
        help_text=_("As readers will see it."),
    )  # fmt: skip
    audience = forms.ChoiceField(
        label=_("For whom"), widget=forms.RadioSelect,
        choices=[("public", _("everybody, on public pages")), ("foreign", _("a neighbour across the border"))],
    )  # fmt: skip
    replaces = forms.ChoiceField(label=_("Corrects an earlier release"), required=False)
    reason = forms.CharField(
        label=_("Why it is corrected"), max_length=300, required=False,
        help_text=_("The earlier release stays readable as it was published."),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput)
    data: Any  # a QueryDict

    def __init__(self, data: Any, earlier: list[queries.ReleaseRow], **rest: Any) -> None:
        super().__init__(data, **rest)
        self.fields["replaces"].choices = [  # type: ignore[attr-defined]
            ("", gettext("No, it is a new table")),
            *((str(r.id), f"{r.title} ({r.published_at:%d/%m/%Y})") for r in earlier),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("replaces") and len(" ".join(data.get("reason", "").split())) < 3:
            self.add_error("reason", gettext("Say in a few words why it is corrected."))
        return data


def asked_first(query: Any, today: date) -> Any:
    """The address with what was left out filled in: the four months before this one."""
    month = today.replace(day=1)
    data = query.copy()
    names = [part for text in data.getlist("disease") for part in text.split(",") if part]
    data.setlist("disease", names)
    start = month
    for _n in range(4):
        start = (start - timedelta(days=1)).replace(day=1)
    for name, value in (("kind", "month"), ("first", start), ("last", month - timedelta(days=1))):
        if not data.get(name):
            data[name] = value if isinstance(value, str) else f"{value:%d/%m/%Y}"
    return data
