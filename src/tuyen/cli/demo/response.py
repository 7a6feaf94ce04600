"""The demo's means of response: teams at the CDC and the health centres, and what lies on shelves."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from tuyen.apps.surveillance.operations import (
    Away,
    CountResource,
    Member,
    ReceiveResource,
    SetResource,
    SetTeam,
)
from tuyen.cli.demo.names import Names, after
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.operation import Operation
from tuyen.rules.surveillance import response as rules

# What the members of a team bring, one after another.
_CDC = (
    (("epidemiology", "communication"), ("epidemiology", "vaccination"), ("laboratory",),
     ("clinical",), ("disinfection",)),
    (("vector", "epidemiology"), ("vector",), ("disinfection", "food"), ("communication",)),
    (("food", "epidemiology"), ("laboratory",), ("clinical", "disinfection")),
)  # fmt: skip
_CENTRES = (
    (("epidemiology",), ("vaccination",), ("clinical",)),
    (("epidemiology", "vector"), ("vector",), ("disinfection",)),
    (("epidemiology", "vaccination"), ("disinfection",), ("communication",)),
)
_LANGUAGES = (("vi", "thái"), ("vi", "hmông"), ("vi",), ("vi", "thái", "khơ mú"))
# Of a good: how much the province keeps, and a health centre. Every third centre keeps less.
_SHELVES = {
    "vaccine-mr": (3000, 400), "vaccine-td": (1500, 200), "vaccine-rabies": (400, 40),
    "serum-rabies": (60, 0), "prophylaxis": (500, 60), "chloramine-b": (900, 120),
    "permethrin": (120, 18), "larvicide": (200, 25), "kit-sampling": (400, 60),
    "kit-dengue": (300, 50), "kit-malaria": (300, 50), "kit-respiratory": (600, 80),
    "ppe": (1500, 150), "ors": (4000, 500), "antitoxin-diphtheria": (20, 0),
    "vaccine-je": (800, 0), "vaccine-opv": (1000, 0),
}  # fmt: skip


def means(made: Province, names: Names, on: date) -> Iterator[Operation]:
    """Teams, then minima, receipts and counts: long runs of one kind."""
    units = [
        unit for unit in made.network.facilities
        if unit.kind in ("cdc", "regional-health-centre") and unit.until is None
    ]  # fmt: skip
    titles = {name.ref: name.name for name in made.network.names if name.until is None}
    yield from _teams(made, names, [unit.ref for unit in units], titles, on)
    kept: list[tuple[UUID, str, int]] = []
    for number, unit in enumerate(units):
        for item, (province, centre) in _SHELVES.items():
            amount = province if unit.kind == "cdc" else centre // (1 + (number % 3 == 2))
            if amount and item in rules.items():
                kept.append((names.unit(unit.ref), item, amount))
    for at, item, amount in kept:
        payload = SetResource(item=item, minimum=amount // 3)
        yield names.operation(payload, at, item, unit=at, on=on)
    for at, item, amount in kept:
        received = ReceiveResource(item=item, quantity=amount, document="Phiếu xuất kho")
        yield names.operation(received, at, item, unit=at, on=on)
    for at, item, amount in kept[::5]:
        counted = CountResource(
            item=item, counted=amount * 9 // 10, note="Kiểm kê, trừ phần hết hạn"
        )
        yield names.operation(counted, at, item, unit=at, on=on)


def _teams(
    made: Province, names: Names, units: list[str], titles: dict[str, str], on: date
) -> Iterator[Operation]:
    at_work: dict[UUID, list[int]] = {}
    for tenure in made.staff.tenures:
        if tenure.until is None and tenure.post not in ("health-centre-director",):
            at_work.setdefault(_same(names, tenure.unit), []).append(tenure.member)
    centres = 0
    for ref in units:
        staff = list(dict.fromkeys(at_work.get(_same(names, ref), [])))
        shapes = _CDC if ref.endswith("cdc") else _CENTRES[centres % 3 : centres % 3 + 1]
        centres += not ref.endswith("cdc")
        for number, shape in enumerate(shapes):
            people, staff = staff[: len(shape)], staff[len(shape) :]
            members = tuple(
                Member(
                    name=made.staff.members[n].name, phone=made.staff.members[n].phone,
                    skills=skills, languages=_LANGUAGES[(n + number) % len(_LANGUAGES)],
                )
                for n, skills in zip(people, shape, strict=False)
            )  # fmt: skip
            if not members:
                continue
            title = titles.get(ref, "")
            label = f"Đội đáp ứng nhanh số {number + 1}" if len(shapes) > 1 else "Đội đáp ứng nhanh"
            away = (Away(since=on, until=after(on, 3), why="Tập huấn"),) if number == 2 else ()
            payload = SetTeam(
                name=f"{label}, {title}"[:120], members=members, contact=members[0].phone, away=away,
            )  # fmt: skip
            unit = names.unit(ref)
            yield names.operation(payload, ref, number, unit=unit, on=on)


def _same(names: Names, ref: str) -> UUID:
    """A unit by its id: a station or centre that went on has two references."""
    return names.unit(ref)
