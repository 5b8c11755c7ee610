"""What is plausible is a power: the same in half an hour, an hour and a day, and as a stand; and it can be set."""

from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.lake.errors import BadParameter
from tests.small_lake import SmallLake

DAYS = "SELECT meter_id, local_date::VARCHAR, energy_kwh, intervals_present FROM consumption_daily ORDER BY ALL"


@pytest.fixture
def lake(tmp_path: Path) -> SmallLake:
    return SmallLake(tmp_path)


def declared(minutes: int, *, register: bool = False) -> MappingDeclaration:
    value = {"column": "v", "register": True} if register else {"column": "v"}
    return MappingDeclaration.model_validate(
        {"meter_id": "id", "time": {"column": "t"}, "values": [value], "interval_minutes": minutes}
    )


def take_in(lake: SmallLake, meter: str, minutes: int, values: list[float], *, register: bool = False) -> None:
    rows = "".join(
        f"{meter},2024-06-{3 + at * minutes // 1440:02d}T{at * minutes // 60 % 24:02d}:{at * minutes % 60:02d}:00Z,{value}\n"
        for at, value in enumerate(values)
    )
    path = lake.write(f"{meter}.csv", f"id,t,v\n{rows}")
    lake.ingest(path, mapping=declared(minutes, register=register), options=ReadOptions(time_zone="UTC"))


def test_a_works_of_more_than_a_megawatt_is_kept_and_a_home_of_two_is_not(lake: SmallLake) -> None:
    take_in(lake, "WORKS", 60, [900, 950, 1000, 1001, 1200, *[900] * 19])
    take_in(lake, "SITE", 1440, [900, 1500, 2400])
    take_in(lake, "HOME", 30, [999] * 4)
    take_in(lake, "STAND", 60, [0, 1400, 2801], register=True)

    assert lake.rows(DAYS) == [
        ("SITE", "2024-06-03", 900.0, 1),
        ("SITE", "2024-06-04", 1500.0, 1),
        ("SITE", "2024-06-05", 2400.0, 1),
        ("STAND", "2024-06-03", 2801.0, 2),
        ("WORKS", "2024-06-03", 22151.0, 24),
    ]
    assert [reason for _, reason, _ in lake.quarantine()] == ["implausible"] * 4


@pytest.mark.parametrize("register", [False, True])
def test_a_limit_can_be_set(lake: SmallLake, monkeypatch: pytest.MonkeyPatch, register: bool) -> None:
    monkeypatch.setenv("METERLAKE_HIGHEST", '{"energy": 10}')
    take_in(lake, "HOME", 30, [0, 5, 15.5] if register else [5, 10.5], register=register)

    # As a stand, half an hour has what an hour may have: its clock is not exact.
    assert sum(row[2] for row in lake.rows(DAYS)) == 5.0
    assert [reason for _, reason, _ in lake.quarantine()] == ["implausible"]


@pytest.mark.parametrize("said", ['{"enrgy": 10}', '{"energy": 0}'])
def test_a_limit_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("METERLAKE_HIGHEST", said)

    with pytest.raises((ValueError, BadParameter), match=r"energy|enrgy"):
        ReadOptions()
