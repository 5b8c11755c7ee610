"""The same interval twice in one run: the last row wins, equal ones are duplicates, others are superseded.

Enters: good rows in `staged`. Leaves: `staged` with each key once, sorted by meter, quantity and time; what lost
in `verdicts` (counted) and, where its value was another, in `replaced`. Official files come sorted, so order is
checked first, which costs a tenth of sorting.
"""

from __future__ import annotations

import duckdb

KEY = ("meter_id", "quantity", "interval_start")

_NEIGHBOURS = """
    SELECT (meter_id < lag(meter_id) OVER ()) OR (meter_id = lag(meter_id) OVER () AND (
               quantity < lag(quantity) OVER ()
               OR (quantity = lag(quantity) OVER () AND interval_start < lag(interval_start) OVER ()))) AS is_descent,
           meter_id = lag(meter_id) OVER () AND quantity = lag(quantity) OVER ()
               AND interval_start = lag(interval_start) OVER () AS is_repeat,
           rowid AS place, meter_id, quantity, interval_start
    FROM staged"""


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the empty tables `verdicts` and `replaced`."""
    connection.execute("CREATE TEMP TABLE verdicts (file_number USMALLINT, verdict VARCHAR, row_count BIGINT)")
    connection.execute("""
        CREATE TEMP TABLE replaced (
            meter_id VARCHAR, quantity VARCHAR, interval_start TIMESTAMPTZ, interval_end TIMESTAMPTZ, value DOUBLE,
            quality VARCHAR, reading_type VARCHAR, ingest_id VARCHAR, file_number USMALLINT, by_file_number USMALLINT,
            path VARCHAR
        )""")


def resolve_repeats(connection: duckdb.DuckDBPyConnection) -> None:
    """Sort `staged` if it is not, and leave each key in it once."""
    descents, repeats = connection.execute(
        f"SELECT count_if(is_descent), count_if(is_repeat) FROM ({_NEIGHBOURS})"
    ).fetchall()[0]
    if descents:
        connection.execute("""
            CREATE TEMP TABLE sorted AS
            SELECT * FROM staged ORDER BY meter_id, quantity, interval_start, file_number, rowid""")
        connection.execute("DROP TABLE staged")
        connection.execute("ALTER TABLE sorted RENAME TO staged")
        repeats = connection.execute(f"SELECT count_if(is_repeat) FROM ({_NEIGHBOURS})").fetchall()[0][0]
    if repeats:
        _drop_losers(connection)


def _drop_losers(connection: duckdb.DuckDBPyConnection) -> None:
    key = ", ".join(KEY)
    connection.execute(f"""
        CREATE TEMP TABLE contested AS
        SELECT *, row_number() OVER latest AS rank,
               first_value(value) OVER latest AS won_value, first_value(quality) OVER latest AS won_quality,
               first_value(interval_minutes) OVER latest AS won_minutes, first_value(file_number) OVER latest AS won_file
        FROM (
            SELECT staged.rowid AS place, staged.* FROM staged
            SEMI JOIN (SELECT {key} FROM ({_NEIGHBOURS}) WHERE is_repeat) AS repeated USING ({key}))
        WINDOW latest AS (PARTITION BY {key} ORDER BY file_number DESC, place DESC)""")
    connection.execute("""
        INSERT INTO verdicts
        SELECT file_number,
               CASE WHEN value = won_value AND quality = won_quality AND interval_minutes = won_minutes
                    THEN 'duplicate' ELSE 'superseded' END, count(*)
        FROM contested WHERE rank > 1 GROUP BY ALL""")
    connection.execute("""
        INSERT INTO replaced
        SELECT meter_id, quantity, make_timestamptz(epoch_us(interval_start)),
               make_timestamptz(epoch_us(interval_start) + interval_minutes::BIGINT * 60000000), value, quality, reading_type,
               NULL, file_number, won_file, NULL
        FROM contested
        WHERE rank > 1 AND NOT (value = won_value AND quality = won_quality AND interval_minutes = won_minutes)""")
    connection.execute("DELETE FROM staged WHERE rowid IN (SELECT place FROM contested WHERE rank > 1)")
    connection.execute("DROP TABLE contested")
