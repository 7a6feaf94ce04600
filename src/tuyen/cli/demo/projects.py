"""The demo's capital projects: what else stations have, what was decided and paid, how machines are used."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

import numpy as np

from tuyen.apps.governance.operations import (
    ApproveProject,
    Disburse,
    Funding,
    LineLevel,
    NoteProgress,
    NoteUse,
    Phase,
    Planned,
    ProjectPlan,
    ProposeProject,
    SiteLevels,
    Work,
)
from tuyen.apps.supply.operations import ServiceEquipment, SetEquipment
from tuyen.cli.demo.names import Names
from tuyen.engines.governance.spending import spread
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.operation import Operation
from tuyen.rules import governance as rules
from tuyen.rules.supply import equipment_kinds

Level = Literal["good", "part", "none", "unknown"]
BILLION = Decimal(1_000_000_000)
SITES = 22
"""Stations of the loan, as the source of the figure says."""
_THERE = {"fridge", "cold-box", "bp-adult", "scale-adult", "glucometer"}
"""What other parts of the demo have written into the register."""
_DECIDED = 420
"""So many days ago the loan was approved, after the merger."""
_USED = ("ultrasound", "ecg")
_BEFORE: dict[str, Level] = {"rooms": "none", "building": "part", "water": "none", "latrine": "part", "waste": "none",
           "power": "part", "internet": "good", "equipment": "none"}  # fmt: skip


def stations_of(made: Province) -> list[str]:
    return [f.ref for f in made.network.facilities if f.until is None and f.kind == "station"]


def register(made: Province, names: Names, until: date, seed: int) -> Iterator[Operation]:
    """The rest of the floor at most stations, some of it broken or beyond its check."""
    rng, on = np.random.default_rng([seed, 83]), until - timedelta(days=200)
    checks = []
    for n, ref in enumerate(stations_of(made)):
        if n % 8 == 5:
            continue  # nobody has written down what is there
        has = rng.random() * 0.5 + 0.45
        for kind, one in equipment_kinds().items():
            if not one.tracer or kind in _THERE or rng.random() > has:
                continue
            piece = names.operation(
                SetEquipment(kind=kind, name=one.name("vi")[:120], since=on, watched=False),
                ref, kind, "floor", unit=names.unit(ref), on=on,
            )  # fmt: skip
            yield piece
            broken = bool(rng.random() < 0.05)
            what: Literal["fault", "calibration"] = "fault" if broken else "calibration"
            if broken or one.months:
                until_day = until + timedelta(days=int(rng.integers(-40, 300)))
                said = ServiceEquipment(
                    equipment=piece.id, what=what, passed=True if what == "calibration" else None,
                    next_on=until_day if what == "calibration" else None,
                )  # fmt: skip
                checks.append(names.operation(said, ref, kind, "floor-check", unit=names.unit(ref),
                                              on=on + timedelta(days=3)))  # fmt: skip
            if kind in _USED:
                checks += _used(names, ref, kind, piece, until, rng)
    yield from checks


def _used(
    names: Names, ref: str, kind: str, piece: Operation, until: date, rng: np.random.Generator
) -> list[Operation]:
    """Three months of use: many machines run, some stand."""
    days = int(rng.choice([0, 1, 8, 15]))
    said = []
    for back in (1, 2, 3):
        month = (until.replace(day=1) - timedelta(days=28 * back)).strftime("%Y-%m")
        note = NoteUse(piece=piece.id, month=month, days=days, times=days * 3)
        said.append(names.operation(note, ref, kind, month, unit=names.unit(ref), on=until))
    return said


def decided(made: Province, names: Names, until: date) -> Iterator[Operation]:
    """The loan for 22 stations, the programme of three years, and one that waits for its answer."""
    owner = names.unit("facility:so-y-te")
    on = until - timedelta(days=_DECIDED)
    sites = stations_of(made)[:SITES]
    loan = _loan(names, sites, on)
    plans = [
        ("loan", loan, on),
        ("programme", _programme(), on),
        ("digital", _digital(until), until),
    ]
    proposals = {
        key: names.operation(ProposeProject(plan=plan), key, unit=owner, on=day)
        for key, plan, day in plans
    }
    yield from proposals.values()
    levels = tuple(
        LineLevel(line=line, level=_BEFORE.get(line, "unknown")) for line in rules.lines()
    )
    baseline = tuple(SiteLevels(site=names.unit(ref), lines=levels) for ref in sites)
    for key in ("loan", "programme"):
        approve = ApproveProject(
            version=proposals[key].id, baseline=baseline if key == "loan" else ()
        )
        yield names.operation(approve, key, unit=owner, on=on)
    yield from _paid(names, proposals["loan"], proposals["programme"], on, until)


def _loan(names: Names, sites: list[str], on: date) -> ProjectPlan:
    ends = on + timedelta(days=729)
    cost = {key: Decimal(str(one.cost)) * 1_000_000 for key, one in rules.packages().items()}
    works = tuple(
        Work(site=names.unit(ref), package=key, source="loan", cost=cost[key])
        for n, ref in enumerate(sites)
        for key in (("refurbish", "water", "waste") if n % 3 else ("new-building",))
    )
    return ProjectPlan(
        name="Nâng cấp 22 trạm y tế (vốn vay ADB)", decision="Số 1468/QĐ-UBND", decided_on=on, starts=on,
        ends=ends, works=works,
        funding=(
            Funding(source="loan", amount=136 * BILLION, said="over", foreign=Decimal(5_800_000),
                    currency="USD", rate=Decimal("23448.28")),
        ),
        planned=tuple(Planned(month=m, amount=a, source="loan")
                      for m, a in spread(136 * BILLION, on, ends).items()),
        phases=(
            Phase(stage="tender", since=on, until=on + timedelta(days=120)),
            Phase(stage="works", since=on + timedelta(days=121), until=on + timedelta(days=400)),
            Phase(stage="acceptance", since=on + timedelta(days=401), until=ends),
        ),
        note="Dữ liệu trình diễn; tỷ giá suy ra từ hai con số của nguồn.",
    )  # fmt: skip


def _programme() -> ProjectPlan:
    return ProjectPlan(
        name="Hạ tầng và trang thiết bị y tế công lập 2023–2025", decision="Số 305/NQ-HĐND",
        starts=date(2023, 1, 1), ends=date(2025, 12, 31),
        funding=(
            Funding(source="state-budget", amount=800 * BILLION),
            Funding(source="national-programme", amount=250 * BILLION),
            Funding(source="social", amount=50 * BILLION),
        ),
        planned=tuple(
            Planned(month=m, amount=a, source=source)
            for source, billions in (("state-budget", 800), ("national-programme", 250), ("social", 50))
            for m, a in spread(billions * BILLION, date(2023, 1, 1), date(2025, 12, 1)).items()
        ),
    )  # fmt: skip


def _digital(until: date) -> ProjectPlan:
    return ProjectPlan(
        name="Hồ sơ điện tử và đường truyền cho trạm y tế", starts=until + timedelta(days=60),
        ends=until + timedelta(days=420),
        funding=(Funding(source="national-programme", amount=9 * BILLION),
                 Funding(source="social", amount=BILLION, said="about")),
    )  # fmt: skip


def _paid(
    names: Names, loan: Operation, programme: Operation, on: date, until: date
) -> Iterator[Operation]:
    """The loan is slow; the programme was paid to 1,045 billion and is past its end."""
    for n in range(7):
        day = on + timedelta(days=60 + 50 * n)
        said = Disburse(project=loan.id, source="loan", amount=(4 + n) * BILLION,
                        voucher=f"GRV-{n + 1:02}", year=day.year)  # fmt: skip
        yield names.operation(said, "loan", n, unit=loan.unit, on=day)
    last = min(date(2026, 1, 20), until)
    for source, billions in (("state-budget", 770), ("national-programme", 230), ("social", 45)):
        said = Disburse(project=programme.id, source=source, amount=billions * BILLION,
                        voucher=f"QT-{source}", year=2025)  # fmt: skip
        yield names.operation(said, "programme", source, unit=programme.unit, on=last)
    for stage, percent, back in (("tender", 100, 200), ("works", 65, 30)):
        note = NoteProgress(project=loan.id, stage=stage, percent=percent,
                            contract="07/2025/HĐ-XD" if stage == "works" else "")  # fmt: skip
        yield names.operation(note, "loan", stage, unit=loan.unit, on=until - timedelta(days=back))
