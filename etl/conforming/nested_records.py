"""JSON in other shapes than a list of records, as flat records: lists side by side, lists of lists, objects keyed by times.

Enters: a document, and paths of columns in it. Leaves: a flat record for each entry of the lists and objects that the paths go
through, by path. A path's steps are parted by points: `a.b` is a member; `list[]` stands for each entry of a list, `list[].kwh` for a
member of each, `list[].0` for its first; `object{}` for each pair of an object, which has a `key` and a `value`. What stands above a
list belongs to each of its entries; lists beside each other go on together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

EACH, PAIRS = "[]", "{}"
_MARKS = (EACH, PAIRS)


def is_nested(path: str) -> bool:
    """Say whether a path goes through a list or an object in a way in which a mere line of JSON is not taken apart."""
    return PAIRS in path or path.endswith(EACH) or path.count(EACH) > 1 or any(map(str.isdecimal, steps_of(path)))


def steps_of(path: str) -> list[str]:
    """Return a path's steps: `data.rows[].0` is data, rows, [], 0."""
    return [step for step in re.split(r"\.|(\[\]|\{\})", path) if step]


def flat_records(document: Any, paths: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield a document's values by their paths, a record for each entry of the lists that these go through.

    Raises:
        ValueError: If lists that go on together are not equally long, or hold lists themselves.

    >>> list(flat_records({"id": "M1", "t": ["a", "b"], "v": [1, 2]}, ("id", "t[]", "v[]")))
    [{'id': 'M1', 't[]': 'a', 'v[]': 1}, {'id': 'M1', 't[]': 'b', 'v[]': 2}]
    """
    yield from _rows(document, {path: steps_of(path) for path in paths})


def _rows(value: Any, wanted: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Any]]:
    told: dict[str, Any] = {}
    below: dict[tuple[str, ...], dict[str, Sequence[str]]] = {}
    for path, steps in wanted.items():
        at = next((place for place, step in enumerate(steps) if step in _MARKS), None)
        if at is None:
            told[path] = value_at(value, steps)
        else:
            below.setdefault(tuple(steps[: at + 1]), {})[path] = steps[at + 1 :]
    entries = [_entries(value_at(value, place[:-1]), place[-1]) for place in below]
    if len(below) > 1 and all(place[-1] == PAIRS for place in below):
        entries = _by_key(entries)
    if len({len(one) for one in entries}) > 1:
        names = ", ".join(f"{'.'.join(place[:-1])!r} {len(one)}" for place, one in zip(below, entries, strict=True))
        raise ValueError(f"lists that belong together have not the same number of entries: {names}")
    for together in zip(*entries, strict=True) if entries else [()]:
        sides = [list(_rows(entry, inner)) for entry, inner in zip(together, below.values(), strict=True)]
        if len(sides) > 1 and any(len(side) > 1 for side in sides):
            raise ValueError("lists beside each other hold lists, and nobody says which entries belong together")
        for row in product(*sides):
            yield {path: found for part in (told, *row) for path, found in part.items()}


def value_at(value: Any, steps: Sequence[str]) -> Any:
    """Return what stands in a document at some steps; None where nothing does."""
    for step in steps:
        if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _entries(value: Any, mark: str) -> list[Any]:
    """Return the entries of a list or the pairs of an object; of none an empty one, which is set aside as what it is."""
    if mark == PAIRS and isinstance(value, dict):
        return [{"key": key, "value": inner} for key, inner in value.items()] or [None]
    return (value if isinstance(value, list) else []) or [None]


def _by_key(objects: list[list[Any]]) -> list[list[Any]]:
    """Return the pairs of objects beside each other in one order: those of one key belong together."""
    first, *others = [{pair["key"]: pair for pair in pairs if pair} for pairs in objects]
    if any(other.keys() != first.keys() for other in others):
        raise ValueError("objects that belong together have not the same keys")
    return [[one[key] for key in first] or [None] for one in (first, *others)]
