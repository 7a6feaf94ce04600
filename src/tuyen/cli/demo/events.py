"""The demo's event signals: a handful that somebody told of, each at another step."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from tuyen.apps.surveillance.operations import (
    AssessSignal,
    ReportSignal,
    ScreenSignal,
    VerifySignal,
)
from tuyen.cli.demo.names import Names
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.operation import Operation, Payload

# Sign, who told, days before the last, affected, what was told, and how far it has been looked into.
_EVENTS = (
    ("absent-pupils", "school", 1, 9, "Nhiều học sinh lớp 3 nghỉ học vì sốt", ""),
    ("bad-water", "village", 2, None, "Nước mó có mùi lạ sau mưa lớn", ""),
    ("dead-livestock", "animal-health", 3, 3, "Ba con trâu chết tại bãi thả", "relevant"),
    ("rabid-animal", "village", 4, 1, "Chó lạ cắn hai con vật nuôi rồi chết", "real"),
    ("watery-diarrhoea", "facility", 6, 4, "Bốn người trong một nhà tiêu chảy", "assessed"),
    ("other", "media", 8, None, "Tin trên mạng xã hội về \"bệnh lạ\"", "discarded"),
)  # fmt: skip


def told(made: Province, names: Names, on: date) -> Iterator[Operation]:
    """Each in the commune of another station; steps long runs of one kind, in their order."""
    stations = made.network.station
    steps: dict[str, list[Operation]] = {"screen": [], "verify": [], "assess": []}
    for n, (sign, source, back, affected, note, reached) in enumerate(_EVENTS):
        place = (made.network.focus + n) % len(stations)
        commune = names.unit(f"commune:{made.gazetteer.communes[place].code}")
        station = names.unit(made.network.facilities[stations[place]].ref)
        report = ReportSignal(
            sign=sign, source=source, seen_on=on - timedelta(days=back), commune=commune,  # type: ignore[arg-type]
            affected=affected, note=note,
        )  # fmt: skip
        yield names.operation(report, "event", n, unit=station, on=on)
        signal = names.of(report.KIND.name, "event", n)
        for step, payload in _steps(signal, reached):
            steps[step].append(
                names.operation(payload, "event", n, unit=commune, on=on, corrects=signal)
            )
    for operations in steps.values():
        yield from operations


def _steps(signal: UUID, reached: str) -> Iterator[tuple[str, Payload]]:
    """The steps that bring a signal so far."""
    if reached == "discarded":
        yield (
            "screen",
            ScreenSignal(
                signal=signal, outcome="discarded", reason="Tin cũ của năm trước, đã xác minh"
            ),
        )
        return
    if reached:
        yield "screen", ScreenSignal(signal=signal, outcome="relevant")
    if reached in ("real", "assessed"):
        yield "verify", VerifySignal(signal=signal, outcome="real", how="call")
    if reached == "assessed":
        yield (
            "assess",
            AssessSignal(
                signal=signal, risk="low", next_step="watch", reason="Cùng ăn một bữa, đã khỏi"
            ),
        )
