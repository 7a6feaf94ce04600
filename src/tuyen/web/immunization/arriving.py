"""Who stands at the desk: chosen from the suggestions, scanned, or meant by a few letters."""

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.queries import sessions as queries
from tuyen.apps.registry import queries as registry
from tuyen.kernel.text import fold
from tuyen.web.immunization import session_forms as forms

LETTERS = 2  # fewer mean nobody
DIGITS = 8  # from so many on a text is a number that was scanned or copied


def whom(by: Actor, session: UUID, chosen: str, text: str) -> UUID:
    """The person chosen; else who holds the number; else the one among those still expected whom the
    letters fit: the first letters of a name (``vat``: Vàng A Tủa), or the beginnings of its words.

    Raises
    ------
    Wrong
        When nobody or several are meant: a name that is on no list is chosen from the suggestions.
    """
    person = forms.uuid(chosen)
    if person is not None:
        return person
    text = " ".join(text.split())
    if text.isdecimal() and len(text) >= DIGITS:
        return _holder(by, text)
    found = queries.desk(by=by, id=session) if len(text) >= LETTERS else None
    fits = [
        one.person_id
        for one in (found.expected if found else ())
        if not one.state and one.person is not None and fitting(text, one.person.name)
    ]
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise forms.Wrong(
            ngettext(
                "“{text}” fits {n} person who is expected: type more, or choose.",
                "“{text}” fits {n} people who are expected: type more, or choose.",
                len(fits),
            ).format(text=text, n=len(fits))
        )
    raise forms.Wrong(
        _("Choose the person from the suggestions; who is on no list is registered first.")
    )


def _holder(by: Actor, number: str) -> UUID:
    """Who holds a number that was scanned: a personal number, an insurance card."""
    people = registry.search_people(by=by, text=number, limit=2)
    if len(people) != 1:
        raise forms.Wrong(
            _("Nobody of your places has the number {value}; look for the name.").format(
                value=number
            )
        )
    return people[0].id


def fitting(text: str, name: str) -> bool:
    """Whether letters mean a name.

    >>> [fitting(text, "Vàng A Tủa") for text in ("vat", "tua", "va tu", "at", "vang a tua", "ng")]
    [True, True, True, True, True, False]
    """
    said, words = fold(text), fold(name).split()
    initials = "".join(word[0] for word in words)
    if " " not in said and said in initials:
        return True
    parts = iter(words)
    return all(any(word.startswith(part) for word in parts) for part in said.split())
