"""Walking an installation as a person would: from the menu into the first link of each kind."""

import html
import re
import zlib

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
LEFT_OUT = re.compile(
    r"^/(static|api|language|sign-out)/|/export/|/errors|\.csv(\?|$)|[?&]form=csv"
)
_WITHOUT_SCRIPT = re.compile(r"<(a|p) class=\"no-js\".*?</\1>", re.DOTALL)
_LINK = re.compile(r"<a\b[^>]*?\bhref=\"([^\"]*)\"")
MOST = 250


def shape(path: str) -> str:
    """The address with its ids taken out: one screen, however many records."""
    return ID.sub("<id>", path.split("?")[0].split("#")[0])


def walk(visitor, look, known=(), share=(0, 1)) -> list[str]:
    """One address for each screen that links lead to, breadth first; ``look`` judges each.

    Screens whose shape is ``known`` are not judged again, only followed to where they lead; without
    ``look`` all are. A ``share`` (k, n) of the screens is judged by their shapes: n walks, of k from
    0 to n - 1, judge all.
    """
    found, waiting, seen, looked = [], ["/"], {"/"}, 0
    while waiting and len(found) < MOST:
        path = waiting.pop(0)
        found.append(path)
        ours = zlib.crc32(shape(path).encode()) % share[1] == share[0]
        judged = look is not None and ours and shape(path) not in known
        for link in _shown(visitor, path) if judged else _read(visitor, path):
            inside = link.startswith("/") and not LEFT_OUT.search(link)
            if inside and shape(link) not in seen:
                seen.add(shape(link))
                waiting.append(link)
        if judged:
            look(visitor.page, path)
            looked += 1
    assert not waiting, f"{len(waiting)} screens were never looked at: {waiting[:5]}"
    assert looked or look is None, "every screen was known"
    return found


def _shown(visitor, path: str) -> list[str]:
    """The links of a screen that is opened, which has one heading."""
    page = visitor.open(path)
    assert page.locator("main h1").count() == 1, path
    return page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")


def _read(visitor, path: str) -> list[str]:
    """The links of a screen that is fetched and not drawn, but those that a script takes away."""
    answer = visitor.page.request.get(visitor.province.url + path, timeout=60_000)
    assert answer.ok, (path, answer.status)
    return [html.unescape(link) for link in _LINK.findall(_WITHOUT_SCRIPT.sub("", answer.text()))]
