"""How many intervals a day has where the clock is set: the table of the documentation, taken in and counted."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from tests.landing import select, take_in

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "bill_by_period.md"
ROW = re.compile(r"^\| [^|]+\| `([\w/]+)` \| (\d+) \| (\d+) \| (\S+): (\d+) \| (\S+): (\d+) \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE.read_text(encoding="utf-8"))


def test_the_table_names_the_places() -> None:
    assert len(ROWS) >= 7


@pytest.mark.parametrize(("zone", "minutes", "usual", "spring", "in_spring", "autumn", "in_autumn"), ROWS)
def test_a_day_has_as_many_intervals_as_the_page_says(
    tmp_path: Path, zone: str, minutes: str, usual: str, spring: str, in_spring: str, autumn: str, in_autumn: str
) -> None:
    declared = MappingDeclaration.model_validate(
        {
            "meter_id": {"constant": "M1"},
            "time": {"column": "t"},
            "values": [{"column": "v"}],
            "interval_minutes": int(minutes),
        }
    )
    clock, step = ZoneInfo(zone), dt.timedelta(minutes=int(minutes))
    expected, lines = {}, []
    for day_text, count in ((spring, in_spring), (autumn, in_autumn)):
        day = dt.date.fromisoformat(day_text)
        expected |= {day - dt.timedelta(days=1): int(usual), day: int(count)}
        at = first_moment(day - dt.timedelta(days=1), clock)
        while at < first_moment(day + dt.timedelta(days=1), clock):
            lines.append(f"{at:%Y-%m-%dT%H:%M:%SZ},1\n")
            at += step
    (tmp_path / "days.csv").write_text("t,v\n" + "".join(lines))
    take_in(tmp_path / "lake", tmp_path / "days.csv", mapping=declared, time_zone=zone)

    counted = select(
        tmp_path / "lake",
        """SELECT local_date, intervals_present, intervals_expected, minutes_present, minutes_expected, energy_kwh::INT
           FROM consumption_daily ORDER BY local_date""",
    )
    assert counted == [
        (day, count, count, count * int(minutes), count * int(minutes), count)
        for day, count in sorted(expected.items())
    ]


def first_moment(day: dt.date, clock: ZoneInfo) -> dt.datetime:
    """Return the first moment of a day, counted minute by minute from noon of the day before."""
    at = dt.datetime.combine(day - dt.timedelta(days=1), dt.time(12), clock).astimezone(dt.UTC)
    while at.astimezone(clock).date() < day:
        at += dt.timedelta(minutes=1)
    return at
