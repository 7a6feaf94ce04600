"""The room on the real registry, and rebuilt from the journal row for row."""

from datetime import date, timedelta

import pytest

from tests.unit.apps.surveillance.conftest import MERGER, NOW, TODAY
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.replay import replay
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.operations import (
    CreateUnit,
    Gift,
    Member,
    Opening,
    RegisterHousehold,
    Reorganise,
    Tie,
)
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.models import Alarm, Case
from tuyen.apps.surveillance.operations import (
    AmendCase,
    AssessSignal,
    CaseChanges,
    ReportCase,
    ReportSignal,
    ReportZero,
    ScreenSignal,
    SilenceSignals,
    TriageAlarm,
    VerifySignal,
    VoidCase,
)
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation

PROGRAM = Actor.program(TODAY)


class OwnMap:
    """Two communes merged into one, a station, and somebody who lives there."""

    def __init__(self) -> None:
        self.province = self.unit("province", "Điện Biên")
        self.one = self.unit("commune", "Nà Khoa", ("lies_in", self.province))
        self.two = self.unit("commune", "Nậm Nhừ", ("lies_in", self.province))
        self.new = uuid7()
        merge = Reorganise(
            on=MERGER,
            basis="thử nghiệm",
            opens=(Opening(id=self.new, type="commune", name="Nà Hỳ"),),
            gives=(
                Gift(predecessor=self.one, successor=self.new, main=True),
                Gift(predecessor=self.two, successor=self.new, main=True),
            ),
        )
        self.send(merge, self.province)
        here = (("lies_in", self.new), ("serves", self.new))
        self.station = self.unit("station", "Nà Hỳ", *here, since=MERGER)
        self.person = uuid7()
        child = Member(id=self.person, name="Giàng Thị Sua", sex=2, born_on=date(2019, 4, 2))
        self.send(RegisterHousehold(place=self.new, members=(child,)), self.new)

    def unit(self, type, name, *ties, since=None):
        id = uuid7()
        relations = tuple(Tie(kind=kind, object=object) for kind, object in ties)
        self.send(CreateUnit(type=type, name=name, since=since, relations=relations), id, id=id)
        return id

    def send(self, payload, unit, id=None, corrects=None, by=PROGRAM):
        operation = Operation.of(
            payload, unit=unit, happened_on=TODAY, recorded_at=NOW, id=id, corrects=corrects
        )
        (receipt,) = commit(by=by, operations=[operation], at=NOW)
        assert receipt.ok, receipt.refusal
        return receipt.id

    def report(self, **changes):
        plain = {
            "disease": "measles", "sex": "female", "age": 7, "commune": self.new,
            "onset_on": TODAY - timedelta(4), "classification": "confirmed", "cluster": "lớp 1A",
        }  # fmt: skip
        return self.send(ReportCase(**plain | changes), self.station)


@pytest.fixture
def own_map(db):
    return OwnMap()


def test_a_registered_child_is_reported_counted_and_raises_the_alarm(own_map):
    own_map.report(person=own_map.person)
    own_map.report(person=None)
    own_map.report(person=None, onset_on=TODAY - timedelta(5))

    assert Case.objects.filter(person_id=own_map.person).count() == 1
    (row,) = queries.alarms(by=PROGRAM, open_only=True).rows
    assert (row.rule, row.observed, row.commune) == ("AL-B2", 3, own_map.new)


def test_a_head_of_station_sees_the_history_of_what_was_merged(own_map, holder):
    long_ago = date(2025, 6, 2)
    own_map.report(commune=own_map.one, onset_on=long_ago, diagnosed_on=long_ago)
    head = holder(("station-head", own_map.station))

    table = queries.counts(by=head, kind="month", first=long_ago, last=long_ago)

    assert table.cases.sum() == 1
    assert table.communes == [own_map.new]
    assert queries.line_list(by=head).rows[0].commune_today.endswith("Nà Hỳ")


def test_the_journal_rebuilds_every_row(own_map):
    ids = [own_map.report(age=n) for n in range(4)]
    own_map.send(AmendCase(case=ids[0], changes=CaseChanges(commune=own_map.new, age=9)),
                 own_map.station, corrects=ids[0])  # fmt: skip
    own_map.send(VoidCase(case=ids[1], reason="Nhập nhầm"), own_map.station, corrects=ids[1])
    own_map.send(ReportZero(week="2026-W40"), own_map.station)
    alarm = Alarm.objects.get(rule="AL-B2")
    own_map.send(TriageAlarm(alarm=alarm.id, decision="verify"), own_map.new, corrects=alarm.id)
    told = own_map.send(ReportSignal(sign="rash-fever", source="village", seen_on=TODAY,
                                     commune=own_map.new, affected=5), own_map.station)  # fmt: skip
    for answer in (ScreenSignal(signal=told, outcome="relevant", disease="measles"),
                   VerifySignal(signal=told, outcome="real", how="call"),
                   AssessSignal(signal=told, risk="high", next_step="respond")):  # fmt: skip
        own_map.send(answer, own_map.new, corrects=told)
    own_map.send(SilenceSignals(subject="disease:measles", reason="Đang xử lý",
                                until=TODAY + timedelta(7)), own_map.new)  # fmt: skip

    rebuilt = replay()

    assert rebuilt.failed == []
    assert [t.table for t in rebuilt.tables if not t.same] == []
