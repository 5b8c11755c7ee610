"""Lists of an outage management system: read by their columns, or refused in a sentence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from meterlake.lake.errors import UnreadableFile
from meterlake.outage.records.record_reading import RecordColumns, read_records
from meterlake.outage.records.recorded_outage import RecordedOutage

HEADER = "record_id,started,ended,transformer_id,customers"
BERLIN = ZoneInfo("Europe/Berlin")


def written(folder: Path, *lines: str) -> Path:
    path = folder / "records.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_columns_of_another_name_and_clock_are_read_and_rows_of_one_outage_are_one(tmp_path: Path) -> None:
    columns = RecordColumns(record_id="NO", started="OFF", ended="ON", transformer_id="DEVICE", reason="CAUSE")
    path = written(
        tmp_path,
        "NO;OFF;ON;DEVICE;CAUSE",
        "7;2024-07-05 11:00;2024-07-05 13:30;T2;tree",
        "7;2024-07-05 11:00;2024-07-05 13:30;T1;tree",
        "8;2024-12-24 18:00;;T1;",
    )

    first, second = read_records(path, columns, BERLIN)

    # Berlin is two hours ahead in July and one in December.
    began, ended = (dt.datetime(2024, 7, 5, *at, tzinfo=dt.UTC) for at in ((9, 0), (11, 30)))
    assert first == RecordedOutage(
        "7", began, ended, ({"transformer_id": "T2"}, {"transformer_id": "T1"}), None, "tree"
    )
    assert (second.started_at, second.ended_at) == (dt.datetime(2024, 12, 24, 17, tzinfo=dt.UTC), None)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["id,from,to", "1,2,3"], "it lacks record_id for record_id, started for started, ended for ended"),
        (["record_id,started,ended,where", "1,2,3,4"], "it lacks one of meter_id, building_id"),
        ([HEADER, "1,2024-03-05 10:00,2024-03-05T12:00:00Z,T1,5"], "line 2: 2024-03-05 10:00 says no offset"),
        ([HEADER, "1,2024-03-05T10:00:00Z,2024-03-05T10:00:00Z,T1,5"], "which is not after its beginning"),
        ([HEADER, "1,2024-03-05T10:00:00Z,,,5"], "line 2: it names no place"),
        ([HEADER, "1,2024-03-05T10:00:00Z,,T1,5", "1,2024-03-05T10:01:00Z,,T2,5"], "line 3: 1 has other times"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_its_line(tmp_path: Path, lines: list[str], told: str) -> None:
    with pytest.raises(UnreadableFile, match=r"records\.csv") as refused:
        read_records(written(tmp_path, *lines))
    assert told in str(refused.value)


def test_an_hour_that_comes_twice_is_not_guessed(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER, "1,2024-10-27 02:30,2024-10-27 04:00,T1,5")

    with pytest.raises(UnreadableFile, match="comes twice or never on the clock of Europe/Berlin"):
        read_records(path, zone=BERLIN)
