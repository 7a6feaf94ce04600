"""What the demo's stations lay down for their claims, and what a portal said of cards. Codes, prices and tenders are made up."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tuyen import rules
from tuyen.apps.access.actors import Actor
from tuyen.apps.claims import cards
from tuyen.apps.claims.operations import CardTry, Line, RecordCards, SetCatalogue
from tuyen.cli.demo.names import Names
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.operation import Operation

_CARDS = 100
_CONTRADICTED = 400
"""Of so many cards the portal contradicts one: the birth does not fit."""
LICENCE = "0{number:05}/ĐB-CCHN"
"""Of the one who sees the patients of a station: made up, as everybody here is."""
_FACILITY = {
    "department": "K01", "head_number": "0110000000", "examination": "02.1896", "district": "000",
    "nationality_unknown": "000", "ethnic_unknown": "01", "occupation_unknown": "00000",
    "referral_transport": "Xe cứu thương", "weight_days": "180",
}  # fmt: skip
_PRICES = {
    "amlodipine-5": "115.5", "losartan-50": "215", "metformin-500": "189", "paracetamol-500": "98",
    "paracetamol-150": "680", "amoxicillin-250": "950", "omeprazole-20": "160", "ors": "1650",
    "zinc-20": "720",
}  # fmt: skip
_CODES = {
    "losartan-50": "40.519", "metformin-500": "40.807", "omeprazole-20": "40.677", "ors": "40.726",
    "zinc-20": "40.1008",
}  # fmt: skip
_UNITS = {"tablet": "Viên", "capsule": "Viên", "sachet": "Gói"}
_EXAM = {
    "code": "02.1896", "group": "13", "name": "Khám Nội tổng quát tại trạm y tế", "price": "36500",
    "insurance_price": "36500",
}  # fmt: skip


def licence(number: int) -> str:
    """The number of the licence of whoever sees the patients of the n-th station."""
    return LICENCE.format(number=number)


def catalogues(
    made: Province, names: Names, stations: list[str], until: date
) -> Iterator[Operation]:
    """Facility and practitioners of every station; drugs and services at the centres, once."""
    since = date(until.year, 1, 1)
    centres = [
        f.ref for f in made.network.facilities
        if f.until is None and f.kind == "regional-health-centre"
    ]  # fmt: skip
    drugs = tuple(Line(key=item, values=_drug(item)) for item in _PRICES)
    for ref in centres:
        for told in (
            SetCatalogue(kind="drug", since=since, lines=drugs),
            SetCatalogue(kind="service", since=since, lines=(Line(key="02.1896", values=_EXAM),)),
        ):
            yield names.operation(told, ref, told.kind, unit=names.unit(ref), on=until)
    for number, ref in enumerate(stations):
        doctor = Line(key=licence(number), values={"name": _doctor(number), "scope": "Khám bệnh, chữa bệnh đa khoa"})  # fmt: skip
        for told in (
            SetCatalogue(kind="facility", since=since, lines=(Line(values=_FACILITY),)),
            SetCatalogue(kind="practitioner", since=since, lines=(doctor,)),
        ):
            yield names.operation(told, ref, told.kind, unit=names.unit(ref), on=until)


def _drug(item: str) -> dict[str, str]:
    row = next(one for one in rules.load("supply/medicines") if one["code"] == item)
    return {
        "code": row["insurer_code"] or _CODES[item], "name": row["vi"], "strength": row["strength"],
        "unit": _UNITS[row["unit"]], "route": "1.01", "registration": f"VD-{len(item)}{len(row['vi'])}-18",
        "tender": "QĐ-DEMO;G1;N1;2026", "price": _PRICES[item],
    }  # fmt: skip


def _doctor(number: int) -> str:
    return ("Vũ Ngọc Dung", "Lò Văn Pó", "Quàng Thị Xuân", "Giàng A Sùng")[number % 4]


def looked_up(names: Names, until: date) -> Iterator[Operation]:
    """What the portal said of the cards: it confirmed nearly all, and was silent on the last two days."""
    silent = until - timedelta(days=2)
    asked: dict[UUID, list[CardTry]] = {}
    dark: set[UUID] = set()
    for n, one in enumerate(cards.unasked(Actor.program(until), date(until.year - 1, 1, 1), until)):
        claim = one.claim
        at = claim.ended_at + timedelta(minutes=3)
        told: dict[str, Any] = {
            "claim": claim.pk, "card": one.card, "name": one.name, "born": one.born, "at": at,
        }  # fmt: skip
        if claim.day > silent:
            if claim.unit_id not in dark:  # the first of them asks, the others wait behind it
                dark.add(claim.unit_id)
                asked.setdefault(claim.unit_id, []).append(
                    CardTry(**told, outcome="down", message="HTTP 503")
                )
            continue
        fits = n % _CONTRADICTED != 0
        asked.setdefault(claim.unit_id, []).append(CardTry(
            **told, outcome="answered", answered_at=at + timedelta(seconds=2),
            answer="000" if fits else "070", verdict="good" if fits else "bad",
            facts={"maThe": one.card},
        ))  # fmt: skip
    for unit, tries in asked.items():
        for start in range(0, len(tries), _CARDS):
            some = RecordCards(tries=tuple(tries[start : start + _CARDS]))
            yield names.operation(some, unit, start, unit=unit, on=until)
