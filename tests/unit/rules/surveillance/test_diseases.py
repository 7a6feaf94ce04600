"""The disease lists: complete, dated, findable in three languages."""

import datetime
import re
from collections import Counter

import pytest

from tuyen.rules import surveillance
from tuyen.rules.surveillance.icd10 import fit

NEW, OLD = datetime.date(2026, 7, 1), datetime.date(2026, 6, 30)
AFTERNOON = datetime.datetime(2026, 10, 7, 15, 30)  # a Wednesday


@pytest.mark.parametrize(
    ("on", "windows"),
    [
        (NEW, {"24h": 18, "48h": 17, "weekly": 46}),
        (OLD, {"24h": 20, "48h": 14, "monthly": 8}),
        (datetime.date(2016, 2, 14), {}),
    ],
)
def test_the_lists_are_whole(on, windows):
    listed = surveillance.diseases(on)

    assert Counter(surveillance.window(d.id, on) for d in listed) == windows


def test_the_groups_of_2026_are_15_47_and_19():
    groups = Counter(surveillance.group(d.id, NEW) for d in surveillance.diseases(NEW))

    assert groups == {"A": 15, "B": 47, "C": 19}


def test_every_disease_has_three_names_and_a_plain_id():
    for disease in surveillance.all_diseases():
        assert [bool(name) for name in disease.names.values()] == [True] * 3, disease
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", disease.id), disease


def test_names_tell_diseases_apart():
    for language in ("vi", "en", "zh"):
        names = Counter(d.name(language) for d in surveillance.all_diseases())
        assert names.most_common(1)[0][1] == 1, names.most_common(1)


def test_nothing_inferred_claims_to_be_verified():
    for disease in surveillance.diseases(NEW):
        entry = surveillance.grouping(disease.id, NEW)
        assert not entry.verified or entry.confidence == "H", disease.id


@pytest.mark.parametrize(
    ("disease", "on", "group"),
    [
        ("covid-19", "2023-10-19", "A"),
        ("covid-19", "2023-10-20", "B"),
        ("mpox", "2022-08-01", "B"),
        ("nipah", "2025-11-24", None),
        ("nipah", "2025-11-25", "A"),
        ("rsv", "2025-11-25", "B"),
        ("smallpox", "2020-01-01", "A"),
        ("smallpox", "2026-07-01", None),
        ("measles", "2008-06-30", None),
    ],
)
def test_groups_change_on_their_day(disease, on, group):
    assert surveillance.group(disease, datetime.date.fromisoformat(on)) == group


@pytest.mark.parametrize(
    ("code", "on", "ids"),
    [
        ("A97.1", NEW, ["dengue"]),
        ("a971", NEW, ["dengue"]),
        ("A91", OLD, ["dengue"]),
        ("A91", NEW, []),
        ("J09", NEW, [f"influenza-a-h{n}" for n in ("5n1", "5n6", "7n9", "9n2")]),
        ("B20.2", NEW, ["cytomegalovirus", "hiv-aids"]),
        ("A83.0", NEW, ["japanese-encephalitis", "viral-encephalitis-other"]),
        ("B66.4", NEW, ["lung-fluke", "liver-fluke"]),
        ("B52.9", NEW, ["malaria"]),
        ("A40", NEW, ["streptococcus-suis", "pneumococcal"]),
        ("A33", OLD, ["tetanus-neonatal"]),
        ("A33", NEW, ["tetanus"]),
        ("Z99", NEW, []),
    ],
)
def test_candidates_of_a_code(code, on, ids):
    assert [found.disease.id for found in surveillance.by_icd10(code, on)] == ids


@pytest.mark.parametrize("code", ["", "dengue", "A9", "B5", "97A", "A97.12345", "A97;DROP"])
def test_what_is_not_a_code_is_refused(code):
    with pytest.raises(ValueError, match="not shaped like an ICD-10 code"):
        surveillance.by_icd10(code, NEW)


@pytest.mark.parametrize(
    ("code", "entry", "how"),
    [
        ("A97", "A97", "within"),
        ("A97.12", "A97.1", "within"),
        ("A40.8†", "A40.8", "within"),
        ("A40.8", "A40", "within"),
        ("A40", "A40.8", "wider"),
        ("B54", "B50-B54", "within"),
        ("B55", "B50-B54", None),
    ],
)
def test_fit(code, entry, how):
    assert fit(code, entry) == how


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("sot xuat huyet", "dengue"),
        ("Sốt  XUẤT huyết", "dengue"),
        ("SXH", "dengue"),
        ("登革", "dengue"),
        ("dengu", "dengue"),
        ("thuy dau", "varicella"),
        ("thuỷ đậu", "varicella"),
        ("chickenpox", "varicella"),
        ("tay chân miệng", "hand-foot-mouth"),
        ("mouth foot hand", "hand-foot-mouth"),
        ("malarai", "malaria"),
        ("cúm", "influenza"),
        ("viem gan b", "hepatitis-b"),
        ("lao", "tuberculosis"),
    ],
)
def test_find(typed, first):
    assert surveillance.find(typed, NEW)[0].id == first


@pytest.mark.parametrize("typed", ["", "   ", "!!", "qqqqqqqq"])
def test_nothing_is_found_for_nothing(typed):
    assert surveillance.find(typed, NEW) == []


def test_only_the_list_of_the_day_is_offered():
    found = {on: [d.id for d in surveillance.find("uon van", on)] for on in (OLD, NEW)}

    assert found == {OLD: ["tetanus-neonatal", "tetanus-other"], NEW: ["tetanus"]}


def test_the_history_of_tetanus_has_two_parents():
    parents = surveillance.predecessors("tetanus")

    assert [d.id for d in parents] == ["tetanus-neonatal", "tetanus-other"]


def test_an_unknown_id_names_the_nearest():
    with pytest.raises(surveillance.UnknownDisease, match="dengue"):
        surveillance.disease("denge")


@pytest.mark.parametrize(
    ("why", "disease", "diagnosed", "due"),
    [
        ("24 hours", "measles", "2026-10-07T15:30", "2026-10-08T15:30"),
        ("48 hours", "dengue", "2026-10-07T15:30", "2026-10-09T15:30"),
        ("a week on its first moment", "influenza", "2026-10-05T00:00", "2026-10-14T00:00"),
        ("the same week on its last", "influenza", "2026-10-11T23:59", "2026-10-14T00:00"),
        ("the next week", "influenza", "2026-10-12T00:00", "2026-10-21T00:00"),
        ("a month at the end of a year", "influenza", "2025-12-31T23:59", "2026-01-06T00:00"),
    ],
)
def test_deadline(why, disease, diagnosed, due):
    at = datetime.datetime.fromisoformat

    assert surveillance.reporting_deadline(disease, at(diagnosed)) == at(due), why


def test_the_day_is_that_of_vietnam():
    before_midnight_in_london = datetime.datetime(2026, 6, 30, 18, tzinfo=datetime.UTC)

    due = surveillance.reporting_deadline("dengue", before_midnight_in_london)

    assert due == before_midnight_in_london + datetime.timedelta(hours=48)
    assert due.utcoffset() == datetime.timedelta(hours=7)


def test_a_disease_off_the_list_has_no_deadline():
    with pytest.raises(surveillance.NotNotifiable, match="diarrhoea"):
        surveillance.reporting_deadline("diarrhoea", AFTERNOON)
