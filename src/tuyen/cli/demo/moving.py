"""The demo's people who left, where the others were before, who gets an incentive, and whom one unit asked of
another: what retention, the map of an earlier day and the list of transfers are seen by."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.registry import queries as registry
from tuyen.apps.workforce.operations import (
    AddCredential,
    AnswerTransfer,
    Post,
    ProposeTransfer,
    RegisterMember,
    Shown,
    TakePost,
)
from tuyen.cli.demo.names import Names
from tuyen.cli.demo.workforce import CADRES
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.operation import KINDS, Operation

_INCENTIVES = (
    "Phụ cấp thu hút vùng đặc biệt khó khăn",
    "Hỗ trợ một lần của tỉnh cho bác sĩ về trạm",
)
_EVERY = 4
"""Of the people at stations, one in so many gets an incentive."""


class _Person(NamedTuple):
    id: UUID
    unit: UUID
    cadre: str
    head: bool
    account: bool


def left(made: Province, names: Names, until: date) -> Iterator[Operation]:
    """Those who held one post at a facility and hold none any more, with the day on which they left. Of the
    days on which facilities ended or became others the demo does not know who went where, and says nothing."""
    changed = {one.until for one in made.network.facilities}
    held: dict[int, int] = {}
    for tenure in made.staff.tenures:
        held[tenure.member] = held.get(tenure.member, 0) + 1
    for tenure in made.staff.tenures:
        if tenure.until is None or tenure.until > until or tenure.post not in CADRES:
            continue
        cadre = CADRES[tenure.post]
        unit = names.unit(tenure.unit)
        stays = held[tenure.member] > 1 or cadre == "village-health-worker"
        if stays or tenure.until in changed:
            continue
        who = made.staff.members[tenure.member]
        post = Post(cadre=cadre, since=tenure.since, until=tenure.until)
        told = RegisterMember(
            name=who.name, sex="female" if who.sex == 2 else "male", born_on=who.born, post=post
        )
        yield names.operation(told, "left", tenure.member, unit=unit, on=until)


def before(
    made: Province, names: Names, staff: Sequence[Operation], until: date
) -> Iterator[Operation]:
    """The posts that people at work held before the present one: at the stations that were merged, mostly."""
    known = {operation.id for operation in staff}
    for n, tenure in enumerate(made.staff.tenures):
        id = names.of("workforce.register_member", "member", tenure.member)
        if tenure.until is None or tenure.until > until or id not in known:
            continue
        if (cadre := CADRES.get(tenure.post)) is None:
            continue
        post = Post(cadre=cadre, since=tenure.since, until=tenure.until)
        taken = TakePost(member=id, post=post)
        yield names.operation(taken, "before", n, unit=names.unit(tenure.unit), on=until)


def told(
    names: Names, staff: Sequence[Operation], unit: UUID | None, until: date
) -> Iterator[Operation]:
    """Incentives at stations; a doctor who was rotated to a station, one who was not given, and a nurse for
    whom the played station (``unit``) is waiting."""
    people = list(_people(staff))
    atlas = registry.atlas()
    at = {one.unit: atlas.type(one.unit, until) for one in people}
    sites = [one for one in people if at[one.unit] in ("station", "satellite_point")]
    stations = [one for one in sites if at[one.unit] == "station"]
    for n, one in enumerate(sites[::_EVERY]):
        shown = Shown(
            kind="incentive",
            what=_INCENTIVES[one.cadre == "doctor"],
            since=until - timedelta(days=400),
        )
        yield names.operation(
            AddCredential(member=one.id, shown=shown), "incentive", n, unit=one.unit, on=until
        )
    centres = [
        one for one in people if at[one.unit] == "health_centre" and not (one.head or one.account)
    ]
    doctors = [one for one in centres if one.cadre == "doctor"]
    others = sorted({one.unit for one in stations} - {unit}, key=str)
    if len(doctors) < 2 or len(others) < 2:
        return
    begun, asked = until - timedelta(days=40), until - timedelta(days=60)
    came = ProposeTransfer(
        member=doctors[0].id, since=begun, until=begun + timedelta(days=183),
        reason="Luân phiên bác sĩ về trạm sáu tháng",
    )  # fmt: skip
    stays = ProposeTransfer(
        member=doctors[1].id, since=until + timedelta(days=37), reason="Trạm chưa có bác sĩ"
    )
    yield names.operation(came, "transfer", 0, unit=others[0], on=asked)
    yield names.operation(stays, "transfer", 1, unit=others[1], on=asked)
    for n, (giver, yes, note) in enumerate((
        (doctors[0].unit, True, "Đồng ý, bàn giao trong tuần"),
        (doctors[1].unit, False, "Khoa chỉ còn hai bác sĩ, không bố trí được"),
    )):  # fmt: skip
        answer = AnswerTransfer(transfer=names.of("workforce.propose_transfer", "transfer", n), accepted=yes, note=note)  # fmt: skip
        yield names.operation(answer, "answer", n, unit=giver, on=asked + timedelta(days=9))
    nurse = next(
        (
            one
            for one in stations
            if one.cadre == "nurse" and not one.account and one.unit == others[-1]
        ),
        None,
    )
    if unit is not None and nurse is not None:
        wanted = ProposeTransfer(
            member=nurse.id, since=until + timedelta(days=7), until=until + timedelta(days=98),
            reason="Điều dưỡng của trạm nghỉ thai sản",
        )  # fmt: skip
        yield names.operation(wanted, "transfer", 2, unit=unit, on=until - timedelta(days=3))


def _people(staff: Sequence[Operation]) -> Iterator[_Person]:
    for operation in staff:
        said = KINDS.get(operation.kind).decode(operation.version, bytes(operation.payload))
        if isinstance(said, RegisterMember):
            yield _Person(
                operation.id, operation.unit, said.post.cadre, said.post.position == "head",
                said.account is not None,
            )  # fmt: skip
