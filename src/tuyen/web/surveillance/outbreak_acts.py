"""What the forms of the outbreak room say, as operations: each builder reads one form.

A builder returns the payload, or raises :class:`Unreadable` with a sentence that names the field, the
value and what was expected.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar, get_args
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from tuyen.apps.surveillance import operations as ops
from tuyen.apps.surveillance.queries import OutbreakRow
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Payload
from tuyen.web.surveillance import filters

Code = TypeVar("Code", bound=str)
_MOMENT = "%d/%m/%Y %H:%M"


class Unreadable(Exception):
    """A field that could not be read; the sentence says which, and what is expected."""


class Act(NamedTuple):
    """What a form does: who reads it, the tab to go back to, and what is said when it is done."""

    build: Callable[[QueryDict, OutbreakRow, date], Payload]
    tab: str
    done: str


def day_of(data: QueryDict, name: str, label: str, default: date | None = None) -> date:
    """A day as it is typed."""
    text = data.get(name, "").strip()
    if not text and default is not None:
        return default
    found = filters.day(text)
    if found is None:
        raise Unreadable(
            _("{label}: “{text}” is not a day; write it like 07/03/2026.").format(
                label=label, text=text
            )
        )
    return found


def moment_of(data: QueryDict, name: str, label: str) -> datetime | None:
    """A moment as it is typed, 07/03/2026 14:30; None when nothing is."""
    text = " ".join(data.get(name, "").split())
    if not text:
        return None
    try:
        return timezone.make_aware(datetime.strptime(text, _MOMENT))  # noqa: DTZ007  # local time
    except ValueError:
        raise Unreadable(
            _("{label}: “{text}” is not a moment; write it like 07/03/2026 14:30.").format(
                label=label, text=text
            )
        ) from None


def id_of(data: QueryDict, name: str) -> UUID | None:
    try:
        return UUID(data.get(name, ""))
    except ValueError:
        return None


def ids_of(texts: Iterable[str]) -> tuple[UUID, ...]:
    """The ids among some texts, each once."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text.strip()))
        except ValueError:
            continue
    return tuple(dict.fromkeys(found))


def code_of(data: QueryDict, name: str, label: str, known: Any) -> Any:
    """One of the codes of a Literal."""
    text = data.get(name, "")
    if text not in get_args(known):
        raise Unreadable(_("{label}: choose one of the list.").format(label=label))
    return text


def said(data: QueryDict, name: str, most: int = 4000) -> str:
    return data.get(name, "").strip()[:most]


def _whole(data: QueryDict, name: str, label: str) -> int | None:
    text = data.get(name, "").strip()
    if not text:
        return None
    if not text.isdecimal() or int(text) > 130:
        raise Unreadable(
            _("{label}: “{text}” is not an age; write whole years, 0 to 130.").format(
                label=label, text=text
            )
        )
    return int(text)


def _chosen(data: QueryDict, name: str, label: str) -> tuple[UUID, ...]:
    found = ids_of(data.getlist(name))
    if not found:
        raise Unreadable(_("{label}: choose at least one.").format(label=label))
    return found


def _amend(data: QueryDict, row: OutbreakRow, on: date) -> Payload:
    changes: dict[str, Any] = {}
    for name in ("title", "syndrome"):
        if name in data and (text := said(data, name, 200)) != getattr(row, name):
            changes[name] = text
    if "disease" in data and (disease := said(data, "disease", 60)) != row.disease:
        changes["disease"] = disease
    if "since" in data and (since := day_of(data, "since", _("Began on"))) != row.since:
        changes["since"] = since
    if "lead" in data and (lead := id_of(data, "lead")) != row.lead:
        changes["lead"] = lead
    if "assignee" in data and (assignee := id_of(data, "assignee")) != row.assignee:
        changes["assignee"] = assignee
    if added := ids_of(data.getlist("commune")):
        changes["communes"] = tuple(dict.fromkeys((*row.communes, *added)))
    if "definition_suspected" in data:
        changes["definition"] = _definition(data, row)
    reason = said(data, "reason", 500)
    revision = data.get("revision", "")
    return ops.AmendOutbreak(
        outbreak=row.id,
        changes=ops.OutbreakChanges(**changes),
        reason=reason,
        revision=int(revision) if revision.isdecimal() and len(revision) < 6 else row.revision,
    )


def _definition(data: QueryDict, row: OutbreakRow) -> ops.CaseDefinition:
    classes = tuple(c for c in data.getlist("classes") if c in get_args(ops.Classification))
    held = row.definition
    return ops.CaseDefinition(
        suspected=said(data, "definition_suspected"),
        probable=said(data, "definition_probable"),
        confirmed=said(data, "definition_confirmed"),
        since=day_of(data, "from", _("Onset from")) if data.get("from") else None,
        until=day_of(data, "to", _("Onset to")) if data.get("to") else None,
        classes=classes,  # type: ignore[arg-type]  # each is one of the Literal's
        villages=held.villages,
        age_from=_whole(data, "age_from", _("Age from")),
        age_to=_whole(data, "age_to", _("Age to")),
        cluster=said(data, "cluster", 60),
    )


def _attach(data: QueryDict, row: OutbreakRow, on: date) -> Payload:
    by: Any = "definition" if data.get("by") == "definition" else "link"
    return ops.AttachCases(outbreak=row.id, cases=_chosen(data, "case", _("Cases")), by=by)


def _detach(data: QueryDict, row: OutbreakRow, on: date) -> Payload:
    return ops.DetachCases(
        outbreak=row.id, cases=_chosen(data, "case", _("Cases")), reason=_reason(data)
    )


def _reason(data: QueryDict) -> str:
    reason = said(data, "reason", 500)
    if len(reason) < 3:
        raise Unreadable(_("Write the reason in at least three letters: others will read it."))
    return reason


def _link(data: QueryDict, row: OutbreakRow, on: date) -> Payload:
    case, infector = id_of(data, "case"), id_of(data, "infector")
    if case is None or infector is None:
        raise Unreadable(_("Choose both cases: who fell ill, and whom they had it from."))
    link = ops.Link(
        case=case, infector=infector,
        evidence=code_of(data, "evidence", _("Evidence"), ops.Evidence), note=said(data, "note", 500),
    )  # fmt: skip
    return ops.LinkCases(outbreak=row.id, links=(link,))


def _unlink(data: QueryDict, row: OutbreakRow, on: date) -> Payload:
    return ops.UnlinkCases(
        outbreak=row.id, cases=_chosen(data, "case", _("Cases")), reason=_reason(data)
    )


def _isolate(data: QueryDict, row: OutbreakRow, on: date) -> Payload:
    case = id_of(data, "case")
    found = moment_of(data, "found_at", _("Found"))
    if case is None or found is None:
        raise Unreadable(_("Choose the case and write when it was found."))
    moments = {
        step: at
        for step in get_args(ops.IsolationStep)
        if (at := moment_of(data, step, str(step))) is not None
    }
    return ops.RecordIsolation(
        outbreak=row.id, case=case, found_at=found, steps=moments,
        setting=code_of(data, "setting", _("Isolated at"), ops.IsolationSetting),
    )  # fmt: skip


def _set_task(data: QueryDict, row: OutbreakRow, on: date) -> Payload:
    action, id = said(data, "action", 60), id_of(data, "task")
    title = said(data, "title", 200)
    if not action and id is None and len(title) < 3:
        raise Unreadable(_("Task: write what is to be done."))
    draft = ops.TaskDraft(
        action=action, id=None if action else id or uuid7(), title=title,
        owner=id_of(data, "owner"), owner_unit=id_of(data, "owner_unit"),
        due_on=day_of(data, "due_on", _("Deadline")),
    )  # fmt: skip
    return ops.SetTasks(outbreak=row.id, tasks=(draft,))


def _finish_task(data: QueryDict, row: OutbreakRow, on: date) -> Payload:
    task = id_of(data, "task")
    evidence = said(data, "evidence", 500)
    if task is None or len(evidence) < 3:
        raise Unreadable(
            _("Write by what it is known that the task is done, or why it does not apply.")
        )
    return ops.FinishTask(
        outbreak=row.id, task=task, done_on=day_of(data, "done_on", _("Done on"), on),
        evidence=evidence, applicable=data.get("applies") != "no",
    )  # fmt: skip


def _bottleneck(data: QueryDict, row: OutbreakRow, on: date) -> Payload:
    stage, _sep, code = data.get("why", "").partition(":")
    if stage not in get_args(ops.Stage):
        raise Unreadable(_("{label}: choose one of the list.").format(label=_("Reason")))
    return ops.NoteBottleneck(
        outbreak=row.id, stage=stage, code=code[:60], note=said(data, "note", 500),  # type: ignore[arg-type]
        holds=data.get("holds") != "no",
    )  # fmt: skip


def _sitrep(data: QueryDict, row: OutbreakRow, on: date) -> Payload:
    return ops.IssueSitrep(
        outbreak=row.id, day=day_of(data, "day", _("Day"), on), situation=said(data, "situation"),
        actions=said(data, "actions"), needs=said(data, "needs"),
    )  # fmt: skip


def _review(data: QueryDict, row: OutbreakRow, on: date) -> Payload:
    findings = []
    days = data.getlist("finding_due")
    for n, title in enumerate(data.getlist("finding")):
        if not title.strip():
            continue
        due = filters.day(days[n]) if n < len(days) else None
        if due is None:
            raise Unreadable(
                _("Finding “{title}”: write its day like 07/03/2026.").format(title=title)
            )
        unit = ids_of(data.getlist("finding_unit")[n : n + 1])
        findings.append(ops.Finding(
            id=uuid7(), title=title.strip()[:200], due_on=due, owner_unit=unit[0] if unit else None
        ))  # fmt: skip
    return ops.ReviewOutbreak(
        outbreak=row.id, held_on=day_of(data, "held_on", _("Held on"), on),
        went_well=said(data, "went_well"), went_badly=said(data, "went_badly"),
        findings=tuple(findings),
    )  # fmt: skip


def _declare(data: QueryDict, row: OutbreakRow, on: date) -> Payload:
    document = said(data, "document", 100)
    if not document:
        raise Unreadable(_("Document: write its number."))
    fails = tuple(f for f in data.getlist("fails") if f in ("technical", "station", "forces"))
    copes = data.get("copes", "")
    level, criterion = (
        code_of(data, "level", _("Level"), ops.LevelCode),
        said(data, "criterion", 60),
    )
    # The figures stand in the form already: without a criterion that somebody chose they say nothing.
    basis = said(data, "basis") if criterion or level == "end" else ""
    return ops.DeclareOutbreak(
        outbreak=row.id, level=level,
        authority=code_of(data, "authority", _("Declared by"), ops.Authority), document=document,
        declared_on=day_of(data, "declared_on", _("Day"), on), criterion=criterion,
        basis=basis, met_at=moment_of(data, "met_at", _("Criterion met")),
        fails=fails,  # type: ignore[arg-type]  # each is one of the Literal's
        copes=copes if copes in ("commune", "province", "none") else "",  # type: ignore[arg-type]
        measures=said(data, "measures"),
    )  # fmt: skip


def _close(data: QueryDict, row: OutbreakRow, on: date) -> Payload:
    because = data.get("because", "rule")
    if because not in ("rule", "ruled-out", "joined"):
        raise Unreadable(_("{label}: choose one of the list.").format(label=_("Reason")))
    return ops.CloseOutbreak(
        outbreak=row.id, because=because, conclusion=said(data, "conclusion")  # type: ignore[arg-type]
    )  # fmt: skip


def _reopen(data: QueryDict, row: OutbreakRow, on: date) -> Payload:
    return ops.ReopenOutbreak(outbreak=row.id, reason=_reason(data))


def _follow(data: QueryDict, row: OutbreakRow, on: date) -> Payload:
    marks = []
    for name in data:
        if name.startswith("m-") and data[name] in get_args(ops.FollowUpState):
            for id in ids_of([name[2:]]):
                marks.append(ops.Mark(contact=id, state=data[name]))  # type: ignore[arg-type]
    if not marks:
        raise Unreadable(_("Nobody is marked: say of at least one contact how they are."))
    day = day_of(data, "day", _("Day"), on)
    return ops.FollowUpContacts(outbreak=row.id, day=day, marks=tuple(marks))


def _tie(data: QueryDict, row: OutbreakRow, on: date) -> Payload:
    contact, case = id_of(data, "contact"), id_of(data, "case")
    if contact is None or case is None:
        raise Unreadable(_("Choose the case that the contact became."))
    return ops.TieContact(outbreak=row.id, contact=contact, case=case)


RUN: dict[str, Act] = {
    "amend": Act(_amend, "outbreak-plan", "changed"),
    "attach": Act(_attach, "outbreak-cases", "attached"),
    "detach": Act(_detach, "outbreak-cases", "detached"),
    "link": Act(_link, "outbreak-chains", "linked"),
    "unlink": Act(_unlink, "outbreak-chains", "unlinked"),
    "isolate": Act(_isolate, "outbreak-isolation", "isolated"),
    "set-task": Act(_set_task, "outbreak-tasks", "set"),
    "finish-task": Act(_finish_task, "outbreak-tasks", "finished"),
    "bottleneck": Act(_bottleneck, "outbreak-times", "noted"),
    "sitrep": Act(_sitrep, "outbreak-reports", "issued"),
    "review": Act(_review, "outbreak-tasks", "reviewed"),
}
DECLARE: dict[str, Act] = {
    "declare": Act(_declare, "outbreak", "declared"),
    "close": Act(_close, "outbreak", "closed"),
    "reopen": Act(_reopen, "outbreak", "reopened"),
}
FOLLOW: dict[str, Act] = {
    "follow": Act(_follow, "outbreak-contacts", "followed"),
    "tie": Act(_tie, "outbreak-contacts", "tied"),
}
