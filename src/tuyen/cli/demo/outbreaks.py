"""The demo's outbreaks: a few of the labelled ones opened, answered, reported every day and closed.

What they are made of is what the province reported: cases join as they are reported, and what was
done follows them by days. The last ones are open on the last day.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from tuyen.apps.surveillance.operations import (
    AddContacts,
    AttachCases,
    CaseDefinition,
    CloseOutbreak,
    ContactDraft,
    DeclareOutbreak,
    Finding,
    FinishTask,
    FollowUpContacts,
    IssueSitrep,
    Link,
    LinkCases,
    Mark,
    NoteBottleneck,
    OpenOutbreak,
    ReviewOutbreak,
)
from tuyen.apps.surveillance.services.outbreak_tasks import task_id
from tuyen.cli.demo.names import Names, days, noon
from tuyen.cli.demo.people import Residents
from tuyen.engines.synthetic.outbreaks import Outbreak
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.operation import Operation, Payload
from tuyen.rules import surveillance as rules
from tuyen.rules.surveillance import outbreaks as law

Dated = tuple[date, Operation]
KINDS = (
    "surveillance.open_outbreak", "surveillance.attach_cases", "surveillance.link_cases",
    "surveillance.add_contacts", "surveillance.follow_up_contacts", "surveillance.finish_task",
    "surveillance.note_bottleneck", "surveillance.declare_outbreak", "surveillance.issue_sitrep",
    "surveillance.close_outbreak", "surveillance.review_outbreak",
)  # fmt: skip
"""In the order in which the operations of one day are told."""

_RECENT = ("measles", "diphtheria", "dengue")
_CLOSED = 2  # outbreaks of the past that ran their whole course
_MET = 4  # contacts of each of the first cases
_FIRST = 5  # cases whose contacts are watched
_EVIDENCE = {
    "investigate": "Quyết định cử đội đáp ứng nhanh", "analyse": "Báo cáo phân tích dịch tễ số 1",
    "laboratory": "Phiếu trả kết quả xét nghiệm", "manage": "Biên bản phân luồng, cách ly điều trị",
    "countermeasures": "Biên bản xử lý môi trường tại thôn", "communicate": "Bài phát thanh xã, 3 buổi",
    "coordinate": "Thông báo phân công của Ban chỉ đạo xã",
}  # fmt: skip


class Answered:
    """Turns labelled outbreaks into operations, each with the day it was done."""

    def __init__(
        self, province: Province, names: Names, residents: Residents, until: date, lead: UUID | None
    ) -> None:
        self.province, self.names, self.residents = province, names, residents
        self.until, self.lead = until, lead
        self.merged = min(fact.on for fact in province.network.successions)
        self.rng = np.random.default_rng(717)

    def in_order(self) -> list[Dated]:
        """What was done in all of them, by day."""
        done = [each for outbreak in self._chosen() for each in self._course(outbreak)]
        return sorted(done, key=lambda told: told[0])

    def _chosen(self) -> list[Outbreak]:
        """Some of the last day, and the newest of the past that can have closed since."""
        diseases = self.province.epidemics.diseases
        recent = [
            o for o in self.province.epidemics.outbreaks
            if o.recent and diseases[o.disease] in _RECENT
        ]  # fmt: skip
        past = [
            o for o in self.province.epidemics.outbreaks
            if not o.recent and o.start.astype(object) >= self.merged and len(self._rows(o)) >= 4
            and self._ends(o) + timedelta(days=7) <= self.until
        ]  # fmt: skip
        return sorted(past, key=lambda o: o.start)[-_CLOSED:] + recent

    def _rows(self, outbreak: Outbreak) -> list[int]:
        """The cases of an outbreak that were reported, in the order of their report."""
        cases = self.province.epidemics.cases
        return [int(n) for n in np.flatnonzero((cases.outbreak == outbreak.id) & cases.known)]

    def _ends(self, outbreak: Outbreak) -> date:
        """The first day on which an outbreak may close, once all its cases are on the list."""
        disease = self.province.epidemics.diseases[outbreak.disease]
        rows = np.array(self._rows(outbreak))
        cases = self.province.epidemics.cases
        last: date = cases.onset[rows].max().astype(object)
        told: date = cases.reported[rows].max().astype(object)
        return max(last + timedelta(days=law.closing(disease, self.until).days), told) + timedelta(
            1
        )

    def _course(self, outbreak: Outbreak) -> Iterator[Dated]:
        rows = self._rows(outbreak)
        if len(rows) < 2:
            return
        story = _Story(self, outbreak, rows)
        yield from story.cases()
        yield from story.contacts()
        yield from story.work()
        yield from story.end()


class _Story:
    """One outbreak, told day by day."""

    def __init__(self, of: Answered, outbreak: Outbreak, rows: list[int]) -> None:
        self.of, self.outbreak, self.rows = of, outbreak, rows
        made = of.province
        self.disease = made.epidemics.diseases[outbreak.disease]
        commune = made.gazetteer.communes[outbreak.commune]
        self.place = commune.name
        self.unit = of.names.unit(f"commune:{commune.code}")
        self.cases_ = made.epidemics.cases
        self.reported = [day for day in days(self.cases_.reported[rows]) if day is not None]
        self.onset = [day for day in days(self.cases_.onset[rows]) if day is not None]
        self.opened = min(self.reported[min(1, len(rows) - 1)] + timedelta(1), of.until)
        self.closes = None if outbreak.recent else of._ends(outbreak)
        self.last = self.closes or of.until
        self.id = self._named(OpenOutbreak)
        self.met: list[ContactDraft] = []

    def cases(self) -> Iterator[Dated]:
        """The opening with the cases known by then; each later one on the day after its report."""
        first = [n for n, day in zip(self.rows, self.reported, strict=True) if day < self.opened]
        name = rules.disease(self.disease).name("vi")
        yield self._told(self.opened, OpenOutbreak(
            disease=self.disease, title=f"{name} tại {self.place}", since=min(self.onset),
            communes=(self.unit,), assignee=self.of.lead, cases=self._ids(first),
            definition=CaseDefinition(
                suspected="Người sống hoặc đến địa bàn, có biểu hiện lâm sàng của bệnh",
                confirmed="Ca nghi ngờ có kết quả xét nghiệm dương tính",
            ),
        ))  # fmt: skip
        later: dict[date, list[int]] = {}
        for n, day in zip(self.rows, self.reported, strict=True):
            if n not in first:
                later.setdefault(min(day + timedelta(1), self.of.until), []).append(n)
        for day, those in later.items():
            yield self._told(day, AttachCases(outbreak=self.id, cases=self._ids(those)), str(day))
        on_list = dict(zip(self.rows, self.reported, strict=True))
        links = [
            (n, source) for n, source in
            ((n, int(self.cases_.source[n])) for n in self.rows) if source in on_list
        ]  # fmt: skip
        known = max(self.reported) + timedelta(2)
        if links and known <= self.last:
            yield self._told(known, LinkCases(outbreak=self.id, links=tuple(
                Link(case=self._case(n), infector=self._case(source), evidence="same-class"
                     if k % 2 else "same-house")
                for k, (n, source) in enumerate(links)
            )))  # fmt: skip

    def contacts(self) -> Iterator[Dated]:
        """Neighbours of the first cases, written down the day after, and looked after each day."""
        start = self.opened + timedelta(1)
        if start > self.last:
            return
        people = self.of.residents.text.name
        for n, day, onset in zip(self.rows[:_FIRST], self.reported, self.onset, strict=False):
            if day >= self.opened:
                continue
            for k in range(_MET):
                who = int(self.of.rng.integers(len(people)))
                self.met.append(ContactDraft(
                    id=self.of.names.of("contact", self.outbreak.id, n, k), name=people[who],
                    case=self._case(n), exposed_on=min(onset + timedelta(k), start),
                    relation="household" if k < 2 else "class", sex="unknown",
                    age=int(self.of.rng.integers(2, 60)),
                ))  # fmt: skip
        if not self.met:
            return
        yield self._told(start, AddContacts(
            outbreak=self.id, disease=self.disease, contacts=tuple(self.met)
        ))  # fmt: skip
        watch = timedelta(days=law.follow_days(self.disease, start))
        # On the last day some are still to be seen.
        for day in _each_day(start, min(self.last - timedelta(1), start + timedelta(20))):
            marks = tuple(
                Mark(contact=one.id, state="not-found" if (k + day.day) % 9 == 0 else "well")
                for k, one in enumerate(self.met) if one.exposed_on <= day <= one.exposed_on + watch
            )  # fmt: skip
            if marks:
                yield self._told(
                    day, FollowUpContacts(outbreak=self.id, day=day, marks=marks), str(day)
                )
        sick = self.met[-1]
        if self.outbreak.recent and start < self.last <= sick.exposed_on + watch:
            ill = (Mark(contact=sick.id, state="ill", note="Sốt từ đêm qua"),)
            payload = FollowUpContacts(outbreak=self.id, day=self.last, marks=ill)
            yield self._told(self.last, payload, "ill")

    def work(self) -> Iterator[Dated]:
        """The early actions one after another, a report each day, and what was declared."""
        for k, action in enumerate(law.early_actions(self.opened)):
            # Every other outbreak is answered too late for the target.
            day = self.opened + timedelta(days=1 + (k + 3 if self.outbreak.id % 2 else k // 2))
            if day <= self.last - timedelta(1 if self.closes is None else 0):
                yield self._told(day, FinishTask(
                    outbreak=self.id, task=task_id(self.id, action.code), done_on=day,
                    evidence=_EVIDENCE[action.code],
                ), action.code)  # fmt: skip
        end = self.last if self.closes else self.last - timedelta(1)
        for day in _each_day(self.opened, end):
            yield self._told(day, IssueSitrep(
                outbreak=self.id, day=day,
                situation=f"Ổ dịch tại {self.place} tiếp tục được giám sát.",
                actions="Điều tra ca bệnh, theo dõi người tiếp xúc, xử lý môi trường.",
            ), str(day))  # fmt: skip
        declared = self.opened + timedelta(1)
        if self.outbreak.recent and self.disease == "measles" and declared <= self.last:
            yield self._told(declared, DeclareOutbreak(
                outbreak=self.id, level="epidemic", authority="station", document="07/TB-TYT",
                declared_on=declared, criterion="EP-B2", met_at=noon(self.opened),
                measures="Tiêm vắc xin sởi vét cho trẻ chưa tiêm đủ mũi; cho học sinh mắc bệnh nghỉ học.",
            ))  # fmt: skip
        if self.outbreak.id % 2:
            yield self._told(min(declared, self.last), NoteBottleneck(
                outbreak=self.id, stage="detect", code="care-sought-late",
                note="Gia đình tự điều trị tại nhà",
            ))  # fmt: skip

    def end(self) -> Iterator[Dated]:
        """The closing by the rule of the disease, and the review a few days later."""
        if self.closes is None:
            return
        yield self._told(self.closes, CloseOutbreak(
            outbreak=self.id, because="rule", conclusion="Không ghi nhận ca mới trong thời gian quy định."
        ))  # fmt: skip
        day = self.closes + timedelta(5)
        if day <= self.of.until:
            yield self._told(day, ReviewOutbreak(
                outbreak=self.id, held_on=day, went_well="Phối hợp với nhà trường nhanh.",
                went_badly="Mẫu xét nghiệm gửi chậm do đường xa.",
                findings=(Finding(
                    id=self.of.names.of("finding", self.outbreak.id),
                    title="Trang bị bộ lấy mẫu tại điểm trạm", due_on=day + timedelta(60),
                ),),
            ))  # fmt: skip

    def _told(self, day: date, payload: Payload, *more: object) -> Dated:
        return day, self.of.names.operation(
            payload, self.outbreak.id, *more, unit=self.unit, on=day
        )

    def _named(self, kind: type[Payload]) -> UUID:
        return self.of.names.of(kind.KIND.name, self.outbreak.id)

    def _case(self, n: int) -> UUID:
        return self.of.names.of("surveillance.report_case", n)

    def _ids(self, rows: list[int]) -> tuple[UUID, ...]:
        return tuple(self._case(n) for n in rows)


def _each_day(first: date, last: date) -> Iterator[date]:
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


def leader(logins: Any, names: Names) -> UUID | None:
    """The account of the epidemiologist to whom the open outbreaks are given."""
    member = next((one.member for one in logins if one.role == "cdc-epidemiologist"), None)
    return None if member is None else names.of("access.open_account", member)
