"""The demo's vaccines: from the province's store to the stations, with fridges and their readings."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from tuyen.apps.supply.operations import (
    ArrivedLine,
    CountedLine,
    CountStock,
    ImportReadings,
    LogTemperature,
    ReadVialMonitor,
    ReceiveLot,
    ReceiveTransfer,
    SendStock,
    SentLine,
    ServiceEquipment,
    SetEquipment,
)
from tuyen.apps.supply.sorting import lot_id
from tuyen.cli.demo.names import Names, after, morning
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.operation import Operation
from tuyen.rules.supply import items

# Item, number, maker, days until it expires, vials at the province, sent to a centre, to a station.
_LOTS = (
    ("bcg-10", "BCG-2601", "IVAC", 410, 900, 40, 4),
    ("bcg-10", "BCG-2509", "IVAC", 48, 120, 6, 1),
    ("hepb-1", "GHB-118", "VABIOTECH", 300, 2500, 120, 12),
    ("penta-1", "SII-P77", "Serum Institute of India", 520, 6000, 300, 30),
    ("penta-1", "SII-P61", "Serum Institute of India", 25, 200, 10, 0),
    ("bopv-20", "OPV-4402", "POLYVAC", 240, 800, 40, 4),
    ("ipv-5", "SHAN-903", "Shantha Biotechnics", 360, 700, 30, 3),
    ("measles-10", "MV-2604", "POLYVAC", 330, 500, 25, 3),
    ("mr-10", "MR-2603", "POLYVAC", 290, 700, 30, 3),
    ("je-5", "JE-2512", "VABIOTECH", 150, 900, 40, 5),
    ("dtp-20", "DPT-0226", "IVAC", 420, 300, 12, 2),
    ("td-10", "TD-0326", "IVAC", 380, 300, 12, 1),
    ("diluent-bcg", "DB-2601", "IVAC", 600, 950, 46, 5),
    ("diluent-measles", "DM-2604", "POLYVAC", 600, 520, 25, 3),
    ("diluent-mr", "DR-2603", "POLYVAC", 600, 720, 30, 3),
    ("ad-005", "K005-26", "MEDIPLAST", 1200, 12000, 500, 50),
    ("ad-05", "K05-26", "MEDIPLAST", 1200, 40000, 1500, 150),
    ("mix-2", "P2-26", "MEDIPLAST", 1200, 1500, 60, 6),
    ("mix-5", "P5-26", "MEDIPLAST", 1200, 2500, 80, 8),
    ("box-5l", "HAT-26", "MEDIPLAST", 1500, 600, 25, 3),
)  # fmt: skip
ARRIVED = 20
"""So many days ago the stations received what they have."""
_TEMPERATURES = (4.1, 4.4, 4.8, 5.2, 4.6, 4.0, 5.0, 5.6)


class Stock:
    """Fridges first, then receipts, transfers, readings: each in long runs of one kind."""

    def __init__(self, made: Province, names: Names, on: date) -> None:
        self.names, self.on = names, on
        standing = [f for f in made.network.facilities if f.until is None]
        by_kind = {kind: [f.ref for f in standing if f.kind == kind]
                   for kind in ("cdc", "regional-health-centre", "station")}  # fmt: skip
        self.store = by_kind["cdc"][0]
        self.centres, self.stations = by_kind["regional-health-centre"], by_kind["station"]
        self.above = {
            r.subject: r.object
            for r in made.network.relations
            if r.kind == "guided-by" and r.until is None and r.object in self.centres
        }
        self.fridge: dict[str, UUID] = {}

    def story(self) -> Iterator[tuple[date, list[Operation]]]:
        """Days of the last five weeks, each with what was written on it."""
        places = [self.store, *self.centres, *self.stations]
        yield self._day(35), list(self._equip(places))
        yield self._day(34), list(self._receive())
        yield self._day(30), list(self._send(self.store, self.centres, 5))
        yield self._day(29), list(self._arrive(self.store, self.centres))
        for centre in self.centres:
            below = [station for station in self.stations if self.above.get(station) == centre]
            if below:
                yield self._day(21), list(self._send(centre, below, 6))
                yield self._day(20), list(self._arrive(centre, below))
        yield self._day(0), list(self._read(places))
        yield self._day(0), list(self._look())

    def _day(self, back: int) -> date:
        return self.on - timedelta(days=back)

    def _op(self, payload, *parts: object, at: str, on: date) -> Operation:  # type: ignore[no-untyped-def]
        return self.names.operation(payload, at, *parts, unit=self.names.unit(at), on=on)

    def _equip(self, places: list[str]) -> Iterator[Operation]:
        on = self._day(35)
        for n, ref in enumerate(places):
            store = ref == self.store
            payload = SetEquipment(
                kind="cold-room" if store else "fridge",
                name="Kho lạnh dương" if store else "Tủ lạnh vắc xin",
                model="" if store else ("TCW 2000 AC", "HBC-80", "VLS 200A")[n % 3],
                serial=f"SN{1000 + n}", litres=9000.0 if store else 60.0, since=on,
            )  # fmt: skip
            made = self._op(payload, "fridge", at=ref, on=on)
            self.fridge[ref] = made.id
            yield made
        box = SetEquipment(kind="cold-box", name="Hòm lạnh", litres=20.0, since=on, watched=False)
        for ref in self.stations:
            yield self._op(box, "box", at=ref, on=on)
        for n, ref in enumerate(places):
            if n % 7 == 3:
                continue  # waits for its check
            check = ServiceEquipment(
                equipment=self.fridge[ref], what="calibration", passed=True,
                next_on=after(self.on, 200 if n % 5 else -20), note="Hiệu chuẩn định kỳ",
            )  # fmt: skip
            yield self._op(check, "check", at=ref, on=on)

    def _receive(self) -> Iterator[Operation]:
        on = self._day(34)
        paired = {"bcg-10": "DB-2601", "measles-10": "DM-2604", "mr-10": "DR-2603"}
        # A diluent first, then the vaccine that names it.
        in_order = sorted(_LOTS, key=lambda lot: not lot[0].startswith("diluent"))
        for item, number, maker, days, vials, _centre, _station in in_order:
            payload = ReceiveLot(
                item=item, number=number, expires_on=after(self.on, days), vials=vials, maker=maker,
                vvm=_vvm(item), into=self._holder(item, self.store),
                document="PXK Viện VSDTTW", diluent=paired.get(item, ""),
            )  # fmt: skip
            yield self._op(payload, number, at=self.store, on=on)

    def _send(self, source: str, targets: list[str], column: int) -> Iterator[Operation]:
        on = self._day(30 if source == self.store else 21)
        share = max(1, len(targets))
        for to in targets:
            payload = SendStock(
                to=self.names.unit(to), lines=tuple(
                    SentLine(lot=lot_id(lot[0], lot[1]), vials=many,
                             out_of=self._holder(lot[0], source))
                    for lot in _LOTS
                    if (many := self._many(source, lot, column, share))
                ), note="Cấp phát định kỳ",
            )  # fmt: skip
            yield self._op(payload, "to", to, at=source, on=on)

    def _holder(self, item: str, ref: str) -> UUID | None:
        """The fridge; syringes and boxes lie in the store-room."""
        return self.fridge[ref] if items()[item].kind in ("vaccine", "diluent") else None

    def _many(self, source: str, lot: tuple, column: int, share: int) -> int:
        if source == self.store:
            return min(int(lot[column]), int(lot[4]) // share)
        return min(int(lot[column]), int(lot[5]) // share)

    def _arrive(self, source: str, targets: list[str]) -> Iterator[Operation]:
        on = self._day(29 if source == self.store else 20)
        column, share = (5, len(targets)) if source == self.store else (6, len(targets))
        for n, to in enumerate(targets):
            lines = []
            for lot in _LOTS:
                many = self._many(source, lot, column, share)
                if not many:
                    continue
                broken = 1 if n == 2 and lot[0] == "penta-1" and many > 3 else 0
                lines.append(ArrivedLine(lot=lot_id(lot[0], lot[1]), arrived=many - broken,
                                         broken=broken, into=self._holder(lot[0], to),
                                         vvm=_vvm(lot[0])))  # fmt: skip
            note = "Một lọ vỡ khi vận chuyển" if any(line.broken for line in lines) else ""
            transfer = self.names.of(SendStock.KIND.name, source, "to", to)
            payload = ReceiveTransfer(transfer=transfer, lines=tuple(lines), note=note)
            yield self._op(payload, source, at=to, on=on)

    def _read(self, places: list[str]) -> Iterator[Operation]:
        """Loggers everywhere; by hand at the store, the first centre and the first stations, with
        gaps. In one centre's fridge the current failed for a night."""
        warm = self.centres[min(1, len(self.centres) - 1)] if self.centres else ""
        by_hand = [self.store, *self.centres[:1], *self.stations[:2]]
        for n, ref in enumerate(places):
            if ref in by_hand:
                continue
            minutes, celsius = self._logged(n, failing=ref == warm)
            payload = ImportReadings(equipment=self.fridge[ref], minutes=minutes, celsius=celsius,
                                     file=f"logger-{1000 + n}.csv")  # fmt: skip
            yield self._op(payload, "logger", at=ref, on=self.on)
        for n, ref in enumerate(by_hand):
            for back in range(28, -1, -1):
                day = self._day(back)
                for k, half in enumerate(("am", "pm")):
                    forgotten = (back + n) % 11 == 4 and half == "pm"
                    if forgotten or (back == 0 and half == "pm"):
                        continue
                    celsius_now = _TEMPERATURES[(back * 2 + k + n) % len(_TEMPERATURES)]
                    log = LogTemperature(
                        equipment=self.fridge[ref], half=half, celsius=celsius_now  # type: ignore[arg-type]
                    )  # fmt: skip
                    yield self._op(log, back, half, at=ref, on=day)

    def _logged(self, n: int, *, failing: bool) -> tuple[tuple[int, ...], tuple[float, ...]]:
        """Four readings a day for four weeks; a failing fridge warms up for nine hours."""
        minutes, celsius = [], []
        first = datetime.combine(self._day(28), time(0, tzinfo=UTC))
        for step in range(28 * 4):
            minutes.append(int((first + timedelta(hours=6 * step)).timestamp()) // 60)
            celsius.append(_TEMPERATURES[(step + n) % len(_TEMPERATURES)])
        if failing:
            at = 23 * 4 + 3  # an evening five days ago
            celsius[at], celsius[at + 1] = 10.6, 11.2
        return tuple(minutes), tuple(celsius)

    def _look(self) -> Iterator[Operation]:
        """Monitors of an old lot, and a count with a difference."""
        old = lot_id("bcg-10", "BCG-2509")
        for ref in self.centres[:1]:
            seen = ReadVialMonitor(lot=old, stage=2, held_in=self.fridge[ref])
            yield self._op(seen, "vvm", at=ref, on=self.on)
        found = CountedLine(
            lot=lot_id("td-10", "TD-0326"), held_in=self.fridge[self.store],
            vials=300 - min(12, 300 // max(1, len(self.centres))) * len(self.centres) - 1,
        )  # fmt: skip
        count = CountStock(lines=(found,), note="Kiểm kê quý III, thiếu 1 lọ")
        yield self._op(count, "count", at=self.store, on=self.on)

    def watched(self) -> dict[UUID, datetime]:
        """Every fridge, from the first reading on: what is judged when all is written."""
        first = morning(self._day(28))
        return dict.fromkeys(self.fridge.values(), first)


def _vvm(item: str) -> int | None:
    return 1 if items()[item].has_vvm else None


def given_from(vaccine: str, back: int) -> str:
    """The lot of the stations' stock from which a dose was given so many days ago, the first to
    expire first; "" before the stations had it, and of what they do not keep."""
    if back > ARRIVED:
        return ""
    mine = [lot for lot in _LOTS if items()[lot[0]].vaccine == vaccine and lot[6]]
    return min(mine, key=lambda lot: lot[3])[1] if mine else ""
