"""The demo's preparedness: last year's and this year's risks, a plan, and who is on duty."""

from collections.abc import Iterator
from datetime import date, timedelta

from tuyen.apps.surveillance.operations import (
    ApproveAssessment,
    CloseAction,
    DutyDraft,
    ScoreRisk,
    SetAction,
    SetDuties,
)
from tuyen.cli.demo.names import Names, after
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.operation import Operation

# Hazard, then likelihood, impact, factors and capacity this year, and last year (none: not scored).
_RISKS: tuple[tuple[str, tuple[int, ...], tuple[int, ...], str], ...] = (
    ("measles", (5, 4, 4, 3), (4, 4, 4, 3), "Vùng lõm tiêm chủng ở các bản xa"),
    ("dengue", (4, 3, 4, 3), (3, 3, 3, 3), "Mưa nhiều, dụng cụ chứa nước quanh nhà"),
    ("diphtheria", (3, 5, 4, 3), (2, 5, 4, 3), "Giáp vùng có dịch, tiêm chủng chưa đủ mũi"),
    ("rabies", (4, 4, 4, 3), (4, 4, 4, 2), "Tỷ lệ tiêm phòng chó thấp"),
    ("border-import", (3, 5, 4, 3), (3, 5, 4, 2), "Đường mòn, lối mở khó kiểm soát"),
    ("flood", (4, 3, 4, 3), (4, 3, 4, 3), "Mùa mưa tháng 6 đến tháng 9"),
    ("food-poisoning", (3, 3, 3, 4), (3, 3, 3, 3), "Bếp ăn tập thể trường bán trú"),
    ("hand-foot-mouth", (5, 2, 3, 4), (5, 2, 3, 4), ""),
    ("anthrax", (3, 4, 3, 3), (), "Trâu bò chết, mổ thịt tại bản"),
)
# What, against what, who, days from the demo's day, and whether it is done.
_ACTIONS = (
    ("Tiêm vét sởi – rubella tại các bản dưới 90 %", "measles", "Khoa Phòng chống bệnh truyền nhiễm",
     -20, True),
    ("Diễn tập đáp ứng dịch bạch hầu tại xã biên giới", "diphtheria", "Phòng Kế hoạch – Nghiệp vụ",
     -6, False),
    ("Bổ sung hóa chất diệt muỗi cho các trung tâm y tế", "dengue", "Khoa Dược – Vật tư", 21, False),
    ("Ký quy chế phối hợp với kiểm dịch cửa khẩu", "border-import", "Ban Giám đốc", 35, False),
    ("Tập huấn lấy mẫu cho trạm y tế", "", "Khoa Xét nghiệm", 50, False),
)  # fmt: skip


def prepared(made: Province, names: Names, on: date) -> Iterator[Operation]:
    """Of the CDC: risks of two years, the first approved; a plan; three weeks of duty with a gap."""
    unit = names.unit("facility:cdc")
    for year in (on.year - 1, on.year):
        for hazard, this, last, note in _RISKS:
            marks = this if year == on.year else last
            if marks:
                likelihood, impact, factors, capacity = marks
                payload = ScoreRisk(
                    year=year, hazard=hazard, likelihood=likelihood, impact=impact, factors=factors,
                    capacity=capacity, note=note,
                )  # fmt: skip
                yield names.operation(payload, year, hazard, unit=unit, on=on)
    approved = ApproveAssessment(year=on.year - 1)
    yield names.operation(approved, on.year - 1, unit=unit, on=on)
    for number, (text, hazard, owner, days, _done) in enumerate(_ACTIONS):
        action = SetAction(
            year=on.year, hazard=hazard, text=text, owner=owner, due=on + timedelta(days)
        )
        yield names.operation(action, number, unit=unit, on=on)
    for number, (_text, _hazard, _owner, _days, done) in enumerate(_ACTIONS):
        if done:
            id = names.of(SetAction.KIND.name, number)
            closing = CloseAction(action=id, outcome="done", evidence="Báo cáo kết quả tiêm vét")
            yield names.operation(closing, number, unit=unit, on=on, corrects=id)
    yield names.operation(_rota(made, names, on), "rota", unit=unit, on=on)


def _rota(made: Province, names: Names, on: date) -> SetDuties:
    """The CDC's staff in turn; the night of the fifth day is left open."""
    people = list(dict.fromkeys(
        tenure.member for tenure in made.staff.tenures
        if tenure.until is None and names.unit(tenure.unit) == names.unit("facility:cdc")
    ))  # fmt: skip
    duties = []
    for n in range(21):
        for number, shift in enumerate(("day", "night")):
            if (n, shift) == (4, "night"):
                continue
            member = made.staff.members[people[(2 * n + number) % len(people)]]
            duties.append(
                DutyDraft(day=after(on, n), shift=shift, name=member.name, phone=member.phone)  # type: ignore[arg-type]
            )
    return SetDuties(duties=tuple(duties))
