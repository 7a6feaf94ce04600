"""A province of patients written by the store itself: millions of rows a minute, the same each time.

Rows are what services would have written, made from their numbers by one statement a table, so nothing
travels through Python. A person lives in village ``number % villages``; every eighth one is in the
programme of hypertension; visits go round all people, over three years back from a day.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from benchmarks import measuring

TODAY = date(2026, 10, 25)
DAYS = 1_091  # over which visits are spread: a prime
CHRONIC = 8  # one of so many has hypertension
STEP = 250_000
FAMILIES = ("Lò", "Vàng", "Giàng", "Quàng", "Cà", "Lường", "Sùng", "Nguyễn", "Tòng", "Mùa", "Hờ")
MIDDLES = ("Văn", "Thị", "A", "Thị Thu", "Đức", "Xuân", "Seo", "Minh", "Thanh")
GIVENS = ("Pánh", "Mỷ", "Dơ", "Hoa", "Sua", "Lan", "Chu", "Inh", "Thương", "Tủa", "Hặc", "Ly", "Vừ")
PERSON, VISIT, VALUE, ENROLMENT, CONTACT, REFERRAL = range(1, 7)  # the first half of an id


class Store:
    """How the two stores write the same things."""

    def __init__(self, vendor: str) -> None:
        self.lite = vendor == "sqlite"

    def id(self, kind: int, number: str) -> str:
        if self.lite:
            return f"printf('%08x%024x', {kind}, {number})"
        return f"(lpad(to_hex({kind}), 8, '0') || lpad(to_hex({number}::bigint), 24, '0'))::uuid"

    def unit(self, id: UUID) -> str:
        return f"'{id.hex}'" if self.lite else f"'{id}'::uuid"

    def day(self, back: str) -> str:
        if self.lite:
            return f"date('{TODAY}', (-({back})) || ' days')"
        return f"(date '{TODAY}' - ({back})::int)"

    def moment(self, minutes: str) -> str:
        """So many minutes before ten in the morning, Vietnam."""
        if self.lite:
            return f"datetime('{TODAY} 03:00:00', (-({minutes})) || ' minutes')"
        return f"(timestamptz '{TODAY} 03:00:00+00' - ({minutes}) * interval '1 minute')"

    def born(self, number: str) -> str:
        """Of 80 years."""
        return self.day(f"200 + ({number} * 7919) % 29000")

    def numbers(self, first: int, last: int) -> str:
        """A table ``s(i)`` of numbers: [first, last)."""
        if self.lite:
            return (f"s(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM s WHERE i + 1 < {last})")  # fmt: skip
        return f"s(i) AS (SELECT generate_series({first}::bigint, {last - 1}))"

    def null(self, type: str) -> str:
        return "NULL" if self.lite else f"NULL::{type}"

    def no(self) -> str:
        return "0" if self.lite else "false"


class Filling:
    """The tables of a store, up to so many people and visits."""

    def __init__(self, units: Sequence[tuple[UUID, Sequence[UUID]]]) -> None:
        from django.db import connection

        self.store, self.units = Store(connection.vendor), units
        self.people = self.visits = 0
        self._villages = [
            (station, village) for station, villages in units for village in villages
        ]  # fmt: skip

    def up_to(self, people: int, visits: int) -> None:
        from django.db import connection

        from tuyen.apps.access import guard

        measuring.note(f"filling {people} people and {visits} visits")
        with guard.opened("benchmark"):
            for first in range(self.people, people, STEP):
                self._persons(first, min(people, first + STEP))
            for first in range(self.visits, visits, STEP):
                self._visits(first, min(visits, first + STEP), people)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        self.people, self.visits = people, visits

    def _persons(self, first: int, last: int) -> None:
        from tuyen.apps.clinical.keeping import columns_of
        from tuyen.apps.clinical.models import Enrolment
        from tuyen.apps.registry import search
        from tuyen.kernel.text import fold

        s = self.store
        name = " || ' ' || ".join(
            _chosen(words, f"(i / {by})") for words, by in _NAMED
        )  # fmt: skip
        folded = " || ' ' || ".join(
            _chosen([fold(word) for word in words], f"(i / {by})") for words, by in _NAMED
        )
        year = f"substr(CAST({s.born('i')} AS text), 1, 4)"
        self._insert(
            "registry_person",
            {
                "id": s.id(PERSON, "i"), "number": "i + 1", "unit_id": "station", "name": name,
                "sex": "1 + i % 2", "born_on": s.born("i"), "birth_precision": "'day'",
                "death_cause": "''", "phone": "'09' || (10000000 + i)", "place_id": "village",
                "search": f"{folded} || ' ' || {year} || ' ' || word", "void_reason": "''",
            },
            first, last,
        )  # fmt: skip
        search.add(first + 1)
        plain = dict.fromkeys(columns_of(Enrolment), "''")
        self._insert(
            "clinical_enrolment",
            plain | {
                "id": s.id(ENROLMENT, "i"), "entry_id": s.id(ENROLMENT, "i"),
                "person_id": s.id(PERSON, "i"), "programme": "'hypertension'",
                "unit_id": "station", "place_id": "village", "sex": "1 + i % 2",
                "born_on": s.born("i"), "source": "'visit'", "since": s.day("1000 + i % 90"),
                "by_registry": s.no(), "contacts": "4", "last_on": s.day("i % 90"),
                "last_visit_id": s.id(VISIT, "i"), "due_on": s.day("i % 90 - 30"),
                "reading": "i % 3", "reading_on": s.day("i % 90"), "risk": "(i * 31) % 320",
                "until": s.null("date"), "called_on": s.null("date"), "next_try": s.null("date"),
                "home_on": s.null("date"), "planned_on": s.null("date"),
                "worker_id": s.null("uuid"), "author_id": s.null("uuid"),
            },
            first, last, f"i % {CHRONIC} = 0",
        )  # fmt: skip

    def _visits(self, first: int, last: int, people: int) -> None:
        from tuyen.apps.clinical.keeping import columns_of
        from tuyen.apps.clinical.models import Visit

        s, p = self.store, f"(i % {people})"
        back = f"((i * 7) % {DAYS})"
        at = s.moment(f"{back} * 1440 + i % 120")
        content = (
            f'\'{{"person":"\' || {s.id(PERSON, p)} || \'","began_at":"2026-01-01T01:00:00Z",'
            '"diagnosed":[{"code":"I10","main":true}],"prescribed":[{"item":"amlodipine-5","dose":"1",'
            '"times":1,"days":30,"quantity":"30"}]}\''
        )
        self._insert(
            "clinical_visit",
            dict.fromkeys(columns_of(Visit), "''") | {
                "id": s.id(VISIT, "i"), "seq": "i", "unit_id": "station",
                "person_id": s.id(PERSON, p), "began_at": at, "ended_at": at, "day": s.day(back),
                "received_at": at, "setting": "'station'", "care": "'05'", "attendance": "'1.2'",
                "payer": "'insurance'", "main": "'I10'", "author_id": s.null("uuid"),
                "state": "'live'", "version": "1", "apart": s.no(), "content": content,
                "referral": "CASE WHEN i % 100 = 0 THEN 'sent' ELSE '' END",
                "next_on": f"CASE WHEN i % 4 = 0 THEN {s.day(f'{back} - 30')} END",
            },
            first, last, by=p,
        )  # fmt: skip
        for n, (what, value) in enumerate(
            (("systolic", "120 + i % 60"), ("diastolic", "70 + i % 30"))
        ):
            self._insert(
                "clinical_measurement",
                {
                    "id": s.id(VALUE, f"i * 2 + {n}"), "visit_id": s.id(VISIT, "i"),
                    "person_id": s.id(PERSON, p), "unit_id": "station", "what": f"'{what}'",
                    "value": value, "at": at,
                },
                first, last, f"{p} % {CHRONIC} = 0", p,
            )  # fmt: skip
        self._insert(
            "clinical_contact",
            {
                "id": s.id(CONTACT, "i"), "enrolment_id": s.id(ENROLMENT, p),
                "visit_id": s.id(VISIT, "i"), "unit_id": "station",
                "programme": "'hypertension'", "day": s.day(back), "at": at,
                "appointment": s.day(f"{back} - 30"), "drugs": "1", "reading": "i % 3",
                "values": "''",
            },
            first, last, f"{p} % {CHRONIC} = 0", p,
        )  # fmt: skip
        self._insert(
            "clinical_referral",
            {
                "id": s.id(VISIT, "i"), "person_id": s.id(PERSON, p), "unit_id": "station",
                "day": s.day(back), "to_id": s.null("uuid"), "to_name": "'Bệnh viện'",
                "urgent": s.no(), "state": "CASE WHEN i % 200 = 0 THEN 'sent' ELSE 'returned' END",
                "apart": s.no(), "returned_on": s.null("date"), "from_name": "''",
                "diagnosis": "''", "text": "''", "treatment": "''", "returned_by_id": s.null("uuid"),
            },
            first, last, "i % 100 = 0", p,
        )  # fmt: skip

    def _insert(
        self, table: str, row: dict[str, str], first: int, last: int, where: str = "", by: str = "i"
    ) -> None:
        """Rows of numbers [first, last), by the village of the person with the number ``by``."""
        from django.db import connection

        s, many = self.store, len(self._villages)
        villages = ", ".join(
            f"({n}, {s.unit(station)}, {s.unit(village)}, '0{village.hex}')"
            for n, (station, village) in enumerate(self._villages)
        )
        names = ", ".join(f'"{name}"' for name in row)
        sql = (
            f'INSERT INTO "{table}" ({names}) WITH RECURSIVE {s.numbers(first, last)},'
            f" v(n, station, village, word) AS (VALUES {villages})"
            f" SELECT {', '.join(row.values())} FROM s JOIN v ON v.n = {by} % {many}"
        )
        with connection.cursor() as cursor:
            cursor.execute(f"{sql} WHERE {where}" if where else f"{sql} WHERE true")


_NAMED = ((FAMILIES, 1), (MIDDLES, 7), (GIVENS, 61))


def _chosen(words: Sequence[str], number: str) -> str:
    cases = " ".join(f"WHEN {n} THEN '{word}'" for n, word in enumerate(words))
    return f"(CASE {number} % {len(words)} {cases} END)"
