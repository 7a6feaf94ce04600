"""Chains of transmission: each case on a row of its own at its day, hanging on whom it had it from."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.web.charts import parts, scale, svg
from tuyen.web.templatetags.figures import number

WIDTH, ROW, TOP = 920, 20, 24
_LABEL = 190  # room for the words right of the last day
_LONGEST = 26  # letters of a label


class Node(NamedTuple):
    """A case. ``parent``: the case it had it from; ``guessed``: only its own report says so."""

    id: str
    day: date
    label: str
    kind: str  # confirmed, probable, suspected, discarded
    parent: str = ""
    evidence: str = ""
    guessed: bool = False
    href: str = ""


def render_chains(
    nodes: Sequence[Node], *, title: str, sub: str = "", kinds: Mapping[str, str], ident: str = ""
) -> SafeString:
    """Return the tree with its key and its table. kinds: the word of each kind that occurs.

    Time runs to the right, one day a step; a case stands below the one it had it from. A link that
    nobody confirmed is dashed. Links that would close a circle are drawn once.
    """
    ident = ident or svg.ident_of("chains", title, *nodes)
    placed = _in_order(nodes)
    days = [node.day for node in nodes] or [date(2000, 1, 1)]
    first, last = min(days), max(days)
    span = max(1, (last - first).days)
    left, right = 14, WIDTH - _LABEL

    def x(day: date) -> float:
        return left + (day - first).days * (right - left) / span

    at = {node.id: (x(node.day), TOP + ROW * (n + 0.7)) for n, (node, _) in enumerate(placed)}
    height = TOP + ROW * len(placed) + 12
    inner = _axis(first, span, x, height)
    inner += [_edge(at[node.parent], at[node.id], node) for node, hangs in placed if hangs]
    for node, _hangs in placed:
        inner.append(_mark(node, *at[node.id], kinds))
    hanging = sum(hangs for _, hangs in placed)
    desc = gettext("{cases} cases, {links} links, {roots} of unknown source.").format(
        cases=number(len(placed)), links=number(hanging), roots=number(len(placed) - hanging)
    )
    image = parts.picture(
        ident, inner, title=title, desc=desc, width=WIDTH, height=height, size="wide", linked=True
    )
    key = [(parts.swatch_of(_shape(kind, 9, 6)), word) for kind, word in kinds.items()]
    key.append(
        (parts.swatch_of(svg.el("path", d="M1 6H17", class_="chain")), gettext("Confirmed link"))
    )
    if any(node.guessed for node, hangs in placed if hangs):
        dashed = svg.el("path", d="M1 6H17", class_="chain chain-guessed")
        key.append((parts.swatch_of(dashed), gettext("Named in the report only")))
    return parts.figure(
        image, title=title, sub=sub, key=key, table=_table(placed, kinds, title), class_="chains"
    )


def _in_order(nodes: Sequence[Node]) -> list[tuple[Node, bool]]:
    """Each node with whether it hangs on another: sources by day, what hangs on each below it."""
    known = {node.id: node for node in nodes}
    below: dict[str, list[Node]] = {}
    for node in sorted(nodes, key=lambda node: (node.day, node.id)):
        hangs = node.parent in known and node.parent != node.id
        below.setdefault(node.parent if hangs else "", []).append(node)
    found: list[tuple[Node, bool]] = []
    met: set[str] = set()
    # Whatever is left after the sources hangs in a circle: it is begun at its first day.
    for start in (*below.get("", ()), *sorted(nodes, key=lambda node: (node.day, node.id))):
        waiting = [(start, False)]
        while waiting:
            node, hangs = waiting.pop()
            if node.id in met:
                continue
            met.add(node.id)
            found.append((node, hangs))
            waiting += [(child, True) for child in reversed(below.get(node.id, ()))]
    return found


def _axis(first: date, span: int, x: object, height: float) -> list[SafeString]:
    drawn = []
    for n in scale.spread(span + 1, 8):
        day = first + timedelta(days=n)
        at = x(day)  # type: ignore[operator]
        path = f"M{svg.short(at)} {TOP - 4}V{svg.short(height - 6)}"
        drawn.append(svg.el("path", d=path, class_="gridline"))
        drawn.append(svg.text(at, TOP - 10, f"{day:%d/%m}", "middle"))
    return drawn


def _edge(source: tuple[float, float], to: tuple[float, float], node: Node) -> SafeString:
    path = f"M{svg.short(source[0])} {svg.short(source[1])}V{svg.short(to[1])}H{svg.short(to[0])}"
    words = svg.title(node.evidence) if node.evidence else ""
    return svg.el("path", words, d=path, class_="chain chain-guessed" if node.guessed else "chain")


def _mark(node: Node, x: float, y: float, kinds: Mapping[str, str]) -> SafeString:
    words = f"{node.label}, {node.day:%d/%m/%Y}, {kinds.get(node.kind, node.kind)}"
    label = node.label if len(node.label) <= _LONGEST else node.label[: _LONGEST - 1] + "…"
    drawn = svg.join([svg.title(words), _shape(node.kind, x, y), svg.text(x + 10, y + 4, label)])
    if not node.href:
        return svg.el("g", drawn)
    return svg.el("a", drawn, href=node.href)


def _shape(kind: str, x: float, y: float) -> SafeString:
    """Filled, half filled, open, dotted: as sure as the case is, and readable without colour."""
    if kind == "probable":
        half = f"M{svg.short(x)} {svg.short(y - 5)}a5 5 0 0 0 0 10z"
        return svg.join([
            svg.el("circle", cx=x, cy=y, r=5, class_="case case-open"),
            svg.el("path", d=half, class_="case case-full"),
        ])  # fmt: skip
    return svg.el("circle", cx=x, cy=y, r=5, class_={
        "confirmed": "case case-full", "discarded": "case case-out",
    }.get(kind, "case case-open"))  # fmt: skip


def _table(placed: Sequence[tuple[Node, bool]], kinds: Mapping[str, str], title: str) -> SafeString:
    names = {node.id: node.label for node, _ in placed}
    rows: list[list[parts.TableCell]] = [
        [
            (node.label, node.href) if node.href else node.label,
            f"{node.day:%d/%m/%Y}",
            kinds.get(node.kind, node.kind),
            names[node.parent] if hangs else "–",
            (node.evidence or "–") if hangs else "–",
        ]
        for node, hangs in placed
    ]
    head = [
        gettext("Case"), gettext("Onset"), gettext("Classification"), gettext("Had it from"),
        gettext("Evidence"),
    ]  # fmt: skip
    return parts.table(title, head, rows)
