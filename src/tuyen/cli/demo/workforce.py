"""The demo's people at work: everybody who holds a post on the last day, and what they have to show."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import numpy as np

from tuyen.apps.workforce.operations import Post, RegisterMember, Shown
from tuyen.cli.demo.names import Names
from tuyen.engines.synthetic.province import Province
from tuyen.engines.synthetic.staff import Member, Tenure
from tuyen.kernel.operation import Operation
from tuyen.rules.workforce import licence_term

CADRES = {
    "station-head": "doctor", "station-doctor": "doctor", "physician-assistant": "physician-assistant",
    "midwife": "midwife", "nurse": "nurse", "population-officer": "population-officer",
    "pharmacist": "pharmacist", "village-health-worker": "village-health-worker",
    "health-centre-director": "doctor", "health-centre-supervisor": "public-health",
    "health-centre-doctor": "doctor", "hospital-doctor": "doctor",
    "cdc-epidemiologist": "preventive-doctor", "food-safety-inspector": "public-health",
    "laboratory-technician": "technician", "border-quarantine-officer": "preventive-doctor",
    "department-planner": "public-health", "department-director": "doctor",
}  # fmt: skip
_HEADS = {"station-head", "health-centre-director", "department-director"}
_LICENSED = {"doctor", "physician-assistant", "nurse", "midwife", "technician"}
_VACANT = 0.12
"""Of the posts below the heads, so many are vacant: there is something to plan."""
_DEGREES = {
    "postgraduate": ("specialist-1", "specialist-1", "master", "specialist-2"),
    "university": ("university",), "college": ("college", "intermediate"),
    "short-course": ("short-course",),
}  # fmt: skip
_SPOKEN = {
    "01": "",
    "04": "thai",
    "19": "hmong",
    "33": "kho-mu",
    "20": "ha-nhi",
    "28": "dao",
    "21": "lao",
}
_COURSES = (
    ("Cập nhật chẩn đoán và điều trị tăng huyết áp, đái tháo đường", 24),
    ("Giám sát, báo cáo bệnh truyền nhiễm", 16), ("An toàn tiêm chủng", 16),
    ("Cấp cứu sản khoa và sơ sinh", 32), ("Quản lý sức khỏe người cao tuổi", 16),
)  # fmt: skip


def members(made: Province, names: Names, until: date, seed: int) -> Iterator[Operation]:
    """Everybody at a facility, and the village network of the first tenth of the villages."""
    rng = np.random.default_rng([seed, 83])
    heads: set[UUID] = set()
    accounts = {tenure.member for tenure in made.staff.tenures if tenure.role}
    played = {login.member for login in made.staff.logins}
    seen: set[int] = set()
    villages = 0
    for tenure in made.staff.tenures:
        if tenure.post not in CADRES or tenure.member in seen or tenure.since > until:
            continue
        if tenure.until is not None and tenure.until <= until:
            continue
        if tenure.post == "village-health-worker":
            villages += 1
            if villages % 10 != 1:
                continue
        seen.add(tenure.member)
        vacant = tenure.post not in _HEADS and rng.random() < _VACANT
        if vacant and tenure.member not in played:
            continue
        unit = names.unit(tenure.unit)
        head = tenure.post in _HEADS and unit not in heads
        if head:
            heads.add(unit)
        payload = _told(made.staff.members[tenure.member], tenure, head, until, rng)
        if tenure.member in accounts:
            account = names.of("access.open_account", tenure.member)
            payload = RegisterMember(
                **{name: getattr(payload, name) for name in payload.__struct_fields__}
                | {"account": account}
            )
        yield names.operation(payload, "member", tenure.member, unit=unit, on=until)


def _told(
    member: Member, tenure: Tenure, head: bool, until: date, rng: np.random.Generator
) -> RegisterMember:
    cadre = CADRES[tenure.post]
    if cadre == "doctor" and tenure.post == "station-doctor" and rng.random() < 0.2:
        cadre = "preventive-doctor"
    village = cadre == "village-health-worker"
    contract = "allowance" if village else "fixed-term" if rng.random() < 0.06 else "permanent"
    return RegisterMember(
        name=member.name, sex="female" if member.sex == 2 else "male", born_on=member.born,
        phone=member.phone,
        post=Post(
            cadre=cadre, since=tenure.since,
            position="head" if head else "village" if village else "staff", contract=contract,
        ),
        shown=tuple(_shown(member, tenure, cadre, until, rng)),
    )  # fmt: skip


def _shown(
    member: Member, tenure: Tenure, cadre: str, until: date, rng: np.random.Generator
) -> Iterator[Shown]:
    """Degree, licence, a language of the uplands, and the courses of the last years."""
    options = _DEGREES[member.level]
    learnt = date(member.born.year + 23, 7, 1)
    yield Shown(kind="qualification", what=options[int(rng.integers(len(options)))], since=learnt)
    if cadre in _LICENSED and rng.random() < 0.93:
        years = licence_term(until).years
        issued = until - timedelta(days=int(rng.integers(30, 365 * years + 60)))
        number = f"{int(rng.integers(10_000, 99_999)):05d}{tenure.member:05d}/ĐB-GPHN"
        yield Shown(
            kind="licence", what="Giấy phép hành nghề", number=number, since=issued,
            until=issued + timedelta(days=365 * years + 1), issuer="Sở Y tế",
        )  # fmt: skip
        for course in range(int(rng.integers(0, 6))):
            title, hours = _COURSES[(course + tenure.member) % len(_COURSES)]
            on = until - timedelta(days=int(rng.integers(20, 1500)))
            yield Shown(kind="training", what=title, since=on, hours=hours)
    if spoken := _SPOKEN.get(member.ethnic, ""):
        yield Shown(kind="language", what=spoken, since=learnt)
