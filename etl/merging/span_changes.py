"""Values over several days, as they come and go: the rows of consumption_spans, one a reading.

Enters: readings that come and leave, and the lake as it is. Leaves: the change of the table, and which spans a week or month
is made of besides its days.
"""

from __future__ import annotations

from dataclasses import dataclass

from meterlake.etl.merging.local_dates import dated
from meterlake.etl.merging.sql_words import DUCKDB
from meterlake.etl.merging.summary_rules import IS_SPAN, Period, spans
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.tables import CONSUMPTION_SPANS
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.transactions import TableChange

_NAMES = ", ".join(CONSUMPTION_SPANS.column_names)
_KEY = ", ".join(CONSUMPTION_SPANS.key)


@dataclass(frozen=True)
class SpanChanges:
    """Spans that come and leave.

    Attributes:
        bench: Where they are.
        came: Rows of the table that come, each key once.
        left: Rows of the table that leave, as they were.
        touched: Both, as far as readings come or leave.
    """

    bench: Workbench
    came: Relation
    left: Relation
    touched: Relation

    @classmethod
    def of(
        cls, bench: Workbench, snapshot: LakeSnapshot, *, fresh: Relation, gone: Relation, zones: Relation
    ) -> SpanChanges:
        """Find them; see Summaries.changes."""
        long = f"(SELECT * FROM {fresh} WHERE {IS_SPAN})"
        found = bench.view("long", long)
        came = bench.table("spans", spans(dated(bench, found, zones, "interval_start"), DUCKDB))
        leaving = "SELECT meter_id, quantity, make_timestamptz(epoch_us(interval_start)) AS span_start"
        left = bench.table(
            "left_spans",
            f"""SELECT {_NAMES} FROM {snapshot["consumption_spans"].sql()} AS old
                SEMI JOIN ({leaving} FROM {gone}) AS gone USING ({_KEY})""",
        )
        touched = bench.table("touched_spans", f"SELECT * FROM {came} UNION ALL BY NAME SELECT * FROM {left}")
        return cls(bench, came, left, touched)

    def add_kept(self, readings: str) -> None:
        """Add spans that a lake holds as days, which were counted before there were any."""
        self.bench.add(self.came, spans(readings, DUCKDB))

    def change(self, snapshot: LakeSnapshot, writer: ParquetWriter) -> TableChange:
        """Return the change of the table."""
        rows = self.bench.table(
            "changed_spans",
            f"""SELECT * FROM {self.came}
                UNION ALL BY NAME
                SELECT * REPLACE (CAST(NULL AS BIGINT) AS minutes) FROM {self.left}
                ANTI JOIN {self.came} AS came USING ({_KEY})""",
        )
        return writer.upsert(snapshot["consumption_spans"], rows.name, keep="minutes IS NOT NULL")

    def beside(self, period: Period, touched: Relation, snapshot: LakeSnapshot, writer: ParquetWriter) -> str:
        """Return a SELECT of the spans that come, and of the lake's own that stay in the touched weeks or months."""
        state = snapshot["consumption_spans"]
        ends = f"""
            SELECT meter_id, quantity, timezone('UTC', CAST(period_start - 1 AS TIMESTAMP)) AS span_start FROM {touched}
            UNION ALL
            SELECT meter_id, quantity, timezone('UTC', CAST({period.end_of("period_start")} + 1 AS TIMESTAMP)) FROM {touched}"""
        return f"""
            SELECT {_NAMES} FROM {self.came}
            UNION ALL
            SELECT {_NAMES} FROM {state.sql(writer.overlapping_files(state, ends))} AS old
            ANTI JOIN {self.left} AS left_spans USING ({_KEY}) ANTI JOIN {self.came} AS came USING ({_KEY})"""
