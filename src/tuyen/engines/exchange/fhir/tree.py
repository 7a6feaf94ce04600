"""Looking into a tree that anybody may have made."""

from typing import Any


def objects(tree: Any, key: str) -> list[tuple[int, dict[str, Any]]]:
    """The objects of a list under a key, with their places; none where there is no such list.

    >>> objects({"item": [{"a": 1}, None]}, "item"), objects({"item": 3}, "item")
    ([(0, {'a': 1})], [])
    """
    values = tree.get(key) if isinstance(tree, dict) else None
    if not isinstance(values, list):
        return []
    return [(place, value) for place, value in enumerate(values) if isinstance(value, dict)]
