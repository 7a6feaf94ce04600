"""What the registry's codes are called in the reader's language."""

from datetime import date

from django.utils.translation import get_language, gettext, ngettext, pgettext

from tuyen.apps.registry import vocabulary
from tuyen.kernel.text import fold
from tuyen.web.templatetags import figures


def language() -> str:
    return get_language() or "vi"


def type_name(code: str | None) -> str:
    """A type of unit: "Trạm y tế"."""
    listed = vocabulary.unit_types().get(code or "")
    return listed.names.of(language()) if listed else code or ""


def relation_name(code: str) -> str:
    listed = vocabulary.relation_kinds().get(code)
    return listed.names.of(language()) if listed else code


def inverse_name(code: str) -> str:
    """The same relation as its object sees it."""
    return {
        "lies_in": gettext("Has in its territory"),
        "owned_by": gettext("Owns"),
        "guided_by": gettext("Guides technically"),
        "satellite_of": gettext("Has the satellite point"),
        "serves": gettext("Is served by"),
        "refers_to": gettext("Takes referrals from"),
    }.get(code, code)


def system_name(code: str) -> str:
    """A system of codes of units."""
    listed = vocabulary.code_systems().get(code)
    return listed.names.of(language()) if listed else code


def function_name(code: str) -> str:
    listed = vocabulary.functions().get(code)
    return listed.names.of(language()) if listed else code


def number_name(code: str) -> str:
    """A system of persons' numbers."""
    listed = vocabulary.identifier_systems().get(code)
    return listed.names.of(language()) if listed else code


def people_name(code: str) -> str:
    """An ethnic group."""
    listed = vocabulary.ethnic_groups().get(code)
    return listed.names.of(language()) if listed else code


def sex_name(sex: int) -> str:
    return {1: gettext("Male"), 2: gettext("Female")}.get(sex, gettext("Sex not known"))


def role_name(role: str) -> str:
    """A person's place in a household."""
    return {
        "head": gettext("Head of household"),
        "spouse": gettext("Wife or husband"),
        "child": gettext("Child"),
        "parent": gettext("Parent"),
        "grandchild": gettext("Grandchild"),
        "sibling": gettext("Brother or sister"),
        "relative": gettext("Other relative"),
    }.get(role, gettext("Other member"))


def stay_name(kind: str) -> str:
    return {
        "permanent": gettext("Permanent residence"),
        "temporary": gettext("Temporary residence"),
    }.get(kind, kind)


def event_name(event: str) -> str:
    """How a unit passed into another."""
    return {
        "merge": gettext("Merger"),
        "split": gettext("Split"),
        "transfer": gettext("Transfer"),
        "rename": gettext("Renaming"),
        "convert": gettext("Conversion"),
        "recombine": gettext("Redistribution"),
        "close": gettext("Closure"),
    }.get(event, event)


def payer_name(group: str) -> str:
    """Who pays the insurance of a group."""
    payer = vocabulary.insurance_groups().get(group, "")
    return {
        "employer": gettext("paid by employee and employer"),
        "fund": gettext("paid by the social-insurance fund"),
        "state": gettext("paid by the state budget"),
        "support": gettext("supported by the state budget"),
        "household": gettext("paid by the household"),
    }.get(payer, "")


def oddity(code: str) -> str:
    """What is odd about a number, without saying the number."""
    said = {
        "registry.personal-number-province": gettext("its first digits are of no province"),
        "registry.personal-number-male": gettext("it is a man's number"),
        "registry.personal-number-female": gettext("it is a woman's number"),
        "registry.personal-number-birth-year": gettext("it says another year of birth"),
        "registry.personal-number-future": gettext("it says a birth in the future"),
        "registry.personal-number-demonstration": gettext(
            "it is of a demonstration; nobody has it"
        ),
        "registry.card-group": gettext("it names no known group of insured persons"),
        "registry.card-level": gettext("its benefit level is not 1 to 5"),
        "registry.card-province": gettext("its province is not on the list"),
    }
    return said.get(code, gettext("it should be compared with the document")) if code else ""


def born(on: date, precision: str) -> str:
    """A birth date as exactly as it is known: 07/03/1987, 03/1987 or 1987."""
    if precision == "year":
        return str(on.year)
    if precision == "month":
        return f"{on.month:02d}/{on.year}"
    return figures.day(on)


def age(born_on: date, on: date) -> str:
    """An age on a day: in months up to two years, then in years."""
    months = (on.year - born_on.year) * 12 + on.month - born_on.month - (on.day < born_on.day)
    if months < 24:
        n = max(0, months)
        return ngettext("%(n)s month old", "%(n)s months old", n) % {"n": n}
    years = months // 12
    return ngettext("%(n)s year old", "%(n)s years old", years) % {"n": years}


def span(since: date | None, until: date | None) -> str:
    """A validity in words; ``until`` is the first day without it."""
    if since and until:
        return gettext("from {since} until {until}").format(
            since=figures.day(since), until=figures.day(until)
        )
    if since:
        return gettext("since {since}").format(since=figures.day(since))
    if until:
        return gettext("until {until}").format(until=figures.day(until))
    return pgettext("validity", "always")


def collated(name: str) -> tuple[str, str]:
    """A key that sorts names as a reader looks for them: by letters first, then by marks."""
    return fold(name), name
