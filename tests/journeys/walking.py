"""Walking an installation as a person would: from the menu into the first link of each kind."""

import re

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
LEFT_OUT = re.compile(r"^/(static|api|language|sign-out)/|/export/|/errors|\.csv(\?|$)")
MOST = 250


def shape(path: str) -> str:
    """The address with its ids taken out: one screen, however many records."""
    return ID.sub("<id>", path.split("?")[0].split("#")[0])


def walk(visitor, look) -> list[str]:
    """One address for each screen that links lead to, breadth first; ``look`` judges each."""
    found, waiting, seen = [], ["/"], {"/"}
    while waiting and len(found) < MOST:
        path = waiting.pop(0)
        page = visitor.open(path)
        found.append(path)
        assert page.locator("main h1").count() == 1, path
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
        for link in links:
            inside = link.startswith("/") and not LEFT_OUT.search(link)
            if inside and shape(link) not in seen:
                seen.add(shape(link))
                waiting.append(link)
        look(page, path)
    assert not waiting, f"{len(waiting)} screens were never looked at: {waiting[:5]}"
    return found
