"""Techniques that are passed on: planned, done, signed off by another hand; exchanges and drills."""

from collections import Counter, defaultdict
from typing import Any
from uuid import UUID

from django.db.models import Q

from tuyen.apps.workforce import places
from tuyen.apps.workforce.desk import Desk
from tuyen.apps.workforce.models import Credential, Handover, HandoverCase, Member, Outing
from tuyen.apps.workforce.operations import (
    EndHandover,
    FileOuting,
    LogCases,
    PlanHandover,
    SignHandover,
    VoidCase,
    VoidOuting,
)
from tuyen.apps.workforce.refusals import (
    CaseOutside,
    DaysTurned,
    DayToCome,
    DrillTwice,
    ExchangeNoDrill,
    GiverMissing,
    HandoverSettled,
    HandoverTwice,
    NoLearner,
    NoWorkplace,
    SignedByReceiver,
    TooFewCases,
    UnknownCase,
    UnknownOuting,
)
from tuyen.apps.workforce.rows import Row, Rows
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import workforce as rules


@applies(PlanHandover)
def plan_handovers(batch: Batch[PlanHandover]) -> None:
    """A unit is to learn a technique; one that it is learning already is not begun twice."""
    desk = Desk(members=[id for e in batch.entries for id in e.payload.learners])
    rows = Rows(Handover)
    rows.take(Q(unit_id__among={e.unit for e in batch.entries}, state="planned"))
    going = {(row["unit_id"], row["technique"]) for row in rows.all()}
    for entry in batch.entries:
        said = entry.payload
        technique = said.technique.strip()
        try:
            _check(entry)
            for id in said.learners:
                desk.member(id, entry.unit)
            if (entry.unit, technique) in going:
                raise HandoverTwice(unit=places.name(entry.unit, said.begins), technique=technique)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        going.add((entry.unit, technique))
        rows.put({
            "id": entry.id, "unit_id": entry.unit, "technique": technique, "giver_id": said.giver,
            "giver": said.giver_name.strip(),
            "teachers": [[one.name.strip(), one.licence.strip()] for one in said.teachers],
            "learners": [str(id) for id in said.learners], "cases": said.cases,
            "begins": said.begins, "state": "planned", "planned_by_id": entry.author,
            "signed_on": None, "signed_by_id": None, "paper": "", "until": None, "why": "",
            "changed_at": entry.received_at,
        })  # fmt: skip
    rows.post()


def _check(entry: Entry[PlanHandover]) -> None:
    said = entry.payload
    if not places.works(entry.unit, said.begins):
        raise NoWorkplace(unit=places.name(entry.unit, said.begins), on=said.begins)
    if said.giver is None and len(said.giver_name.strip()) < 2:
        raise GiverMissing()
    if said.giver == entry.unit:
        raise GiverMissing()
    if said.giver is not None and not places.works(said.giver, said.begins):
        raise NoWorkplace(unit=places.name(said.giver, said.begins), on=said.begins)


def _of_unit(rows: Rows, id: UUID, unit: UUID, *states: str) -> Row:
    row = rows.get(id)
    if row is None or row["unit_id"] != unit or row["state"] not in states:
        raise HandoverSettled(handover=id)
    return row


@applies(LogCases)
def log_cases(batch: Batch[LogCases]) -> None:
    """Somebody who learns a technique did it, on a day since its beginning."""
    rows, cases = Rows(Handover), Rows(HandoverCase)
    rows.take(Q(pk__among={e.payload.handover for e in batch.entries}))
    desk = Desk(members=[one.member for e in batch.entries for one in e.payload.cases])
    for entry in batch.entries:
        said = entry.payload
        try:
            row = _of_unit(rows, said.handover, entry.unit, "planned", "signed")
            for one in said.cases:
                if str(one.member) not in row["learners"]:
                    raise NoLearner(name=desk.member(one.member)["name"])
                if not row["begins"] <= one.done_on <= entry.happened_on:
                    raise CaseOutside(day=one.done_on, begins=row["begins"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for number, one in enumerate(said.cases):
            cases.put({
                "id": derived_id(entry.id, "case", number), "handover_id": row["id"],
                "unit_id": entry.unit, "member_id": one.member, "done_on": one.done_on,
                "supervised": one.supervised, "author_id": entry.author, "void": False, "why": "",
                "changed_at": entry.received_at,
            })  # fmt: skip
    cases.post()


@applies(VoidCase)
def void_cases(batch: Batch[VoidCase]) -> None:
    """A case that was logged wrongly counts no more."""
    cases = Rows(HandoverCase)
    cases.take(Q(pk__among={e.payload.case for e in batch.entries}))
    for entry in batch.entries:
        row = cases.get(entry.payload.case)
        if row is None or row["void"] or row["unit_id"] != entry.unit:
            batch.refuse(entry, UnknownCase(case=entry.payload.case))
            continue
        cases.put(row | {
            "void": True, "why": entry.payload.reason.strip(), "changed_at": entry.received_at,
        })  # fmt: skip
    cases.post()


@applies(SignHandover)
def sign_handovers(batch: Batch[SignHandover]) -> None:
    """The unit has the technique from this day on, by the word of another hand than its own."""
    rows, cases, papers = Rows(Handover), Rows(HandoverCase), Rows(Credential)
    wanted = {e.payload.handover for e in batch.entries}
    rows.take(Q(pk__among=wanted))
    cases.take(Q(handover_id__among=wanted, void=False))
    of: dict[UUID, list[Row]] = defaultdict(list)
    for case in cases.all():
        of[case["handover_id"]].append(case)
    works_at = dict(
        Member.objects.filter(user_id__among={e.author for e in batch.entries if e.author})
        .values_list("user_id", "unit_id")
    )  # fmt: skip
    for entry in batch.entries:
        row = rows.get(entry.payload.handover)
        try:
            _may_sign(entry, row, of, works_at)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        assert row is not None
        months = rules.techniques().get(row["technique"], rules.UNLISTED).months
        new = row | {
            "state": "signed", "signed_on": entry.happened_on, "signed_by_id": entry.author,
            "paper": entry.payload.paper.strip(), "why": "", "changed_at": entry.received_at,
            "until": rules.later(entry.happened_on, months) if months else None,
        }  # fmt: skip
        rows.put(new)
        for member in {case["member_id"] for case in of[row["id"]] if case["supervised"]}:
            papers.put(_learnt(entry, new, member))
    rows.post()
    papers.post()


def _may_sign(
    entry: Entry[SignHandover], row: Row | None, of: dict[UUID, list[Row]],
    works_at: dict[Any, UUID],
) -> None:  # fmt: skip
    """Raise unless there are cases enough, and another hand than the receiver's signs."""
    if row is None or row["state"] == "ended" or entry.unit != (row["giver_id"] or row["unit_id"]):
        raise HandoverSettled(handover=entry.payload.handover)
    done = Counter(case["supervised"] for case in of[row["id"]])[True]
    if done < row["cases"]:
        raise TooFewCases(done=done, asked=row["cases"])
    hands = {row["planned_by_id"], *(case["author_id"] for case in of[row["id"]])}
    home = works_at.get(entry.author)
    here = places.now_at(row["unit_id"], entry.happened_on)
    if (entry.author is not None and entry.author in hands) or (
        home is not None and places.now_at(home, entry.happened_on) == here
    ):
        raise SignedByReceiver()


def _learnt(entry: Entry[SignHandover], row: Row, member: UUID) -> Row:
    """What the signing off is in the file of somebody who did it under supervision."""
    giver = row["giver"] or places.name(row["giver_id"], entry.happened_on)
    return {
        "id": derived_id(entry.id, "learnt", member), "member_id": member, "kind": "competence",
        "what": row["technique"], "number": "", "scope": row["paper"], "issuer": giver[:200],
        "since": entry.happened_on, "until": row["until"], "hours": None, "replaces_id": None,
        "state": "live", "why": "", "changed_at": entry.received_at,
    }  # fmt: skip


@applies(EndHandover)
def end_handovers(batch: Batch[EndHandover]) -> None:
    """A unit does not learn a technique after all, or has it no more."""
    rows = Rows(Handover)
    rows.take(Q(pk__among={e.payload.handover for e in batch.entries}))
    for entry in batch.entries:
        try:
            row = _of_unit(rows, entry.payload.handover, entry.unit, "planned", "signed")
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        until = entry.happened_on if row["state"] == "signed" else row["until"]
        rows.put(row | {
            "state": "ended", "until": until, "why": entry.payload.reason.strip(),
            "changed_at": entry.received_at,
        })  # fmt: skip
    rows.post()


@applies(FileOuting)
def file_outings(batch: Batch[FileOuting]) -> None:
    """An exchange or a drill, and that people took part in it, in their files."""
    desk = Desk(members=[id for e in batch.entries for id in e.payload.people])
    rows, played = Rows(Outing), _played(batch)
    for entry in batch.entries:
        said = entry.payload
        try:
            if said.last < said.first:
                raise DaysTurned(since=said.first, until=said.last)
            if said.last > entry.happened_on:
                raise DayToCome(day=said.last)
            if said.drill is not None and said.kind != "drill":
                raise ExchangeNoDrill()
            for id in said.people:
                name = desk.member(id)["name"]
                if id in played[said.drill]:
                    raise DrillTwice(name=name)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        if said.drill is not None:
            played[said.drill] |= set(said.people)
        rows.put({
            "id": entry.id, "unit_id": entry.unit, "kind": said.kind, "title": said.title.strip(),
            "partner": said.partner.strip(), "place": said.place.strip(), "first": said.first,
            "last": said.last, "score": said.score, "report": said.report.strip(),
            "members": [str(id) for id in said.people], "drill_id": said.drill, "state": "filed",
            "why": "", "changed_at": entry.received_at,
        })  # fmt: skip
        for id in said.people:
            desk.credentials.put({
                "id": derived_id(entry.id, "part", id), "member_id": id, "kind": said.kind,
                "what": said.title.strip(), "number": "", "scope": said.place.strip(),
                "issuer": (said.partner.strip() or places.name(entry.unit, said.first))[:200],
                "since": said.first, "until": None, "hours": None, "replaces_id": None,
                "state": "live", "why": "", "changed_at": entry.received_at,
            })  # fmt: skip
    rows.post()
    desk.credentials.post()


def _played(batch: Batch[FileOuting]) -> dict[UUID | None, set[UUID]]:
    """Drill -> people in whose file it is already: one query; nobody where no drill is named."""
    found: dict[UUID | None, set[UUID]] = defaultdict(set)
    drills = {e.payload.drill for e in batch.entries if e.payload.drill is not None}
    rows = Outing.objects.filter(drill_id__among=drills, state="filed")
    for drill, members in rows.values_list("drill_id", "members") if drills else ():
        found[drill] |= {UUID(id) for id in members}
    return found


@applies(VoidOuting)
def void_outings(batch: Batch[VoidOuting]) -> None:
    """It was filed wrongly, and leaves the files."""
    rows, papers = Rows(Outing), Rows(Credential)
    rows.take(Q(pk__among={e.payload.outing for e in batch.entries}))
    parts = {
        derived_id(row["id"], "part", UUID(id)): row["id"] for row in rows.all()
        for id in row["members"]
    }  # fmt: skip
    papers.take(Q(pk__among=set(parts)))
    for entry in batch.entries:
        row = rows.get(entry.payload.outing)
        if row is None or row["state"] != "filed" or row["unit_id"] != entry.unit:
            batch.refuse(entry, UnknownOuting(outing=entry.payload.outing))
            continue
        gone = {
            "state": "void", "why": entry.payload.reason.strip(), "changed_at": entry.received_at,
        }  # fmt: skip
        rows.put(row | gone)
        for paper in list(papers.all()):
            if parts[paper["id"]] == row["id"] and paper["state"] == "live":
                papers.put(paper | gone)
    rows.post()
    papers.post()
