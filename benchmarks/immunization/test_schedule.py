"""The schedule engine: histories a second on one core, and a whole province on two.

Figures are CPU time of one thread unless they say wall, kept in ``extra_info``; the literal reference
is timed in the same session on a sample of the same people, so that the ratio does not depend on
the machine. The first call compiles and is not measured. The schedule of another country is measured
where the published cases are at hand (TUYEN_SHARED).
"""

import datetime
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tuyen.cli.dose_cases import asked, read_cases
from tuyen.cli.dose_packs import find_pack
from tuyen.engines.immunization import DoseGiven, Pack, Person, evaluate, fast
from tuyen.engines.immunization.impact_columns import Histories, compare
from tuyen.engines.immunization.impact_tally import Tally
from tuyen.engines.immunization.kernel import People

RESIDENTS, SAMPLE = 650_000, 300
SHIPPED, ON = "vn-tt52-2025", datetime.date(2026, 6, 30)
SHARED = Path(os.environ.get("TUYEN_SHARED", "/nowhere")) / "data"


def plan(pack: Pack) -> list[tuple[int, str]]:
    """Every vaccine of a pack's routine with the age in days at which it is wanted."""
    born = datetime.date(2020, 1, 1)
    wanted = set()
    for antigen in pack.antigens.values():
        day = 0
        for dose in antigen.series[0].doses:
            spans = [row.earliest or row.minimum for row in dose.ages]
            ages = [
                (pack.parameters.calendar.age(born, span) - born).days for span in spans if span
            ]
            day = max([day + 28, *ages])
            wanted.add((day, dose.preferable[0].vaccine))
    return sorted(wanted)


def province(pack: Pack, count: int, seed: int = 20260630) -> People:
    """People of all ages; those under 18 with most of the routine, some of it late, early or twice."""
    rng = np.random.default_rng(seed)
    flat = fast.compiled_pack(pack)
    assert flat is not None
    on = ON.toordinal()
    dob = on - rng.integers(0, 85 * 365, count)
    steps = plan(pack)
    nominal = np.array([day for day, _ in steps])
    code = np.array([flat.vaccines[vaccine] for _, vaccine in steps])
    given = dob[:, None] + nominal + rng.choice([0, 0, 1, 3, 10, 40, 120, -2], (count, len(steps)))
    kept = (given <= on) & (given >= dob[:, None]) & (rng.random(given.shape) < 0.93)
    kept &= (on - dob < 18 * 365)[:, None]
    order = np.argsort(np.where(kept, given, on + 1), axis=1, kind="stable")
    held = np.take_along_axis(kept, order, 1)
    ends = np.cumsum(kept.sum(axis=1))
    doses = np.concatenate([[0], ends]).astype(np.int64)
    date = np.take_along_axis(given, order, 1)[held]
    none, nobody = np.zeros(len(date), np.int64), np.zeros(count + 1, np.int64)
    empty = np.zeros(0, np.int64)
    return People(
        dob, rng.integers(0, 2, count), np.full(count, -1), np.full(count, on), doses, date,
        code[order][held], none, none, nobody, empty, empty,
    )  # fmt: skip


def as_asked(pack: Pack, people: People, first: int, last: int) -> Iterator[fast.Asked]:
    """Some of the people as the reference takes them."""
    codes, day = list(pack.vaccines), datetime.date.fromordinal
    for i in range(first, last):
        place = range(people.doses[i], people.doses[i + 1])
        doses = [DoseGiven(day(people.date[at]), codes[people.vaccine[at]]) for at in place]
        yield Person(day(people.dob[i]), "FM"[people.gender[i]]), doses, ON


def cpu(benchmark, call, people: int, rounds: int = 3) -> float:
    """The best CPU time of a call in people a second."""
    spent = []

    def once():
        before = time.thread_time()
        answer = call()
        spent.append(time.thread_time() - before)
        return answer

    benchmark.pedantic(once, rounds=rounds, warmup_rounds=1)
    return people / min(spent)


def timed_reference(pack: Pack, sample: list[fast.Asked]) -> float:
    before = time.thread_time()
    for one in sample:
        evaluate(pack, *one)
    return len(sample) / (time.thread_time() - before)


def test_children_of_the_shipped_schedule(benchmark):
    pack = find_pack(SHIPPED)
    flat = fast.compiled_pack(pack)
    everybody = province(pack, 20_000)
    young = np.flatnonzero(np.diff(everybody.doses) > 0)[:SAMPLE]
    sample = [one for i in young for one in as_asked(pack, everybody, i, i + 1)]
    people, _ = fast.columns_of(flat, sample * 10)

    rate = cpu(benchmark, lambda: fast.judge(flat, people), len(sample) * 10)

    slow = timed_reference(pack, sample)
    benchmark.extra_info.update(children_per_second=rate, reference=slow, ratio=rate / slow)
    assert len(fast.judge(flat, people).rows) > len(people.dob)


def test_a_province_on_two_cores(benchmark):
    pack = find_pack(SHIPPED)
    flat = fast.compiled_pack(pack)
    people = province(pack, RESIDENTS)
    fast.judge(flat, province(pack, 200))
    before = time.process_time()

    found = benchmark.pedantic(lambda: fast.judge(flat, people, threads=2), rounds=1)

    benchmark.extra_info.update(
        residents=RESIDENTS, doses=len(people.date), cpu_seconds=time.process_time() - before,
        forecasts=len(found.rows),
    )  # fmt: skip
    first = list(as_asked(pack, people, 0, SAMPLE))
    plain = [answer for one in first for answer in evaluate(pack, *one)]
    own = found.rows[found.column("person") < SAMPLE]
    assert [row[3] or None for row in own.tolist()] == [answer.dose_number for answer in plain]


@pytest.mark.parametrize(
    ("suite", "schedule"), [("cdsi-healthy-v4.45", "cdsi-4.64"), ("vn-draft", "vn-draft")]
)
def test_published_cases(benchmark, suite, schedule):
    file = SHARED / "immunization-cases" / f"{suite}.dev.json"
    if not file.is_file():
        pytest.skip("the published immunisation cases are not here: set TUYEN_SHARED")
    pack = find_pack(str(SHARED / "immunization-supporting" / schedule))
    flat = fast.compiled_pack(pack)
    questions = [question for case in read_cases(file) if (question := asked(pack, case)[0])]
    people, _ = fast.columns_of(flat, questions * 5)

    rate = cpu(benchmark, lambda: fast.judge(flat, people), len(questions) * 5)

    slow = timed_reference(pack, questions[:SAMPLE])
    benchmark.extra_info.update(cases_per_second=rate, reference=slow, ratio=rate / slow)
    assert list(fast.evaluate_many(pack, questions[:1])) != []


def as_histories(pack: Pack, people: People) -> Histories:
    """Everybody as the register hands them to the report."""
    none = np.zeros(len(people.date), np.int64)
    return Histories(
        people.dob, people.gender, np.arange(len(people.dob)) % 45, people.doses, people.date,
        people.vaccine, none, ("F", "M"), list(pack.vaccines), (("", ""),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new"), [(SHIPPED, "vn-tt10-2024"), ("vn-tt13-2026", "vn-tt13-2026-grace")]
)
def test_the_impact_of_a_schedule_on_a_province(benchmark, old, new):
    """The report before a schedule is put in force, over every resident: nobody is sampled."""
    packs = find_pack(old), find_pack(new)
    held = as_histories(packs[0], province(packs[0], RESIDENTS))
    fast.judge(fast.compiled_pack(packs[0]), province(packs[0], 200))
    before, everybody = time.process_time(), np.arange(RESIDENTS)
    tally = Tally()

    done = benchmark.pedantic(
        lambda: compare(tally, *packs, held, everybody, ON.toordinal(), threads=2), rounds=1
    )

    counts = tally.counts([str(n) for n in range(45)])
    benchmark.extra_info.update(
        residents=RESIDENTS, doses=len(held.date), people_changed=tally.changed,
        changes=sum(one.people for one in counts), cpu_seconds=time.process_time() - before,
        memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )  # fmt: skip
    assert done
    assert counts
