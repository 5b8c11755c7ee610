"""Where the columns of a JSON document's rows stand: in a list of records, in lists beside each other, in lists of lists, in objects.

Enters: a document. Leaves: the paths of its columns (see nested_records) and what each is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from meterlake.etl.conforming.nested_records import EACH, PAIRS

_DEEPEST = 8
_FEWEST, _LOOKED_AT = 2, 20
_TIME = re.compile(r"\d{4}-\d{2}(-\d{2}|$)|\d{2}[./-]\d{2}[./-]\d{2,4}|\d{10}(\d{3})?$|\d{8}(T?\d{4,6})?$")


def columns_in(value: Any, depth: int = 0) -> dict[str, str]:
    """Return the paths and titles of the columns of the rows that a document holds, those nearest to its top; or nothing."""
    if depth > _DEEPEST:
        return {}
    if holds(value, dict):
        return _below(EACH, _of_entries(value, depth))
    if holds(value, list):
        return _below(EACH, _of_places(value, ()))
    if not isinstance(value, dict):
        return {}
    own = _side_by_side(value) or _of_pairs(value, depth)
    if not own:
        below = [(name, inner) for name, inner in value.items() if isinstance(inner, list | dict)]
        below.sort(key=lambda one: isinstance(one[1], dict))
        own = next((found for name, inner in below if (found := _of_member(value, name, inner, depth))), {})
    # What stands above belongs to each row.
    return {name: name for name, inner in value.items() if own and _is_plain(inner)} | own


def _of_member(value: dict[str, Any], name: str, inner: Any, depth: int) -> dict[str, str]:
    """Return the columns below a member; of rows that are lists, what they are called may stand beside them."""
    if holds(inner, list):
        names = next((one for one in value.values() if holds(one, str) and len(one) == len(inner[0])), ())
        return _below(f"{name}{EACH}", _of_places(inner, names))
    return _below(name, columns_in(inner, depth + 1))


def _of_entries(entries: list[dict[str, Any]], depth: int) -> dict[str, str]:
    """Return the columns of a list's entries, or those of the list that stands in them, with what they say above it."""
    # A list may be empty in some.
    for entry in entries[:_LOOKED_AT]:
        inner = columns_in(entry, depth + 1)
        if any(EACH in path or PAIRS in path for path in inner):
            return {name: name for name in columns_of(entry) if EACH not in name} | inner
    names = dict.fromkeys(name for entry in entries[:_LOOKED_AT] for name in columns_of(entry) if EACH not in name)
    return {name: name for name in names}


def _of_places(rows: list[list[Any]], names: Any) -> dict[str, str]:
    """Return the columns of rows that are lists, by their places; they may be called by a list beside, or by the first row."""
    width = len(rows[0])
    if width < _FEWEST or any(len(row) != width for row in rows[:_LOOKED_AT]):
        return {}
    called = names or (rows[0] if all(isinstance(one, str) and not _TIME.match(one) for one in rows[0]) else ())
    return {str(place): str(called[place]) if called else "" for place in range(width)}


def _side_by_side(value: dict[str, Any]) -> dict[str, str]:
    """Return the columns of lists, or of objects with the same keys, of which each holds one value of every row."""
    lists = {
        name: inner for name, inner in value.items() if isinstance(inner, list) and inner and all(map(_is_plain, inner))
    }
    lengths = [len(inner) for inner in lists.values()]
    if len(lists) >= _FEWEST and max(lengths) >= _FEWEST and len(set(lengths)) == 1:
        return {f"{name}{EACH}": name for name in lists}
    objects = {
        name: inner for name, inner in value.items() if isinstance(inner, dict) and all(map(_is_plain, inner.values()))
    }
    keys = [tuple(inner) for inner in objects.values()]
    is_table = len(keys) >= _FEWEST and len(keys) == len(value) and len(set(keys)) == 1
    if is_table and keys[0] and all(map(str.isdecimal, keys[0])):
        return {f"{name}{PAIRS}.value": name for name in objects}
    return {}


def _of_pairs(value: dict[str, Any], depth: int) -> dict[str, str]:
    """Return the columns of an object whose keys are times, or whose members are lists of one kind of records."""
    inner = list(value.values())
    if len(inner) < _FEWEST:
        return {}
    pairs = f"{PAIRS}.value"
    if all(_TIME.match(key) for key in value):
        if all(map(_is_plain, inner)):
            return {f"{PAIRS}.key": "time", pairs: ""}
        if holds(inner, dict):
            return {f"{PAIRS}.key": "time"} | _below(pairs, _of_entries(inner, depth))
    if all(isinstance(one, dict) for one in inner) and len({tuple(one) for one in inner}) == 1:
        beside = _side_by_side(inner[0])
        return {f"{PAIRS}.key": ""} | _below(pairs, beside) if beside else {}
    if all(holds(one, dict) for one in inner) and len({tuple(one[0]) for one in inner}) == 1:
        return {f"{PAIRS}.key": ""} | _below(f"{pairs}{EACH}", _of_entries(inner[0], depth))
    return {}


def _below(place: str, columns: dict[str, str]) -> dict[str, str]:
    """Return columns at a place; a value without a title of its own is called as its place is."""
    return {
        f"{place}.{path}" if path[:1] not in (EACH[0], PAIRS[0]) else f"{place}{path}": title or _last_name(place)
        for path, title in columns.items()
    }


def _last_name(place: str) -> str:
    return re.split(r"\.|\[\]|\{\}", place)[0]


def columns_of(record: dict[str, Any], place: str = "") -> Iterator[str]:
    """Yield the paths of a record's values, and of those of the list in it, each entry of which is a row."""
    for name, value in record.items():
        if isinstance(value, dict) and place.count(".") < _DEEPEST:
            yield from columns_of(value, f"{place}{name}.")
        elif _is_plain(value):
            yield f"{place}{name}"
    for name, value in record.items():
        if not place and holds(value, dict):
            yield from (f"{name}{EACH}.{path}" for path in columns_of(value[0]))
            return


def _is_plain(value: Any) -> bool:
    return not isinstance(value, dict | list)


def holds(value: Any, kind: type) -> bool:
    """Say whether a value is a list of one kind of things, and not empty."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, kind) for one in value)
