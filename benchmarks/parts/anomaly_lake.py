"""A lake of daily sums for benchmarks: real meters' days, repeated with other ids and sizes until there are enough."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from meterlake.anomaly.days.meter_days import MeterDays
from meterlake.lake.duckdb_lake import connect
from meterlake.lake.settings import LakeSettings
from meterlake.lake.snapshot import SnapshotReader
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.sqlite_catalogue import Catalogue

_MINUTES = 30


def build_daily_lake(settings: LakeSettings, days: MeterDays, meters: int) -> None:
    """Write so many meters' days into consumption_daily of a new lake."""
    rng = np.random.default_rng(1)
    dates = np.array(days.dates, dtype="datetime64[D]")
    tables = []
    for number in range(meters):
        place = number % len(days.meter_ids)
        known = np.flatnonzero(np.isfinite(days.energy_kwh[place]))
        # Every repeat is a home of its own: another size, other days.
        nothing = np.zeros(known.size, np.int64)
        factor = 1.0 if number < len(days.meter_ids) else rng.uniform(0.5, 2) * rng.uniform(0.9, 1.1, known.size)
        tables.append(
            pa.table(
                {
                    "meter_id": np.full(known.size, f"M{number:06d}"),
                    "quantity": np.full(known.size, "energy"),
                    "local_date": pa.array(dates[known]),
                    "energy_kwh": np.round(days.energy_kwh[place, known] * factor, 6),
                    "intervals_present": days.intervals_present[place, known],
                    "intervals_expected": days.intervals_expected[place, known],
                    "minutes_present": _MINUTES * days.intervals_present[place, known],
                    "minutes_expected": _MINUTES * days.intervals_expected[place, known],
                    **{f"minutes_{doubt}": nothing for doubt in ("estimated", "edited", "suspect")},
                }
            )
        )
    catalogue = Catalogue.at(settings.root)
    connection = connect(settings)
    connection.register("new_days", pa.concat_tables(tables))
    state = SnapshotReader(settings.root).current()["consumption_daily"]
    change = ParquetWriter(settings.root, connection).upsert(state, "new_days")
    catalogue.commit_changes([change], properties={})
    connection.close()
