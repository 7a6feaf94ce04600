"""A province of two halves that know nothing of each other, and everybody who may come to its doors.

Every record carries a word that stands nowhere else: ``Near…`` in commune A, ``Far…`` in commune B.
Whatever path a record may leave by, its word in an answer shows that it left. What each post may
see is worked out here from the written policy and from a hand-made table of who reaches what,
never by the program's own policy engine: that is what is being tested.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

import pytest
import yaml
from django.core.cache import cache
from django.test import Client

from tuyen.apps.access import clock, services
from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.access.models import User
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.clinical.operations import Diagnosed, RecordVisit
from tuyen.apps.indicators.operations import PublishFigure
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.operations import (
    CreateUnit,
    Insurance,
    Member,
    MovePerson,
    Number,
    Point,
    RegisterHousehold,
    SetBoundary,
    Tie,
)
from tuyen.apps.surveillance.operations import RaiseAlarm, ReportCase, ReportSignal
from tuyen.apps.workforce.operations import Post, RegisterMember
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.operation import Operation, Payload, Receipt

TODAY = date(2026, 10, 25)
NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
SINCE = date(2020, 1, 1)
BACKEND = "django.contrib.auth.backends.ModelBackend"
POLICY: dict[str, Any] = yaml.safe_load(
    (files("tuyen.rules.access") / "roles.yaml").read_text(encoding="utf-8")
)
PURPOSES = ("duty", "care", "statistics")

# Who reaches what, by hand: unit of the post -> line -> units. Half B mirrors half A.
_OWN = {
    "S": {"S", "T", "C", "V"},  # a station: its satellite point, its commune, the village
    "T": {"T"},
    "C": {"C", "V", "S", "T", "H", "Z"},  # a commune: everything in it
    "V": {"V"},
    "H": {"H"},  # a hospital serves no area
    "Z": {"Z"},  # a health centre serves none itself
}
_OWNED = {**_OWN, "C": _OWN["C"]}
_GUIDED = {**_OWN, "Z": {"Z"} | _OWN["S"]}
LETTERS = tuple(_OWN)
HALVES = ("Near", "Far")


@dataclass
class Half:
    """One commune with what lies in it, and the records of it."""

    word: str
    units: dict[str, UUID] = field(default_factory=dict)
    household: UUID = NODE
    person: UUID = NODE
    case: UUID = NODE
    alarm: UUID = NODE
    event: UUID = NODE
    figure: UUID = NODE
    refused: UUID = NODE
    operation: UUID = NODE
    visit: UUID = NODE
    apart: UUID = NODE
    staff: UUID = NODE


class Province:
    """Both halves under one province, and the sender of operations."""

    def __init__(self) -> None:
        self.by = Actor.program(TODAY)
        self._waiting: list[Operation] = []
        self.root = self._unit("province", "Tỉnh Thử")
        self.near, self.far = (self._half(word, n) for n, word in enumerate(HALVES))
        for half, n in ((self.near, 0), (self.far, 1)):
            self._records(half, n)
        self._arrive()

    @property
    def halves(self) -> tuple[Half, Half]:
        return self.near, self.far

    def send(self, payload: Payload, unit: UUID, **rest: Any) -> Receipt:
        return self._commit([_made(payload, unit, **rest)])[0]

    def good(self, payload: Payload, unit: UUID, **rest: Any) -> UUID:
        receipt = self.send(payload, unit, **rest)
        assert receipt.refusal is None, receipt.refusal
        return receipt.id

    def open(self, type: str, name: str, *ties: tuple[str, UUID], point: Any = None) -> UUID:
        made = _opening(type, name, *ties, point=point)
        return self.good(made, id := uuid7(), id=id)

    def _commit(self, operations: list[Operation]) -> list[Receipt]:
        return commit(by=self.by, operations=operations, at=NOW, react=False)

    def _later(self, payload: Payload, unit: UUID, **rest: Any) -> UUID:
        """Have it committed with all that the province begins with; returns its id."""
        self._waiting.append(_made(payload, unit, **rest))
        return self._waiting[-1].id

    def _unit(self, type: str, name: str, *ties: tuple[str, UUID], point: Any = None) -> UUID:
        return self._later(_opening(type, name, *ties, point=point), id := uuid7(), id=id)

    def _arrive(self) -> None:
        """One commit, in runs of a kind: after each of fifty, the next would read the whole map again."""
        kinds = list(dict.fromkeys(made.kind for made in self._waiting))
        receipts = self._commit(sorted(self._waiting, key=lambda made: kinds.index(made.kind)))
        refused = {receipt.id for receipt in receipts if receipt.refusal is not None}
        assert refused == {half.refused for half in self.halves}

    def _half(self, word: str, n: int) -> Half:
        half = Half(word)
        at = half.units
        at["C"] = self._unit("commune", f"Xã {n}", ("lies_in", self.root))
        here = ("lies_in", at["C"])
        at["V"] = self._unit("village", f"Bản {n}", here)
        at["Z"] = self._unit("health_centre", f"Trung tâm {n}", here)
        at["S"] = self._unit("station", f"Trạm {n}", here, ("serves", at["C"]),
                             ("owned_by", at["C"]), ("guided_by", at["Z"]), point=(103 + n, 21))  # fmt: skip
        at["T"] = self._unit("satellite_point", f"Điểm trạm {n}", here, ("satellite_of", at["S"]))
        at["H"] = self._unit("hospital", f"Bệnh viện {n}", here)
        return half

    def _records(self, half: Half, n: int) -> None:
        at, word = half.units, half.word
        ring = [[102 + n, 21], [103 + n, 21], [103 + n, 22], [102 + n, 22], [102 + n, 21]]
        outline = f'{{"type": "Polygon", "coordinates": [{ring}]}}'
        self._later(SetBoundary(unit=at["C"], geometry=outline, source="x", derived=True), at["C"])
        member = Member(
            id=uuid7(), name=f"Giàng {word}person", sex=1, born_on=date(1987, 3, 5), role="head",
            ethnicity="08", phone=f"09120000{n}1",
            numbers=(Number(system="personal_number", value=f"01108700000{n}"),),
            insurance=Insurance(card=f"DT211401200000{n}", since=date(2025, 1, 1)),
        )  # fmt: skip
        half.person = member.id
        half.household = self._later(
            RegisterHousehold(place=at["V"], members=(member,), address=f"{word}address",
                              since=SINCE), at["S"])  # fmt: skip
        half.operation = half.household
        report = ReportCase(
            disease="measles", sex="female", age=7, commune=at["C"], onset_on=date(2026, 10, 21),
            classification="suspected", name=f"Thào {word}case", note=f"{word}note",
            ethnicity=f"{word}ethnic", phone=f"09130000{n}1",
        )  # fmt: skip
        half.case = self._later(report, at["S"])
        alarm = RaiseAlarm(rule="AL-A", disease="measles", period="2026-W43", level="alert",
                           observed=3, method="1")  # fmt: skip
        half.alarm = self._later(alarm, at["C"])
        sign = ReportSignal(sign="dead-poultry", source="village", seen_on=TODAY, village=at["V"],
                            affected=9, note=f"{word}sign", phone=f"{word}phone")  # fmt: skip
        half.event = self._later(sign, at["S"])
        figure = PublishFigure(indicator="insurance-coverage", period="2025-H1", value="91.5",
                               measure_unit="percent", document=f"{word}document")  # fmt: skip
        half.figure = self._later(figure, at["C"])
        seen = {"person": half.person, "began_at": NOW, "payer": "self"}
        half.visit = self._later(RecordVisit(**seen, reason=f"{word}visit"), at["S"])
        sad = (Diagnosed(code="F32.1", main=True),)
        half.apart = self._later(RecordVisit(**seen, reason=f"{word}apart", diagnosed=sad), at["S"])
        post = Post(cadre="nurse", since=SINCE)
        half.staff = self._later(RegisterMember(name=f"Lò {word}staff", post=post), at["S"])
        half.refused = self._later(MovePerson(person=uuid7(), place=at["V"]), at["S"])


def _made(payload: Payload, unit: UUID, **rest: Any) -> Operation:
    return Operation.of(payload, unit=unit, happened_on=TODAY, recorded_at=NOW, **rest)


def _opening(type: str, name: str, *ties: tuple[str, UUID], point: Any = None) -> CreateUnit:
    relations = tuple(Tie(kind=kind, object=object) for kind, object in ties)
    return CreateUnit(type=type, name=name, full_name=name, relations=relations,
                      point=Point(lon=point[0], lat=point[1]) if point else None)  # fmt: skip


@pytest.fixture(autouse=True)
def stage(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    """The day is fixed, pages speak English, and no test waits for another's throttle."""
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: NOW.astimezone())
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    settings.LANGUAGE_CODE = "en"
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.UPLOADS = tmp_path / "uploads"


@pytest.fixture
def province(db: None) -> Province:
    return Province()


@dataclass(frozen=True)
class Holder:
    """Somebody with one post: the browser, the key of a program, and what the policy says."""

    role: str
    letter: str  # the unit of the post, of LETTERS
    half: str
    user: UUID
    browser: Client
    program: Client

    def may(self, right: str, half: str, letter: str, purpose: str = "duty") -> bool:
        return written(self.role, self.half, self.letter, right, half, letter, purpose)

    def holds(self, right: str, purpose: str = "duty") -> bool:
        """Whether the post has the right anywhere."""
        return any(self.may(right, half, at, purpose) for half in HALVES for at in LETTERS)


def written(
    role: str, post_half: str, post: str, right: str, half: str, letter: str, purpose: str = "duty"
) -> bool:
    """What the written policy says, worked out without the program's policy engine."""
    needed = POLICY["purposes"].get(right)
    if right in POLICY["fresh"]:
        return False  # nobody here has just proved a second factor
    if needed is not None and purpose not in needed:
        return False
    grants = POLICY["roles"][role]["grants"]
    if right in grants.get("all", ()):
        return True
    if half != post_half:
        return False
    lines = {"own": _OWN, "owned": _OWNED, "guided": _GUIDED}
    return any(right in grants.get(line, ()) and letter in lines[line][post] for line in lines)


@pytest.fixture
def holder(province: Province) -> Callable[..., Holder]:
    """``holder(role, letter, half)``: a new account with that post, and its two doors."""

    def make(role: str, letter: str = "S", half: str = "Near") -> Holder:
        unit = (province.near if half == "Near" else province.far).units[letter]
        user = open_account(province, role, unit)
        browser = Client(headers={"accept-language": "en"}, raise_request_exception=False)
        browser.force_login(User.objects.get(pk=user), backend=BACKEND)
        key = services.issue_key(user=user, label="t", days=3650, now=clock.real_now())
        program = Client(headers={"Authorization": f"Bearer {key}", "accept-language": "en"},
                         raise_request_exception=False)  # fmt: skip
        return Holder(role, letter, half, user, browser, program)

    return make


def open_account(province: Province, role: str, unit: UUID, login: str = "") -> UUID:
    login = login or f"u{uuid7().hex[-12:]}"
    user = province.good(OpenAccount(login=login, name="Người thử"), NODE)
    post = province.good(CreatePost(role=role, since=SINCE), unit)
    province.good(Appoint(post=post, user=user, since=SINCE), unit)
    return user


def actor(role: str, unit: UUID, purpose: str = "duty") -> Actor:
    """Somebody with one post, for questions to the queries themselves."""
    post = HeldPost(uuid7(), role, unit)
    return Actor(user=uuid7(), name="x", posts=(post,), on=TODAY, channel="api", purpose=purpose)


def routes() -> Iterator[tuple[str, Any]]:
    """Every address of the program with the view that answers it."""
    from importlib import import_module

    from django.conf import settings

    from tests.house.test_routes import views

    yield from views(import_module(settings.ROOT_URLCONF).urlpatterns)


@pytest.fixture
def person(province: Province) -> Callable[..., Any]:
    """``person(role, login)``: somebody with a password, who enrols a second factor in the test."""
    from tests.security.entering import Person

    return lambda role="station-head", login="lo.van.ba": Person(province, role, login)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every account's days of grace are over."""
    from tests.security.entering import LATER

    monkeypatch.setattr(clock, "today", lambda: LATER)
