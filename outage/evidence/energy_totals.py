"""What flowed while nothing came: stands and totals ask a silence whether the power was on.

Enters: silences of single meters. Leaves: the energy of each, where a total or two stands say it, and NaN where nothing does. A
total over a longer time leaves a remainder where its intervals are missing. Between two stands lies what came in intervals and
what did not: where one silence is all that is missing, the difference is its energy.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa

from meterlake.lake.sql.relations import named_rows
from meterlake.outage.evidence.energy_reading import LakeEnergy
from meterlake.outage.evidence.kept_tables import MonthlyQuery
from meterlake.outage.fleet import Floats, Ints

# A stand a month is how meters are read that send no intervals.
_LONGEST_BETWEEN_S = 45 * 86_400
_REMAINDERS_OF_MONTH = """
SELECT meter_id, epoch_us(interval_start) // 1000000 AS start_s, epoch_us(interval_end) // 1000000 AS end_s, value
FROM {source} AS readings WHERE quantity = {quantity} AND reading_type = 'remainder' AND isfinite(value)
"""
REMAINDERS = MonthlyQuery(
    "outage_remainders",
    "1",
    _REMAINDERS_OF_MONTH,
    pa.schema([("meter_id", pa.string()), ("start_s", pa.int64()), ("end_s", pa.int64()), ("value", pa.float64())]),
)
_BETWEEN_STANDS = """
WITH stands AS (
    SELECT meter_id, epoch_us(interval_start) // 1000000 AS at_s, value FROM {stands} AS stands
    WHERE quantity = $quantity || '_register' AND isfinite(value)
), around AS (
    SELECT place, wanted.meter_id, from_s, to_s,
           max(at_s) FILTER (at_s <= from_s) AS first_s, arg_max(value, at_s) FILTER (at_s <= from_s) AS first_value,
           min(at_s) FILTER (at_s >= to_s) AS last_s, arg_min(value, at_s) FILTER (at_s >= to_s) AS last_value
    FROM {wanted} JOIN stands ON stands.meter_id = wanted.meter_id
    GROUP BY place, wanted.meter_id, from_s, to_s
), known AS (
    SELECT * FROM around WHERE last_s - first_s <= $longest_s AND last_value >= first_value
)
SELECT place, any_value(last_value - first_value) - coalesce(sum(value), 0) AS value
FROM known LEFT JOIN {readings} AS readings
  ON readings.meter_id = known.meter_id AND quantity = $quantity AND reading_type NOT IN ('register', 'remainder')
  AND interval_start >= make_timestamptz(first_s * 1000000) AND interval_end <= make_timestamptz(last_s * 1000000)
GROUP BY place
HAVING any_value(last_s - first_s - (to_s - from_s)) = sum(epoch_us(interval_end) - epoch_us(interval_start)) // 1000000
"""


class TotalsReader(Protocol):
    """Reads what flowed in longer times than intervals."""

    def between(self, meters: Ints, from_s: Ints, to_s: Ints) -> Floats:
        """Return the energy of silences in kWh, NaN where nothing says it.

        Args:
            meters: Places in the fleet, `(n,)`.
            from_s: Where each silence begins, `(n,)`.
            to_s: Where it ends, `(n,)`.
        """
        ...

    def read(self, meters: Ints, start_s: Ints) -> Floats:
        """Return the energy of single intervals, as an EnergyReader does."""
        ...


@dataclass(frozen=True)
class LakeTotals:
    """Reads totals, stands and intervals of one state of the readings; a TotalsReader.

    Attributes:
        energy: Reads single intervals, and knows the lake.
    """

    energy: LakeEnergy

    def read(self, meters: Ints, start_s: Ints) -> Floats:
        """Return the energy of single intervals; see TotalsReader."""
        return self.energy.read(meters, start_s)

    def between(self, meters: Ints, from_s: Ints, to_s: Ints) -> Floats:
        """Return the energy of silences in kWh, NaN where nothing says it; see TotalsReader."""
        found = np.full(meters.shape, np.nan)
        if meters.size == 0:
            return found
        names = [self.energy.fleet.meter_ids[meter] for meter in meters.tolist()]
        silences = pa.table({"place": np.arange(meters.size), "meter_id": names, "from_s": from_s, "to_s": to_s})
        for place, value in [*self._remainders(silences), *self._between_stands(silences)]:
            found[place] = value
        return found

    def _remainders(self, silences: pa.Table) -> list[tuple[int, float]]:
        lake = self.energy
        remainders = REMAINDERS.answered(lake.connection, lake.work_folder, lake.readings, lake.quantity)
        if remainders.num_rows == 0:
            return []
        with named_rows(lake.connection, silences) as wanted, named_rows(lake.connection, remainders) as known:
            return lake.connection.execute(
                f"SELECT place, value FROM {known} AS known JOIN {wanted} AS wanted"
                " ON known.meter_id = wanted.meter_id AND start_s = from_s AND end_s = to_s"
            ).fetchall()

    def _between_stands(self, silences: pa.Table) -> list[tuple[int, float]]:
        lake = self.energy
        register = f"{lake.quantity}_register"
        stands = lake.readings.files_within(quantity=(register, register))
        if not stands:
            return []
        with named_rows(lake.connection, silences) as wanted:
            words = {
                "wanted": f"{wanted} AS wanted",
                "readings": self._readings(silences),
                "stands": lake.readings.sql(stands),
            }
            values = {"quantity": lake.quantity, "longest_s": _LONGEST_BETWEEN_S}
            return lake.connection.execute(_BETWEEN_STANDS.format(**words), values).fetchall()

    def _readings(self, silences: pa.Table) -> str:
        """Return SQL for the readings that may lie between the stands around some silences."""
        first, last = min(silences["from_s"].to_pylist()), max(silences["to_s"].to_pylist())
        reach = dt.timedelta(seconds=_LONGEST_BETWEEN_S)
        times = (dt.datetime.fromtimestamp(first, dt.UTC) - reach, dt.datetime.fromtimestamp(last, dt.UTC) + reach)
        lake = self.energy
        files = lake.readings.files_within(quantity=(lake.quantity, lake.quantity), interval_start=times)
        return lake.readings.sql(files)
