"""How register reads become what flowed between them; one text for an ingest and an undo, on both engines.

A file says of each of its reads what flowed since the read before it and until the one behind it, among those that were
known when it came. A read that comes late so takes the place of the difference that spanned it, and what nothing can be
said of any more is withdrawn. Enters everywhere: `reads` with meter_id, quantity, taken_at, value, quality and the
file_number in whose order they came; those without a number came before all others, and nothing is said of them.
"""

from __future__ import annotations

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.reading_expressions import PLACE_SEPARATOR
from meterlake.etl.merging.reading_rules import KEY, LAST_FIRST, worse_quality
from meterlake.etl.merging.sql_words import SqlWords
from meterlake.lake.codes.quality import ReadingType
from meterlake.lake.codes.quantities import QUANTITIES
from meterlake.lake.sql.table_sql import sql_text

LONGEST_DAYS = 45
_SUFFIX = "_register"
FLOWS = {name: name.removesuffix(_SUFFIX) for name in QUANTITIES if name.endswith(_SUFFIX)}
# The formats whose files say themselves what flowed: their reads are kept as they are.
AS_READ = ("default",)
_WITHIN = f"minutes BETWEEN 1 AND {LONGEST_DAYS * 1440}"
_SERIES = "meter_id, quantity"


def latest_reads(rows: str) -> str:
    """Return a SELECT of the register reads among good rows, the last one of each key and file.

    Args:
        rows: What they are selected from; with file_number and place.
    """
    return f"""
        SELECT meter_id, CAST(quantity AS STRING) AS quantity, interval_start AS taken_at, value, quality, file_number
        FROM (
            SELECT *, row_number() OVER (PARTITION BY {", ".join(KEY)}, file_number ORDER BY {LAST_FIRST}) AS rank
            FROM {rows} WHERE reason IS NULL AND reading_type = '{ReadingType.REGISTER}')
        WHERE rank = 1"""


def neighbouring_reads(old: str, reads: str) -> str:
    """Return a SELECT of the lake's reads of the same registers, without a file's number."""
    return f"""
        SELECT old.meter_id, old.quantity, old.taken_at, old.value, old.quality, CAST(NULL AS INT) AS file_number
        FROM (
            SELECT meter_id, quantity, interval_start AS taken_at, value, quality FROM {old} AS lake
            WHERE reading_type = '{ReadingType.REGISTER}') AS old
        SEMI JOIN (SELECT DISTINCT meter_id, quantity FROM {reads}) AS series USING (meter_id, quantity)"""


def differences(reads: str, words: SqlWords) -> str:
    """Return a SELECT of one row for each pair of neighbouring reads with a new one in it, judged, as files' rows."""
    return f"""
        SELECT {_COMMON}, minutes AS interval_minutes, flowed AS value, worse AS quality,
               '{ReadingType.INTERVAL}' AS reading_type, CAST(NULL AS STRING) AS event_code, reason,
               CASE WHEN reason IS NOT NULL THEN {_words_of_both(words)} END AS raw_text, file_number
        FROM ({_judged(reads, words)}) WHERE {_WITHIN}"""


def withdrawals(reads: str, words: SqlWords) -> str:
    """Return a SELECT of the differences that cannot stand any longer since a file said so: readings without a value."""
    return f"""
        SELECT {_COMMON}, CAST(0 AS BIGINT) AS interval_minutes, CAST(NULL AS DOUBLE) AS value, worse AS quality,
               '{ReadingType.INTERVAL}' AS reading_type, CAST(NULL AS STRING) AS event_code, file_number
        FROM ({_judged(reads, words)}) WHERE known_from < file_number AND (reason IS NOT NULL OR NOT {_WITHIN})"""


def _judged(reads: str, words: SqlWords) -> str:
    """Return a SELECT of pairs of reads with what flowed and why it cannot be known."""
    most = f"CAST({_of_each_flow('{highest}')} AS DOUBLE) * greatest(1, minutes / 60)"
    return f"""
        SELECT *, CASE WHEN flowed < 0 THEN '{Reason.REGISTER_RESET}'
                       WHEN flowed > {most} THEN '{Reason.IMPLAUSIBLE}' END AS reason
        FROM (
            SELECT *, {words.billionth.format(number="value - before_value")} AS flowed,
                   {worse_quality("quality", "before_quality")} AS worse,
                   {words.minutes_between("before_at", "taken_at")} AS minutes
            FROM ({_pairs(reads)}))"""


def _pairs(reads: str) -> str:
    """Return a SELECT of each pair that a file's read makes with a neighbour, as both were known when the file came.

    The neighbour is mostly the next time that the series has. Where that came later, it is looked for behind it.
    """
    end = f"PARTITION BY {_SERIES} ORDER BY taken_at ROWS BETWEEN"
    reach = f"INTERVAL {LONGEST_DAYS} DAY"
    return f"""
        WITH points AS (
            SELECT *, lead(arrival) OVER (PARTITION BY {_SERIES}, taken_at ORDER BY arrival) AS known_until
            FROM (SELECT *, coalesce(file_number, -1) AS arrival FROM {reads})),
        times AS (
            SELECT *, lag(taken_at) OVER series AS last_at, lag(known_from) OVER series AS last_known_from,
                   lead(taken_at) OVER series AS next_at, lead(known_from) OVER series AS next_known_from,
                   min(known_from) OVER ({end} UNBOUNDED PRECEDING AND 1 PRECEDING) AS known_before,
                   min(known_from) OVER ({end} 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS known_behind
            FROM (SELECT {_SERIES}, taken_at, min(arrival) AS known_from FROM points GROUP BY {_SERIES}, taken_at)
            WINDOW series AS (PARTITION BY {_SERIES} ORDER BY taken_at)),
        said AS (
            SELECT points.file_number, points.arrival, times.* FROM points JOIN times USING ({_SERIES}, taken_at)
            WHERE points.file_number IS NOT NULL),
        pairs AS (
            SELECT {_SERIES}, arrival, last_at AS before_at, taken_at FROM said WHERE last_known_from <= arrival
            UNION
            SELECT {_SERIES}, arrival, taken_at, next_at FROM said WHERE next_known_from <= arrival
            UNION
            SELECT said.meter_id, said.quantity, arrival, max(times.taken_at), said.taken_at
            FROM said JOIN times ON times.meter_id = said.meter_id AND times.quantity = said.quantity
                AND times.taken_at < said.taken_at AND times.taken_at >= said.taken_at - {reach}
                AND times.known_from <= said.arrival
            WHERE said.last_known_from > arrival AND said.known_before <= arrival
            GROUP BY said.meter_id, said.quantity, arrival, said.taken_at
            UNION
            SELECT said.meter_id, said.quantity, arrival, said.taken_at, min(times.taken_at)
            FROM said JOIN times ON times.meter_id = said.meter_id AND times.quantity = said.quantity
                AND times.taken_at > said.taken_at AND times.taken_at <= said.taken_at + {reach}
                AND times.known_from <= said.arrival
            WHERE said.next_known_from > arrival AND said.known_behind <= arrival
            GROUP BY said.meter_id, said.quantity, arrival, said.taken_at)
        SELECT pairs.meter_id, pairs.quantity, pairs.before_at, pairs.taken_at, pairs.arrival AS file_number, times.known_from,
               earlier.value AS before_value, earlier.quality AS before_quality, later.value, later.quality
        FROM pairs
        JOIN times ON times.meter_id = pairs.meter_id AND times.quantity = pairs.quantity AND times.taken_at = pairs.before_at
        JOIN points AS earlier ON {_as_known("earlier", "before_at")}
        JOIN points AS later ON {_as_known("later", "taken_at")}"""


def _as_known(points: str, at: str) -> str:
    """Return the condition that a point is the read of a moment as it was known when a pair's file came."""
    return (
        f"{points}.meter_id = pairs.meter_id AND {points}.quantity = pairs.quantity AND {points}.taken_at = pairs.{at}"
        f" AND {points}.arrival <= pairs.arrival AND ({points}.known_until IS NULL OR {points}.known_until > pairs.arrival)"
    )


def _words_of_both(words: SqlWords) -> str:
    """Return SQL for what a bad difference says of itself, put where other rows have their place in the line."""
    before, after = (words.shown.format(number=number) for number in ("before_value", "value"))
    return (
        f"concat('{PLACE_SEPARATOR}0{PLACE_SEPARATOR}', quantity, ' of ', meter_id, ' stood at ', {before}, ' at ',"
        f" CAST(before_at AS STRING), ' and at ', {after}, ' at ', CAST(taken_at AS STRING))"
    )


def _of_each_flow(template: str) -> str:
    """Return SQL that chooses by register: a template with {flow} and {highest} for each."""
    cases = (
        f"WHEN {sql_text(register)} THEN {template.format(flow=flow, highest=QUANTITIES[flow].highest)}"
        for register, flow in FLOWS.items()
    )
    return f"CASE quantity {' '.join(cases)} END"


_COMMON = f"""meter_id, {_of_each_flow("'{flow}'")} AS quantity, before_at AS interval_start"""
