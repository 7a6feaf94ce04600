"""Documents that nobody runs go wrong: links, numbers and words are checked here."""

import re
from pathlib import Path

from tests.house.source import ROOT, plant

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
GENERATED = "generated/"


def pages(root: Path) -> list[Path]:
    found = [*root.glob("*.md"), *root.glob("docs/**/*.md")]
    return sorted(page for page in found if not {"_build", "generated"} & set(page.parts))


def dead_links(root: Path) -> list[str]:
    """Relative links to files that are not there."""
    findings = []
    for page in pages(root):
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            path = target.split("#")[0]
            if not path or "://" in path or path.startswith("mailto:") or GENERATED in path:
                continue
            if not (page.parent / path).exists():
                findings.append(f"{page.relative_to(root)}: {target} leads nowhere")
    return findings


def misnumbered(root: Path) -> list[str]:
    """Decisions that share a number, or whose title gives another than the file's name."""
    findings = []
    taken: dict[int, str] = {}
    for page in sorted(root.glob("docs/adr/[0-9]*.md")):
        number = int(page.name.split("-")[0])
        if number in taken:
            findings.append(f"{page.name} and {taken[number]} have the same number")
        taken[number] = page.name
        if not page.read_text(encoding="utf-8").startswith(f"# {number}. "):
            findings.append(f"{page.name}: the title does not begin with {number}.")
    return findings


def bad_terms(root: Path) -> list[str]:
    """Rows of the glossary that lack a language, or an English term explained twice."""
    findings = []
    seen: set[str] = set()
    for line in (root / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines():
        if not line.startswith("| ") or line.startswith(("| ---", "| English")):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 4 or not all(cells[:3]):
            findings.append(f"{cells[0]}: three languages and a meaning are needed")
        if cells[0] in seen:
            findings.append(f"{cells[0]} stands twice")
        seen.add(cells[0])
    return findings


def test_links_lead_somewhere():
    assert dead_links(ROOT) == []


def test_a_dead_link_is_found(tmp_path):
    root = plant(tmp_path, {"README.md": "[a](docs/b.md) [c](https://d.example) [e](README.md#f)"})

    assert dead_links(root) == ["README.md: docs/b.md leads nowhere"]


def test_decisions_are_numbered_once():
    assert misnumbered(ROOT) == []


def test_two_decisions_of_one_number_are_found(tmp_path):
    files = {"docs/adr/0001-a.md": "# 1. A\n", "docs/adr/0001-b.md": "# 2. B\n"}

    assert misnumbered(plant(tmp_path, files)) == [
        "0001-b.md and 0001-a.md have the same number",
        "0001-b.md: the title does not begin with 1.",
    ]


def test_terms_have_three_languages():
    assert bad_terms(ROOT) == []


def test_a_term_without_a_language_is_found(tmp_path):
    rows = "| English | Tiếng Việt | 中文 | Meaning here |\n| --- | --- | --- | --- |\n"
    root = plant(tmp_path, {"docs/glossary.md": rows + "| lot | lô | 批号 | |\n| lot | | 批 | |\n"})

    assert bad_terms(root) == ["lot: three languages and a meaning are needed", "lot stands twice"]


def test_the_table_of_security_names_the_tests_that_are_there():
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, str(ROOT / "ops/security_table.py"), "--check"],
        capture_output=True, text=True,
    )  # fmt: skip

    assert done.stdout == ""
