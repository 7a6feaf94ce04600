"""A line list from a file: the steps of :mod:`tuyen.web.importing` for cases."""

from datetime import datetime
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance.imports import Choices, ImportPlan, fields, plan, run
from tuyen.web.importing import Listing, Preview
from tuyen.web.surveillance import filters, words

IMPORT = "surveillance.case.import"
_PREVIEW = 8
_HEADER = (
    gettext_lazy("Case"), gettext_lazy("Disease"), gettext_lazy("Onset"), gettext_lazy("Lived in"),
    gettext_lazy("Classification"),
)  # fmt: skip


def _preview(made: ImportPlan) -> Preview:
    atlas = registry.atlas()
    return Preview(_HEADER, [
        (number, (
            f"{draft.name or _('Name not given')} · {words.word(words.SEX, draft.sex)}",
            words.disease(draft.disease), f"{draft.onset_on:%d/%m/%Y}",
            atlas.full_name(draft.village or draft.commune, draft.onset_on),
            words.word(words.CLASSIFICATION, draft.classification),
        ))
        for number, draft in islice(zip(made.rows, made.drafts, strict=True), _PREVIEW)
    ])  # fmt: skip


def _taken(n: int) -> str:
    return ngettext("%(n)s case report was taken.", "%(n)s case reports were taken.", n) % {"n": n}


def _behind(done: dict[str, Any]) -> str:
    just_before = datetime.fromisoformat(done["at"]).replace(microsecond=0)
    return filters.rows(received_after=just_before)


CASES = Listing(
    right=IMPORT, store="surveillance.imports", routes="case-import",
    title=gettext_lazy("Import cases"),
    lead=gettext_lazy("A line list as you keep it: any order of columns, three languages. Nothing is written before you have seen what would happen."),
    unit_label=gettext_lazy("Reported for"), fields=fields, plan=plan, run=run, choices=Choices,
    preview=_preview, taken=_taken, behind=_behind, successors=True,
)  # fmt: skip
