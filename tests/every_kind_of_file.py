"""Small files of every kind that is taken in, with few meters, times and values, so that files meet, agree and contradict."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from hypothesis import strategies as st

LONDON = "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped\n"
Rows = Sequence[tuple[int, int]]


def write_half_hours(path: Path, rows: Rows, own: int) -> None:
    """Write half-hours of a meter: which one, and how much; its customer's tariff is the file's."""
    lines = [
        f"M1,T{own % 3},2013-01-01 {slot // 2:02d}:{slot % 2 * 30:02d}:00.0000000, {value} ,ACORN-A,Affluent\n"
        for slot, value in rows
    ]
    path.write_text(LONDON + "".join(lines) + f"U{own},Std,2013-01-01 00:00:00.0000000, 1 ,ACORN-A,Affluent\n")


def write_registers(path: Path, rows: Rows, own: int) -> None:
    """Write reads of a heat register: at which hour, and its stand."""
    reads = [*((hour, 100 + 3 * value, "a1") for hour, value in rows), (own % 24, own, f"u{own}")]
    records = [
        {
            "timestamp_str": f"2013-01-01T{hour:02d}:00:00Z",
            "building_id": "b1",
            "apartment_id": apartment,
            "readings": [{"sensor_type": "heating_energy_kwh", "value": stand}],
        }
        for hour, stand, apartment in reads
    ]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


def write_events(path: Path, rows: Rows, own: int) -> None:
    """Write events of a meter: at which minute, and what is said of it, 0 for nothing."""
    lines = [f"E1,,20130101002400{minute:02d},{value or ''},BAT,ERR\n" for minute, value in rows]
    path.write_text("".join(lines) + f"E1,1-0:1.8.0,2013010{1 + own % 9}00240000,{own}.5,,INT\n")


def write_weather(path: Path, rows: Rows, own: int) -> None:
    """Write the weather: at which hour, and how warm it was."""
    lines = [f"{value},2013-01-01 {hour:02d}:00\n" for hour, value in rows]
    path.write_text("temperature,time\n" + "".join(lines) + f"{own},2013-02-{1 + own:02d} 00:00\n")


def write_places(path: Path, rows: Rows, own: int) -> None:
    """Write what is known of meters: which one, and where it stands and in which zone it counts its days, or not."""
    zones = ("", "Europe/London", "Asia/Tokyo", "")
    lines = [
        f"{('M1', 'E1', 'b1/a1', 'M2')[meter]},{value or ''},{own},{f'S{value}' if value > 1 else ''},{zones[value]}\n"
        for meter, value in rows
    ]
    path.write_text("meter_id,latitude,longitude,site_id,time_zone\n" + "".join(lines) + f"P{own},1,1,,\n")


# Places stand first: in a run they are taken in before the weather, and readings last.
KINDS = {
    "places.csv": write_places,
    "weather.csv": write_weather,
    "half-hours.csv": write_half_hours,
    "registers.jsonl": write_registers,
    "events.csv": write_events,
}
rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=5)
files = st.lists(st.tuples(st.sampled_from(sorted(KINDS)), rows), min_size=2, max_size=5)


def write_file(folder: Path, number: int, kind: str, rows: Rows) -> Path:
    """Write one file of a kind; no two files are the same, since each also says something of its own."""
    path = folder / f"{number}-{kind}"
    KINDS[kind](path, rows, number)
    return path


def in_order_of_a_run(paths: Sequence[Path]) -> list[Path]:
    """Return files in the order in which one run takes them in."""
    targets = {name: min(place, 2) for place, name in enumerate(KINDS)}
    return sorted(paths, key=lambda path: targets.get(path.name.partition("-")[2], 2))
