"""What stands where statements overlap: the changes of readings and of what they cover.

Enters: some series, what an ingest or an undo adds to their statements and takes away, and the lake as it is. Leaves: the
readings that leave and come besides, and the change of the table `covered`. All that was ever said of these series and stands
in its own chain is in `readings`, whole, or in `covered`; remainders are made of it. So what stands does not depend on how the
lake came to be.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from meterlake.etl.covering.folding import fold
from meterlake.etl.merging.arrivals import arrivals_of
from meterlake.etl.merging.reading_rules import IS_WITHDRAWAL, KEY, quality_rank
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.codes.quality import ReadingType
from meterlake.lake.snapshot import LakeFile, LakeSnapshot, TableState
from meterlake.lake.tables import COVERED, READINGS
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.transactions import TableChange

_KEY = ", ".join(KEY)
_NAMES = ", ".join(READINGS.column_names)
_COVERED = ", ".join(COVERED.column_names)
IS_STATEMENT = f"reading_type <> '{ReadingType.REMAINDER}'"


@dataclass(frozen=True)
class CoverChanges:
    """What overlapping makes of what comes and goes.

    Attributes:
        hidden: The `place` of each statement that came and does not stand whole.
        leaving: The lake's readings that stand no longer, those that were taken away among them.
        coming: The readings that stand instead, those that came and stand whole left out.
        covered: The change of the table of that name.
    """

    hidden: Relation
    leaving: Relation
    coming: Relation
    covered: TableChange


def lay_cover(
    bench: Workbench, lake: LakeSnapshot, writer: ParquetWriter, *, series: Relation, came: Relation, gone: Relation
) -> CoverChanges:
    """Lay statements over one another.

    Args:
        bench: Where they are.
        lake: The lake as it is.
        writer: Writes its files.
        series: The meter_id and quantity of all series that may overlap.
        came: The statements of these that come, in the columns of readings with `arrival` and a `place` of their own.
        gone: The keys of the statements that leave.
    """
    found = _Stored.of(bench, lake, series, came, gone)
    arrivals = f"(SELECT ingest_id, arrival FROM ({arrivals_of(lake['ingests'])}))"
    said = f"""
        SELECT {_NAMES}, coalesce(arrival, 0)::BIGINT AS arrival, NULL::BIGINT AS place
        FROM (SELECT * FROM {found.rows} WHERE {IS_STATEMENT}) AS stored
        ANTI JOIN {gone} AS gone USING ({_KEY}) LEFT JOIN {arrivals} AS arrivals USING (ingest_id)
        UNION ALL BY NAME SELECT {_NAMES}, arrival, place FROM {came}"""
    statements = bench.table("statements", _in_islands(said))
    overlapping = bench.rows(f"""
        SELECT number, island_number, quantity, epoch_us(interval_start), epoch_us(interval_end), value, quality_rank, arrival
        FROM {statements} WHERE is_shared ORDER BY number""")
    folded = fold(overlapping)
    with bench.shown("pieces", folded.pieces_table()) as pieces, bench.shown("lost", folded.lost_table()) as lost:
        stands = bench.table("stands", _standing(statements, pieces))
        lies_under = bench.table("lies_under", _lying_under(statements, lost, found.rows))
    return CoverChanges(
        hidden=bench.table("hidden", f"SELECT place FROM {lies_under} WHERE place IS NOT NULL"),
        leaving=bench.table("leaving", f"SELECT {_NAMES} FROM {found.readings} EXCEPT SELECT {_NAMES} FROM {stands}"),
        coming=bench.table(
            "coming",
            f"""SELECT {_NAMES} FROM {stands} WHERE place IS NULL OR NOT {IS_STATEMENT}
                EXCEPT SELECT {_NAMES} FROM {found.readings}""",
        ),
        covered=_covered_change(bench, lake["covered"], writer, found, lies_under),
    )


@dataclass(frozen=True)
class _Stored:
    """What the lake has of some series as far as intervals reach that touch one another.

    Attributes:
        rows: Of readings and covered, with `kept_in`, covered_by and covered_at.
        covered_files: Files that may hold some of covered.
    """

    rows: Relation
    covered_files: list[LakeFile]

    @property
    def readings(self) -> str:
        """Those that stand."""
        return f"(SELECT * FROM {self.rows} WHERE kept_in = 'readings')"

    @classmethod
    def of(cls, bench: Workbench, lake: LakeSnapshot, series: Relation, came: Relation, gone: Relation) -> _Stored:
        """Find it; what lies across the end of what was found widens it until nothing does."""
        first, last = bench.rows(f"""
            SELECT min(interval_start), max(interval_end)
            FROM (SELECT {_KEY} FROM {came} UNION ALL SELECT {_KEY} FROM {gone})""")[0]
        ends = bench.rows(f"SELECT min(meter_id), max(meter_id), min(quantity), max(quantity) FROM {series}")[0]
        while True:
            readings, covered = (_near(lake[name], ends, first, last) for name in ("readings", "covered"))
            within = f"""
                SEMI JOIN {series} AS series USING (meter_id, quantity)
                WHERE interval_start <= TIMESTAMPTZ '{last}' AND interval_end >= TIMESTAMPTZ '{first}'"""
            reach = " UNION ALL ".join(
                f"SELECT interval_start, interval_end FROM {lake[name].sql(files)} AS stored {within}"
                for name, files in (("readings", readings), ("covered", covered))
            )
            reached = bench.rows(f"SELECT min(interval_start), max(interval_end) FROM ({reach})")[0]
            if reached[0] is None or (reached[0] >= first and reached[1] <= last):
                break
            first, last = min(first, reached[0]), max(last, reached[1])
        rows = f"""
            SELECT {_NAMES}, 'readings' AS kept_in, NULL::VARCHAR AS covered_by, NULL::TIMESTAMPTZ AS covered_at
            FROM {lake["readings"].sql(readings)} AS stored {within}
            UNION ALL
            SELECT {_NAMES}, 'covered', covered_by, covered_at FROM {lake["covered"].sql(covered)} AS stored {within}"""
        return cls(bench.table("stored", rows), covered)


def _near(state: TableState, ends: tuple[str, str, str, str], first: dt.datetime, last: dt.datetime) -> list[LakeFile]:
    return state.files_within(
        meter_id=ends[:2], quantity=ends[2:], interval_start=(None, last), interval_end=(first, None)
    )


def _in_islands(said: str) -> str:
    """Return a SELECT of numbered statements: the nth of its interval, the best first, and whether it shares time with others.

    A withdrawal and what came before it are none of the first.
    """
    interval = "meter_id, quantity, interval_start, interval_end"
    series = "PARTITION BY meter_id, quantity ORDER BY interval_start, interval_end DESC"
    return f"""
        SELECT *, nth = 1 AND interval_end > interval_start AND count(*) OVER (PARTITION BY meter_id, quantity, island, nth = 1) > 1
                      AS is_shared,
               dense_rank() OVER (ORDER BY meter_id, quantity, island) AS island_number,
               row_number() OVER (ORDER BY meter_id, quantity, island, interval_start, interval_end DESC, nth) AS number
        FROM (
            SELECT *, sum(CASE WHEN begins THEN 1 ELSE 0 END) OVER ({series}, nth ROWS UNBOUNDED PRECEDING) AS island
            FROM (
                SELECT *, coalesce(interval_start >= max(interval_end) OVER (
                           {series}, nth ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), true) AS begins
                FROM (
                    SELECT *, row_number() OVER of_interval + CASE WHEN is_gone THEN 1 ELSE 0 END AS nth,
                           first_value(ingest_id) OVER of_interval AS best_ingest_id
                    FROM (
                        SELECT *, coalesce(arrival <= withdrawn_at, false) AS is_gone
                        FROM (
                            SELECT *, {quality_rank("quality")} AS quality_rank,
                                   max(CASE WHEN {IS_WITHDRAWAL} THEN arrival END) OVER (PARTITION BY {interval}) AS withdrawn_at
                            FROM ({said})))
                    WINDOW of_interval AS (
                        PARTITION BY {interval}
                        ORDER BY is_gone, is_gone AND NOT {IS_WITHDRAWAL}, quality_rank, arrival DESC))))"""


def _standing(statements: Relation, pieces: Relation) -> str:
    """Return a SELECT of the readings that stand, with the `place` of those that came."""
    part = {
        "interval_start": "make_timestamptz(pieces.start)",
        "interval_end": "make_timestamptz(pieces.stop)",
        "value": "pieces.value",
        "quality": "pieces.quality",
        "reading_type": f"'{ReadingType.REMAINDER}'",
    }
    of_part = ", ".join(f"{part[name]} AS {name}" if name in part else name for name in READINGS.column_names)
    return f"""
        SELECT {_NAMES}, place FROM {statements} WHERE nth = 1 AND NOT is_shared
        UNION ALL
        SELECT {_NAMES}, place FROM {statements} SEMI JOIN (SELECT number FROM {pieces} WHERE value IS NULL) AS whole USING (number)
        UNION ALL
        SELECT {of_part}, place FROM {statements} AS statements JOIN {pieces} AS pieces USING (number)
        WHERE pieces.value IS NOT NULL"""


def _lying_under(statements: Relation, lost: Relation, stored: Relation) -> str:
    """Return a SELECT of the statements that do not stand whole, with `place` and what is known of their covering."""
    return f"""
        SELECT under.*, covered_at
        FROM (
            SELECT {_NAMES}, place, best_ingest_id AS covered_by FROM {statements} WHERE nth > 1
            UNION ALL
            SELECT {", ".join(f"own.{name}" for name in READINGS.column_names)}, own.place, coalesce(over.ingest_id, own.ingest_id)
            FROM {lost} AS lost JOIN {statements} AS own USING (number) LEFT JOIN {statements} AS over ON over.number = lost.over
        ) AS under
        LEFT JOIN (SELECT {_KEY}, ingest_id, covered_at FROM {stored} WHERE kept_in = 'covered') AS known
            USING ({_KEY}, ingest_id)"""


def _covered_change(
    bench: Workbench, covered: TableState, writer: ParquetWriter, found: _Stored, lies_under: Relation
) -> TableChange:
    now = dt.datetime.now(dt.UTC)
    after = bench.table(
        "covered", f"SELECT * REPLACE (coalesce(covered_at, TIMESTAMPTZ '{now}') AS covered_at) FROM {lies_under}"
    )
    before = f"(SELECT {_COVERED} FROM {found.rows} WHERE kept_in = 'covered')"
    leave = bench.table("uncovered", f"SELECT * FROM {before} EXCEPT SELECT {_COVERED} FROM {after}")
    come = bench.table("newly_covered", f"SELECT {_COVERED} FROM {after} EXCEPT SELECT * FROM {before}")
    key = f"{_KEY}, ingest_id"
    change = writer.without(covered, f"({key}) IN (SELECT ({key}) FROM {leave})", found.covered_files)
    change.added += writer.append(COVERED, come.name).added
    return change
