"""A project as it is typed: amounts, days, works, payments by month; what is wrong is said, nothing is lost."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from tuyen.apps.governance.operations import Funding, Phase, Planned, ProjectPlan, Work
from tuyen.apps.governance.queries import Programme
from tuyen.engines.governance.spending import spread
from tuyen.rules import governance as rules
from tuyen.web.governance import words
from tuyen.web.governance.sending import day

MILLION = Decimal(1_000_000)
_GROUPS = re.compile(r"\d{1,3}([.,\u00a0\u202f ]\d{3})+")
_PLAIN = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")
_MONTH = re.compile(r"(\d{1,2})/(20\d\d)\s*[:;=\s]\s*(.+)")


class Typed(NamedTuple):
    """A plan, or (None) what keeps one from being made."""

    plan: ProjectPlan | None
    problems: Sequence[str]


def amount_of(text: str) -> Decimal | None:
    """A number as people type it; a mark before groups of three parts thousands.

    >>> amount_of("136.000"), amount_of("1.234,5"), amount_of("0,5"), amount_of("5,800,000"), amount_of("x")
    (Decimal('136000'), Decimal('1234.5'), Decimal('0.5'), Decimal('5800000'), None)
    """
    text = text.strip()
    if _GROUPS.fullmatch(text):
        bare = re.sub(r"\D", "", text)
    else:
        bare = re.sub(r"[\s\u00a0\u202f]", "", text)
        last = max(bare.rfind("."), bare.rfind(","))
        if last >= 0:
            bare = re.sub(r"[.,]", "", bare[:last]) + "." + bare[last + 1 :]
    return Decimal(bare) if _PLAIN.fullmatch(bare) else None


def plain(value: Decimal | None) -> str:
    """An amount as a form repeats it, without marks between thousands."""
    if value is None:
        return ""
    text = format(value.normalize(), "f")
    return text.replace(".", ",")


def parsed(given: QueryDict) -> Typed:
    """What was typed as a plan, with every problem at once."""
    problems: list[str] = []
    name = given.get("name", "").strip()[:200]
    if len(name) < 3:
        problems.append(_("Give the project a name."))
    starts, ends = (_day(given, key, label, problems) for key, label in (
        ("starts", _("Begins")), ("ends", _("Ends on"))))  # fmt: skip
    decided = given.get("decided_on", "").strip()
    decided_on = _day(given, "decided_on", _("Decided on"), problems) if decided else None
    funding = _funding(given, problems)
    if not funding and not problems:
        problems.append(_("Say from which source how much money comes."))
    works, phases = _works(given, problems), _phases(given, problems)
    planned = _planned(given.get("planned", ""), problems)
    for one in funding:
        planned += _planned(given.get(f"m-{one.source}", ""), problems, one.source)
    if problems or starts is None or ends is None:
        return Typed(None, problems)
    if not planned and ends >= starts:
        planned = [
            Planned(month=month, amount=amount, source=one.source)
            for one in funding
            for month, amount in spread(one.amount, starts, ends).items()
        ]
    plan = ProjectPlan(
        name=name, decision=given.get("decision", "").strip()[:80], decided_on=decided_on,
        starts=starts, ends=ends, funding=tuple(funding), works=tuple(works), phases=tuple(phases),
        planned=tuple(planned[:1200]), note=given.get("note", "").strip()[:2000],
    )  # fmt: skip
    return Typed(plan, ())


def _day(given: Mapping[str, Any], key: str, label: str, problems: list[str]) -> date | None:
    found = day(str(given.get(key, "")))
    if found is None:
        problems.append(_("{label}: write the day as 07/03/2026.").format(label=label))
    return found


def _funding(given: Mapping[str, Any], problems: list[str]) -> list[Funding]:
    found = []
    for key in rules.sources():
        text = given.get(f"f-{key}", "").strip()
        if not text:
            continue
        amount, foreign = amount_of(text), amount_of(given.get(f"x-{key}", ""))
        rate = amount_of(given.get(f"r-{key}", ""))
        if amount is None or amount == 0:
            problems.append(
                _("{text} is no amount; write it in million VND.").format(text=text[:20])
            )
            continue
        said = given.get(f"s-{key}", "exact")
        currency = given.get(f"c-{key}", "").strip().upper()[:3] if foreign else ""
        found.append(Funding(
            source=key, amount=round(amount * MILLION, 2), said=said if said in words.SAID else "exact",
            foreign=foreign or None, currency=currency if len(currency) == 3 else "",
            rate=rate if foreign else None,
        ))  # fmt: skip
    return found


def _works(given: QueryDict, problems: list[str]) -> list[Work]:
    """Works that a programme proposed and were kept (site|package|source|cost in millions), and those of
    the sites, kinds and source that were chosen."""
    found: dict[tuple[UUID, str], Work] = {}
    for text in given.getlist("work"):
        parts = text.split("|")
        site = words.as_uuid(parts[0])
        cost = amount_of(parts[3]) if len(parts) == 4 else None
        if site is not None and cost:
            found[site, parts[1]] = Work(
                site=site, package=parts[1][:40], source=parts[2][:40],
                cost=round(cost * MILLION, 2),
            )  # fmt: skip
    source = given.get("work-source", "")
    for text in given.getlist("site"):
        site = words.as_uuid(text)
        for key in given.getlist("package"):
            package = rules.packages().get(key)
            if site is None or package is None or (site, key) in found:
                continue
            if package.floor:
                problems.append(_("{package}: take its cost from the upgrade packages.").format(
                    package=words.package(key)))  # fmt: skip
                continue
            cost = Decimal(str(package.cost)) * MILLION
            found[site, key] = Work(site=site, package=key, source=source[:40] or "–", cost=cost)
    return list(found.values())


def _phases(given: Mapping[str, Any], problems: list[str]) -> list[Phase]:
    found = []
    for stage in rules.stages():
        since, until = given.get(f"p-{stage}", "").strip(), given.get(f"u-{stage}", "").strip()
        if not since and not until:
            continue
        days = day(since), day(until)
        if days[0] is None or days[1] is None:
            problems.append(
                _("{label}: write the day as 07/03/2026.").format(label=words.stage(stage))
            )
            continue
        found.append(Phase(stage=stage, since=days[0], until=days[1]))
    return found


def _planned(text: str, problems: list[str], source: str = "") -> list[Planned]:
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        match = _MONTH.fullmatch(line.strip())
        amount = amount_of(match[3]) if match else None
        if match is None or amount is None or not 1 <= int(match[1]) <= 12:
            problems.append(_("{text}: write a month and million VND, as 06/2026: 3.500").format(
                text=line.strip()[:40]))  # fmt: skip
            continue
        month = f"{match[2]}-{int(match[1]):02}"
        found.append(Planned(month=month, amount=round(amount * MILLION, 2), source=source))
    return found


def filled(plan: ProjectPlan) -> QueryDict:
    """A form as it would have been typed for a plan."""
    given = QueryDict(mutable=True)
    given.update({
        "name": plan.name, "decision": plan.decision, "note": plan.note,
        "decided_on": f"{plan.decided_on:%d/%m/%Y}" if plan.decided_on else "",
        "starts": f"{plan.starts:%d/%m/%Y}", "ends": f"{plan.ends:%d/%m/%Y}",
        "planned": _months(plan, ""),
    })  # fmt: skip
    for one in plan.funding:
        given[f"f-{one.source}"] = plain(one.amount / MILLION)
        given[f"m-{one.source}"] = _months(plan, one.source)
        given[f"s-{one.source}"], given[f"c-{one.source}"] = one.said, one.currency
        given[f"x-{one.source}"], given[f"r-{one.source}"] = plain(one.foreign), plain(one.rate)
    for phase in plan.phases:
        given[f"p-{phase.stage}"] = f"{phase.since:%d/%m/%Y}"
        given[f"u-{phase.stage}"] = f"{phase.until:%d/%m/%Y}"
    given.setlist(
        "work", [work_text(w.site, w.package, w.source, w.cost / MILLION) for w in plan.works]
    )
    return given


def _months(plan: ProjectPlan, source: str) -> str:
    """The payments planned of a source as lines of a form."""
    return "\n".join(
        f"{p.month[5:]}/{p.month[:4]}: {plain(p.amount / MILLION)}"
        for p in plan.planned if p.source == source
    )  # fmt: skip


def of_programme(made: Programme) -> QueryDict:
    """The form of a project that does what a draft programme chose."""
    given = QueryDict(mutable=True)
    for key, spent in made.spent.items():
        if spent > 0:
            given[f"f-{key}"] = plain(Decimal(str(round(spent, 2))))
    given.setlist("work", [
        work_text(one.site, one.package, one.source, Decimal(str(round(one.cost, 2))))
        for one in made.chosen
    ])  # fmt: skip
    return given


def work_text(site: UUID, package: str, source: str, millions: Decimal) -> str:
    return f"{site}|{package}|{source}|{plain(millions)}"
