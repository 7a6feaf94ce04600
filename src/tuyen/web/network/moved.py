"""What moves with a plan, in words."""

from django.utils.translation import gettext as _

from tuyen.apps.network import queries
from tuyen.rules import workforce
from tuyen.web.network import words
from tuyen.web.supply import words as supply


def name_of(line: queries.MoveLine, language: str | None = None) -> str:
    """A line in words: somebody with their cadre, so many of a cadre where nobody is named, or a piece."""
    if line.kind == "equipment":
        return line.name or (supply.kind(line.what) if line.what else _("a piece of equipment"))
    names = workforce.cadres().get(line.what)
    told = (
        line.what if names is None else words.told(names) if language is None else names[language]
    )
    if line.member is None:
        return f"{line.number} × {told}"
    return f"{line.name} ({told})" if line.name else told
