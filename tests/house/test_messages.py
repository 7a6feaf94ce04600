"""Every word a person reads is translated, and no template says one that cannot be."""

import importlib.util
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, ROOT, plant

NAMES = {"Tuyến", "Ctrl", "EARS", "ICD"}
ATTRIBUTES = {"title", "aria-label", "placeholder", "alt"}
BLOCK = re.compile(
    r"{%-?\s*(blocktranslate|blocktrans|comment)\b.*?%}.*?{%-?\s*end\1\s*-?%}", re.DOTALL
)
TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
WORD = re.compile(r"[^\W\d_]{2,}")


def messages():
    """The tool that compiles the translations; it stands outside the package."""
    spec = importlib.util.spec_from_file_location("ops_messages", ROOT / "ops" / "messages.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


@pytest.mark.parametrize("language", ["vi", "zh_Hans"])
def test_every_message_has_its_words(language):
    findings, lacking = messages().review(PACKAGE, language)

    assert findings == []
    assert [f"{places[0]}: {message.text}" for message, places in lacking.items()] == []


class _Bare(HTMLParser):
    """Collects the words that stand in a page as they are."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.silent = []  # open elements whose words are not for people, or must not change

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        hushed = tag in ("script", "style") or given.get("translate") == "no"
        if self.silent or hushed:
            if tag not in ("input", "br", "img", "meta", "link", "hr"):
                self.silent.append(tag)
            return
        for name in ATTRIBUTES & given.keys():
            self.hear(given[name] or "")

    def handle_endtag(self, tag):
        if self.silent:
            self.silent.pop()

    def handle_data(self, data):
        if not self.silent:
            self.hear(data)

    def hear(self, text):
        words = [word for word in WORD.findall(text) if word not in NAMES]
        if words:
            self.found.append((self.getpos()[0], " ".join(words)))


def bare_words(package: Path) -> list[str]:
    """Words in templates outside {% translate %}: nobody can read them in another language."""
    findings = []
    for path in sorted((package / "web" / "templates").rglob("*.html")):
        source = path.read_text(encoding="utf-8")
        for pattern in (BLOCK, TAG):
            source = pattern.sub(lambda found: "\n" * found[0].count("\n"), source)
        reader = _Bare()
        reader.feed(source)
        findings += [
            f"{path.relative_to(package)}:{line}: {words!r} is not marked for translation"
            for line, words in reader.found
        ]
    return findings


def test_no_template_says_a_word_that_cannot_be_translated():
    assert bare_words(PACKAGE) == []


def test_a_bare_word_is_found(tmp_path):
    package = plant(
        tmp_path,
        {
            "web/templates/a.html": """\
                <p>{% translate "Marked" %} {{ value }}</p>
                <p>Bare words</p>
                <input placeholder="Also bare">
                <b translate="no">Tuyến kept</b>
                {% blocktranslate %}Marked {{ too }}{% endblocktranslate %}
                """
        },
    )

    assert bare_words(package) == [
        "web/templates/a.html:2: 'Bare words' is not marked for translation",
        "web/templates/a.html:3: 'Also bare' is not marked for translation",
    ]
