"""JSON whose rows are no list of records, as flat records: what belongs together stays together, or is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from meterlake.etl.conforming.nested_records import flat_records
from meterlake.etl.guessing.undeclared import understand
from meterlake.etl.landing.landed_file import LandedFile
from tests.small_lake import SmallLake

TIMES = [f"2024-03-14T0{hour}:00:00Z" for hour in range(3)]
KWH = [0.5, 2.5, 1.0]
PAIRED = list(zip(TIMES, KWH, strict=True))
RECORDS = [{"time": time, "kwh": kwh} for time, kwh in PAIRED]


def test_what_stands_above_lists_belongs_to_each_of_their_entries() -> None:
    document = {"site": "S", "meters": [{"id": "A", "reads": [{"v": 1}, {"v": 2}]}, {"id": "B", "reads": [{"v": 3}]}]}
    paths = ("site", "meters[].id", "meters[].reads[].v")

    rows = [tuple(row[path] for path in paths) for row in flat_records(document, paths)]

    assert rows == [("S", "A", 1), ("S", "A", 2), ("S", "B", 3)]


def test_objects_beside_each_other_go_together_by_their_keys() -> None:
    document = {"time": {"2": "b", "1": "a"}, "kwh": {"1": 10, "2": 20}}

    rows = list(flat_records(document, ("time{}.value", "kwh{}.value")))

    assert [tuple(row.values()) for row in rows] == [("b", 20), ("a", 10)]


@pytest.mark.parametrize(
    ("document", "paths", "words"),
    [
        ({"t": [1, 2, 3], "v": [1, 2]}, ("t[]", "v[]"), "'t' 3, 'v' 2"),
        ({"t": {"1": 1}, "v": {"2": 1}}, ("t{}.value", "v{}.value"), "not the same keys"),
        ({"a": [{"b": [1, 2]}], "c": [{"d": 1}]}, ("a[].b[]", "c[].d"), "nobody says which entries"),
    ],
)
def test_what_cannot_belong_together_is_refused(document: Any, paths: tuple[str, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        list(flat_records(document, paths))


@pytest.mark.parametrize(
    ("document", "meter", "time", "value"),
    [
        ({"meter": "M", "time": TIMES, "kwh": KWH}, "meter", "time[]", "kwh[]"),
        ({"meter": "M", "data": {"time": TIMES, "kwh": KWH}}, "meter", "data.time[]", "data.kwh[]"),
        ({"meter": "M", "kwh": dict(PAIRED)}, "meter", "kwh{}.key", "kwh{}.value"),
        (
            {"meter": "M", "data": {time: {"kwh": kwh} for time, kwh in PAIRED}},
            "meter",
            "data{}.key",
            "data{}.value.kwh",
        ),
        ({"meter": "M", "fields": ["time", "kwh"], "rows": PAIRED}, "meter", "rows[].0", "rows[].1"),
        ({"meter": "M", "count": 3, "total_kwh": 4, "rows": RECORDS}, "meter", "rows[].time", "rows[].kwh"),
        ([["meter", "time", "kwh"], *(["M", *pair] for pair in PAIRED)], "0", "1", "2"),
        (
            {
                name: {str(place): one for place, one in enumerate(column)}
                for name, column in (("meter", "MMM"), ("time", TIMES), ("kwh", KWH))
            },
            "meter{}.value",
            "time{}.value",
            "kwh{}.value",
        ),
        (
            {"sites": [{"meters": [{"meter": "N", "reads": []}, {"meter": "M", "reads": RECORDS}]}]},
            "meters[].meter",
            "meters[].reads[].time",
            "meters[].reads[].kwh",
        ),
    ],
)
def test_rows_of_a_document_are_found_whatever_holds_them(
    tmp_path: Path, document: Any, meter: str, time: str, value: str
) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(document))

    found = understand(LandedFile.at(path).read_head())

    assert found is not None
    assert found.doubts == ()
    declared = found.declaration
    assert (declared.meter_id.columns, declared.time.column, declared.values[0].column) == ((meter,), (time,), (value,))
    assert declared.interval_minutes == 60


def test_a_document_is_read_an_entry_a_row_and_its_unit_above_is_heeded(tmp_path: Path) -> None:
    small_lake = SmallLake(tmp_path)
    reads = [{"time": time, "value": 1000 * kwh} for time, kwh in PAIRED]
    path = small_lake.write("export.json", json.dumps({"meter": "M", "unit": "Wh", "reads": [*reads, {"time": "?"}]}))
    found = understand(LandedFile.at(path).read_head())
    assert found is not None

    small_lake.ingest(path)

    assert [value for *_, value in small_lake.readings()] == KWH
    assert small_lake.quarantine()[0][2] == '{"meter": "M", "unit": "Wh", "reads[]/time": "?", "reads[]/value": null}'
    contradicting = found.declaration.model_copy(
        update={"values": (found.declaration.values[0].model_copy(update={"unit_column": None, "unit": "kWh"}),)}
    )
    refused = small_lake.ingest(path, mapping=contradicting).refused
    assert "'unit' says Wh, and the mapping reads all values as kWh" in str(refused)


@pytest.mark.parametrize("rows", [RECORDS, {"time": TIMES, "kwh": KWH}])
def test_lists_by_name_may_be_meters_or_not(tmp_path: Path, rows: Any) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps({"import": rows, "export": rows}))

    found = understand(LandedFile.at(path).read_head())

    assert found is not None
    assert "'import', 'export'" in found.doubts[0]
