"""A small real lake: rows written out by hand, put into Parquet files and published in one commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import numpy as np

from meterlake.forecasting.forecasters.seasonal_naive import SeasonalNaiveModel, SeasonalNaiveParameters
from meterlake.lake.tables import (
    ANOMALY_SCORES,
    CONSUMPTION_DAILY,
    CONSUMPTION_MONTHLY,
    CONSUMPTION_WEEKLY,
    FORECASTS,
    INGESTS,
    INTERRUPTIONS,
    METER_EVENTS,
    METERS,
    MODELS,
    OUTAGE_METERS,
    OUTAGES,
    QUARANTINE,
    READINGS,
    SERVICES,
    Table,
)
from meterlake.lake.writing.sqlite_catalogue import Catalogue
from meterlake.lake.writing.transactions import TableChange

NOWHERE = (None,) * 5  # building, transformer, feeder, substation, district
HALF_HOUR = dt.timedelta(minutes=30)
JANUARY_2 = dt.datetime(2013, 1, 2, tzinfo=dt.UTC)
JANUARY_4 = dt.datetime(2013, 1, 4, tzinfo=dt.UTC)
SUMMER_2 = dt.datetime(2013, 7, 1, 23, tzinfo=dt.UTC)  # midnight of 2013-07-02 in London


def write_rows(root: Path, table: Table, rows: Iterable[Sequence[Any]]) -> TableChange:
    """Write rows as the table's files, one a partition; they are not published yet. Last columns that they lack are null."""
    change = TableChange(table)
    rows = [(*row, *[None] * (len(table.columns) - len(row))) for row in rows]
    for _, group in groupby(sorted(rows, key=lambda row: _partition(table, row)), lambda row: _partition(table, row)):
        path = root / table.name / f"{uuid4().hex}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
            connection.execute(f"CREATE TABLE written ({columns})")
            marks = ", ".join("?" for _ in table.columns)
            connection.executemany(f"INSERT INTO written VALUES ({marks})", [list(row) for row in group])
            order = "ORDER BY " + ", ".join(f'"{name}"' for name in table.sort) if table.sort else ""
            ids = ", ".join(f"'{name}': {field_id}" for name, field_id in table.field_ids.items())
            connection.execute(
                f"COPY (FROM written {order}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, FIELD_IDS {{{ids}}})"
            )
        change.added.append(str(path))
    return change


def publish(root: Path, rows_by_table: dict[Table, list[Sequence[Any]]]) -> None:
    """Write and publish rows of several tables in one commit."""
    catalogue = Catalogue.at(root)
    changes = [write_rows(root, table, rows) for table, rows in rows_by_table.items()]
    catalogue.commit_changes(changes, properties={})


def half_hours(meter_id: str, start: dt.datetime, values: Iterable[float | None]) -> list[Sequence[Any]]:
    """Return readings row after row from a moment on; None leaves the half-hour out."""
    return [
        (
            meter_id,
            "energy",
            start + place * HALF_HOUR,
            start + (place + 1) * HALF_HOUR,
            value,
            "actual",
            "interval",
            "in1",
        )
        for place, value in enumerate(values)
        if value is not None
    ]


def build_small_lake(root: Path) -> None:
    """Build the lake that the tests ask.

    MAC000005 used 46 x 0.12 + 2 x 0.09 = 5.7 kWh on 2013-01-02 and sent 44 half-hours on the 3rd, with a gap
    from 10:00 to 12:00; it has days in three years round two New Years, and one summer day. MAC000006 is
    known but never sent anything. Z9 sent two hours in one value and then half an hour, and stands in no list of
    meters.
    """
    third = [0.125] * 20 + [None] * 4 + [0.125] * 24
    readings = [
        *half_hours("MAC000005", JANUARY_2, [0.12] * 46 + [0.09] * 2),
        *half_hours("MAC000005", JANUARY_2 + dt.timedelta(days=1), third),
        *half_hours("MAC000005", SUMMER_2, [0.25] * 48),
        ("Z9", "energy", JANUARY_2, JANUARY_2 + 4 * HALF_HOUR, 1.0, "actual", "interval", "in1"),
        *half_hours("Z9", JANUARY_2 + 4 * HALF_HOUR, [0.5]),
    ]
    publish(
        root,
        {
            READINGS: readings,
            METERS: [
                ("MAC000005", "s1", None, None, "Europe/London", 51.5, -0.12, "Std", "Affluent", None),
                ("MAC000006", None, None, None, "Europe/London", None, None, None, None, None),
            ],
            CONSUMPTION_DAILY: [
                summed("MAC000005", dt.date(2012, 12, 31), 4.25, 48, 48),
                summed("MAC000005", dt.date(2013, 1, 2), 5.700000000000001, 48, 48),
                summed("MAC000005", dt.date(2013, 1, 3), 5.5, 44, 48),
                summed("MAC000005", dt.date(2013, 7, 2), 12.0, 48, 48),
                summed("MAC000005", dt.date(2013, 12, 30), float("nan"), 0, 48),
                summed("Z9", dt.date(2013, 1, 2), 1.5, 24, 48),
            ],
            CONSUMPTION_WEEKLY: [
                summed("MAC000005", dt.date(2012, 12, 31), 15.45, 140, 336),
                summed("MAC000005", dt.date(2013, 7, 1), 12.0, 48, 336),
                summed("MAC000005", dt.date(2013, 12, 30), 2.0, 48, 336),
            ],
            CONSUMPTION_MONTHLY: [
                summed("MAC000005", dt.date(2012, 12, 1), 4.25, 48, 1488),
                summed("MAC000005", dt.date(2013, 1, 1), 11.2, 92, 1488),
                summed("MAC000005", dt.date(2013, 7, 1), 12.0, 48, 1488),
            ],
            ANOMALY_SCORES: [
                _score(dt.date(2013, 1, 2), 5.7, 0, 0.0, 0.5),
                _score(dt.date(2013, 1, 3), 5.5, -1, 0.25, 2.0),
                _score(dt.date(2013, 7, 2), 12.0, 1, 0.375, 4.0),
                _score(dt.date(2013, 12, 30), 0.0, -1, 1.0, 3.0),
            ],
            FORECASTS: [_forecast(JANUARY_4, hour) for hour in range(24)],
            MODELS: [_model(root)],
            METER_EVENTS: [
                ("MAC000005", JANUARY_2 + dt.timedelta(days=1, hours=9, minutes=50), "PWR_LOSS", None, "in1"),
                ("MAC000006", JANUARY_2 + dt.timedelta(days=1, hours=15), "COVER_OPEN", None, "in1"),
            ],
            OUTAGES: [
                _outage("out-000000000001", "power_cut", 9 * 60 + 50, 11 * 60 + 45, 115.0, 51.5, -0.12),
                _outage("out-000000000002", "meter_gap", 24 * 60, None, None, None, None),
            ],
            OUTAGE_METERS: [_outage_meter("out-000000000001", "MAC000005", 9 * 60 + 50, 11 * 60 + 45, 10 * 60, 4)],
            INTERRUPTIONS: [_interruption("out-000000000001", "MAC000005", 9 * 60 + 50, 11 * 60 + 45, 10 * 60, 4)],
            SERVICES: [
                (
                    "MAC000005",
                    "MAC000005",
                    dt.datetime(2012, 12, 31, tzinfo=dt.UTC),
                    None,
                    "Europe/London",
                    "s1",
                    *NOWHERE,
                ),
                ("Z9", "Z9", JANUARY_2, None, None, None, *NOWHERE),
            ],
            INGESTS: [_ingest("in1", 1, 145), _ingest("in2", 2, 10), _ingest("in3", 2, 20)],
            QUARANTINE: [
                ("in1", "a.csv", 1, 7, "not_a_number", "kwh='Null'", "MAC000005,…,Null"),
                ("in1", "a.csv", 2, 9, "not_a_number", "kwh='x'", "MAC000005,…,x"),
                ("in2", "b.csv", 1, 1, "bad_time", "2013-13-01", "…"),
            ],
        },
    )


def summed(meter_id: str, start: dt.date, energy_kwh: float, present: int, expected: int) -> Sequence[Any]:
    """Return a day, week or month of half-hours, all of them actual."""
    minutes = (30 * present, 30 * expected, 0, 0, 0)
    return (meter_id, "energy", start, energy_kwh, present, expected, *minutes)


def _outage(outage_id: str, cause: str, start: int, end: int | None, minutes: float | None, *at: float | None) -> Any:
    """Return an outage of the 3rd of January from and to so many minutes after midnight."""
    times = (_third(start), None if end is None else _third(end))
    return (outage_id, cause, *times, 1, minutes, 0.9, '{"meters_reporting": 1}', "s1", None, *at, None)


def _outage_meter(outage_id: str, meter_id: str, start: int, end: int, first_lost: int, intervals: int) -> Any:
    times = (_third(start), _third(end), _third(first_lost))
    return (outage_id, meter_id, *times, 30.0, intervals, "PWR_LOSS")


def _interruption(outage_id: str, meter_id: str, lost: int, returned: int, first_lost: int, intervals: int) -> Any:
    """Return an interruption whose loss was reported, and whose return lies in the last of its half-hours."""
    minutes = float(returned - lost)
    bounds = ("message", "reading", minutes - 15, minutes, minutes + 15, "sustained", None, 0.0)
    of_intervals = (_third(first_lost), 30.0, intervals, "PWR_LOSS")
    return (outage_id, meter_id, meter_id, _third(lost), _third(returned), *bounds, *of_intervals, "s1", *NOWHERE)


def _third(minutes: int) -> dt.datetime:
    return JANUARY_2 + dt.timedelta(days=1, minutes=minutes)


def _score(day: dt.date, kwh: float, anomaly: int, importance: float, severity: float) -> Sequence[Any]:
    limits = (7.125, 6.875, 7.5)
    marks = (anomaly, importance, severity, "judged", None, 48)
    return ("MAC000005", "fleet_band", day, kwh, *limits, *marks, 0.1, 0.5, 2.8, "1-test", "run-test")


def _forecast(issued_at: dt.datetime, hour: int) -> Sequence[Any]:
    start = issued_at + hour * 2 * HALF_HOUR
    quantiles = [place / 40 for place in range(1, 10)]
    facts = ("ok", "household", 1, "run-test")
    return ("MAC000005", issued_at, start, start + 2 * HALF_HOUR, 0.2, *quantiles, *facts)


def _model(root: Path) -> Sequence[Any]:
    """Keep a seasonal naive model that knows one flat day, approved."""
    model = SeasonalNaiveModel(SeasonalNaiveParameters(), np.full(24, 0.25, np.float32))
    model.save(root / "artefacts" / "household" / "1")
    at = dt.datetime(2014, 3, 1, tzinfo=dt.UTC)
    facts = ('{"wql": 0.5}', '{"seed": 1}', '{"meters": 1}', "artefacts/household/1", at, at, None)
    return ("household", 1, "Approved", "seasonal_naive", 60, 24, *facts)


def _ingest(ingest_id: str, day: int, rows_read: int) -> Sequence[Any]:
    began = dt.datetime(2014, 3, day, 8, tzinfo=dt.UTC)
    finished = began + dt.timedelta(seconds=1)
    accounts = (rows_read, rows_read - 3, 1, 0, 2)
    return (ingest_id, f"{ingest_id}.csv", "00" * 32, "london", *accounts, began, finished, 5000, began, 0, None)


def _partition(table: Table, row: Sequence[Any]) -> tuple[Any, ...]:
    values = dict(zip(table.column_names, row, strict=True))
    parts: list[Any] = []
    for partition in table.partitions:
        value = values[partition.column]
        if partition.transform == "identity":
            parts.append(value)
        else:
            parts.append((value.year, value.month if partition.transform == "month" else 0))
    return tuple(parts)
