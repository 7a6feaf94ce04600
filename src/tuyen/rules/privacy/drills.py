"""What a drill's copy may hold, and what stands for what is real: an allow-list, by table and kind."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from tuyen.rules.loader import folders, load

MASKS = ("name", "number", "phone", "address", "text", "login", "born", "born_before", "code",
         "codes", "keep", "folded", "search", "json", "trace", "lot", "lots", "digest",
         "step")  # fmt: skip
_NAMES = "synthetic/names"
_NOT_WORDS = ("synthetic", "drills")  # names of people; texts of scenarios


class Copied(NamedTuple):
    """The allow-list: columns by table, kinds of operations, and the mask of each text in them."""

    rooms: frozenset[str]
    rooms_left: Mapping[str, str]
    tables: Mapping[str, tuple[str, ...]]
    tables_left: Mapping[str, str]
    kinds: frozenset[str]
    kinds_left: frozenset[str]
    fields: Mapping[str, str]
    differ: Mapping[str, Mapping[str, str]]

    def mask(self, of: str, path: str) -> str:
        """The mask of a text: ``of`` a table or kind, ``path`` its field, as ``members.name``."""
        leaf = path.rpartition(".")[2]
        other = self.differ.get(of, {})
        return other.get(path) or other.get(leaf) or self.fields.get(leaf, "code")

    def item(self, of: str, path: str) -> str:
        """The path of the items of a list that is kept as JSON: of its own where it has a mask."""
        inner = f"{path}.item"
        return inner if inner in self.differ.get(of, ()) else path

    def names(self, of: str, path: str) -> bool:
        """Whether somebody thought of this text, rather than its falling to what is done by default."""
        leaf = path.rpartition(".")[2]
        return (
            leaf in self.fields
            or leaf in self.differ.get(of, ())
            or path in self.differ.get(of, ())
        )


@cache
def copied() -> Copied:
    """The allow-list in force.

    Raises
    ------
    ValueError
        If it names a mask that is none, or a table twice.
    """
    raw = load("privacy/drills")
    differ = {**raw["tables_differ"], **raw["kinds_differ"]}
    for column in raw["json_columns"]:
        table, _, name = column.rpartition(".")
        differ[table] = {**differ.get(table, {}), name: "json"}
    for masks in (raw["fields"], *differ.values()):
        if wrong := set(masks.values()) - set(MASKS):
            raise ValueError(f"privacy/drills: {', '.join(sorted(wrong))} is no mask")
    if both := raw["tables"].keys() & raw["tables_left"].keys():
        raise ValueError(f"privacy/drills: {', '.join(sorted(both))} is both copied and left")
    kinds = frozenset(f"{room}.{name}" for room, names in raw["kinds"].items() for name in names)
    return Copied(
        frozenset(raw["rooms"]), dict(raw["rooms_left"]), dict(raw["tables"]), dict(raw["tables_left"]), kinds,
        frozenset(raw["kinds_left"]), dict(raw["fields"]), differ,
    )  # fmt: skip


@cache
def words() -> frozenset[str]:
    """Every word that stands in a rule: codes and names of the world, of no person."""
    found: set[str] = set(load("privacy/drills")["words"])
    for folder in reversed(folders()):
        for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.csv")]):
            name = path.relative_to(folder).with_suffix("")
            if not set(name.parts[:-1]) & set(_NOT_WORDS):
                found.update(_texts(load(name.as_posix())))
    return frozenset(found)


@cache
def sentences() -> frozenset[str]:
    """Sentences that programs write where people may write too."""
    return frozenset(load("privacy/drills")["sentences"])


@cache
def birth_doses() -> frozenset[str]:
    """Vaccines whose first day tells the day of a birth."""
    return frozenset(load("privacy/drills")["birth_doses"])


@cache
def ids() -> dict[str, tuple[str, ...]]:
    """Tables whose ids are made of texts that are masked: the columns and words they are made of."""
    return dict(load("privacy/drills")["ids"])


@cache
def families() -> tuple[str, ...]:
    """Family names that nobody bears."""
    return tuple(load("privacy/drills")["families"])


@cache
def people() -> tuple[tuple[Any, ...], ...]:
    """Names by people: family names, then middle and given names of men and of women."""
    return tuple(
        (tuple(group["family"]), *(
            tuple(tuple(dict.fromkeys(n for cohort in group[sex][part].values() for n in cohort))
                  for sex in ("male", "female"))
            for part in ("middle", "given")
        ))
        for group in load(_NAMES)["groups"].values()
    )  # fmt: skip


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(key)
            yield from _texts(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
