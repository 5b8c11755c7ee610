"""What files said of the flow between register reads, with and without an ingest.

Enters: the readings that an ingest brought. Leaves: the differences that every file made with it, and those that it would
have made without it, by the rule of an ingest: meterlake.etl.merging.register_rules.
"""

from __future__ import annotations

from dataclasses import dataclass

from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.merging.reading_rules import KEY
from meterlake.etl.merging.register_rules import AS_READ, FLOWS, LONGEST_DAYS, differences, withdrawals
from meterlake.etl.merging.sql_words import DUCKDB
from meterlake.etl.relations import Relation
from meterlake.etl.undoing.stored_statements import stored_statements
from meterlake.etl.undoing.undone_ingest import UndoneIngest
from meterlake.lake.sql.table_sql import sql_text, sql_texts

_KEY = ", ".join(KEY)
_NAMES = "meter_id, quantity, interval_start, interval_end, value, quality, reading_type, arrival, reason, raw_text"


@dataclass(frozen=True)
class Differences:
    """Differences as statements, with `reason` and raw_text; of those with a reason or without a value nothing stands."""

    before: Relation
    after: Relation

    @property
    def changed(self) -> str:
        """SQL of the differences that are on one side alone, `sign` is 1 for those that come."""
        one, other = f"SELECT {_NAMES} FROM {self.before}", f"SELECT {_NAMES} FROM {self.after}"
        return f"(SELECT *, -1 AS sign FROM ({one} EXCEPT {other}) UNION ALL SELECT *, 1 FROM ({other} EXCEPT {one}))"


def find_differences(undone: UndoneIngest, own: Relation) -> Differences | None:
    """Return the differences near the keys that an ingest said something of; None where there can be none."""
    bench = undone.bench
    registers = " UNION ALL ".join(
        f"SELECT '{register}' AS register, '{flow}' AS flow" for register, flow in FLOWS.items()
    )
    spans = bench.table(
        "spans",
        f"""SELECT meter_id, register AS quantity, min(interval_start) AS first, max(interval_start) AS last
            FROM {own} JOIN ({registers}) AS registers ON quantity IN (register, flow) GROUP BY ALL""",
    )
    if not bench.has_rows(spans):
        return None
    reach = f"INTERVAL {LONGEST_DAYS} DAY"
    low, high, start, end = bench.rows(
        f"SELECT min(quantity), max(quantity), min(first) - {reach}, max(last) + {reach} FROM {spans}"
    )[0]
    within = {"quantity": (low, high), "interval_start": (start, end)}
    near = " UNION ".join(
        f"""SELECT {_KEY} FROM {undone.lake[name].sql(undone.lake[name].files_within(**within))} AS reads
            JOIN {spans} AS spans USING (meter_id, quantity)
            WHERE interval_start BETWEEN first - {reach} AND last + {reach}"""
        for name in ("readings", "covered", "superseded")
    )
    keys = bench.table("read_keys", near)
    if not bench.has_rows(keys):
        return None
    said = stored_statements(undone, keys)
    return Differences(_made_of(undone, said, "true"), _made_of(undone, said, f"NOT {undone.is_of('said.ingest_id')}"))


def _made_of(undone: UndoneIngest, said: Relation, condition: str) -> Relation:
    reads = undone.bench.table(
        "reads",
        f"""SELECT meter_id, quantity, make_timestamp(epoch_us(interval_start)) AS taken_at, value, quality,
                   said.arrival AS file_number
            FROM {said} AS said WHERE is_last AND {condition}""",
    )
    highest = ReadOptions().most_of
    made = " UNION ALL BY NAME ".join(
        f"SELECT * FROM ({rule(str(reads), DUCKDB, highest)})" for rule in (differences, withdrawals)
    )
    columns = {
        "interval_start": "make_timestamptz(epoch_us(interval_start))",
        "interval_end": DUCKDB.interval_end(),
        "arrival": "file_number",
    }
    listed = ", ".join(f"{columns[name]} AS {name}" if name in columns else name for name in _NAMES.split(", "))
    # Reads that are kept as they are make neighbours for the files after them, and their own file says nothing.
    are_silent = " OR ".join(
        f"file_number IN (SELECT arrival FROM {undone.arrivals} WHERE format = {sql_text(name)})"
        f" AND quantity IN ({sql_texts(kept)})"
        for name, kept in AS_READ.items()
    )
    return undone.bench.table("differences", f"SELECT {listed} FROM ({made}) WHERE NOT ({are_silent})")
