"""What the demo's stations keep beside the medicines of their visits: what is there for an emergency or a
birth, a drug under special control, and the equipment that measures."""

from collections.abc import Iterator
from datetime import date, timedelta

from tuyen.apps.supply.operations import ReceiveLot, ServiceEquipment, SetEquipment
from tuyen.cli.demo.names import Names, after
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.operation import Operation

BEGUN = 150
"""So many days ago the stations counted these shelves and wrote them down."""
# Item, number, maker, days until it expires, pieces at a station.
_SHELF = (
    ("hctz-25", "HCT2507", "MEKOPHAR", 430, 1500),
    ("gliclazide-30", "GLI2506", "STELLA", 390, 1500),
    ("salbutamol-inh", "SAL2502", "GSK", 300, 24),
    ("amoxicillin-500", "AMX2512", "IMEXPHARM", 640, 800),
    ("iron-folate", "SAT2510", "MEDIPLANTEX", 520, 1800),
    ("adrenaline-1", "ADR2510", "VINPHACO", 300, 10),
    ("nacl-09-500", "NAC2507", "FRESENIUS", 420, 20),
    ("oxytocin-5", "OXY2508", "VINPHACO", 160, 20),
    ("magnesium-15", "MAG2505", "VINPHACO", 380, 20),
    ("coc", "COC2509", "POLYVAC", 700, 120),
    ("diazepam-inj", "DIA2506", "VINPHACO", 410, 10),
    ("glucose-strip", "QTD2511", "ABBOTT", 80, 200),
    ("gloves-exam", "GT2512", "MERUFA", 900, 600),
)
_EQUIPMENT = (
    ("bp-adult", "Huyết áp kế"),
    ("scale-adult", "Cân sức khỏe"),
    ("glucometer", "Máy đo đường huyết"),
)


def shelves(made: Province, names: Names, until: date) -> Iterator[Operation]:
    """The opening stock of every station, and what it measures with; the same for the same province."""
    on = until - timedelta(days=BEGUN)
    stations = [f.ref for f in made.network.facilities if f.until is None and f.kind == "station"]
    for n, ref in enumerate(stations):
        for place, (item, number, maker, days, pieces) in enumerate(_SHELF):
            if (n * 7 + place) % 23 == 5:
                continue  # no station has everything
            payload = ReceiveLot(
                item=item, number=number, expires_on=after(until, days), vials=pieces, maker=maker,
                document="Tồn đầu kỳ",
            )  # fmt: skip
            yield names.operation(payload, ref, number, unit=names.unit(ref), on=on)
    for n, ref in enumerate(stations):
        for kind, name in _EQUIPMENT:
            piece = SetEquipment(
                kind=kind, name=name, serial=f"{kind[:2].upper()}{100 + n}", since=on, watched=False
            )
            yield names.operation(piece, ref, kind, unit=names.unit(ref), on=on)
    for n, ref in enumerate(stations):
        for kind, _name in _EQUIPMENT[:2]:
            if n % 5 == 2:
                continue  # never checked
            check = ServiceEquipment(
                equipment=names.of(SetEquipment.KIND.name, ref, kind), what="calibration", passed=True,
                next_on=after(until, -12 if n % 7 == 3 else 140), note="Kiểm định định kỳ",
            )  # fmt: skip
            yield names.operation(check, ref, kind, "check", unit=names.unit(ref), on=on)
