"""Rows and operations behind masks: what a drill's copy shows in place of people and their words."""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.apps import apps
from msgspec import inspect as shapes

from tuyen.apps.journal.seal import Envelope
from tuyen.engines.disclosure.masks import Masks, Sort
from tuyen.kernel import copies
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import KINDS, Kind
from tuyen.kernel.refusal import N_, Refusal
from tuyen.rules.privacy import drills as rules

_NAME_OF_FIELD = re.compile(r"[a-z][a-z0-9_-]{0,30}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WORD = re.compile(r"[^\s,;:/]+")
_JSON = msgspec.json.Encoder()
Texts = Iterator[tuple[str, str]]


class MaskMisfits(Refusal):
    code = "journal.mask-misfits"
    message = N_(
        "{kind} cannot be copied into a drill: behind its masks it is no longer valid ({what})."
    )


def key_of(secret: str, drill: UUID) -> bytes:
    """The key of a drill's masks. It stays in reality: whoever holds the copy cannot make it."""
    return hmac.new(secret.encode(), b"tuyen-drill-masks\n" + drill.bytes, hashlib.sha256).digest()


class Masking:
    """The masks of one drill, put on rows and payloads as ``rules/privacy/drills.yaml`` says."""

    def __init__(self, key: bytes) -> None:
        self.allowed = rules.copied()
        sorts = [Sort(*sort) for sort in rules.people()]
        self.sentences = rules.sentences()
        self._paths: dict[str, frozenset[str]] = {}
        self._keyed: dict[str, frozenset[str]] = {}
        self._hands = {room: made() for room, made in copies.HANDS.items()}
        self.masks = Masks(key, rules.families(), sorts, rules.words() | _words_of_operations())

    def row(self, table: str, columns: Sequence[str]) -> Callable[[list[Any]], list[Any]] | None:
        """A function that masks a row of ``table`` in place; None when nothing in it is masked."""
        plain = {
            field.attname for field in apps.get_model(table)._meta.concrete_fields
            if field.get_internal_type() not in _TEXTS and self.allowed.mask(table, field.attname)
            not in ("born", "born_before")
        }  # fmt: skip
        wanted = [(n, name) for n, name in enumerate(columns) if name not in plain]
        wanted = [(n, name) for n, name in wanted if self.allowed.mask(table, name) != "keep"]
        hand = self._hands.get(table.partition(".")[0])
        hand = hand if hand is not None and table in hand.tables else None
        made_of = rules.ids().get(table)
        if not wanted and hand is None:
            return None

        def masked(row: list[Any]) -> list[Any]:
            beside = dict(zip(columns, row, strict=True))
            if hand is not None:
                hand.row(table, beside)
                row[:] = beside.values()
            for n, name in wanted:
                if isinstance(row[n], str) and row[n]:
                    row[n] = self._text(table, name, row[n], beside)
            if made_of is not None:
                row[columns.index("id")] = _id_of(dict(zip(columns, row, strict=True)), made_of)
            return row

        return masked

    def operation(self, said: Envelope) -> Envelope:
        """An operation behind its masks, in today's form; rooms change theirs first."""
        kind = KINDS.get(said.kind)
        plain = msgspec.json.decode(
            msgspec.json.encode(kind.decode(said.version, bytes(said.payload)))
        )
        on, hand = said.happened_on, self._hands.get(kind.name.partition(".")[0])
        if hand is not None:
            on = hand.operation(kind.name, said.id, on, plain)
        payload = msgspec.Raw(self._payload(kind, plain))
        return msgspec.structs.replace(
            said, version=kind.version, happened_on=on, payload=payload
        )  # fmt: skip

    def _payload(self, kind: Kind, plain: Any) -> bytes:
        """The payload of an operation behind its masks.

        Raises
        ------
        MaskMisfits
            If what the masks leave is not a payload of this kind: a mask is the wrong one.
        """
        masked = _JSON.encode(self._inside(kind.name, "", plain, self._free(kind)))
        try:
            return _JSON.encode(kind.decode(kind.version, masked))
        except Refusal as refusal:
            raise MaskMisfits(kind=kind.name, what=refusal.values.get("what", "")) from None

    def _free(self, kind: Kind) -> frozenset[str]:
        """The paths of a kind's payload that hold free text or the day of a birth."""
        if kind.name not in self._paths:
            said_of = list(texts_of(kind))
            self._paths[kind.name] = frozenset(
                path for path, said in said_of
                if said == "text" or (said == "day" and self._is_birth(kind.name, path))
            )  # fmt: skip
            self._keyed[kind.name] = frozenset(path for path, said in said_of if said == "keys")
        return self._paths[kind.name]

    def _is_birth(self, of: str, path: str) -> bool:
        return self.allowed.mask(of, path) in ("born", "born_before")

    def _inside(
        self, of: str, path: str, value: Any, free: frozenset[str] | None,
        beside: Mapping[str, Any] | None = None,
    ) -> Any:  # fmt: skip
        """A value of JSON with the texts in it masked by their fields: those at the paths that are
        free, or all."""
        if isinstance(value, str):
            if free is None or path in free or path.rpartition(".")[0] in free:
                return self._text(of, path, value, beside or {})
            return value
        if isinstance(value, list):
            return [self._inside(of, path, item, free, beside) for item in value]
        if isinstance(value, dict):
            keyed = free is not None and path in self._keyed[of]
            made = {}
            for name, item in value.items():
                inner = path if keyed and isinstance(item, dict) else f"{path}.{name}".lstrip(".")
                made[self._key(name)] = self._inside(of, inner, item, free, value)
            return made
        return value

    def _key(self, name: str) -> str:
        return name if _NAME_OF_FIELD.fullmatch(name) else self.masks.code(name)

    def _text(self, of: str, path: str, value: str, beside: Mapping[str, Any]) -> str:
        mask, masks = self.allowed.mask(of, path), self.masks
        if not value or mask == "keep" or _ID.fullmatch(value):  # an id says nothing
            return value
        if mask == "born_before":
            return masks.born_before(value, str(beside.get("onset_on") or ""))
        if mask == "folded":
            return masks.folded(str(beside.get("name") or value))
        if mask == "search":
            return masks.words_of(value, str(beside.get("name") or ""))
        if mask == "codes":
            return _WORD.sub(lambda found: masks.code(found[0]), value)
        if mask in ("json", "trace"):
            return self._stored(of, path, value, of_rows=mask == "trace")
        if mask == "lots":
            return self._lots(value)
        if mask == "text" and value.strip() in self.sentences:
            return value
        if mask == "step":
            return self._step(value, str(beside.get("what") or ""))
        done: str = getattr(masks, mask)(value)
        return done

    def _stored(self, of: str, path: str, value: str, *, of_rows: bool) -> str:
        """JSON that is kept as text. What is none is a text like any other."""
        try:
            plain = msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            return self.masks.text(value)
        if of_rows:
            masked = [self._line(line) for line in plain]
        else:
            path = self.allowed.item(of, path) if isinstance(plain, list) else path
            masked = self._inside(of, path, plain, None)
        return _JSON.encode(masked).decode()

    def _lots(self, value: str) -> str:
        """Lots as they are named: [[vaccine, number], ...]. What is none is a text like any other."""
        try:
            lots = msgspec.json.decode(value, type=list[tuple[str, str]])
        except msgspec.DecodeError:
            return self.masks.text(value)
        masked = [(self.masks.code(vaccine), self.masks.lot(number)) for vaccine, number in lots]
        return _JSON.encode(masked).decode()

    def _step(self, value: str, what: str) -> str:
        """What a step says: words of a list where somebody was told, a class and a sentence where a
        conclusion was drawn, and otherwise a sentence."""
        if what == "notify":
            return _WORD.sub(lambda found: self.masks.code(found[0]), value)
        if what != "classify":
            return self.masks.text(value)
        said, _, sentence = value.partition(" ")
        return f"{self.masks.code(said)} {self.masks.text(sentence)}".strip()

    def _line(self, line: list[Any]) -> list[Any]:
        """A row as it stood before and after an operation: [table, id, before, after]."""
        table, id, before, after = line
        return [table, id, self._image(table, before), self._image(table, after)]

    def _image(self, table: str, image: dict[str, Any] | None) -> dict[str, Any] | None:
        if image is None:
            return None
        allowed = self.allowed.tables.get(table, ())
        return {
            name: self._text(table, name, value, image) if isinstance(value, str) else value
            for name, value in image.items() if name in allowed
        }  # fmt: skip


_TEXTS = ("CharField", "TextField", "JSONField", "DateField", "BinaryField")


def _id_of(row: Mapping[str, Any], made_of: Sequence[str]) -> str:
    """The id that follows from what a row now says, as the embedded store keeps it."""
    first, *parts = made_of
    named = [row.get(part, part) for part in parts]
    return derived_id(UUID(row[first]), *named).hex


def texts_of(kind: Kind) -> Texts:
    """The fields of a kind's payload that are read as text: each path with ``text``, ``day``, ``keys``
    (what stands by words of its own, which are no part of a path) or, for each word of a fixed list,
    that word behind ``=``."""
    yield from _texts(shapes.type_info(kind.payload), "", ())


def _texts(shape: Any, path: str, above: tuple[Any, ...]) -> Texts:
    if isinstance(shape, shapes.Metadata):
        yield from _texts(shape.type, path, above)
    elif isinstance(shape, shapes.UnionType):
        for one in shape.types:
            yield from _texts(one, path, above)
    elif isinstance(shape, shapes.StructType):
        if shape.cls not in above:
            for field in shape.fields:
                inner = f"{path}.{field.encode_name}" if path else field.encode_name
                yield from _texts(field.type, inner, (*above, shape.cls))
    elif isinstance(shape, (shapes.ListType, shapes.VarTupleType, shapes.SetType)):
        yield from _texts(shape.item_type, path, above)
    elif isinstance(shape, shapes.TupleType):
        for one in shape.item_types:
            yield from _texts(one, path, above)
    elif isinstance(shape, shapes.DictType):
        yield path, "keys"
        yield from _texts(shape.value_type, path, above)
    elif isinstance(shape, shapes.StrType):
        yield path, "text"
    elif isinstance(shape, shapes.DateType):
        yield path, "day"
    elif isinstance(shape, shapes.LiteralType):
        for word in shape.values:
            if isinstance(word, str):
                yield path, f"={word}"


def _words_of_operations() -> frozenset[str]:
    """The words that operations choose from: those of their fixed lists, and their own names."""
    chosen = {said[1:] for kind in KINDS for _, said in texts_of(kind) if said[0] == "="}
    return frozenset(chosen | {kind.name for kind in KINDS} | set(_codes(Refusal)))


def _codes(refusal: type[Refusal]) -> Iterator[str]:
    """The codes of every reason for which something is refused or warned of."""
    for kind in refusal.__subclasses__():
        yield getattr(kind, "code", "")
        yield from _codes(kind)
