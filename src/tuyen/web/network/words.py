"""The words of the network: criteria, answers, verdicts, in the reader's language."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tuyen.apps.access import clock
from tuyen.apps.network.queries import Score
from tuyen.kernel.operation import Outcome
from tuyen.kernel.refusal import Refusal, StoredRefusal
from tuyen.rules import network as rules
from tuyen.web.sentences import say
from tuyen.web.templatetags.figures import number, percent

VERDICT: Mapping[str, Any] = {
    "only": _("the only site"),
    "clear": _("clear"),
    "leaning": _("leaning"),
    "discuss": _("for discussion"),
}
VERDICT_TONE = {"only": "plain", "clear": "good", "leaning": "calm", "discuss": "warn"}
SOURCE: Mapping[str, Any] = {
    "registry": _("measured from the register"),
    "review": _("from the review"),
    "workforce": _("from the people at work"),
    "supervision": _("last supervision visit"),
    "stated": _("stated by the reviewer"),
}
SURE: Mapping[str, Any] = {"H": _("sure"), "M": _("fairly sure"), "L": _("rough")}
STATE: Mapping[str, Any] = {
    "standing": _("stands"),
    "amended": _("amended"),
    "void": _("void"),
}


def language() -> str:
    found = get_language() or "vi"
    return {"zh-hans": "zh"}.get(found, found)


def told(names: Mapping[str, str]) -> str:
    """A name of the rules in the reader's language."""
    return names.get(language(), names["vi"])


def criterion(key: str) -> str:
    return next((told(one.name) for one in rules.criteria() if one.key == key), key)


def answer(of: str, key: str) -> str:
    found = rules.answers(of).get(key)
    return told(found.name) if found else key


def programme(key: str) -> str:
    """A programme of medicines; "" are those of everyday care."""
    return str(PROGRAMME.get(key, key))


def national(key: str) -> str:
    """A national criterion, of whichever act names it: an old review is read by the act of its day."""
    found = rules.national_names().get(key)
    return told(found) if found else key


def post(key: str) -> str:
    found = rules.posts().get(key)
    return told(found.name) if found else key


def raw(score: Score) -> str:
    """What was measured or answered, as it is said."""
    if score.raw is None:
        return "–"
    if score.unit == "answer":
        return answer("transport", str(score.raw))
    if score.unit == "minutes":
        minutes = round(float(score.raw))
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=number(minutes))
    if score.unit == "share":
        return percent(float(score.raw) / 100, 0)
    if score.unit == "lines":
        return gettext("{n} lines looked at").format(n=score.raw)
    if score.unit == "posts":
        return gettext("{n} posts filled").format(n=score.raw)
    return gettext("{n} points").format(n=number(round(float(score.raw))))


def shown(score: Score) -> dict[str, Any]:
    """A criterion as the pages show it."""
    return {
        "name": criterion(score.criterion), "points": score.points, "raw": raw(score),
        "source": SOURCE[score.source] if score.points is not None else "", "on": score.on,
        "sure": SURE.get(score.confidence, ""), "evidence": score.evidence,
        "key": score.criterion, "stated": score.source == "stated",
    }  # fmt: skip


KIND: Mapping[str, Any] = {
    "main": _("main station"),
    "satellite": _("satellite point"),
    "mobile": _("mobile stop"),
    "repurposed": _("repurposed"),
}
STATE_OF_PLAN: Mapping[str, Any] = {
    "draft": _("draft"),
    "discarded": _("discarded"),
    "waits": _("waits for a second person"),
    "withdrawn": _("withdrawn or turned down"),
    "in-force": _("decided"),
    "undone": _("undone"),
}
PROGRAMME: Mapping[str, Any] = {
    "": _("everyday care"),
    "hypertension": _("hypertension"),
    "diabetes": _("diabetes"),
    "maternal": _("pregnancy and birth"),
    "child": pgettext_lazy("programme of medicines", "children"),
    "copd-asthma": _("asthma and chronic lung disease"),
    "family-planning": _("family planning"),
}
MUST: Mapping[str, Any] = {
    "main": _("main station"),
    "satellite": _("satellite point"),
    "mobile": _("mobile stop"),
    "close": _("closed"),
    "open": _("open: main station or satellite point"),
}
PAYS: Mapping[str, Any] = {
    "station": _("sites that are stations today"),
    "point": _("sites that are satellite points today"),
}
UNIT: Mapping[str, Any] = {
    "posts": pgettext_lazy("unit of a norm", "posts"),
    "people": pgettext_lazy("unit of a norm", "people"),
    "times": pgettext_lazy("unit of a norm", "times"),
    "word": pgettext_lazy("unit of a norm", "word"),
    "doctors": pgettext_lazy("unit of a norm", "doctors"),
    "stations": pgettext_lazy("unit of a norm", "stations"),
    "minutes": pgettext_lazy("unit of a norm", "minutes"),
    "days": pgettext_lazy("unit of a norm", "days"),
    "visits": pgettext_lazy("unit of a norm", "visits"),
    "points": pgettext_lazy("unit of a norm", "points"),
    "months": pgettext_lazy("unit of a norm", "months"),
    "programme": pgettext_lazy("unit of a norm", "programme"),
    "million VND": pgettext_lazy("unit of a norm", "million VND"),
    "per cent of points": pgettext_lazy("unit of a norm", "per cent of points"),
    "per cent of a criterion's points": pgettext_lazy(
        "unit of a norm", "per cent of a criterion's points"
    ),
    "visits in four weeks": pgettext_lazy("unit of a norm", "visits in four weeks"),
}
"""Of the rules that the page of norms shows; km and km/h are the same in every language."""
_VALUE: Mapping[str, Any] = {
    "total": pgettext_lazy("value of a norm", "the whole"),
    "plain": pgettext_lazy("value of a norm", "plain"),
    "mountain": pgettext_lazy("value of a norm", "mountain"),
    "very-hard": pgettext_lazy("value of a norm", "very hard terrain"),
}
_OWN = "the project's own proposal"
_FIELDS = {
    "transport": _("Road to the site"),
    "terrain": _("Terrain"),
    "conditions": _("Readiness"),
    "staff": _("Staff"),
    "national": _("National criteria"),
    "stated": _("Evidence"),
    "criterion": _("Criterion"),
}


def said(refusal: Refusal | Outcome) -> str:
    """A refusal as a sentence, fields and criteria by their names."""
    if isinstance(refusal, Outcome):
        refusal = refusal.refusal()
    named: dict[str, Any] = {}
    for key, value in refusal.values.items():
        if key == "field" and str(value) in _FIELDS:
            named[key] = str(_FIELDS[str(value)])
        elif key == "funds":
            known = rules.funds(clock.today())
            keys = str(value).split(", ")
            named[key] = ", ".join(told(known[one].name) if one in known else one for one in keys)
        elif key == "must" and str(value) in MUST:
            named[key] = str(MUST[str(value)])
        elif key == "kind" and str(value) in KIND:
            named[key] = str(KIND[str(value)])
        elif key == "criterion":
            named[key] = criterion(str(value))
            if str(value) in rules.national_names():
                named[key] = national(str(value))
    return say(StoredRefusal(refusal.code, refusal.message, {**refusal.values, **named}))


def unit(text: str) -> str:
    """The unit of a norm in words."""
    return str(UNIT.get(text, text))


def value(text: str) -> str:
    """A value of a norm that is no number."""
    return str(_VALUE.get(text, text))


def act(text: str) -> str:
    """The act of a norm; what no act says is the project's own proposal."""
    return text.replace(_OWN, pgettext("source of a norm", "the project's own proposal"))


def as_uuid(text: Any) -> UUID | None:
    """An id as an address or a form carries it; None for anything else."""
    try:
        return UUID(str(text))
    except ValueError:
        return None
