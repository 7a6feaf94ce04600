"""The filters of the line list as an address: read from it, written into it, said in words.

An address is typed and forwarded by people, so it is hostile: what cannot be read is left out and
said, never guessed.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, get_args
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tuyen.apps.surveillance import ages
from tuyen.apps.surveillance.queries import CaseFilters, Order
from tuyen.rules import surveillance as rules
from tuyen.web.surveillance import words

MOST_IDS = 200
FIRST_YEAR, LAST_YEAR = 1890, 2200  # a day outside them is a slip of the hand
ORDERS: tuple[str, ...] = get_args(Order)
KNOWN = frozenset((
    "disease", "disease_text", "group", "class", "sex", "age", "area", "area_text", "unit",
    "unit_text", "person", "from", "to", "reported_from", "reported_to", "outcome", "received", "changed", "status", "late", "died",
    "counted", "cluster", "outbreak", "q", "id", "sort",
))  # fmt: skip
"""Every parameter that a saved view may keep."""


class Asked(NamedTuple):
    """What an address asks for, and what in it could not be read."""

    filters: CaseFilters
    order: Order
    faults: tuple[str, ...]


def read(query: QueryDict, on: date, places: Any) -> Asked:
    """The filters that ``query`` stands for on the reader's day."""
    faults: list[str] = []
    filters = CaseFilters(
        diseases=_diseases(query, on, faults),
        groups=_codes(query, "group", words.GROUP),
        classifications=_codes(query, "class", words.CLASSIFICATION),
        sexes=_codes(query, "sex", words.SEX),
        age_bands=_bands(query),
        area=place(query, "area", on, places, faults),
        unit=place(query, "unit", on, places, faults),
        person=_uuid(query.get("person", "")),
        first=a_day(query, "from", _("From"), faults),
        last=a_day(query, "to", _("To"), faults),
        reported_first=a_day(query, "reported_from", _("Reported from"), faults),
        reported_last=a_day(query, "reported_to", _("Reported to"), faults),
        received_after=_moment(query, "received", _("Received since"), faults),
        changed_after=_moment(query, "changed", _("Changed since"), faults),
        status={"void": "void", "all": "all"}.get(query.get("status", ""), "active"),  # type: ignore[arg-type]
        late=_either(query, "late"),
        died=_either(query, "died"),
        outcomes=_codes(query, "outcome", words.TOLD),
        counted=query.get("counted") == "1",
        cluster=query.get("cluster", "").strip()[:60],
        outbreak=_uuid(query.get("outbreak", "")),
        text=query.get("q", "").strip()[:200],
        ids=tuple(filter(None, map(_uuid, _parts(query, "id"))))[:MOST_IDS],
    )
    sort = query.get("sort", "")
    order = sort if sort in ORDERS else sort.removeprefix("-")
    return Asked(filters, order if order in ORDERS else "-onset", tuple(faults))  # type: ignore[arg-type]


@lru_cache(8192)
def write(filters: CaseFilters) -> str:
    """The address of ``filters``: :func:`read` gives them back."""
    pairs: list[tuple[str, Any]] = [
        ("disease", ",".join(filters.diseases)),
        ("group", ",".join(filters.groups)),
        ("class", ",".join(filters.classifications)),
        ("sex", ",".join(filters.sexes)),
        ("age", ",".join(map(str, filters.age_bands))),
        ("area", filters.area),
        ("unit", filters.unit),
        ("person", filters.person),
        ("from", filters.first and f"{filters.first:%d/%m/%Y}"),
        ("to", filters.last and f"{filters.last:%d/%m/%Y}"),
        ("reported_from", filters.reported_first and f"{filters.reported_first:%d/%m/%Y}"),
        ("reported_to", filters.reported_last and f"{filters.reported_last:%d/%m/%Y}"),
        ("outcome", ",".join(filters.outcomes)),
        ("received", filters.received_after and filters.received_after.isoformat()),
        ("changed", filters.changed_after and filters.changed_after.isoformat()),
        ("status", filters.status if filters.status != "active" else ""),
        ("late", _yes_no(filters.late)),
        ("died", _yes_no(filters.died)),
        ("counted", "1" if filters.counted else ""),
        ("cluster", filters.cluster),
        ("outbreak", filters.outbreak),
        ("q", filters.text),
        ("id", ",".join(map(str, filters.ids[:MOST_IDS]))),
    ]
    return urlencode([(name, value) for name, value in pairs if value])


def rows(**filters: Any) -> str:
    """The address of the rows behind a figure."""
    return f"{reverse('cases')}?{write(CaseFilters(**filters))}"


def kept(text: str) -> str:
    """A query string with only what a list of cases understands, for a saved view."""
    query = QueryDict(text[:4000])
    pairs = [(k, v) for k in query if k in KNOWN for v in query.getlist(k) if v]
    return urlencode(pairs)[:1000]


def hidden(filters: CaseFilters, on: date, places: Any) -> list[str]:
    """The filters that no field of the form shows, each in words: a list must say what it is."""
    told = []
    if filters.age_bands:
        told.append(_("Age {ages}").format(ages=", ".join(map(ages.label, filters.age_bands))))
    if filters.counted:
        told.append(_("without cases that were ruled out"))
    if filters.ids:
        told.append(_("{n} chosen cases").format(n=len(filters.ids)))
    if filters.cluster:
        told.append(_("Cluster {name}").format(name=filters.cluster))
    if filters.outbreak:
        told.append(_("the line list of an outbreak"))
    if filters.person:
        told.append(_("one person"))
    if filters.changed_after:
        moment = timezone.localtime(filters.changed_after)
        told.append(_("changed since {moment}").format(moment=f"{moment:%H:%M %d/%m/%Y}"))
    if len(filters.outcomes) > 1:
        told.append(", ".join(words.word(words.TOLD, code) for code in filters.outcomes))
    if len(filters.diseases) > 1:
        told.append(", ".join(map(words.disease, filters.diseases)))
    return told


def named(filters: CaseFilters, on: date, places: Any) -> dict[str, str]:
    """The texts beside the ids of the form: names of disease, commune and unit."""
    return {
        "disease_text": words.disease(filters.diseases[0]) if filters.diseases else "",
        "area_text": places.full_name(filters.area, on) if filters.area else "",
        "unit_text": places.full_name(filters.unit, on) if filters.unit else "",
    }


def day(text: str) -> date | None:
    """A day as it is typed, 07/03/2026 (or 7-3-2026, 2026-03-07); None when it is none."""
    bare = text.strip().replace("-", "/").replace(".", "/").replace(" ", "/")
    for form in ("%d/%m/%Y", "%Y/%m/%d"):
        try:
            found = datetime.strptime(bare, form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
        return found if FIRST_YEAR <= found.year <= LAST_YEAR else None
    return None


def _parts(query: QueryDict, name: str) -> Iterable[str]:
    return (part for text in query.getlist(name) for part in text[:8000].split(",") if part)


def _codes(query: QueryDict, name: str, known: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in _parts(query, name) if part in known))


def _bands(query: QueryDict) -> tuple[int, ...]:
    known = {str(band) for band, _, _ in ages.BANDS} | {str(ages.UNKNOWN)}
    return tuple(int(part) for part in dict.fromkeys(_parts(query, "age")) if part in known)


def _diseases(query: QueryDict, on: date, faults: list[str]) -> tuple[str, ...]:
    known = {disease.id for disease in rules.all_diseases()}
    ids = tuple(dict.fromkeys(part for part in _parts(query, "disease") if part in known))
    text = query.get("disease_text", "").strip()[:200]
    if ids or not text:
        return ids
    found = rules.find(text, on, limit=1)
    if not found:
        faults.append(_("No disease is called “{text}”.").format(text=text))
        return ()
    return (found[0].id, *(older.id for older in rules.predecessors(found[0].id)))


def place(query: QueryDict, name: str, on: date, places: Any, faults: list[str]) -> UUID | None:
    """The unit of ``name``, chosen or typed; what is none is said in ``faults``."""
    id = _uuid(query.get(name, ""))
    if id is not None and places.unit(id) is not None:
        return id
    text = query.get(f"{name}_text", "").strip()[:200]
    if not text:
        return None
    found = places.find(text, on, limit=1)
    if not found:
        faults.append(_("No place is called “{text}”.").format(text=text))
        return None
    return found[0].unit


def a_day(query: QueryDict, name: str, label: str, faults: list[str]) -> date | None:
    """A day as people write it; what is none is said in ``faults``."""
    text = query.get(name, "").strip()[:40]
    found = day(text) if text else None
    if text and found is None:
        faults.append(
            _("{label}: “{text}” is not a day; write it like 07/03/2026.").format(
                label=label, text=text
            )
        )
    return found


def _moment(query: QueryDict, name: str, label: str, faults: list[str]) -> datetime | None:
    text = query.get(name, "").strip()[:40]
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        found = a_day(query, name, label, faults)
        if found is None:
            return None
        # Everything of that day: later than the last moment of the day before.
        moment = datetime.combine(found, datetime.min.time()) - timedelta(microseconds=1)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return moment if moment.tzinfo else timezone.make_aware(moment)


def _either(query: QueryDict, name: str) -> bool | None:
    return {"1": True, "0": False}.get(query.get(name, ""))


def _yes_no(value: bool | None) -> str:
    return "" if value is None else "1" if value else "0"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except (ValueError, AttributeError):
        return None
