"""A form of a page as a browser sends it when nothing is changed."""

from html.parser import HTMLParser


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.select = self.chosen = ""
        self.first = False
        self.area = self.written = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "input" and said.get("name") and said.get("type") not in ("checkbox", "radio"):
            self._take(said["name"], said.get("value", ""))
        elif tag == "select":
            self.select, self.chosen, self.first = said["name"], "", True
        elif tag == "option" and self.select and (self.first or "selected" in said):
            self.chosen, self.first = said.get("value", ""), False
        elif tag == "textarea":
            self.area, self.written = said["name"], ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.written += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.select:
            self._take(self.select, self.chosen)
            self.select = ""
        if tag == "textarea" and self.area:
            self._take(self.area, self.written)
            self.area = ""

    def _take(self, name: str, value: str) -> None:
        self.found.setdefault(name, []).append(value)


def fields(page: str, button: str = "data-visit") -> dict[str, list[str]]:
    """The fields of the form of a page in which ``button`` stands."""
    for part in page.split("<form")[1:]:
        if button in part:
            form = _Form()
            form.feed("<form" + part.split("</form>")[0])
            form.found.pop("csrfmiddlewaretoken", None)
            return form.found
    raise AssertionError(f"no form with {button}")
