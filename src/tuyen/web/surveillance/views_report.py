"""Reporting a case: one short page, with the clock and what it may repeat beside it."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import services as accounts
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation, Receipt
from tuyen.rules import surveillance as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import from_contact, words
from tuyen.web.surveillance.forms import CaseForm
from tuyen.web.templatetags.figures import moment, number

READ, REPORT = "surveillance.case.read", "surveillance.case.report"
LIKELY = 3
_NEAR_HOME = ("station", "satellite_point", "village", "clinic")
_SEXES = {1: "male", 2: "female"}


class Side(NamedTuple):
    """What stands beside the form: the clock, what the report may repeat, what is odd."""

    disease: str = ""
    group: str = ""
    window: str = ""
    due: datetime | None = None
    likely: tuple[queries.Likely, ...] = ()
    odd: tuple[str, ...] = ()
    apart: frozenset[str] = frozenset()
    elsewhere: str = ""  # a case that the reader may not open, and that this one repeats


@screen(right=REPORT)
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """The form, and the report that it makes."""
    units = _units(request)
    if not units:
        return render(request, "surveillance/case_new.html", {"units": ()}, status=200)
    if request.method == "GET":
        form = _form(request, units, initial=_initial(request, units))
        last = request.session.pop("case.receipt", None)
        return _page(request, form, Side(), last=last)
    form = _form(request, units, data=filled(request, request.POST))
    if not form.is_valid():
        return _page(request, form, _side(request, form), status=422)
    side = _side(request, form, full=True)
    open_ = [one for one in side.likely if str(one.row.id) not in side.apart]
    if open_:
        form.add_error(None, _("This may be a case that was reported already: look at it and say."))
        return _page(request, form, side, status=422)
    receipt = _send(request, form, side)
    if receipt.refusal is not None:
        refusal = receipt.refusal.refusal()
        form.refuse(refusal)
        if refusal.code == "surveillance.possible-duplicate":
            side = side._replace(elsewhere=str(refusal.values.get("case", "")))
        return _page(request, form, side, status=422)
    return _done(request, form, side, receipt)


@screen(right=REPORT)
@require_POST
def check(request: ActorRequest) -> HttpResponse:
    """The side of the form for what is typed so far; nothing is saved."""
    form = _form(request, _units(request), data=filled(request, request.POST))
    form.is_valid()
    return render(
        request, "surveillance/_side.html", {"side": _side(request, form, full=not form.errors)}
    )


@screen(right=REPORT)
@require_POST
def person(request: ActorRequest) -> HttpResponse:
    """The fields of the person, filled in from the registry for a resident that was chosen."""
    data = filled(request, request.POST, over=True)
    form = _form(request, _units(request), initial={name: data.get(name, "") for name in data})
    context = {"form": form, "may_search": True}
    return render(request, "surveillance/_who.html", context)


def filled(request: ActorRequest, given: QueryDict, over: bool = False) -> QueryDict:
    """What was typed, with the blanks filled in from the chosen resident's record.

    over: the record overwrites what was typed, for a resident chosen just now. A resident whom
    the reader may not read is nobody.
    """
    data = given.copy()
    try:
        id = UUID(data.get("person", ""))
    except ValueError:
        data["person"] = ""
        return data
    row = registry.people(by=request.actor, ids=[id]).get(id)
    if row is None:
        data["person"] = ""
        return data
    accounts.record_readings(
        by=request.actor, subject="registry.person", ids=[id], at=clock.now()
    )  # fmt: skip
    exact = row.birth_precision == "day"
    known = {
        "name": row.name,
        "sex": _SEXES.get(row.sex, ""),
        "age": f"{row.born_on:%d/%m/%Y}" if exact else str(row.born_on.year),
        "place": ", ".join(filter(None, (row.village, row.commune))) if row.place else "",
        "place_id": str(row.place or ""),
    }
    for name, value in known.items():
        if value and (over or not data.get(name)):
            data[name] = value
    return data


def _page(
    request: ActorRequest, form: CaseForm, side: Side, last: Any = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "side": side,
        "units": form.fields["unit"].choices,  # type: ignore[attr-defined]
        "asked": [form[name] for name in form.asked],
        "folded": [
            (title, [form[name] for name in names], any(form[name].errors for name in names))
            for title, names in form.folded
        ],
        "today": clock.today(),
        "last": last,
        "may_search": policies.may(request.actor, "registry.person.read"),
    }
    return render(request, "surveillance/case_new.html", context, status=status)


def _form(request: ActorRequest, units: list[tuple[str, str]], **kwargs: Any) -> CaseForm:
    return CaseForm(places=registry.atlas(), on=clock.today(), units=units, **kwargs)


def _units(request: ActorRequest) -> list[tuple[str, str]]:
    """The units of the reader's posts for which a case can be reported, the first post first."""
    atlas, scope = registry.atlas(), policies.scope(request.actor, REPORT)
    units = dict.fromkeys(post.unit for post in request.actor.posts)
    return [
        (str(unit), atlas.full_name(unit, request.actor.on))
        for unit in units
        if scope.covers(unit) and atlas.unit(unit) is not None
    ]


def _initial(request: ActorRequest, units: list[tuple[str, str]]) -> dict[str, Any]:
    """A new draft: its id is made now, so that sending it twice reports one case."""
    atlas, on = registry.atlas(), clock.today()
    unit = UUID(units[0][0])
    initial: dict[str, Any] = {"draft": str(uuid7()), "unit": units[0][0]}
    if atlas.type(unit, on) in _NEAR_HOME:
        commune = atlas.commune_of(unit, on)
        place = unit if atlas.level(unit, on) == 4 else commune
        initial |= {"place": atlas.full_name(place, on), "place_id": str(place or "")}
    chosen = request.GET.get("disease", "")
    if any(disease.id == chosen for disease in rules.diseases(on)):
        initial |= {"disease": words.disease(chosen), "disease_id": chosen}
    initial |= from_contact.initial(request, initial["draft"])
    try:
        initial["person"] = str(UUID(request.GET.get("person") or initial.get("person", "")))
    except ValueError:
        return initial
    data = QueryDict(mutable=True)
    data.update({**initial, "place": "", "place_id": ""})
    return filled(request, data).dict()


def _side(request: ActorRequest, form: CaseForm, full: bool = False) -> Side:
    """The clock as soon as the disease is known; the rest when the form can be read."""
    data = getattr(form, "cleaned_data", {})
    key = data.get("disease_key", "")
    if not key:
        return Side()
    on = data.get("diagnosed_on") or clock.today()
    apart = (
        frozenset(form.data.getlist("apart")) if isinstance(form.data, QueryDict) else frozenset()
    )
    side = Side(
        disease=words.disease(key),
        group=words.word(words.GROUP, rules.group(key, on)),
        window=words.word(words.WINDOW, rules.window(key, on)),
        due=_due(key, on),
        apart=apart,
    )
    if not full:
        return side
    draft = form.report(person=_person(form))
    likely = queries.duplicates_of(by=request.actor, draft=draft, limit=LIKELY)
    if not policies.may(request.actor, READ):
        likely = []
    _standing, _refusal, odd = queries.preview(
        by=request.actor, draft=draft, unit=_unit(form), at=clock.now()
    )
    said = tuple(_(one.template).format_map(one.values) for one in odd)
    return side._replace(likely=tuple(likely), odd=said)


def _due(disease: str, on: date) -> datetime | None:
    now = timezone.localtime(clock.now())
    diagnosed = now if on == now.date() else datetime.combine(
        on, datetime.max.time().replace(microsecond=0), tzinfo=now.tzinfo
    )  # fmt: skip
    try:
        return rules.reporting_deadline(disease, diagnosed)
    except rules.NotNotifiable:
        return None


def _send(request: ActorRequest, form: CaseForm, side: Side) -> Receipt:
    now = clock.now()
    try:
        id = UUID(form.cleaned_data.get("draft") or "")
    except ValueError:
        id = uuid7()
    operation = Operation.of(
        form.report(person=_person(form), apart_from=_apart(side)),
        id=id, unit=_unit(form), happened_on=now.date(), recorded_at=now,
    )  # fmt: skip
    return commit(by=request.actor, operations=[operation], at=now)[0]


def _done(request: ActorRequest, form: CaseForm, side: Side, receipt: Receipt) -> HttpResponse:
    said = _("{disease}: reported. Kept at position {n} of the journal.").format(
        disease=side.disease, n=number(receipt.position)
    )
    if side.due is not None:
        said += " " + _("Due by {moment}.").format(moment=moment(side.due))
    messages.success(request, said)
    from_contact.tie(request, receipt.id)
    request.session["case.receipt"] = {
        "id": str(receipt.id), "position": receipt.position, "text": said,
    }  # fmt: skip
    if request.POST.get("then") == "another" or not policies.may(request.actor, READ):
        return redirect("case-new")
    return redirect("case", id=receipt.id)


def _apart(side: Side) -> tuple[UUID, ...]:
    apart = []
    for text in sorted(side.apart)[:50]:
        try:
            apart.append(UUID(text))
        except ValueError:
            continue
    return tuple(apart)


def _person(form: CaseForm) -> UUID | None:
    text = form.cleaned_data.get("person") or ""
    return UUID(text) if text else None


def _unit(form: CaseForm) -> UUID:
    chosen = form.cleaned_data.get("unit") or form.fields["unit"].choices[0][0]  # type: ignore[attr-defined]
    return UUID(chosen)
