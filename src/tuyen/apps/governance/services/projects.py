"""Projects and their versions. A batch takes a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Sum

from tuyen.apps.governance import bulk, planning
from tuyen.apps.governance.models import Disbursement, Progress, Project, ProjectVersion
from tuyen.apps.governance.operations import (
    AmendProject,
    ApproveProject,
    CloseProject,
    NoteProgress,
    ProjectPlan,
    ProposeProject,
    SiteLevels,
    TurnDownProject,
)
from tuyen.apps.governance.queries.stored import plan_of
from tuyen.apps.governance.refusals import (
    AmendedBelowPaid,
    AnotherWaits,
    PaidInFuture,
    SecondPersonNeeded,
    UnknownProject,
    UnknownVersion,
)
from tuyen.apps.journal.bulk import fetch
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.zone import VIETNAM
from tuyen.rules import governance as rules

PROJECT = (
    "id", "unit_id", "state", "version_id", "baseline", "baseline_on", "outcome", "closed_on", "note",
    "changed_at",
)  # fmt: skip
VERSION = (
    "id", "project_id", "unit_id", "number", "plan", "total", "state", "proposed_on", "reason", "answer",
    "author_id", "answered_by_id", "answered_on",
)  # fmt: skip
_PROGRESS = (
    "id", "project_id", "stage", "percent", "contract", "contractor", "value", "note", "on", "author_id",
)  # fmt: skip
Row = dict[str, Any]


class Book:
    """Projects with all their versions as rows, changed in memory and written once. Two queries."""

    def __init__(self, projects: Iterable[UUID] = (), versions: Iterable[UUID] = ()) -> None:
        asked = set(versions)
        wanted = set(projects)
        if asked:
            found = ProjectVersion.objects.filter(pk__among=asked)
            wanted |= set(found.values_list("project_id", flat=True))
        self.projects = _rows(Project.objects.filter(pk__among=wanted), PROJECT) if wanted else {}
        self.versions = (
            _rows(ProjectVersion.objects.filter(project_id__among=wanted), VERSION)
            if wanted else {}
        )  # fmt: skip
        self._there = set(self.projects) | set(self.versions)
        self._changed: dict[UUID, None] = {}

    def open(self, id: UUID, entry: Entry[Any], *states: str) -> Row:
        row = self.projects.get(id)
        if row is None or row["unit_id"] != entry.unit or row["state"] not in states:
            raise UnknownProject(project=id)
        return row

    def waiting(self, id: UUID, entry: Entry[Any]) -> Row:
        row = self.versions.get(id)
        if row is None or row["unit_id"] != entry.unit or row["state"] != "waits":
            raise UnknownVersion(version=id)
        return row

    def of(self, project: UUID) -> list[Row]:
        return [row for row in self.versions.values() if row["project_id"] == project]

    def put(self, rows: dict[UUID, Row], row: Row, **changes: Any) -> None:
        rows[row["id"]] = row | changes
        self._changed[row["id"]] = None

    def post(self) -> None:
        for model, rows, columns in (
            (Project, self.projects, PROJECT), (ProjectVersion, self.versions, VERSION),
        ):  # fmt: skip
            mine = [id for id in self._changed if id in rows]
            gone = [id for id in mine if id in self._there]
            bulk.replace(model, gone, columns, [rows[id] for id in mine])


def _rows(found: Any, columns: tuple[str, ...]) -> dict[UUID, Row]:
    return {
        row[0]: dict(zip(columns, row, strict=True)) for row in fetch(found.values_list(*columns))
    }


def _version(entry: Entry[Any], project: UUID, number: int, plan: ProjectPlan, reason: str) -> Row:
    values = (
        entry.id, project, entry.unit, number, msgspec.to_builtins(plan), planning.total(plan), "waits",
        entry.happened_on, reason.strip(), "", entry.author, None, None,
    )  # fmt: skip
    return dict(zip(VERSION, values, strict=True))


@applies(ProposeProject)
def propose_projects(batch: Batch[ProposeProject]) -> None:
    """A project with its first version, of one id: it waits for a second person."""
    book = Book()
    for entry in batch.entries:
        plan = entry.payload.plan
        try:
            planning.check(plan, entry.happened_on)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        values: tuple[Any, ...] = (
            entry.id,
            entry.unit,
            "proposed",
            None,
            {},
            None,
            {},
            None,
            "",
            entry.received_at,
        )
        book.put(book.projects, dict(zip(PROJECT, values, strict=True)))
        book.put(book.versions, _version(entry, entry.id, 1, plan, ""))
    book.post()


@applies(AmendProject)
def amend_projects(batch: Batch[AmendProject]) -> None:
    """Another version waits; no source gives less than it has paid."""
    book = Book(entry.payload.project for entry in batch.entries)
    spent = paid(book.projects)
    for entry in batch.entries:
        said = entry.payload
        try:
            row = book.open(said.project, entry, "proposed", "running", "refused")
            versions = book.of(row["id"])
            if any(one["state"] == "waits" for one in versions):
                raise AnotherWaits()
            planning.check(said.plan, entry.happened_on)
            _not_below(said.plan, spent[row["id"]])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        number = 1 + max(one["number"] for one in versions)
        book.put(book.versions, _version(entry, row["id"], number, said.plan, said.reason))
        state = "running" if row["version_id"] else "proposed"
        book.put(book.projects, row, state=state, changed_at=entry.received_at)
    book.post()


def paid(projects: Iterable[UUID]) -> dict[UUID, dict[str, Decimal]]:
    """Project -> source -> what it has paid. One query."""
    found: dict[UUID, dict[str, Decimal]] = defaultdict(dict)
    rows = Disbursement.objects.filter(project_id__among=set(projects), state="standing")
    told = rows.values_list("project_id", "source").annotate(sum=Sum("amount")).order_by()
    for project, source, amount in told:
        found[project][source] = amount
    return found


def _not_below(plan: ProjectPlan, spent: dict[str, Decimal]) -> None:
    gives = planning.given(plan)
    for source, amount in spent.items():
        if gives.get(source, Decimal(0)) < amount:
            raise AmendedBelowPaid(source=source, paid=amount, amount=gives.get(source, Decimal(0)))


def _levels(sites: Iterable[SiteLevels]) -> dict[str, dict[str, str]]:
    return {str(one.site): {told.line: told.level for told in one.lines} for one in sites}


@applies(ApproveProject)
def approve_projects(batch: Batch[ApproveProject]) -> None:
    """A version is in force, and the one before it is not. The first keeps how ready the sites were;
    sites that a later one adds are kept with the day on which they came."""
    book = Book(versions=(entry.payload.version for entry in batch.entries))
    spent = paid(book.projects)
    for entry in batch.entries:
        try:
            version = book.waiting(entry.payload.version, entry)
            row = book.open(version["project_id"], entry, "proposed", "running")
            if entry.author is not None and entry.author == version["author_id"]:
                raise SecondPersonNeeded()
            plan = plan_of(version["plan"])
            _not_below(plan, spent[row["id"]])  # paid meanwhile
            planning.known("line", [told.line for one in entry.payload.baseline
                                    for told in one.lines], rules.lines(), once=False)  # fmt: skip
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for one in book.of(row["id"]):
            if one["state"] == "in-force":
                book.put(book.versions, one, state="replaced")
        book.put(book.versions, version, state="in-force", answered_by_id=entry.author,
                 answered_on=entry.happened_on)  # fmt: skip
        sites = {str(work.site) for work in plan.works}
        told = {k: v for k, v in _levels(entry.payload.baseline).items() if k in sites}
        book.put(
            book.projects, row, state="running", version_id=version["id"],
            baseline=told | row["baseline"], baseline_on=row["baseline_on"] or entry.happened_on,
            changed_at=entry.received_at,
        )  # fmt: skip
    _in_order(book)


def _in_order(book: Book) -> None:
    """Write versions that leave their place before those that take it."""
    book.versions = dict(
        sorted(book.versions.items(), key=lambda each: each[1]["state"] == "in-force")
    )
    book.post()


@applies(TurnDownProject)
def turn_down_projects(batch: Batch[TurnDownProject]) -> None:
    """A version is refused and says why; what is in force stays so."""
    book = Book(versions=(entry.payload.version for entry in batch.entries))
    for entry in batch.entries:
        try:
            version = book.waiting(entry.payload.version, entry)
            row = book.open(version["project_id"], entry, "proposed", "running")
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.put(
            book.versions, version, state="refused", answer=entry.payload.reason.strip(),
            answered_by_id=entry.author, answered_on=entry.happened_on,
        )  # fmt: skip
        state = "running" if row["version_id"] else "refused"
        book.put(book.projects, row, state=state, changed_at=entry.received_at)
    book.post()


@applies(NoteProgress)
def note_progress(batch: Batch[NoteProgress]) -> None:
    """What was done, day by day; the last of a stage says how far it is."""
    book, rows = Book(entry.payload.project for entry in batch.entries), []
    for entry in batch.entries:
        said = entry.payload
        try:
            book.open(said.project, entry, "running")
            planning.known("stage", [said.stage], rules.stages())
            if said.value is not None:
                planning.amount("value", said.value)
            if entry.happened_on > entry.received_at.astimezone(VIETNAM).date():
                raise PaidInFuture(on=entry.happened_on)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        rows.append((
            entry.id, said.project, said.stage, said.percent, said.contract.strip(),
            said.contractor.strip(), said.value, said.note.strip(), entry.happened_on, entry.author,
        ))  # fmt: skip
    bulk.insert(Progress, _PROGRESS, rows)


@applies(CloseProject)
def close_projects(batch: Batch[CloseProject]) -> None:
    """A project has ended, with how ready its sites are."""
    book = Book(entry.payload.project for entry in batch.entries)
    for entry in batch.entries:
        said = entry.payload
        try:
            row = book.open(said.project, entry, "running")
            if any(one["state"] == "waits" for one in book.of(row["id"])):
                raise AnotherWaits()
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        told = {k: v for k, v in _levels(said.outcome).items() if k in row["baseline"]}
        book.put(
            book.projects, row, state="closed", outcome=told, closed_on=entry.happened_on,
            note=said.note.strip(), changed_at=entry.received_at,
        )  # fmt: skip
    book.post()
