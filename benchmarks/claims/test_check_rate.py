"""Claims per second: read, judged by every rule, and a month of them; beside two plain loops.

The peers are the same rules with one visit at a time, which is what columns save, and a bare loop of
ElementTree and Decimal that asks only the fields (required, size, form) and adds the totals: some 480
of the 1,500 rules. Files differ in their keys, persons, days and amounts.
"""

import base64
import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from tests.unit.engines.claims.making import ON, base, line, summed, written
from tuyen.cli.claims import checker
from tuyen.engines.claims.reader import read

MONTH = 2_000
PIECES = 400


@pytest.fixture(scope="module")
def files():
    """A fortieth of a month of 80,000 visits: multiply the seconds by 25 for 50,000."""
    made = []
    for number in range(MONTH):
        tables = base("station")
        day = f"202610{number % 28 + 1:02d}"
        for rows in tables.values():
            for row in rows:
                for name, text in row.items():
                    row[name] = text.replace("20261004", day)
                row["MA_LK"] = f"20001{day}{number:09d}"
        tables["XML1"][0] |= {
            "MA_BN": f"BN{number}",
            "CAN_NANG": f"{40 + number % 50}.{number % 90 + 10}",
        }
        drug = tables["XML2"][0]
        price = str(100 + number % 900)
        money = line("XML2", "60", price)
        for name in ("DON_GIA", "THANH_TIEN_BV", "THANH_TIEN_BH", "T_BHTT"):
            drug[name] = money[name]
        made.append(written(summed(tables)).replace(b"<NGAYLAP>20261004", b"<NGAYLAP>20261031"))
    return made


@pytest.fixture(scope="module")
def layouts():
    return checker().book(ON).layouts


def judge(contents, layouts, at_once):
    found = 0
    for start in range(0, len(contents), at_once):
        visits = [read(content, layouts).visits[0] for content in contents[start : start + at_once]]
        found += sum(map(len, checker().check(visits)))
    return found


def test_a_month_is_read_and_judged(benchmark, files, layouts):
    found = benchmark(judge, files, layouts, PIECES)

    benchmark.extra_info["claims"] = len(files)
    benchmark.extra_info["bytes"] = sum(map(len, files)) // len(files)
    assert found == 0


def test_reading_alone(benchmark, files, layouts):
    visits = benchmark(lambda: [read(content, layouts).visits[0] for content in files])

    assert not any(visit.faults for visit in visits)


def test_peer_the_same_rules_one_visit_at_a_time(benchmark, files, layouts):
    assert benchmark(judge, files[:200], layouts, 1) == 0


def test_peer_a_bare_loop_over_fields_and_totals(benchmark, files):
    fields = checker().book(ON).fields

    def loop():
        found = 0
        for content in files[:200]:
            root = ElementTree.fromstring(content)
            amount = Decimal(0)
            total = Decimal(0)
            for part in root.iter("FILEHOSO"):
                table = part.find("LOAIHOSO").text
                inner = ElementTree.fromstring(base64.b64decode(part.find("NOIDUNGFILE").text))
                for row in [inner] if table in ("XML1", "XML14") else inner[0]:
                    held = {cell.tag: cell.text or "" for cell in row}
                    for name, field in fields[table].items():
                        text = held.get(name, "")
                        found += field.required and not text
                        found += bool(field.size) and len(text) > field.size
                        if text and field.form:
                            found += not re.fullmatch(field.form, text)
                        if text and field.kind == "money":
                            Decimal(text)
                    if table == "XML1":
                        total = Decimal(held["T_TONGCHI_BV"])
                    elif table in ("XML2", "XML3"):
                        amount += Decimal(held["THANH_TIEN_BV"])
            found += amount != total
        return found

    assert benchmark(loop) == 0
