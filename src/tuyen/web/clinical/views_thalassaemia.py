"""What couples may hand on: read for care only, and every reading is written down."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock
from tuyen.apps.access.services import record_readings
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import (
    AdviseCouple,
    LinkCouple,
    RecordThalassaemia,
    VoidThalassaemia,
)
from tuyen.apps.clinical.queries import families
from tuyen.apps.registry import queries as registry
from tuyen.engines.clinical import thalassaemia as engine
from tuyen.kernel.operation import Payload
from tuyen.rules.clinical import thalassaemia as genes
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import care_sending as sending
from tuyen.web.clinical.care_pages import (
    Asked,
    Cell,
    Form,
    Page,
    Stats,
    Table,
    joined,
    options,
    show,
)
from tuyen.web.templatetags.figures import day as shown_day
from tuyen.web.templatetags.figures import number as shown_number

BLOOD = ("mcv", "mch", "hb", "hba2", "hbf", "hbe", "hbh")
_BLOOD = {"mcv": "MCV (fL)", "mch": "MCH (pg)", "hb": "Hb (g/dL)", "hba2": "HbA2 (%)", "hbf": "HbF (%)",
          "hbe": "HbE (%)", "hbh": "HbH (%)"}  # fmt: skip
GENES = "clinical.thalassaemia"


@screen(right=queries.READ)
@never_cache
@require_GET
def couples(request: ActorRequest) -> HttpResponse:
    """Couples by the risk of a severe form, highest first. Opened for care; the reading is noted."""
    by, text = sending.for_care(request), request.GET.get("q", "")
    rows = families.couples(by=by)
    people = [id for row in rows for id in (row.woman.person, row.man.person)]
    record_readings(by=by, subject=GENES, ids=people, at=clock.now())
    table = Table(
        title=_("Couples"), columns=(_("Woman"), _("Man"), _("Severe form, each pregnancy"), _("Counselled")),
        rows=[(Cell(row.woman.name, reverse("couple", args=[row.id]), under=_seen(row.woman.test)),
               Cell(row.man.name, under=_seen(row.man.test)),
               Cell(chance(row.risk), tone="bad" if row.risk.most else ""),
               shown_day(row.counselled_on) if row.counselled_on else Cell(_("not yet"), tone="warn")) for row in rows],
        empty=(_("No couple is on record"), _("Open a person, and name the partner.")),
    )  # fmt: skip
    href = reverse("thalassaemia-person", args=[UUID(int=0)]).replace(str(UUID(int=0)), "0" * 8)
    return show(request, Page(
        title=_("Thalassaemia"), lead=_("Read for care only; each reading is written down."), parts=[table],
        find=(_("Name or number of a person"), text), found=sending.found(request, text, href),
    ))  # fmt: skip


def chance(risk: engine.Risk) -> str:
    """A chance as people say it: "1 in 4", "0 to 1 in 2", "not known"."""
    if risk.most - risk.least == 1:
        return _("not known: somebody is to be tested")
    if risk.least == risk.most:
        return _fraction(risk.most)
    return _("{least} to {most}").format(least=_fraction(risk.least), most=_fraction(risk.most))


def _fraction(value: Fraction) -> str:
    if not value:
        return _("none")
    return _("{part} in {whole}").format(part=value.numerator, whole=value.denominator)


def _seen(test: families.TestRow | None) -> str:
    return _("not tested") if test is None else sending.word(genes.words("classes"), test.seen)


@screen(right=queries.READ)
@never_cache
@require_http_methods(["GET", "POST"])
def tested(request: ActorRequest, id: UUID) -> HttpResponse:
    """A person's results, and the partner."""
    by, on = sending.for_care(request), clock.today()
    row = sending.person_or_404(request, id, GENES)
    tests = families.tests(by=by, person=row.id)
    problems: list[str] = []
    if request.method == "POST":
        problems = _tested(request, row.id, row.sex, on, tests)
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect("thalassaemia-person", id)
    pairs = families.couples(by=by, person=row.id)
    parts: list[object] = [_tests(tests), _pairs(pairs, row.id), *_test_forms(on, bool(tests))]
    text, partner = request.GET.get("q", ""), None
    if row.sex in (1, 2) and text.strip():
        found = [
            one
            for one in registry.search_people(by=request.actor, text=text)
            if one.sex == 3 - row.sex
        ]
        sending.seen(request, [one.id for one in found])
        partner = Form(title=_("The partner"), act="link", send=_("They are a couple"), fields=[
            Asked(name="partner", label=_("The partner"), kind="select",
                  options=[(str(one.id), f"{one.name}, {shown_day(one.born_on)}, {one.village}") for one in found]),
            Asked(name="on", label=_("Since"), kind="day", value=f"{on:%d/%m/%Y}")])  # fmt: skip
        parts.insert(0, partner)
    return show(request, Page(
        title=row.name, lead=sending.lead_of(row), parts=parts, problems=problems,
        find=(_("Find the partner: name or number"), text),
        trail=[(_("Thalassaemia"), reverse("thalassaemia")), (row.name, None)],
    ))  # fmt: skip


def _tests(tests: list[families.TestRow]) -> Table:
    def value(number: Decimal | None) -> str:
        return "–" if number is None else shown_number(number, 1)

    return Table(
        title=_("Results"), columns=(_("Day"), _("What they say"), *(_BLOOD[name] for name in BLOOD), _("Genes")),
        rows=[(Cell(shown_day(t.on)), sending.word(genes.words("classes"), t.seen),
               *(value(getattr(t, name)) for name in BLOOD), joined(filter(None, (t.beta, t.alpha)))) for t in tests],
        numbers=set(_BLOOD.values()),
        empty=(_("Not tested yet"), _("Begin with the size of the red cells (MCV, MCH).")),
    )  # fmt: skip


def _pairs(pairs: list[families.CoupleRow], id: UUID) -> Table:
    return Table(
        title=_("Partner"), columns=(_("Name"), _("What they say"), _("Severe form, each pregnancy")),
        rows=[(Cell(other.name, reverse("couple", args=[row.id])), _seen(other.test), chance(row.risk)) for row in pairs
              for other in ((row.man if row.woman.person == id else row.woman),)],
        empty=(_("No partner is on record"), _("Search the partner above.")),
    )  # fmt: skip


def _test_forms(on: date, any_: bool) -> list[Form]:
    alleles = [("", "–"), *((one, one) for one in engine.BETA)]
    haplotypes = [("", "–"), *((one, one) for one in engine.ALPHA)]
    fields = [Asked(name="on", label=_("Day"), kind="day", value=f"{on:%d/%m/%Y}")]
    fields += [Asked(name=name, label=_BLOOD[name], kind="number") for name in BLOOD]
    fields += [
        Asked(name=f"beta{n}", label=f"β {n}", kind="select", options=alleles) for n in (1, 2)
    ]
    fields += [
        Asked(name=f"alpha{n}", label=f"α {n}", kind="select", options=haplotypes) for n in (1, 2)
    ]
    fields.append(Asked(name="laboratory", label=_("Laboratory")))
    forms = [Form(title=_("A new result"), act="test", fields=fields, send=_("Keep it"))]
    if any_:
        forms.append(Form(title=_("Take the last result back"), act="void", send=_("Take it back"), closed=True,
                          fields=[Asked(name="reason", label=_("Why"), needed=True)]))  # fmt: skip
    return forms


def _tested(
    request: ActorRequest, id: UUID, sex: int, on: date, tests: list[families.TestRow]
) -> list[str]:
    given, by = request.POST, sending.for_care(request)
    day = sending.day(given.get("on", ""), on)
    if day is None:
        return [_("Write the day as 07/03/2026.")]
    payload: Payload
    if given.get("act") == "void" and tests:
        reason = given.get("reason", "").strip()[:500]
        if len(reason) < 3:
            return [_("Say why in at least three letters: others will read it.")]
        payload = VoidThalassaemia(test=tests[0].id, reason=reason)
        unit = sending.own_unit(request, tests[0].unit, queries.SENSITIVE)
        return sending.send(request, [payload], unit, by=by)
    if given.get("act") == "link":
        partner = _uuid(given.get("partner", ""))
        if partner is None:
            return [_("Choose the partner.")]
        woman, man = (id, partner) if sex == 2 else (partner, id)
        payload = LinkCouple(woman=woman, man=man, since=day)
    else:
        if bad := sending.bad_numbers(given, _BLOOD):
            return bad
        payload = RecordThalassaemia(
            person=id, on=day, beta=_alleles(given, "beta"), alpha=_alleles(given, "alpha"),
            laboratory=given.get("laboratory", "")[:200],
            **{name: sending.number(given.get(name, "")) for name in BLOOD},
        )  # fmt: skip
    return sending.send(
        request, [payload], sending.own_unit(request, right=queries.SENSITIVE), on=day, by=by
    )


def _alleles(given: Mapping[str, str], locus: str) -> tuple[str, ...]:
    return tuple(one[:2] for n in (1, 2) if (one := given.get(f"{locus}{n}", "")))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@screen(right=queries.READ)
@never_cache
@require_http_methods(["GET", "POST"])
def couple(request: ActorRequest, id: UUID) -> HttpResponse:
    """A couple: what both carry, the chances for each pregnancy by form, and what they were told."""
    by, on = sending.for_care(request), clock.today()
    row = families.couple(by=by, id=id)
    if row is None:
        raise Http404
    record_readings(by=by, subject=GENES, ids=[row.woman.person, row.man.person], at=clock.now())
    results = sending.words(genes.words("prenatal"))
    problems: list[str] = []
    if request.method == "POST":
        given, day = request.POST, sending.day(request.POST.get("on", ""), on)
        result = given.get("result", "") if given.get("result", "") in results else ""
        if day is None:
            problems = [_("Write the day as 07/03/2026.")]
        else:
            payload = AdviseCouple(couple=id, on=day, what="prenatal" if result else "counselled", result=result,  # type: ignore[arg-type]
                                   method=given.get("method", "")[:100], note=given.get("note", "")[:1000])  # fmt: skip
            unit = sending.own_unit(request, row.unit, queries.SENSITIVE)
            problems = sending.send(request, [payload], unit, on=day, by=by)
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect("couple", id)
    name = f"{row.woman.name} – {row.man.name}"
    return show(request, Page(
        title=name, lead=_("Read for care only; each reading is written down."), problems=problems,
        parts=_couple_parts(row, results, on),
        trail=[(_("Thalassaemia"), reverse("thalassaemia")), (name, None)],
    ))  # fmt: skip


def _couple_parts(row: families.CoupleRow, results: dict[str, str], on: date) -> list[object]:
    forms = genes.words("forms")
    who = [
        Cell(one.name, reverse("thalassaemia-person", args=[one.person]))
        for one in (row.woman, row.man)
    ]
    return [
        Stats(values=((_("Severe form, each pregnancy"), chance(row.risk), ""),)),
        Table(title=_("What both carry"), columns=(_("Name"), _("What they say"), _("Genes")),
              rows=[(cell, _seen(one.test), joined(filter(None, (one.test.beta, one.test.alpha))) if one.test else "–")
                    for cell, one in zip(who, (row.woman, row.man), strict=True)], empty=("–", "")),
        Table(title=_("Chances by form"), columns=(pgettext("disease", "Form"), _("Chance, each pregnancy"), _("Severe")),
              rows=[(sending.word(forms, key), chance(engine.Risk(least, most, {})), _("yes") if key in engine.SEVERE
                     else _("no")) for key, (least, most) in row.risk.of.items()],
              empty=(_("No form of the disease can come of this couple, or somebody is to be tested"), "")),
        Form(title=_("Counselled, or a test of the unborn"), act="advise", send=_("Keep it"), fields=[
            Asked(name="on", label=_("Day"), kind="day", value=f"{on:%d/%m/%Y}"),
            Asked(name="result", label=_("Result of a prenatal test"), kind="select", options=options(results, blank=True),
                  hint=_("Leave empty where they were counselled.")),
            Asked(name="method", label=_("Method")), Asked(name="note", label=_("Note"))]),
        Table(title=_("What they were told"), columns=(_("Day"), _("What"), _("Result"), _("Note")),
              rows=[(Cell(shown_day(day)), _("prenatal test") if what == "prenatal" else _("counselled"),
                     results.get(result, "–"), note or "–") for day, what, result, _method, note in row.advice],
              empty=(_("Not counselled yet"), "")),
    ]  # fmt: skip
