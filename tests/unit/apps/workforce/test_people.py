"""People at work: files, posts on the dated map, papers, corrections, transfers; all through the journal."""

from datetime import date, timedelta

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.workforce.conftest import (
    OLD,
    PROGRAM,
    SINCE,
    TODAY,
    codes,
    licence,
    member,
    op,
    place,
    plain,
    post,
)
from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.journal.replay import replay
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.models import Credential, Member, Tenure, Transfer
from tuyen.apps.workforce.operations import (
    AddCredential,
    AmendMember,
    AnswerCorrection,
    AnswerTransfer,
    AskCorrection,
    EndPost,
    ProposeTransfer,
    RegisterMember,
    SetZone,
    Shown,
    TakePost,
    VoidCredential,
    VoidPost,
)
from tuyen.kernel.ids import uuid7

STEP = TODAY + timedelta(days=30)


@pytest.fixture
def doctor(db):
    """A doctor at the station of M; gives the id of the file."""
    opened = op(member())
    assert codes(opened) == ["accepted"]
    return opened.id


def reader(role="station-head", unit="stM", user=None):
    held = (HeldPost(uuid7(), role, place(unit)),)
    return Actor(user=user or uuid7(), name="Người thử", posts=held, on=TODAY, channel="web")


def post_of(id):
    return Tenure.objects.get(member_id=id).pk


def test_a_file_holds_who_somebody_is_their_post_and_what_they_have_to_show(doctor):
    file = queries.file(by=PROGRAM, id=doctor, on=TODAY)
    (row,) = queries.staff(by=PROGRAM, on=TODAY).rows

    assert (file.name, file.unit, file.posts[0].cadre) == ("Lò Văn Pó", place("stM"), "doctor")
    assert [c.kind for c in file.live] == ["licence", "qualification"]
    assert (row.licence, row.degree) == (("00123/ĐB-GPHN", date(2029, 1, 10)), "university")


def test_a_post_stays_where_it_was_born_and_counts_at_what_came_of_it(db):
    old = [op(plain(f"Người {n}", since=OLD), unit) for n, unit in enumerate(("stA", "stB", "stD"))]
    assert codes(*old) == ["accepted"] * 3

    today = queries.staff_by_unit(by=PROGRAM, on=TODAY)
    before = queries.staff_by_unit(by=PROGRAM, on=TODAY, map_on=date(2025, 1, 1))

    assert {row.unit_id for row in Tenure.objects.all()} == {
        place("stA"),
        place("stB"),
        place("stD"),
    }
    assert sum(n for held in today.values() for n in held.values()) == 3
    assert before == {place(unit): {"nurse": 1} for unit in ("stA", "stB", "stD")}


WRONG = [
    (member(post=post("surgeon")), "unknown-word"),
    (member(post=post(position="king")), "unknown-word"),
    (member(post=post(until=SINCE)), "days-turned"),
    (member(post=post(since=OLD)), "no-workplace"),  # the station of M was not there yet
    (member(born_on=date(2015, 1, 1)), "born-too-late"),
    (member(shown=(licence(number=" "),)), "licence-without-number"),
    (member(shown=(licence(until=date(2020, 1, 1)),)), "days-turned"),
    (member(shown=(Shown(kind="training", what="x", since=SINCE),)), "hours-missing"),
    (member(shown=(Shown(kind="qualification", what="wizard", since=SINCE),)), "unknown-word"),
]


@pytest.mark.parametrize(
    ("payload", "code"), WRONG, ids=[f"{n}-{c}" for n, (_, c) in enumerate(WRONG)]
)
def test_what_cannot_be_is_refused_whole(db, payload, code):
    assert codes(op(payload)) == [code]
    assert not Member.objects.exists()
    assert not Tenure.objects.exists()


def test_an_account_a_licence_and_the_post_of_a_head_belong_to_one_person(db):
    user = uuid7()
    first = op(member(account=user, post=post(position="head")))
    same_account = op(member("Vàng A Páo", account=user, shown=()))
    same_licence = op(member("Giàng A Sử", shown=(licence(),)))
    second_head = op(member("Mùa A Dế", shown=(), post=post(position="head")))

    # In one batch as one by one.
    assert codes(first, same_account, same_licence, second_head) == [
        "accepted", "account-of-another", "licence-of-another", "head-twice",
    ]  # fmt: skip


def test_posts_beside_one_another_fill_one_person_at_most(doctor):
    beside = op(TakePost(member=doctor, post=post("public-health", main=False, percent=20)))
    half = op(TakePost(member=doctor, post=post(percent=50), ends=post_of(doctor)))

    assert codes(beside) == ["beyond-full"]
    assert codes(op(TakePost(member=doctor, post=post(percent=50)))) == ["second-main"]
    assert codes(half) == ["ends-before-it-began"]
    later = TakePost(member=doctor, post=post(since=STEP, percent=80), ends=post_of(doctor))
    assert codes(op(later), op(TakePost(
        member=doctor, post=post("public-health", since=STEP, main=False, percent=20)
    ))) == ["accepted", "accepted"]  # fmt: skip


def test_a_post_ends_or_never_was(doctor):
    held = post_of(doctor)

    assert codes(op(EndPost(post=held, until=SINCE, reason="chuyển đi"))) == [
        "ends-before-it-began"
    ]
    assert codes(op(EndPost(post=held, until=STEP, reason="chuyển đi"), "stN")) == ["unknown-post"]
    assert codes(op(EndPost(post=held, until=STEP, reason="chuyển đi"))) == ["accepted"]
    assert queries.staff(by=PROGRAM, on=STEP).rows == []
    later = EndPost(post=held, until=STEP + timedelta(days=9), reason="ở lại thêm")
    assert codes(op(later)) == ["ended-already"]
    assert codes(op(VoidPost(post=held, reason="ghi nhầm"))) == ["accepted"]
    assert codes(op(VoidPost(post=held, reason="ghi nhầm"))) == ["unknown-post"]
    assert queries.staff_by_unit(by=PROGRAM, on=TODAY) == {}


def test_a_correction_names_the_entry_that_it_corrects(doctor):
    wrong = Credential.objects.get(kind="licence").pk
    right = AddCredential(member=doctor, shown=licence("00124/ĐB-GPHN"), replaces=wrong)

    assert codes(op(right), op(right)) == ["accepted", "unknown-credential"]
    file = queries.file(by=PROGRAM, id=doctor, on=TODAY)
    assert [c.number for c in file.of("licence")] == ["00124/ĐB-GPHN"]
    assert {c.number: c.state for c in file.credentials}["00123/ĐB-GPHN"] == "replaced"
    gone = op(VoidCredential(credential=file.of("licence")[0].id, reason="thu hồi"))
    assert codes(gone) == ["accepted"]
    assert queries.file(by=PROGRAM, id=doctor, on=TODAY).of("licence") == []


@pytest.fixture
def own(db):
    """A file linked to an account: (id, its owner)."""
    user = uuid7()
    opened = op(member(account=user))
    assert codes(opened) == ["accepted"]
    return opened.id, reader(user=user)


def test_the_owner_asks_and_the_editor_puts_it_right(own):
    id, owner = own
    ask = op(AskCorrection(member=id, field="born_on", value="1986-03-07"))
    assert codes(ask, by=owner) == ["accepted"]
    assert queries.my_file(by=owner, on=TODAY).born_on == date(1985, 3, 7)

    assert codes(op(AnswerCorrection(wish=ask.id, accepted=True))) == ["accepted"]

    file = queries.my_file(by=owner, on=TODAY)
    assert file.born_on == date(1986, 3, 7)
    assert (file.wishes[0].state, file.wishes[0].before) == ("accepted", "1985-03-07")
    assert codes(op(AnswerCorrection(wish=ask.id, accepted=True))) == ["wish-settled"]


def test_nobody_asks_for_another_and_nothing_unreadable(own):
    id, owner = own
    asked = [("phone", "091 call me"), ("born_on", "yesterday"), ("shoe", "size 40")]

    assert codes(op(AskCorrection(member=id, field="name", value="Kẻ Khác")), by=reader()) == [
        "not-your-file"
    ]
    assert [codes(op(AskCorrection(member=id, field=f, value=v)), by=owner)[0] for f, v in asked] == [
        "wish-unreadable", "wish-unreadable", "unknown-word",
    ]  # fmt: skip
    ask = op(AskCorrection(member=id, field="other", value="thiếu bằng chuyên khoa I"))
    assert codes(ask, by=owner) == ["accepted"]
    assert codes(op(AnswerCorrection(wish=ask.id, accepted=False))) == ["reason-missing"]


def test_the_unit_that_gives_somebody_agrees_and_the_posts_change(doctor):
    wanted = op(ProposeTransfer(member=doctor, since=STEP, reason="trạm thiếu bác sĩ"), "stN")
    assert codes(wanted) == ["accepted"]
    assert codes(op(ProposeTransfer(member=doctor, since=STEP, reason="cũng thiếu"), "stD")) == [
        "transfer-waits"
    ]
    answer = AnswerTransfer(transfer=wanted.id, accepted=True)

    assert codes(op(answer, "stN")) == ["transfer-settled"]  # the taker cannot agree for the giver
    assert codes(op(answer, "stM")) == ["accepted"]

    assert queries.staff_by_unit(by=PROGRAM, on=TODAY) == {place("stM"): {"doctor": 1}}
    assert queries.staff_by_unit(by=PROGRAM, on=STEP) == {place("stN"): {"doctor": 1}}
    assert queries.file(by=PROGRAM, id=doctor, on=STEP).unit == place("stN")


def test_somebody_rotated_comes_home_and_stays_of_their_unit(doctor):
    back = STEP + timedelta(days=180)
    wanted = op(ProposeTransfer(member=doctor, since=STEP, until=back, reason="luân phiên"), "stN")
    assert codes(wanted, op(AnswerTransfer(transfer=wanted.id, accepted=True))) == ["accepted"] * 2

    counts = [queries.staff_by_unit(by=PROGRAM, on=on) for on in (TODAY, STEP, back)]

    assert counts == [{place(u): {"doctor": 1}} for u in ("stM", "stN", "stM")]
    assert queries.file(by=PROGRAM, id=doctor, on=STEP).unit == place("stM")


def test_a_transfer_that_cannot_be_is_refused(doctor):
    wrong = [
        (ProposeTransfer(member=doctor, since=STEP, reason="xa nhà"), "stM", "transfer-to-self"),
        (ProposeTransfer(member=doctor, since=SINCE, reason="xa nhà"), "stN", "ends-before-it-began"),
        (ProposeTransfer(member=doctor, since=STEP, until=STEP, reason="xa nhà"), "stN", "days-turned"),
        (ProposeTransfer(member=uuid7(), since=STEP, reason="xa nhà"), "stN", "unknown-member"),
    ]  # fmt: skip
    assert [codes(op(payload, unit))[0] for payload, unit, _ in wrong] == [w[2] for w in wrong]
    declined = op(ProposeTransfer(member=doctor, since=STEP, reason="trạm thiếu"), "stN")
    no = AnswerTransfer(transfer=declined.id, accepted=False)
    assert codes(declined, op(no)) == ["accepted", "reason-missing"]
    assert codes(op(AnswerTransfer(transfer=declined.id, accepted=False, note="không còn ai"))) == [
        "accepted"
    ]
    assert Transfer.objects.get().state == "declined"


def test_a_reader_sees_their_own_units_and_nobody_elses(doctor):
    assert queries.file(by=reader(), id=doctor, on=TODAY) is not None
    for other in (reader(unit="stN"), reader("midwife"), reader("commune-committee", "M")):
        assert queries.file(by=other, id=doctor, on=TODAY) is None
        assert queries.staff(by=other, on=TODAY).rows == []
    # Who reads figures alone counts people and is told no name.
    committee = reader("commune-committee", "M")
    assert queries.staff_by_unit(by=reader(), on=TODAY) == {place("stM"): {"doctor": 1}}
    assert all("Pó" not in str(v) for v in queries.staff_by_unit(by=committee, on=TODAY).values())


def test_stations_are_told_with_their_gaps(doctor, monkeypatch):
    from tuyen.apps.registry import queries as registry

    class People:
        totals = {place("M"): 7999, place("N"): 0}

    monkeypatch.setattr(registry, "population", lambda **_: People)
    rows = {r.station: r for r in queries.staffing(by=PROGRAM, on=TODAY).rows}
    here = rows[place("stM")]

    assert (here.have, here.doctors, here.doctors_short) == (1, 1, 3)
    assert here.quota == pytest.approx(9.1)
    assert [m.key for m in here.missing][:2] == ["physician-assistant", "nurse"]
    assert rows[place("stN")].quota is None  # nobody on record there
    assert not here.zone_entered
    assert (here.villages, here.network) == (1, 0)
    assert (here.rotated, here.lasting_short) == (0, 0)
    assert (rows[place("stN")].rotated, rows[place("stN")].lasting_short) == (0, 1)
    lent = RegisterMember(name="Bác sĩ luân phiên", post=post(contract="rotated"))
    assert codes(op(lent, "stN")) == ["accepted"]
    there = {r.station: r for r in queries.staffing(by=PROGRAM, on=TODAY).rows}[place("stN")]
    assert (there.doctors, there.rotated, there.lasting_short) == (1, 1, 1), "nobody who stays"
    village = op(plain("Cô đỡ bản", "village-health-worker", position="village"), "va")
    assert codes(village) == ["accepted"]
    here = {r.station: r for r in queries.staffing(by=PROGRAM, on=TODAY).rows}[place("stM")]
    assert (here.network, here.by_cadre["village-health-worker"]) == (1, 1)
    assert here.have == 1, "the village network is no part of the station's own number"
    assert codes(op(SetZone(zone=1, since=SINCE, source="1300/QĐ-BYT"), "M")) == ["accepted"]
    assert codes(op(SetZone(zone=1, since=SINCE, source="1300/QĐ-BYT"), "stM")) == ["no-commune"]
    again = {r.station: r for r in queries.staffing(by=PROGRAM, on=TODAY).rows}[place("stM")]
    assert (again.zone, again.quota) == (1, 5.0)


SETTLED = date(2025, 8, 1)  # more than a year ago; the station of N is there since July
TIED = Shown(kind="tie", what="Con nhỏ", since=date(2026, 1, 1))


def nurse_at_m(*, minutes=60):
    """What the plan says of the nurse whom the station of M lacks, over roads that take so long."""

    def roads(units, stations):
        return [[0.0 if unit == at else minutes for at in stations] for unit in units]

    found = queries.suggestions(
        by=PROGRAM, on=TODAY, staffing=queries.staffing(by=PROGRAM, on=TODAY),
        stations=[place("stM")], roads=roads,
    )  # fmt: skip
    (told,) = [one for one in found if one.position == "nurse"]
    return told.name, told.why


@pytest.mark.parametrize(
    ("why", "held", "shown", "minutes", "told"),
    [
        ("somebody who is free", {}, (), 60, (True, "")),
        ("a tie of the family or of duty", {}, (TIED,), 60, (False, "bound")),
        ("a tie that is over", {}, (msgspec.structs.replace(TIED, until=TODAY),), 60, (True, "")),
        ("less than a year at the post", {"since": SINCE}, (), 60, (False, "bound")),
        ("there for a term", {"contract": "rotated"}, (), 60, (False, "bound")),
        ("farther than the rule", {}, (), 181, (False, "far")),
    ],
)  # fmt: skip
def test_who_could_come_heeds_ties_terms_and_ways(db, why, held, shown, minutes, told):
    people = [
        op(RegisterMember(name=f"Người {n}", post=post("nurse", **{"since": SETTLED} | held), shown=shown), "stN")
        for n in range(2)
    ]  # fmt: skip
    assert codes(*people) == ["accepted"] * 2

    name, reason = nurse_at_m(minutes=minutes)
    assert (bool(name), reason) == told, why


def test_who_could_come_leaves_no_station_below_the_rule_and_takes_no_head(db):
    assert codes(op(plain("Một mình", since=SETTLED), "stN")) == ["accepted"]
    assert nurse_at_m() == ("", "nobody"), "the only nurse of a station stays"
    head = RegisterMember(name="Trưởng trạm", post=post("nurse", SETTLED, position="head"))
    assert codes(op(head, "stN")) == ["accepted"]
    assert nurse_at_m() == ("Một mình", ""), "of two the one who heads nobody"


@pytest.mark.nightly
def test_a_replay_arrives_at_the_same_rows_and_a_batch_is_its_parts(own):
    id, owner = own
    ask = op(AskCorrection(member=id, field="phone", value="0912 345 678"))
    move = op(
        ProposeTransfer(member=id, since=STEP, until=STEP + timedelta(9), reason="luân phiên"),
        "stN",
    )
    amended = AmendMember(member=id, name="Lò Văn Pọ", reason="sai dấu", account=owner.user)
    assert codes(ask, by=owner) + codes(
        op(amended), op(AnswerCorrection(wish=ask.id, accepted=True)), move,
        op(AnswerTransfer(transfer=move.id, accepted=True)),
    ) == ["accepted"] * 5  # fmt: skip
    assert replay().same
    assert Member.objects.get().name == "Lò Văn Pọ"


def test_a_hundred_people_take_as_many_queries_as_one(db):
    def taken(n, tag):
        operations = [
            op(member(f"Người {tag} {k}", shown=(licence(f"{tag}{k}"),))) for k in range(n)
        ]
        with CaptureQueriesContext(connection) as found:
            assert set(codes(*operations)) == {"accepted"}
        return len(found)

    taken(1, "a")
    assert taken(1, "b") == taken(60, "c")
