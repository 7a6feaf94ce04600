"""The translations: what is marked is found, what is wrong is said, what is right is compiled."""

import gettext

import pytest

from ops import messages
from tests.house.source import plant

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def catalogue(*entries: tuple[str, str]) -> str:
    return HEADER + "\n".join(f'msgid "{text}"\nmsgstr "{told}"\n' for text, told in entries)


def texts(found):
    return [(line, *message) for line, message in found]


def test_marks_in_python_are_found():
    source = (
        'a = N_("One {thing} "\n       "in two pieces")\n'
        'b = ngettext("%(n)s case", "%(n)s cases", n)\n'
        'c = pgettext("month", "May")\n'
        "d = gettext(refusal.message)\n"
    )

    assert texts(messages.in_python(source)) == [
        (1, "One {thing} in two pieces", None, None),
        (3, "%(n)s case", "%(n)s cases", None),
        (4, "May", None, "month"),
    ]


def test_marks_in_templates_are_found():
    source = """{% load i18n %}
{% translate "Save" %} {% translate 'May' context "month" %}
{% blocktranslate with name=unit.name trimmed %}
  Reports of
  {{ name }}
{% endblocktranslate %}
{% blocktranslate count n=total %}{{ n }} case{% plural %}{{ n }} cases{% endblocktranslate %}
{% include "x.html" with title=_("Board") %}
{# {% translate "Not this" %} #}
"""

    assert texts(messages.in_template(source)) == [
        (2, "Save", None, None),
        (2, "May", None, "month"),
        (3, "Reports of %(name)s", None, None),
        (7, "%(n)s case", "%(n)s cases", None),
        (8, "Board", None, None),
    ]


@pytest.fixture
def tree(tmp_path):
    """A package that says two sentences; each test gives the words it needs."""
    return plant(
        tmp_path,
        {
            "apps/registry/services.py": 'N_("{unit} is closed."), N_("{what}")\n',
            "web/templates/registry/unit.html": '{% translate "Unit" %}\n',
        },
    )


def test_a_message_without_words_is_reported_with_its_file(tree, capsys):
    plant(tree, {"locale/vi/registry.po": catalogue(("Unit", "Đơn vị"))})

    code = messages.main(["--check"], tree)

    said = capsys.readouterr().err
    assert code == 1
    assert "services.py:1: '{unit} is closed.' has no words in vi" in said
    assert "locale/vi/registry.po" in said
    assert "'{what}'" not in said, "a message of values only needs no words"


@pytest.mark.parametrize(
    ("why", "entries", "finding"),
    [
        ("a value is lost", [("{unit} is closed.", "đã đóng.")], "its translation names none"),
        ("nobody says it", [("Gone", "Đã mất")], "no source says it"),
        ("it is written twice", [("Unit", "Đơn vị"), ("Unit", "Đơn vị")], None),
    ],
)
def test_wrong_words_are_reported(tree, why, entries, finding):
    plant(tree, {"locale/vi/registry.po": catalogue(*entries)})

    findings, _ = messages.review(tree, "vi")

    assert any(finding in said for said in findings) if finding else findings == [], why


def test_a_message_stands_in_one_room_only(tree):
    for room in ("registry", "shell"):
        plant(tree, {f"locale/vi/{room}.po": catalogue(("Unit", "Đơn vị"))})

    findings, _ = messages.review(tree, "vi")

    assert len(findings) == 1
    assert "'Unit' stands in registry.po already" in findings[0]


def test_compiled_words_are_what_gettext_reads(tree):
    plant(tree, {"locale/vi/registry.po": catalogue(("Unit", "Đơn vị"))})

    messages.main(["--compile"], tree)

    compiled = tree / "locale" / "vi" / "LC_MESSAGES" / "django.mo"
    with compiled.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Unit") == "Đơn vị"


def test_missing_entries_are_printed_ready_to_fill(tree, capsys):
    plant(tree, {"locale/vi/registry.po": catalogue(("Unit", "Đơn vị"))})

    messages.main(["--missing", "vi"], tree)

    assert capsys.readouterr().out == (
        '# --- locale/vi/registry.po\nmsgid "{unit} is closed."\nmsgstr ""\n\n'
    )
