"""What stands in a visit, in the reader's language: measures, drugs, diagnoses, services, codes."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuyen.apps.clinical.operations import Answered, Content, Prescribed
from tuyen.engines.clinical import critical
from tuyen.engines.clinical import pregnancy as engine
from tuyen.kernel.zone import VIETNAM
from tuyen.rules import supply
from tuyen.rules.claims import book
from tuyen.rules.clinical import care, measures, naming, pregnancy, services
from tuyen.rules.clinical.papers import papers
from tuyen.rules.loader import load
from tuyen.web.clinical.reading import texts
from tuyen.web.surveillance.words import language, word

PAYERS = {
    "insurance": gettext_lazy("Health insurance"), "self": gettext_lazy("The patient"),
    "programme": gettext_lazy("A programme"), "free": gettext_lazy("Nobody: free of charge"),
}  # fmt: skip
SETTINGS = {
    "station": gettext_lazy("At the station"), "satellite": gettext_lazy("At a satellite point"),
    "mobile": gettext_lazy("On a mobile round"), "home": gettext_lazy("At home"),
    "school": gettext_lazy("At a school"),
}  # fmt: skip
CERTAINTY = {"confirmed": gettext_lazy("Confirmed"), "suspected": gettext_lazy("Suspected")}
GLUCOSE = {
    "glucose_fasting": gettext_lazy("fasting"), "glucose_random": gettext_lazy("at any time"),
    "glucose_2h": gettext_lazy("2 hours after a meal"),
}  # fmt: skip
NOT_DETERMINED = "7"
REFERRALS = {"sent": gettext_lazy("No return note yet"), "returned": gettext_lazy("Returned")}


class Value(NamedTuple):
    """A measured value as it is shown; the blood pressure is one of them."""

    what: str
    name: str
    value: str
    unit: str
    on: date | None = None
    tone: str = ""


def measure(what: str) -> str:
    rule = measures.measure(what)
    return rule.name(language()) if rule else what


def unit(what: str) -> str:
    rule = measures.measure(what)
    return rule.unit if rule else ""


def diagnosis(code: str) -> str:
    """A code with its name: "I10 Tăng huyết áp vô căn (nguyên phát)"."""
    return " ".join(filter(None, (code, naming.name(code, language()))))


def item(code: str) -> str:
    held = supply.medicine(code)
    return held.name(language()) if held else code


def item_unit(code: str) -> str:
    held = supply.medicine(code)
    return supply.unit_name(held.unit, language()) if held else ""


def service(code: str, on: date) -> str:
    held = services.service(code, on)
    return held.name(language()) if held else code


def attendance(code: str, on: date) -> str:
    row = book.classes(on).get(code)
    return f"{code} {row[language()]}" if row else code


def care_name(code: str) -> str:
    return _listed("care-type", code)


def outcome(code: str) -> str:
    """How it ended; that nobody determined it is said too."""
    return _listed("outcome", code or NOT_DETERMINED)


def paper(code: str) -> str:
    held = papers().get(code)
    return held.names.of(language()) if held else code


def leaving(code: str) -> str:
    return _listed("discharge", code)


def _listed(name: str, code: str) -> str:
    rows = [row for row in load("claims/lists") if row["list"] == name]
    row = next((one for one in reversed(rows) if one["code"] == code), None)
    return f"{code} {row[language()]}" if row else code


def drug(told: Prescribed) -> str:
    """How a medicine is taken: "1 viên × 2 lần × 28 ngày = 56 viên"."""
    return _("{dose} {unit} × {times} a day × {days} days = {quantity} {unit}").format(
        dose=texts(told.dose), times=told.times, days=told.days, quantity=texts(told.quantity),
        unit=item_unit(told.item),
    )  # fmt: skip


def shown(
    told: Iterable[tuple[str, Decimal, date | None]], *, tones: dict[str, str] | None = None
) -> list[Value]:
    """Values in the order in which they are told, with the two pressures of a day as one."""
    rows = list(told)
    tones = tones or {}
    lower = {on: value for what, value, on in rows if what == "diastolic"}
    found: list[Value] = []
    for what, value, on in rows:
        if what == "diastolic" and any(w == "systolic" and o == on for w, _v, o in rows):
            continue
        name, text, mark = measure(what), texts(value), tones.get(what, "")
        if what == "systolic" and on in lower:
            name, text = _("Blood pressure"), f"{texts(value)}/{texts(lower[on])}"
            mark = mark or tones.get("diastolic", "")
        found.append(Value(what, name, text, unit(what), on, mark))
    return found


def dangers(
    told: Iterable[tuple[str, Decimal]], *, months: int, pregnant: bool = False
) -> list[dict[str, Any]]:
    """What is critical, and what to do before anything else."""
    limits = {code: rule.critical for code, rule in measures.measures().items()}
    says = measures.says()
    return [
        {"what": one.what, "value": str(one.value), "advice": says[one.say][language()],
         "words": f"{measure(one.what)} {texts(one.value)} {unit(one.what)}"}
        for one in critical(told, limits, months=months, pregnant=pregnant)
    ]  # fmt: skip


def danger_signs(
    measured: Mapping[str, Decimal], answered: Iterable[Answered], on: date
) -> list[dict[str, Any]]:
    """The danger signs of a pregnant woman that call for action at once, but for those of her blood
    pressure and urine, which :func:`dangers` tells."""
    rules_ = pregnancy.signs(on)
    said = {key for one in answered if one.programme == "antenatal"
            for key, value in one.fields.items() if value == "yes"}  # fmt: skip
    yes = {key for key in pregnancy.answers() if key.replace("-", "_") in said}
    urgent = {one.key: one.measure for one in rules_ if one.urgent}
    told = ("systolic", "diastolic", "urine_protein")
    keys = [
        key
        for key in engine.danger([engine.Sign(*one) for one in rules_], measured, yes)
        if key in urgent and urgent[key] not in told
    ]
    names, advice = pregnancy.words("words"), pregnancy.words("advice")
    return [
        {"what": f"sign-{key}", "value": str(measured.get(urgent[key], "yes")),
         "words": names[key][language()], "advice": advice[key][language()]}
        for key in keys
    ]  # fmt: skip


def in_short(content: Content) -> str:
    """A visit in one line: pressure, sugar, diagnoses, drugs."""
    values = shown((one.what, one.value, None) for one in content.measured)
    parts = [f"{one.value} {one.unit}" for one in values[:3]]
    codes = ", ".join(one.code for one in content.diagnosed)
    drugs = ", ".join(item(one.item) for one in content.prescribed[:3])
    more = len(content.prescribed) - 3
    if more > 0:
        drugs += " " + _("and {n} more").format(n=more)
    return " · ".join(filter(None, (codes, *parts, drugs)))


def cares(on: date) -> list[tuple[str, str]]:
    return [(code, care_name(code)) for code in care.care_types(on)]


def attendances(on: date) -> list[tuple[str, str]]:
    return [(code, attendance(code, on)) for code in care.attendances(on)]


def outcomes(on: date) -> list[tuple[str, str]]:
    """How it ended; what nobody chooses is written as not determined."""
    rest = [(code, outcome(code)) for code in care.outcomes(on) if code != NOT_DETERMINED]
    return [("", outcome("")), *rest]


def leavings(on: date) -> list[tuple[str, str]]:
    """How somebody left; what nobody chooses follows from whether there is a referral."""
    own = _("as the referral says: home, or sent on")
    return [("", own), *((code, leaving(code)) for code in care.leavings(on))]


def payer(code: str) -> str:
    return word(PAYERS, code)


def setting(code: str) -> str:
    return word(SETTINGS, code)


def local_day(at: datetime) -> date:
    """The province's day of a moment."""
    return at.astimezone(VIETNAM).date()
