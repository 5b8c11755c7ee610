"""The lake as a run of detectors sees it: one snapshot read through one connection, and the meters in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import duckdb

from meterlake.lake.codes.quantities import ENERGY
from meterlake.lake.engine_choice import open_store
from meterlake.lake.known_meters import DEFAULT_TIME_ZONE
from meterlake.lake.settings import LakeSettings
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.sql.table_sql import sql_text


@dataclass(frozen=True)
class KnownMeter:
    """A meter, what lists choose it by, and the zone of its days."""

    meter_id: str
    site_id: str | None = None
    segment: str | None = None
    time_zone: str = DEFAULT_TIME_ZONE

    @property
    def zone(self) -> ZoneInfo:
        """The zone of its days."""
        return ZoneInfo(self.time_zone)

    def midnight(self, date: dt.date) -> dt.datetime:
        """Return the moment at which one of its days begins, in UTC."""
        return dt.datetime.combine(date, dt.time(), self.zone).astimezone(dt.UTC)

    def day_before(self, moment: dt.datetime) -> dt.date:
        """Return its last day that is whole at a moment."""
        return (moment.astimezone(self.zone) - dt.timedelta(days=1)).date()


@dataclass(frozen=True)
class ScoringLake:
    """One state of a lake, and the engine that reads it."""

    connection: duckdb.DuckDBPyConnection
    snapshot: LakeSnapshot

    def newest_day(self, quantity: str) -> dt.date | None:
        """Return the newest day that has a value of a quantity, or None."""
        found = self._newest("consumption_daily", "local_date", quantity)
        # A quantity that does not add up, such as a temperature, has no sums.
        return found or self._newest("readings", "interval_start", quantity)

    def _newest(self, table: str, column: str, quantity: str) -> dt.date | None:
        newest: dt.date | None = self.connection.execute(
            f"SELECT CAST(max({column}) AS DATE) FROM {self.snapshot[table].sql()} AS t WHERE quantity = ?", [quantity]
        ).fetchall()[0][0]
        return newest

    def meters_with_days(self, quantity: str) -> list[KnownMeter]:
        """Return every meter that has daily sums of a quantity, in order of the ids."""
        return self._meters(_ids_in(self.snapshot["consumption_daily"].sql(), [quantity]))

    def meters_with_readings(self, quantities: Sequence[str]) -> list[KnownMeter]:
        """Return every meter that has readings of one of some quantities; for energy also those that are only listed."""
        # Summaries name the meters of summed quantities in a fraction of the time that readings take.
        has_energy = ENERGY.name in quantities
        tables = ["consumption_daily"] if has_energy else ["consumption_daily", "readings"]
        ids = [_ids_in(self.snapshot[name].sql(), quantities) for name in tables]
        listed = [f"SELECT meter_id FROM {self.snapshot['meters'].sql()} AS listed"] if has_energy else []
        return self._meters(" UNION ".join(ids + listed))

    def _meters(self, ids: str) -> list[KnownMeter]:
        rows = self.connection.execute(
            f"""SELECT meter_id, site_id, segment, time_zone
                FROM ({ids}) LEFT JOIN {self.snapshot["meters"].sql()} AS meters USING (meter_id) ORDER BY meter_id"""
        ).fetchall()
        return [KnownMeter(meter, site, segment, zone or DEFAULT_TIME_ZONE) for meter, site, segment, zone in rows]


def _ids_in(source: str, quantities: Sequence[str]) -> str:
    names = ", ".join(sql_text(quantity) for quantity in quantities)
    return f"SELECT DISTINCT meter_id FROM {source} AS t WHERE quantity IN ({names})"


@contextmanager
def scoring_lake(settings: LakeSettings | None) -> Iterator[ScoringLake]:
    """Open the newest state of a lake for a block.

    Raises:
        NoLake: If there is no lake.
    """
    store = open_store(settings)
    snapshot = store.current()
    with store.connect() as connection:
        yield ScoringLake(connection, snapshot)
