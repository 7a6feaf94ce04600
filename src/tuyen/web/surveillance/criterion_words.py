"""What the figures say of the criterion of an epidemic, beside the form of a declaration."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import queries
from tuyen.rules.surveillance import outbreaks as law
from tuyen.web.surveillance import outbreak_words, words
from tuyen.web.templatetags.figures import number


def context(by: Actor, row: queries.OutbreakRow, declared: bool) -> dict[str, Any]:
    """The computed criteria as lines, and what the form proposes: a person decides. Once something
    is ``declared`` nothing is proposed any more: the next may be another level, or the end."""
    found = queries.criteria(by=by, row=row)
    met = None if declared else next((one for one in found if one.met), None)
    return {
        "computed": [
            {"code": one.code, "word": words.word(outbreak_words.CRITERION, one.code), "met": one.met,
             "said": said(one), "source": _source(one.source), "verified": one.verified}
            for one in found
        ],
        "proposed": met.code if met else "",
        "proposed_at": met.at if met else None,
        "proposed_basis": said(met) if met else "",
    }  # fmt: skip


def said(one: queries.Criterion) -> str:
    """The computation in one sentence, as it is kept with the declaration."""
    if one.code == "EP-A":
        return ngettext(
            "%(n)s confirmed case on the line list; an epidemic from %(needed)s on.",
            "%(n)s confirmed cases on the line list; an epidemic from %(needed)s on.",
            one.counted,
        ) % {"n": number(one.counted), "needed": number(one.needed)}
    words_ = (
        _("{commune}, {period}: {n} cases, more than the bound of {needed}.")
        if one.above
        else _("{commune}, {period}: {n} linked cases, at least {needed}.")
    )
    return words_.format(
        commune=one.commune, period=one.period, n=number(one.counted),
        needed=number(one.needed, 1) if one.above else number(one.needed),
    )  # fmt: skip


def _source(key: str) -> str:
    return _("a proposal of the project, not law") if key == "proposal" else law.source(key)
