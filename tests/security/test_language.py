"""What people write into the program is words of closed lists: no SQL, no code, no formula.

Three small languages are read from people: indicators of a rule file, labels of periods, and the
filters of a list. Each parses to values of a closed grammar or is refused; none is ever run.
"""

import ast
import string
from pathlib import Path
from uuid import UUID

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.house.source import PACKAGE, plant
from tuyen.kernel.period import BadPeriod, Period
from tuyen.rules import indicators as rules
from tuyen.web.surveillance import filters, words

RUNNING = {"eval", "exec", "compile", "__import__", "execfile"}
MAKING = {"from_string", "create_function", "create_aggregate", "run_string", "Template"}
FUZZ = settings(max_examples=300, deadline=None)


def running(package: Path) -> list[str]:
    """Where the program runs, or compiles, what is text: as Python, SQL functions or templates."""
    found = []
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            made = node.func.attr if isinstance(node.func, ast.Attribute) else name
            if name in RUNNING or made in MAKING:
                found.append(f"{path.relative_to(package)}:{node.lineno}: {ast.unparse(node)[:60]}")
    return found


@pytest.mark.check("IN-03")
def test_no_text_is_run():
    assert running(PACKAGE) == []


@pytest.mark.check("IN-03", mutant=True)
def test_mutant_a_formula_that_is_run_is_found(tmp_path):
    package = plant(
        tmp_path,
        {
            "apps/indicators/formula.py": "def value(text): return eval(text)",
            "apps/indicators/sql.py": "def f(c, text): c.create_function('f', 1, compile(text, '', 'eval'))",
            "web/page.py": "def page(engine, text): return engine.from_string(text)",
        },
    )

    assert len(running(package)) == 4


HOSTILE = [
    {"measure": "eval('1')"}, {"measure": "SELECT 1"}, {"measure": None}, {"per": "10000; DROP"},
    {"per": "__import__('os')"}, {"per": 10**9}, {"per": 0}, {"per": True}, {"per": 1.5},
    {"signed": "lambda: 1"}, {"whole": 1}, {"formula": "a / b"}, {"sql": "SELECT 1"},
    {"numerator": "count(*)"}, {"unit": "percent", "expression": "1+1"},
]  # fmt: skip


@pytest.mark.check("IN-03")
@pytest.mark.parametrize("more", HOSTILE, ids=str)
def test_an_indicator_that_says_more_than_the_grammar_is_refused_by_name(more):
    raw = {"name": {"en": "x"}, "measure": "rate", "unit": "percent",
           "definition": {"values": []}}  # fmt: skip
    assert rules._indicator("x", raw).measure == "rate"

    with pytest.raises(ValueError, match="x has"):
        rules._indicator("x", {**raw, **more})


@pytest.mark.check("IN-03", mutant=True)
def test_mutant_an_indicator_that_takes_any_word_is_found(monkeypatch):
    monkeypatch.setattr(rules, "_check", lambda code, raw: None)

    with pytest.raises(pytest.fail.Exception):
        test_an_indicator_that_says_more_than_the_grammar_is_refused_by_name({"formula": "a / b"})


@pytest.mark.check("IN-03")
def test_every_indicator_of_the_rules_is_of_the_grammar():
    found = rules.indicators()

    assert len(found) >= 10
    assert {each.measure for each in found.values()} <= {"count", "percent", "rate"}
    assert all(each.per is None or type(each.per) is int for each in found.values())


LETTERS = st.text(st.sampled_from(string.printable + "ắ١٢Ⅳ\u0000\u202e—"), max_size=60)
LABELS = st.from_regex(r"[0-9]{1,5}(-[A-Z]?[0-9]{1,3}){0,3}(\+[A-Z]{0,2})?", fullmatch=True)


@pytest.mark.check("IN-03")
@FUZZ
@given(LETTERS | LABELS)
def test_a_label_is_a_period_or_is_refused(text):
    try:
        period = Period.parse(text)
    except BadPeriod:
        return
    assert period.start <= period.end
    assert (period.end - period.start).days <= 366
    assert Period.parse(period.label) == period


class NoPlaces:
    """A map on which nothing is found."""

    def __getattr__(self, name):
        return lambda *args, **rest: None


VALUES = LETTERS | st.sampled_from(
    ["measles", "suspected", "' OR 1=1 --", "name__startswith", "-id;--", "{{7*7}}", "0", "yes"]
)


@pytest.mark.check("IN-03")
@FUZZ
@given(st.lists(st.tuples(st.sampled_from(sorted(filters.KNOWN)) | LETTERS, VALUES), max_size=12))
def test_filters_are_words_of_closed_lists(pairs):
    from datetime import date

    query = QueryDict(mutable=True)
    for name, value in pairs:
        query.appendlist(name, value)
    asked = filters.read(query, date(2026, 10, 25), NoPlaces())
    found = asked.filters

    assert asked.order in filters.ORDERS
    assert set(found.classifications) <= set(words.CLASSIFICATION)
    assert set(found.groups) <= set(words.GROUP)
    assert set(found.sexes) <= set(words.SEX)
    assert found.status in ("active", "void", "all")
    assert all(isinstance(id, UUID) for id in found.ids)
    assert len(found.ids) <= filters.MOST_IDS
    assert all(band in range(100) for band in found.age_bands)
    assert not set(QueryDict(filters.kept(query.urlencode()))) - filters.KNOWN
    assert len(filters.kept(query.urlencode())) <= 1000
