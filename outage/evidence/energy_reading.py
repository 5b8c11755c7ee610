"""Single intervals of energy out of a lake: what meters used just before a silence, and at the same time on other days.

Enters: meters and starts of intervals. Leaves: energy. Each month that holds some of them is read once; what was found is
kept beside the lake under a name made from the month's files and the question, so that a month whose files have not changed is
not read again for the same cuts.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from meterlake.lake.snapshot import LakeFile, TableState
from meterlake.outage.fleet import Fleet, Floats, Ints

_FOLDER = "outage_energy"
_MICROSECONDS = 1_000_000


class LakeEnergy:
    """Reads intervals of one snapshot; an EnergyReader."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        work_folder: Path,
        readings: TableState,
        fleet: Fleet,
        quantity: str,
    ) -> None:
        self.connection = connection
        self.folder = work_folder / _FOLDER
        self.readings = readings
        self.fleet = fleet
        self.quantity = quantity

    def read(self, meters: Ints, start_s: Ints) -> Floats:
        """Return the energy of intervals in kWh, NaN where there is none; see EnergyReader."""
        found = np.full(meters.shape, np.nan)
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = set()
        for files in self._months():
            lows, highs = zip(*(file.bounds["interval_start"] for file in files), strict=True)
            inside = np.flatnonzero((start_s * _MICROSECONDS >= min(lows)) & (start_s * _MICROSECONDS <= max(highs)))
            if inside.size:
                path = self._path(files, meters[inside], start_s[inside])
                kept.add(path)
                found[inside] = self._month(path, files, meters[inside], start_s[inside])
        for path in self.folder.glob("*.parquet"):
            if path not in kept:
                path.unlink(missing_ok=True)
        return found

    def _months(self) -> Iterator[list[LakeFile]]:
        months: dict[str, list[LakeFile]] = {}
        for file in self.readings.files:
            if file.may_hold("quantity", self.quantity, self.quantity) and "interval_start" in file.bounds:
                months.setdefault(self.readings.folder_of(file), []).append(file)
        yield from months.values()

    def _path(self, files: list[LakeFile], meters: Ints, start_s: Ints) -> Path:
        names = [self.fleet.meter_ids[meter] for meter in np.unique(meters).tolist()]
        question = blake2b(digest_size=12)
        for text in (self.quantity, *sorted(file.name for file in files), *names):
            question.update(text.encode() + b"\0")
        question.update(np.unique(meters, return_inverse=True)[1].tobytes() + start_s.tobytes())
        return self.folder / f"{question.hexdigest()}.parquet"

    def _month(self, path: Path, files: list[LakeFile], meters: Ints, start_s: Ints) -> Floats:
        with suppress(FileNotFoundError):  # new cuts, or the month's files have changed
            return np.asarray(pq.read_table(path)["value"].to_numpy(), dtype=np.float64)
        who, number = np.unique(meters, return_inverse=True)
        names = pa.array([self.fleet.meter_ids[meter] for meter in who.tolist()])
        wanted = pa.table(
            {
                "place": np.arange(meters.size),
                "meter_id": names.take(pa.array(number.ravel())),
                "interval_start": pa.array(start_s * _MICROSECONDS, pa.timestamp("us", "UTC")),
            }
        )
        self.connection.register("wanted_intervals", wanted)
        rows = self.connection.execute(
            f"""SELECT place, value FROM {self.readings.sql(files)} AS readings
                JOIN wanted_intervals USING (meter_id, interval_start) WHERE quantity = ?""",
            [self.quantity],
        ).fetchnumpy()
        self.connection.unregister("wanted_intervals")
        found = np.full(meters.shape, np.nan)
        found[np.asarray(rows["place"])] = np.ma.filled(rows["value"], np.nan)
        being_written = path.with_suffix(f".{uuid.uuid4().hex}.part")
        pq.write_table(pa.table({"value": found}), being_written, compression="zstd")
        being_written.replace(path)
        return found
