"""The demo's supervision: two rounds of visits to most stations, with what they found."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import numpy as np

from tuyen.apps.supply.operations import (
    AnswerFinding,
    CheckedItem,
    EarlierFinding,
    FoundItem,
    RecordSupervision,
)
from tuyen.cli.demo.names import Names
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation
from tuyen.rules.supply import check_items, finding_days

_ROUNDS = (130, 38)
"""So many days ago the first and the second round began; a station a day."""
_TEAM = ("Vàng Thị Bầu", "Giàng A Sùng")
_MET = ("Lò Văn Pó", "Quàng Thị Xuân", "Mùa A Dế", "Tòng Văn Hặc")
_WORDS = {
    "ipc-sharps": "Hộp sắc nhọn đầy quá vạch, thay hộp và ghi biên bản bàn giao",
    "eq-oxygen": "Bình oxy hết, đề nghị nạp và treo lịch kiểm tra tuần",
    "med-adrenaline": "Hộp chống sốc thiếu adrenalin, bổ sung đủ cơ số",
    "ncd-overdue": "Lập danh sách quá hẹn, gọi điện và ghi kết quả",
}
_OTHERWISE = "Bổ sung theo bảng kiểm, gửi ảnh khi hoàn thành"


def visits(made: Province, names: Names, until: date, seed: int) -> Iterator[Operation]:
    """The first round, what the stations answered, and the second; the same for the same seed."""
    rng = np.random.default_rng([seed, 61])
    stations = [f.ref for f in made.network.facilities if f.until is None and f.kind == "station"]
    skill = rng.normal(0.0, 0.5, len(stations))
    found: dict[str, list[tuple[Operation, int, str]]] = {}
    for n, ref in enumerate(stations):
        if n % 9 != 4:  # these were never visited
            on = until - timedelta(days=max(_ROUNDS[0] - n, 60))
            operation = _visit(names, ref, on, _points(rng, skill[n]), (), n)
            found[ref] = _findings(operation)
            yield operation
    for n, ref in enumerate(stations):
        for operation, number, item in found.get(ref, ())[: n % 3]:
            said = AnswerFinding(
                finding=_id(operation, number),
                note=f"Đã khắc phục: {_WORDS.get(item, 'đã bổ sung')}",
            )
            on = operation.happened_on + timedelta(days=6)
            yield names.operation(said, ref, "answered", number, unit=names.unit(ref), on=on)
    for n, ref in enumerate(stations):
        if ref in found and n % 4 != 3:
            on = until - timedelta(days=max(_ROUNDS[1] - n, 1))
            seen = tuple(
                EarlierFinding(finding=_id(operation, number), mended=n % 5 != 0, note="")
                for operation, number, _item in found[ref]
            )
            yield _visit(names, ref, on, _points(rng, skill[n] + 0.5), seen, n)


def _points(rng: np.random.Generator, skill: float) -> dict[str, int | None]:
    """Points by item: a latent quality of the station and chance."""
    drawn = rng.normal(1.1 + skill, 1.0, len(check_items()))
    given: dict[str, int | None] = {
        key: int(np.clip(round(float(x)), 0, 2))
        for key, x in zip(check_items(), drawn, strict=True)
    }
    if rng.random() < 0.3:
        given["med-traditional"] = None
    return given


def _visit(
    names: Names, ref: str, on: date, given: dict[str, int | None],
    earlier: tuple[EarlierFinding, ...], n: int,
) -> Operation:  # fmt: skip
    items, findings = [], []
    for key, item in check_items().items():
        points = given[key]
        booked = 40 * (1 + len(key) % 7) if item.tracer and points else None
        items.append(CheckedItem(
            item=key, points="na" if points is None else str(points),  # type: ignore[arg-type]
            counted=None if booked is None else booked - (12 if points == 1 else 0), booked=booked,
        ))  # fmt: skip
        if points == 0:
            findings.append(FoundItem(
                item=key, what=_WORDS.get(key, _OTHERWISE), owner=_MET[n % len(_MET)],
                due=on + timedelta(days=finding_days(item.red, on)),
            ))  # fmt: skip
    payload = RecordSupervision(
        team=_TEAM[: 1 + n % 2], met=_MET[n % len(_MET)], items=tuple(items),
        findings=tuple(findings[:60]), earlier=earlier,
    )  # fmt: skip
    return names.operation(payload, ref, "supervised", on, unit=names.unit(ref), on=on)


def _findings(operation: Operation) -> list[tuple[Operation, int, str]]:
    payload = _payload(operation)
    return [(operation, number, one.item) for number, one in enumerate(payload.findings)]


def _id(operation: Operation, number: int) -> UUID:
    return derived_id(operation.id, "finding", str(number))


def _payload(operation: Operation) -> RecordSupervision:
    """The typed payload of a visit of this story."""
    decoded = RecordSupervision.KIND.decode(operation.version, bytes(operation.payload))
    assert isinstance(decoded, RecordSupervision)
    return decoded
