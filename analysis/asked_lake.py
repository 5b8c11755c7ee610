"""What every way of asking a lake stands on: its engine, the clock on which times are read and shown, answers from SQL."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from meterlake.analysis.answer import Answer
from meterlake.analysis.selection import meter_ids_of
from meterlake.lake.codes.quantities import quantity_named
from meterlake.lake.engine_choice import open_engine
from meterlake.lake.errors import UnknownMeter
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import TABLES
from meterlake.lake.written_times import moment_of

if TYPE_CHECKING:
    import datetime as dt

    import pyarrow as pa


class AskedLake:
    """A lake that is open."""

    def __init__(self, settings: LakeSettings, *, read_only: bool = True) -> None:
        self.settings = settings
        self.read_only = read_only
        self._engine = open_engine(settings)

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
        return str(found["time_zone"][0]) if found.num_rows else "UTC"

    def _series(
        self, select: str, column: str, meters: Any, start: Any, end: Any, quantity: str, **values: Any
    ) -> Answer:
        known = quantity_named(quantity)
        answer = self._of_meters(
            select,
            column,
            meters,
            start,
            end,
            where="quantity = $quantity",
            order=f"meter_id, {column}",
            quantity=known.name,
            **values,
        )
        answer.attrs |= {"quantity": known.name, "unit": known.unit}
        return answer

    def _of_meters(
        self, select: str, column: str, meters: Any, start: Any, end: Any, *, where: str, order: str, **values: Any
    ) -> Answer:
        """Return the rows of some meters whose time lies in a range; days are compared as days, moments as moments."""
        ids = meter_ids_of(meters)
        self._require_meters(ids)
        conditions = [where]
        for name, given, sign in (("start", start, ">="), ("end", end, "<")):
            moment = self._moment(name, given)
            if moment is not None:
                conditions.append(f"{column} {sign} ${name}")
                values[name] = moment if column == "interval_start" else moment.date()
        if ids is not None:
            conditions.append("meter_id IN (SELECT unnest($meters))")
            values["meters"] = ids
        return self._answer(f"{select} WHERE {' AND '.join(conditions)} ORDER BY {order}", values)

    def _require_meters(self, ids: Iterable[str] | None) -> None:
        if ids is None:
            return
        unknown = self._rows(
            "SELECT id FROM (SELECT unnest($ids) AS id) WHERE id NOT IN (SELECT meter_id FROM meters) LIMIT 1",
            {"ids": list(ids)},
        )
        if unknown.num_rows:
            name = str(unknown["id"][0])
            near = self._rows(
                "SELECT meter_id FROM meters ORDER BY jaro_winkler_similarity(meter_id, $name) DESC, 1 LIMIT 3",
                {"name": name},
            )
            raise UnknownMeter(name, near["meter_id"].to_pylist())

    def _as_of_moment(self, written: str) -> dt.datetime | None:
        return self._moment("as_of", written)

    def _moment(self, name: str, given: Any) -> dt.datetime | None:
        return moment_of(name, given, ZoneInfo(self.tz))

    def _answer(self, sql: str, values: dict[str, Any] | None = None) -> Answer:
        return Answer(
            lambda: self._in_zone(self._rows(sql, values)), {"zone": self.tz, "lake": Path(self.settings.lake).name}
        )

    def _rows(self, sql: str, values: dict[str, Any] | None = None) -> pa.Table:
        return self._engine.select(sql, values)

    def _in_zone(self, rows: pa.Table) -> pa.Table:
        """Return rows whose moments are shown on the lake's own clock."""
        import pyarrow as pa

        fields = [
            pa.field(field.name, pa.timestamp("us", self.tz))
            if pa.types.is_timestamp(field.type) and field.type.tz
            else field
            for field in rows.schema
        ]
        return rows.cast(pa.schema(fields))
