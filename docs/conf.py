"""The documentation site: Markdown in, HTML out; ``./run docs`` builds it without the network."""

from pathlib import Path

import yaml

project = "Tuyến"
copyright = "the Tuyến contributors"
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Tuyến"
html_theme_options = {"source_repository": "", "navigation_with_keys": True}
exclude_patterns = ["_build"]
nitpicky = True
suppress_warnings = ["misc.highlighting_failure"]  # a signature with an ellipsis is for people

ROOT = Path(__file__).resolve().parent.parent


def print_the_spec(app) -> None:
    """Write a page with every case of tests/spec: what the tests hold, the manual says."""
    lines = [
        "# Worked cases",
        "",
        "Each case below is run by the tests on every change. They are written so that a jurist or",
        "an epidemiologist can check them without reading code.",
        "",
    ]
    for path in sorted((ROOT / "tests" / "spec").rglob("*.yaml")):
        name = path.relative_to(ROOT / "tests" / "spec")
        cases = yaml.safe_load(path.read_text(encoding="utf-8"))
        number = f"{len(cases)} cases" if isinstance(cases, list) else "cases"
        lines += [f"## {name.parent}: {name.stem.replace('_', ' ')}", "", f"{number}, from", ""]
        lines[-2] = f"{number}, from `tests/spec/{name}`."
        lines += [
            f":::{{literalinclude}} ../../{path.relative_to(ROOT)}",
            ":language: yaml",
            ":::",
            "",
        ]
    page = Path(app.srcdir, "generated", "cases.md")
    page.parent.mkdir(exist_ok=True)
    text = "\n".join(lines)
    if not page.exists() or page.read_text(encoding="utf-8") != text:
        page.write_text(text, encoding="utf-8")


def setup(app) -> None:
    app.connect("builder-inited", print_the_spec)
