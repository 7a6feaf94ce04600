"""Merge the rooms' translations into what Django reads, and say what is missing.

A translator works in ``src/tuyen/locale/<language>/<room>.po``, one small file per room. Django
reads one ``LC_MESSAGES/django.mo`` per language, which is made from them here and not committed.

    messages.py --compile       make each django.mo that is older than its sources
    messages.py --check         compile, then report every message missing, unused, double or broken
    messages.py --missing vi    print the entries that Vietnamese still lacks, ready to fill in
"""

import argparse
import ast
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

    Told = str | list[str] | tuple[str, ...] | None

SOURCE = Path(__file__).resolve().parent.parent / "src" / "tuyen"
LANGUAGES = ("vi", "zh_Hans")
ROOMS = {
    "access", "border", "claims", "clinical", "environment", "exchange", "governance",
    "immunization", "indicators", "journal", "kernel", "network", "registry", "supply",
    "surveillance", "workforce",
}  # fmt: skip


class Message(NamedTuple):
    """A text marked for translation; ``plural`` and ``context`` are None for most."""

    text: str
    plural: str | None = None
    context: str | None = None

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.text


class Place(NamedTuple):
    file: Path
    line: int

    def __str__(self) -> str:
        return f"{os.path.relpath(self.file)}:{self.line}"

    def room(self, source: Path) -> str:
        """The room whose PO file should hold a message found here; ``shell`` when none."""
        parts = self.file.relative_to(source).with_suffix("").parts
        return next((part for part in parts if part in ROOMS), "shell")


# --- What the source says ---------------------------------------------------------------------

# name of the function -> positions of context, text and plural among its arguments
MARKS: dict[str, tuple[int | None, int, int | None]] = {
    "N_": (None, 0, None),
    "_": (None, 0, None),
    "say": (None, 0, None),  # of the command line
    "complain": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}


def in_python(text: str) -> Iterator[tuple[int, Message]]:
    """Every marked constant of a Python module, with its line."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else None
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if name not in MARKS:
            continue
        said = [constant(node.args, position) for position in MARKS[name]]
        context, singular, plural = said
        if singular:  # a variable is translated here and marked elsewhere
            yield node.lineno, Message(singular, plural, context)


def constant(args: list[ast.expr], position: int | None) -> str | None:
    if position is None or position >= len(args):
        return None
    node = args[position]
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def in_template(text: str) -> Iterator[tuple[int, Message]]:
    """Every message of a Django template: translate, blocktranslate and ``_("...")``."""
    from django.template.base import Lexer, TokenType
    from django.utils.translation import template as patterns

    block: list[str] | None = None  # texts of the open blocktranslate: singular, then plural
    context, trimmed, begun = None, False, 0
    for token in Lexer(text).tokenize():
        line, said = token.lineno or 0, token.contents
        if token.token_type == TokenType.COMMENT:
            continue
        if token.token_type == TokenType.TEXT:
            if block is not None:
                block[-1] += said.replace("%", "%%")
            continue
        if token.token_type == TokenType.VAR:
            if block is not None:
                block[-1] += f"%({said.split('|')[0].strip()})s"
            for quoted in patterns.constant_re.findall(said):
                yield line, Message(unquote(quoted))
            continue
        if block is not None and patterns.endblock_re.match(said):
            texts = [trim(part) if trimmed else part for part in block]
            yield begun, Message(texts[0], texts[1] if len(texts) > 1 else None, context)
            block = None
        elif block is not None and patterns.plural_re.match(said):
            block.append("")
        elif opening := patterns.block_re.match(said):
            context = context_of(opening[1])
            block, trimmed, begun = [""], " trimmed" in said, line
        elif inline := patterns.inline_re.match(said):
            text_id = unquote(inline[1]).replace("%", "%%")
            yield line, Message(text_id, None, context_of(inline[2]))
        for quoted in patterns.constant_re.findall(said):
            yield line, Message(unquote(quoted))


def context_of(rest: str | None) -> str | None:
    """The ``context "..."`` at the end of a tag."""
    from django.utils.translation.template import context_re

    found = context_re.match(rest) if rest else None
    return unquote(found[1]) if found else None


def unquote(quoted: str) -> str:
    """The text inside the quotes of a template constant (or of ``_("...")``)."""
    inner = quoted.removeprefix("_(").removesuffix(")").strip()
    mark, inner = inner[0], inner[1:-1]
    return inner.replace("\\" + mark, mark).replace("\\\\", "\\")


def trim(text: str) -> str:
    return " ".join(line.strip() for line in text.splitlines() if line.strip())


def marked(source: Path) -> dict[Message, list[Place]]:
    """Every message under ``source`` and where it stands. Those without a letter need no words."""
    found: dict[Message, list[Place]] = defaultdict(list)
    readers = {".py": in_python, ".html": in_template, ".txt": in_template}
    for file in sorted(source.rglob("*")):
        if file.suffix not in readers or "locale" in file.parts or "migrations" in file.parts:
            continue
        if file.suffix != ".py" and "templates" not in file.parts:
            continue
        for line, message in readers[file.suffix](file.read_text(encoding="utf-8")):
            if has_words(message.text):
                found[message].append(Place(file, line))
    return found


# --- What the translators say ------------------------------------------------------------------

FIELDS = re.compile(r"%\((\w+)\)[sd]|\{(\w+)[^{}]*\}|%[sd]")


def has_words(text: str) -> bool:
    """Whether anything but ``{values}`` and signs is said."""
    return re.search(r"[^\W\d_]", FIELDS.sub("", text)) is not None


def fields(text: str) -> set[str]:
    return {match[0] for match in FIELDS.finditer(text)}


def newest(files: list[Path]) -> float:
    return max((file.stat().st_mtime for file in files), default=0.0)


def compile_language(source: Path, language: str) -> None:
    """Make one ``django.mo`` when it is older than a PO file; --check says what is wrong there."""
    folder = source / "locale" / language
    files = sorted(folder.glob("*.po"))
    target = folder / "LC_MESSAGES" / "django.mo"
    if target.exists() and target.stat().st_mtime >= newest([*files, folder, Path(__file__)]):
        return
    from babel.messages.mofile import write_mo

    merged, _ = merge(files, language)
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_suffix(f".{os.getpid()}")
    with scratch.open("wb") as out:
        write_mo(out, merged)
    scratch.replace(target)  # a reader sees the old file or the new one, never half of one
    os.utime(target)


def merge(files: list[Path], language: str) -> tuple["Catalog", list[str]]:
    """One catalogue from the rooms' files; a message stands in one of them only."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import PoFileError, read_po

    merged = Catalog(locale=language, charset="utf-8")
    owner: dict[tuple[str | None, str], Path] = {}
    findings = []
    for file in files:
        try:
            with file.open("rb") as text:
                room = read_po(text, locale=language, abort_invalid=True)
        except (PoFileError, ValueError) as error:
            findings.append(f"{os.path.relpath(file)}: {error}")
            continue
        for message in room:
            if not message.id:
                continue
            key = (message.context, singular(message.id))
            if key in owner:
                findings.append(
                    f"{os.path.relpath(file)}:{message.lineno}: {key[1]!r} stands in {owner[key].name} already;"
                    " keep it in one of the two"
                )
                continue
            owner[key] = file
            if message.string and not message.fuzzy:
                merged[message.id] = message
    return merged, findings


def listed(told: "Told") -> list[str]:
    """What Babel holds for a message, which is a text or one per plural form, as a list."""
    return [told] if isinstance(told, str) else list(told or ())


def singular(told: "Told") -> str:
    return listed(told)[0]


def review(source: Path, language: str) -> tuple[list[str], dict[Message, list[Place]]]:
    """Everything wrong with one language, and the messages it has no words for."""
    files = sorted((source / "locale" / language).glob("*.po"))
    merged, findings = merge(files, language)
    known = {
        (entry.context, singular(entry.id)): listed(entry.string) for entry in merged if entry.id
    }
    wanted = marked(source)
    lacking = {}
    for message, places in wanted.items():
        parts = known.get(message.key, [])
        if not parts or not all(parts):
            lacking[message] = places
            continue
        allowed = fields(message.text) | fields(message.plural or "")
        for part in parts:
            if not fields(part) <= allowed or (
                not message.plural and fields(part) != fields(message.text)
            ):
                findings.append(
                    f"locale/{language}: {message.text!r} names {sorted(allowed) or 'no value'},"
                    f" but its translation names {sorted(fields(part)) or 'none'}"
                )
    used = {message.key for message in wanted}
    findings += [
        f"locale/{language}: {text!r} is translated but no source says it; remove the entry"
        for context, text in known
        if (context, text) not in used and has_words(text)
    ]
    return findings, lacking


def as_po(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def print_missing(source: Path, language: str) -> None:
    """Print PO entries for what is missing, room by room."""
    _, lacking = review(source, language)
    rooms: dict[str, list[Message]] = defaultdict(list)
    for message, places in lacking.items():
        rooms[places[0].room(source)].append(message)
    for room, messages in sorted(rooms.items()):
        print(f"# --- locale/{language}/{room}.po")
        for message in messages:
            if message.context:
                print(f"msgctxt {as_po(message.context)}")
            print(f"msgid {as_po(message.text)}")
            if message.plural:
                print(f'msgid_plural {as_po(message.plural)}\nmsgstr[0] ""\n')
            else:
                print('msgstr ""\n')


def main(arguments: list[str], source: Path = SOURCE) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--compile", action="store_true", help="only make what is out of date")
    parser.add_argument("--check", action="store_true", help="report what is wrong or missing")
    parser.add_argument("--missing", metavar="LANGUAGE", choices=LANGUAGES)
    wanted = parser.parse_args(arguments)
    if wanted.missing:
        print_missing(source, wanted.missing)
        return 0
    for language in LANGUAGES:
        if (source / "locale" / language).is_dir():
            compile_language(source, language)
    findings = []
    if wanted.check:
        for language in LANGUAGES:
            wrong, lacking = review(source, language)
            findings += wrong
            findings += [
                f"{places[0]}: {message.text!r} has no words in {language};"
                f" add it to locale/{language}/{places[0].room(source)}.po"
                for message, places in lacking.items()
            ]
    for finding in findings:
        print(finding, file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
