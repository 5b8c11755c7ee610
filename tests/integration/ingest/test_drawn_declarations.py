"""Declarations and files drawn by chance, both then broken: no traceback, one sentence where refused, accounts that add up."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from meterlake.etl.conforming.mapping_declaration import load_mapping
from meterlake.lake.errors import MeterlakeError
from tests.examples import examples
from tests.small_lake import SmallLake

NAMES = ("id", "day", "clock", "to", "slot", "length", "a", "b", "way", "unit", "flag", "ratio", "1", "")
FORMATS = (
    "iso", "epoch_s", "epoch_ms", "epoch_us", "epoch_ns", "spreadsheet", "%d/%m/%Y %H:%M", "%Y-%m-%d", "%b %Y", "%Y", "%Y-%j",
    "%a %d %B %Y %I:%M %p", "%d.%m.%Y %H:%M %z", "%m/%d/%Y %H:%M %Z", "%Y%m%d%H%M", "day_number", "day_slot", "%H:%M", "%Q",
)  # fmt: skip
TIMES = (
    "2024-03-31 01:30", "2024-03-31T02:30:00+05:30", "27.10.2024 02:30", "27/10/2024 24:00", "1711846800", "1711846800000", "45382.0625",
    "Mar 2024", "2024-091", "Sun 31 March 2024 02:30 AM", "03/11/2024 01:30 EST", "19503", "202403310230", "Total", "", "9999-12-31", "null",
)  # fmt: skip
VALUES = (
    "0.5",
    "1,5",
    "1.234",
    "-2",
    "1'234.5",
    '="7"',
    "",
    "n/a",
    "1e999",
    "NaN",
    "3 kWh",
    "0.1 E",
    "x",
    "99999999999",
    "1 234",
)
WORDS = (
    "A+",
    "A-",
    "kWh",
    "Wh",
    "PT15M",
    "P1M",
    "P9Y",
    "60",
    "25",
    "E",
    "",
    "1",
    "2024-04-01",
    "12:30",
    "M1",
    "M2",
    '"',
)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "UTC", "Mars/Phobos")


def drawn_declaration(chance: random.Random) -> dict[str, Any]:
    """Return a declaration that mostly holds together."""
    time: dict[str, Any] = {"column": chance.choice(["day", ["day", "clock"], 2]), "format": chance.choice(FORMATS)}
    _maybe(chance, time, "zone", lambda: chance.choice(ZONES))
    _maybe(chance, time, "marks", lambda: chance.choice(["start", "end", "end_wall", "end_instant"]))
    _maybe(chance, time, "slot", lambda: "slot", 0.15)
    if time["format"] in ("day_number", "day_slot"):
        time["first_day"] = "2009-01-01"
    declared: dict[str, Any] = {
        "meter_id": chance.choice(
            ["id", {"constant": "M"}, {"columns": ["id", "flag"]}, {"headers": True}, {"file_name": "(.)"}]
        ),
        "time": time,
        "values": [drawn_value(chance, name) for name in chance.choice((["a"], ["a", "b"], [["a", "b"]]))],
    }
    length = chance.choice(["none", "minutes", "interval", "wide", "none"])
    if length == "minutes":
        declared["interval_minutes"] = chance.choice([1, 7, 15, 60, 1440, 10080, 576_000])
    if length == "interval":
        said = {"length": "P1M", "column": "length", "end": "to", "last_day": "to", "next": True, "until": True}
        key = chance.choice(list(said))
        declared["interval"] = {key: said[key]}
    if length == "wide":
        declared |= {"wide": {"first": "a", "last": "b"}, "values": [{"unit": chance.choice(["kWh", "kW"])}]}
    _maybe(chance, declared, "decimal", lambda: ",")
    _maybe(chance, declared, "thousands", lambda: chance.choice([".", ",", "'", " "]), 0.2)
    _maybe(chance, declared, "quality", lambda: {"column": "flag", "codes": {"E": "estimated", "1": "withdrawn"}})
    _maybe(chance, declared, "only", lambda: {"way": ["A+", "A-"]}, 0.1)
    _maybe(chance, declared, "skip_lines", lambda: chance.choice([0, 1, "auto", 5]), 0.2)
    _maybe(chance, declared, "footer_lines", lambda: chance.choice([1, 50]), 0.1)
    return declared


def drawn_value(chance: random.Random, column: str | list[str]) -> dict[str, Any]:
    """Return the declaration of a value."""
    value: dict[str, Any] = {"column": column}
    codes = {"A+": "energy", "A-": {"quantity": "energy_export", "unit": "Wh"}, "kWh": "gas"}
    kinds: list[dict[str, Any]] = [
        {"quantity": "energy_export"}, {"quantity": {"column": "way", "codes": codes}}, {"register": True}, {"net": True}, {"unit": "kW"},
        {"unit_column": "unit"}, {"factor_column": "ratio"}, {"register": True, "restarts": "daily"}, {"register": True, "read_at": "end"},
    ]  # fmt: skip
    return value | chance.choice([{}, *kinds])


def _maybe(chance: random.Random, declared: dict[str, Any], key: str, what: Any, share: float = 0.35) -> None:
    if chance.random() < share:
        declared[key] = what()


def broken(chance: random.Random, declared: dict[str, Any]) -> dict[str, Any]:
    """Return a declaration with a key gone, another one, or another value at one of its places."""
    other = copy.deepcopy(declared)
    place: Any = other
    while isinstance(place, dict) and place:
        key = chance.choice(list(place))
        if isinstance(place[key], dict) and chance.random() < 0.6:
            place = place[key]
            continue
        way = chance.randrange(3)
        value = place.pop(key)
        if way == 0:
            place[f"{key}s"] = value
        if way == 1:
            place[key] = chance.choice(
                [None, [], {}, -1, 0, 1e99, "", "a", ["a", 2], True, "\udc80"[:0], {"column": "a"}]
            )
        break
    return other


def drawn_file(chance: random.Random) -> str:
    """Return a file of some rows, in which not everything is right."""
    mark = chance.choice([",", ";", "\t"])
    names = [name for name in NAMES if chance.random() < 0.95]
    cells = {
        "day": TIMES,
        "clock": ("12:30", "1:00 AM", "24:00", ""),
        "to": TIMES,
        "slot": ("1", "48", "50", "x"),
        "a": VALUES,
        "b": VALUES,
    }
    usual = chance.choice(TIMES[:13])
    lines = [mark.join(names)]
    for _ in range(chance.randrange(6)):
        row = [chance.choice(cells.get(name, WORDS)) for name in names]
        if "day" in names and chance.random() < 0.7:
            row[names.index("day")] = usual
        lines.append(mark.join(row[: len(row) - (chance.random() < 0.05)]))
    text = chance.choice(["\n", "\n", "\r\n", "\r"]).join(lines)
    if chance.random() < 0.2:
        place = chance.randrange(len(text) + 1)
        text = text[:place] + chance.choice(['"', "\x00", "\n", mark, "é", "\ufeff"]) + text[place:]
    return text


@pytest.mark.parametrize("seed", range(examples(4)))
def test_no_declaration_and_no_file_ends_in_a_traceback(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    declared = drawn_declaration(chance)
    declared = broken(chance, declared) if chance.random() < 0.3 else declared
    lake = SmallLake(tmp_path)
    files = [lake.write(f"{number}.csv", drawn_file(chance)) for number in range(4)]
    try:
        mapping = load_mapping(lake.write("mapping.yaml", yaml.safe_dump(declared)))
    except MeterlakeError as refusal:
        assert_is_a_sentence(str(refusal))
        return

    # The lake's own check: rows read are stored, said again, superseded or set aside, and what is set aside is there.
    report = lake.ingest(*files, mapping=mapping)

    for refused in report.refused:
        assert_is_a_sentence(refused.why)
    assert len(report.refused) + len(report.accounts) + len(report.skipped) == len(files)


def assert_is_a_sentence(words: str) -> None:
    """Make sure that words are for people: one line, and no name of an error or of a module."""
    assert words.strip()
    assert "\n" not in words.strip()
    assert not [
        name for name in ("Traceback", "Error:", "Exception", "duckdb.", "ibis.", "pydantic") if name in words
    ], words
