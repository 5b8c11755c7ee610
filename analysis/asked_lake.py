"""What every way of asking a lake stands on: its engine, the clock on which times are read and shown, answers from SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from meterlake.analysis.answer import Answer
from meterlake.analysis.query_files import analysis_sql, parameters_of
from meterlake.analysis.selection import Selection, meter_ids_of
from meterlake.lake.codes.quantities import quantity_named
from meterlake.lake.errors import BadParameter, UnknownMeter
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import TABLES
from meterlake.lake.time_zones import checked_zone
from meterlake.lake.written_times import moment_of

if TYPE_CHECKING:
    import datetime as dt

    import pyarrow as pa

    from meterlake.lake.duckdb_lake import DuckDBLake


class AskedLake:
    """A lake that is open."""

    def __init__(self, settings: LakeSettings, *, read_only: bool = True) -> None:
        self.settings = settings
        self.read_only = read_only

    @cached_property
    def _engine(self) -> DuckDBLake:
        """The engine, loaded when something is first asked."""
        from meterlake.lake.engine_choice import open_engine

        return open_engine(self.settings)

    @property
    def tables(self) -> dict[str, int]:
        """How many rows each table holds."""
        return self._engine.row_counts()

    @property
    def version(self) -> str:
        """A text that changes exactly when something in the lake changes."""
        return self._engine.version_of(*TABLES)

    @cached_property
    def tz(self) -> str:
        """The zone of most meters' days, on whose clock times are read and shown."""
        found = self._rows(
            "SELECT time_zone FROM meters WHERE time_zone IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        )
        return str(found["time_zone"][0]).removeprefix("Etc/") if found.num_rows else "UTC"

    def _selected(
        self,
        meters: Any = None,
        start: Any = None,
        end: Any = None,
        *,
        tz: str | None = None,
        quantity: str = "energy",
        missing: str = "error",
    ) -> Selection:
        """Return what is asked for, once it is sure that it can be answered.

        Raises:
            UnknownMeter: If the lake does not hold a meter and `missing` is not "ignore".
            BadParameter: If an argument cannot be used.
        """
        if missing not in ("error", "ignore"):
            raise BadParameter("missing", missing, "error or ignore", "ignore")
        clock = self.tz if tz is None else checked_zone(tz, "tz")
        ids = meter_ids_of(meters)
        if ids is not None:
            known = self._known_meters(ids)
            if missing == "error":
                self._require_meters([one for one in ids if one not in known])
            ids = [one for one in ids if one in known]
        first, last = (moment_of(name, given, ZoneInfo(clock)) for name, given in (("start", start), ("end", end)))
        return Selection(None if ids is None else tuple(ids), first, last, clock, quantity_named(quantity))

    def _series(self, select: str, column: str, asked: Selection, **values: Any) -> Answer:
        """Return the rows of some meters in their order; all meters' readings as they lie in the lake, month by month."""
        is_whole = asked.meters is None and column == "interval_start"
        order = "" if is_whole else f"meter_id, {column}"
        return self._of_meters(select, column, asked, where="quantity = $quantity", order=order, **values)

    def _of_meters(
        self, select: str, column: str, asked: Selection, *, where: str, order: str, **values: Any
    ) -> Answer:
        """Return the rows of some meters whose time lies in a range; days are compared as days, moments as moments."""
        conditions = [where, asked.of_meters]
        given = asked.values
        for name, moment, sign in (("start", asked.start, ">="), ("end", asked.end, "<")):
            if moment is not None:
                conditions.append(f"{column} {sign} ${name}")
                values[name] = moment if column == "interval_start" else moment.date()
        sql = f"{select} WHERE {' AND '.join(conditions)}" + (f" ORDER BY {order}" if order else "")
        return self._answer(sql, {name: given.get(name) for name in parameters_of(sql)} | values, asked)

    def _known_meters(self, ids: Iterable[str]) -> set[str]:
        rows = self._rows("SELECT meter_id FROM meters WHERE meter_id IN (SELECT unnest($ids))", {"ids": list(ids)})
        return set(rows["meter_id"].to_pylist())

    def _require_meters(self, ids: Iterable[str] | None) -> None:
        known = self._known_meters(ids or ())
        for name in ids or ():
            if name not in known:
                near = self._rows(
                    "SELECT meter_id FROM meters ORDER BY jaro_winkler_similarity(meter_id, $name) DESC, 1 LIMIT 3",
                    {"name": name},
                )
                raise UnknownMeter(name, near["meter_id"].to_pylist())

    def _as_of_moment(self, written: str) -> dt.datetime | None:
        return self._moment("as_of", written)

    def _moment(self, name: str, given: Any) -> dt.datetime | None:
        return moment_of(name, given, ZoneInfo(self.tz))

    def _answer(self, sql: str, values: dict[str, Any] | None = None, asked: Selection | None = None) -> Answer:
        """Return an answer that SQL makes, whole or batch by batch."""
        zone = asked.tz if asked else self.tz
        attrs = asked.attrs() if asked else {"zone": zone}

        @contextmanager
        def stream(batch_rows: int, as_views: bool = False) -> Iterator[pa.RecordBatchReader]:
            with self._engine.stream(sql, values, batch_rows=batch_rows, as_views=as_views) as reader:
                yield reader.cast(shown_in_zone(reader.schema, zone))

        return Answer(lambda: self._in_zone(self._rows(sql, values), zone), attrs | self._known, stream=stream)

    def _made(self, rows: Callable[[], pa.Table], attrs: dict[str, Any]) -> Answer:
        """Return an answer that says of which lake it is."""
        return Answer(rows, attrs | self._known)

    @property
    def _known(self) -> dict[str, Any]:
        """What every answer says of the lake."""
        return {"lake": Path(self.settings.lake).name, "version": self.version}

    def _analysed(
        self,
        name: str,
        asked: Selection,
        words: dict[str, str] | None = None,
        frames: dict[str, Any] | None = None,
        **values: Any,
    ) -> pa.Table:
        """Return the rows of a file of analysis/queries."""
        sql = analysis_sql(name, **{"of_meters": asked.of_meters, **(words or {})})
        given = asked.values | values
        rows = self._engine.select(sql, {one: given[one] for one in parameters_of(sql)}, frames)
        return self._in_zone(rows, asked.tz)

    def _rows(self, sql: str, values: dict[str, Any] | None = None) -> pa.Table:
        return self._engine.select(sql, values)

    def _in_zone(self, rows: pa.Table, zone: str | None = None) -> pa.Table:
        """Return rows whose moments are shown on a clock, the lake's own where none is named."""
        return rows.cast(shown_in_zone(rows.schema, zone or self.tz))


def shown_in_zone(schema: pa.Schema, zone: str) -> pa.Schema:
    """Return a schema whose moments are shown on a clock."""
    import pyarrow as pa

    return pa.schema(
        pa.field(field.name, pa.timestamp("us", zone)) if pa.types.is_timestamp(field.type) and field.type.tz else field
        for field in schema
    )
