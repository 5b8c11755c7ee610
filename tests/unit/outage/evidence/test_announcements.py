"""Announced outages: what is read, what is refused, and what they change."""

from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.lake.codes.causes import Cause
from meterlake.lake.errors import UnreadableFile
from meterlake.outage.evidence.announcements import read_planned
from meterlake.outage.judging.outage_judging import judge_outages
from meterlake.outage.rows.planned_rows import planned_from_rows, planned_rows
from meterlake.outage.settings import OutageSettings
from tests.unit.outage.fleet_fixture import Town


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_cut_in_an_announced_time_and_place_is_planned(tmp_path: Path) -> None:
    # half-hours 100 to 104 after 1970-01-01T00:00Z are 02:00 to 04:00 on the 3rd
    listed = write(tmp_path / "p.csv", "start,end,transformer_id,note",
                   "1970-01-03T01:50:00Z,1970-01-03T04:10:00Z,T0,new switch")  # fmt: skip
    town = Town().silence(slice(0, 10), 100, 104).silence(slice(40, 50), 100, 104)

    outages = judge_outages(
        town.fleet,
        town.silences(),
        town.events(),
        town,
        OutageSettings(district_metres=500.0),
        read_planned(listed),
    )

    assert [(one.cause, one.parts[0].meter) for one in outages] == [(Cause.PLANNED, 0), (Cause.POWER_CUT, 40)]
    assert outages[0].evidence["note"] == "new switch"


def test_rows_and_announcements_say_the_same(tmp_path: Path) -> None:
    read = read_planned(write(tmp_path / "p.csv", "start,end,site_id", "2013-01-02T09:00:00Z,2013-01-02T10:00:00Z,s1"))

    assert planned_from_rows(planned_rows(read)) == read


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("a,b", "1,2"), "found the columns a, b"),
        (("start,end,site_id", "2013-01-02T09:00:00,2013-01-02T10:00:00Z,s1"), "line 2: a time without its offset"),
        (("start,end,site_id", "2013-01-02T09:00:00Z,2013-01-02T08:00:00Z,s1"), "line 2: end is not after start"),
        (("start,end,site_id", "2013-01-02T09:00:00Z,2013-01-02T10:00:00Z,"), "line 2 names no place"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_with_its_line(tmp_path: Path, lines: tuple[str, ...], said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        read_planned(write(tmp_path / "p.csv", *lines))
