"""Pages load nothing from a foreign host and carry no inline script or style."""

import re
from pathlib import Path

from tests.house.source import PACKAGE, plant

FOREIGN = re.compile(
    r"""(?:\b(?:src|srcset|action|poster|data|hx-\w+)\s*=\s*["']\s*(?:https?:)?//)"""
    r"""|<link\b[^>]*href\s*=\s*["']\s*(?:https?:)?//"""
    r"""|url\(\s*["']?(?:https?:)?//|@import\s+["'](?:https?:)?//""",
    re.IGNORECASE,
)
INLINE = re.compile(
    r"""<script\b(?![^>]*\b(?:src|type\s*=\s*["']application/json)\b)[^>]*>"""
    r"""|\bstyle\s*=\s*["']|<style\b|\son[a-z]+\s*=\s*["']|href\s*=\s*["']javascript:""",
    re.IGNORECASE,
)


def on_lines(package: Path, suffixes: set[str], wrong: re.Pattern[str], why: str) -> list[str]:
    findings = []
    for path in sorted((package / "web").rglob("*")):
        if path.suffix not in suffixes or "vendor" in path.parts:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if wrong.search(line):
                findings.append(f"{path.relative_to(package)}:{number}: {why}")
    return findings


def foreign_hosts(package: Path) -> list[str]:
    """Addresses of other hosts that a browser would fetch."""
    return on_lines(package, {".html", ".css", ".js", ".svg"}, FOREIGN, "fetches from another host")


def inline_code(package: Path) -> list[str]:
    """Scripts, handlers and styles inside a page: the content security policy blocks them."""
    return on_lines(package, {".html"}, INLINE, "inline script or style")


def test_no_page_fetches_from_another_host():
    assert foreign_hosts(PACKAGE) == []


def test_a_foreign_host_is_found(tmp_path):
    package = plant(
        tmp_path,
        {
            "web/templates/a.html": """\
                <a href="https://example.org">a link is not fetched</a>
                <img src="//example.org/a.png">
                """,
            "web/static/a.css": "body { background: url(https://example.org/a.png) }",
        },
    )

    assert foreign_hosts(package) == [
        "web/static/a.css:1: fetches from another host",
        "web/templates/a.html:2: fetches from another host",
    ]


def test_no_page_has_inline_code():
    assert inline_code(PACKAGE) == []


def test_inline_code_is_found(tmp_path):
    package = plant(
        tmp_path,
        {
            "web/templates/a.html": """\
                <script src="a.js" defer></script>
                <script type="application/json" id="rows"></script>
                <script>alert(1)</script>
                <p style="color: red">x</p>
                <button onclick="go()">x</button>
                """
        },
    )

    assert [finding.split(":")[1] for finding in inline_code(package)] == ["3", "4", "5"]
