"""Single intervals of energy out of a lake: what meters used just before a silence, and at the same time on other days.

Enters: meters and starts of intervals. Leaves: energy. Each month that holds some of them is read once; what was found is
kept (kept_tables) under a name made from the month's files and the question, so that a month whose files have not changed is
not read again for the same cuts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from meterlake.lake.snapshot import LakeFile, TableState
from meterlake.lake.sql.relations import named_rows
from meterlake.outage.evidence.kept_tables import KeptTables, files_by_month
from meterlake.outage.fleet import Fleet, Floats, Ints

_MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class LakeEnergy:
    """Reads intervals of one state of the readings; an EnergyReader.

    Attributes:
        connection: Where the reading is done.
        work_folder: Where what was read is kept from run to run.
        readings: The table of readings at one moment.
        fleet: The meters.
        quantity: Whose intervals count.
        folder: The name of what is kept; each who asks has one.
    """

    connection: duckdb.DuckDBPyConnection
    work_folder: Path
    readings: TableState
    fleet: Fleet
    quantity: str
    folder: str = "outage_energy"

    def read(self, meters: Ints, start_s: Ints) -> Floats:
        """Return the energy of intervals in kWh, NaN where there is none; see EnergyReader."""
        found = np.full(meters.shape, np.nan)
        kept = KeptTables(self.work_folder / self.folder)
        for files in files_by_month(self.readings, self.quantity).values():
            bounds = [file.bounds["interval_start"] for file in files if "interval_start" in file.bounds]
            if not bounds:
                continue
            first_us, last_us = min(low for low, _ in bounds), max(high for _, high in bounds)
            inside = np.flatnonzero((start_s * _MICROSECONDS >= first_us) & (start_s * _MICROSECONDS <= last_us))
            if inside.size:
                some = (files, meters[inside], start_s[inside])
                values = kept.table(self._name(*some), partial(self._read_month, *some))
                found[inside] = np.asarray(values["value"].to_numpy(), dtype=np.float64)
        kept.remove_others()
        return found

    def _name(self, files: list[LakeFile], meters: Ints, start_s: Ints) -> str:
        names = [self.fleet.meter_ids[meter] for meter in np.unique(meters).tolist()]
        question = blake2b(digest_size=12)
        for text in (self.quantity, *sorted(file.name for file in files), *names):
            question.update(text.encode() + b"\0")
        question.update(np.unique(meters, return_inverse=True)[1].tobytes() + start_s.tobytes())
        return question.hexdigest()

    def _read_month(self, files: list[LakeFile], meters: Ints, start_s: Ints) -> pa.Table:
        who, number = np.unique(meters, return_inverse=True)
        names = pa.array([self.fleet.meter_ids[meter] for meter in who.tolist()])
        intervals = pa.table(
            {
                "place": np.arange(meters.size),
                "meter_id": names.take(pa.array(number.ravel())),
                "interval_start": pa.array(start_s * _MICROSECONDS, pa.timestamp("us", "UTC")),
            }
        )
        with named_rows(self.connection, intervals) as wanted:
            rows = self.connection.execute(
                f"""SELECT place, value FROM {self.readings.sql(files)} AS readings
                    JOIN {wanted} USING (meter_id, interval_start) WHERE quantity = ?""",
                [self.quantity],
            ).fetchnumpy()
        found = np.full(meters.shape, np.nan)
        found[np.asarray(rows["place"])] = np.ma.filled(rows["value"], np.nan)
        return pa.table({"value": found})
