"""The narrative of a resource: limited XHTML, and nothing that runs.

Rules txt-1 and txt-2: https://hl7.org/fhir/R4/narrative.html. The text is foreign: no document type, no
entities of its own, no event handlers, no scripts.
"""

import re
from html.entities import html5
from xml.parsers import expat

XHTML = "http://www.w3.org/1999/xhtml"
ELEMENTS = frozenset({
    "a", "abbr", "acronym", "address", "area", "b", "bdo", "big", "blockquote", "br", "caption",
    "cite", "code", "col", "colgroup", "dd", "dfn", "div", "dl", "dt", "em", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "map", "ol", "p", "pre", "q", "samp",
    "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
    "tr", "tt", "ul", "var",
})  # fmt: skip
"""Chapters 7 to 11 and 15 of HTML 4.0 without what it calls deprecated; links and images."""
ATTRIBUTES = frozenset({
    "title", "style", "class", "id", "idref", "lang", "xml:lang", "dir", "accesskey",
    "tabindex", "span", "width", "align", "valign", "char", "charoff", "abbr", "axis",
    "headers", "scope", "rowspan", "colspan",
})  # fmt: skip
"""Of any element."""
OF_ELEMENTS = frozenset({
    "a.charset", "a.coords", "a.href", "a.hreflang", "a.name", "a.rel", "a.rev", "a.shape",
    "a.type", "area.alt", "area.coords", "area.href", "area.nohref", "area.shape",
    "blockquote.cite", "img.alt", "img.border", "img.height", "img.ismap", "img.longdesc",
    "img.src", "img.usemap", "img.width", "map.name", "ol.start", "ol.type", "pre.space",
    "q.cite", "table.border", "table.cellpadding", "table.cellspacing", "table.frame",
    "table.rules", "table.summary", "table.width", "td.nowrap",
})  # fmt: skip
"""Of one element each."""
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_RUNS = re.compile(r"\s*(?:javascript|vbscript|data:text/html)\s*:?", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z!/][^<>]*>")


def faults(div: str) -> list[str]:
    """What is wrong with a narrative, in a few English words each; empty where nothing is."""
    reading = _Reading()
    try:
        reading.parser.Parse(_resolved(div).encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        return [f"it is no well-formed XHTML ({error})"]
    except _Refused as refused:
        return [str(refused)]
    return reading.found


def is_blank(div: str) -> bool:
    """Whether a narrative shows nothing."""
    return "<img" not in div and not _resolved(_TAG.sub("", div)).strip()


def looks_like_html(text: str) -> bool:
    """Whether a plain text holds what a careless screen would run as a tag."""
    return "<" in text and _TAG.search(text) is not None


def _resolved(div: str) -> str:
    """Named characters of HTML as themselves; the five of XML stay."""

    def one(found: re.Match[str]) -> str:
        name = found[1]
        return found[0] if name in _XML else html5.get(f"{name};", found[0])

    return _ENTITY.sub(one, div)


def _allowed(element: str, attribute: str) -> bool:
    return (
        attribute in ATTRIBUTES
        or f"{element}.{attribute}" in OF_ELEMENTS
        or attribute.partition(":")[0] == "xmlns"
    )


class _Refused(ValueError):
    """Reading stops here: what follows is not looked at."""


class _Reading:
    def __init__(self) -> None:
        self.found: list[str] = []
        self.depth = 0
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.doctype

    def doctype(self, *_arguments: object) -> None:
        raise _Refused("it has a document type")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        plain = name.rpartition(":")[2]
        if self.depth == 0:
            if plain != "div":
                self.found.append(f"it begins with <{plain}>, not with <div>")
            spaces = [v for k, v in attributes.items() if k == "xmlns" or k.startswith("xmlns:")]
            if XHTML not in spaces:
                self.found.append(f"its <div> is not of the namespace {XHTML}")
        self.depth += 1
        if plain not in ELEMENTS:
            self.found.append(f"<{plain}> is not allowed")
        for attribute, value in attributes.items():
            if not _allowed(plain, attribute):
                self.found.append(f"the attribute {attribute} is not allowed")
            elif attribute in ("href", "src") and _RUNS.match(value):
                self.found.append(f"the address {value[:40]} is not allowed")

    def end(self, _name: str) -> None:
        self.depth -= 1
