"""How register reads become what flowed between them; one text that both engines read."""

from __future__ import annotations

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.reading_expressions import PLACE_SEPARATOR
from meterlake.etl.merging.reading_rules import KEY, LAST_FIRST, worse_quality
from meterlake.etl.merging.sql_words import SqlWords
from meterlake.lake.codes.quality import ReadingType
from meterlake.lake.codes.quantities import QUANTITIES
from meterlake.lake.sql.table_sql import sql_text

LONGEST_DAYS = 45
# Between reads further apart a register may have been exchanged and have come as far again.
_LONGEST_BLIP_MINUTES = 2 * 1440
_SUFFIX = "_register"
FLOWS = {name: name.removesuffix(_SUFFIX) for name in QUANTITIES if name.endswith(_SUFFIX)}


def latest_reads(rows: str) -> str:
    """Return a SELECT of the register reads among good rows, the one that wins of each key.

    Args:
        rows: What they are selected from; with file_number and place.
    """
    return f"""
        SELECT meter_id, CAST(quantity AS STRING) AS quantity, interval_start AS taken_at, value, quality, file_number
        FROM (
            SELECT *, row_number() OVER (PARTITION BY {", ".join(KEY)} ORDER BY {LAST_FIRST}) AS rank
            FROM {rows} WHERE reason IS NULL AND reading_type = '{ReadingType.REGISTER}')
        WHERE rank = 1"""


def neighbouring_reads(old: str, reads: str) -> str:
    """Return a SELECT of the lake's reads of the same registers, without a file's number; new reads win over them."""
    return f"""
        SELECT old.meter_id, old.quantity, old.taken_at, old.value, old.quality, CAST(NULL AS INT) AS file_number
        FROM (
            SELECT meter_id, quantity, interval_start AS taken_at, value, quality FROM {old} AS lake
            WHERE reading_type = '{ReadingType.REGISTER}') AS old
        SEMI JOIN (SELECT DISTINCT meter_id, quantity FROM {reads}) AS series USING (meter_id, quantity)
        ANTI JOIN {reads} AS newer USING (meter_id, quantity, taken_at)"""


def differences(reads: str, words: SqlWords) -> str:
    """Return a SELECT of one row for each pair of neighbouring reads with a new one in it, judged, and one for each blip.

    The row belongs to the file of the later read, or of the earlier one where the later is the lake's.
    """
    within = f"minutes BETWEEN 1 AND {LONGEST_DAYS * 1440}"
    most = f"CAST({_of_each_flow('{highest}')} AS DOUBLE) * greatest(1, minutes / 60)"
    believed = f"(SELECT * FROM {_with_blips(reads, words)} WHERE NOT is_blip)"
    return f"""
        SELECT meter_id, {_of_each_flow("'{flow}'")} AS quantity, before_at AS interval_start, minutes AS interval_minutes,
               flowed AS value, worse AS quality, '{ReadingType.INTERVAL}' AS reading_type,
               CAST(NULL AS STRING) AS event_code, reason,
               CASE WHEN reason IS NOT NULL THEN {_words_of_both(words)} END AS raw_text, by_file AS file_number
        FROM (
            SELECT *, CASE WHEN flowed < 0 THEN '{Reason.REGISTER_RESET}'
                           WHEN flowed > {most} THEN '{Reason.IMPLAUSIBLE}' END AS reason
            FROM (
                SELECT *, {words.billionth.format(number="value - before_value")} AS flowed,
                       coalesce(file_number, before_file) AS by_file, {worse_quality("quality", "before_quality")} AS worse,
                       {words.minutes_between("before_at", "taken_at")} AS minutes
                FROM (
                    SELECT meter_id, quantity, taken_at, value, quality, file_number,
                           lag(taken_at) OVER series AS before_at, lag(value) OVER series AS before_value,
                           lag(quality) OVER series AS before_quality, lag(file_number) OVER series AS before_file
                    FROM {believed}
                    WINDOW series AS (PARTITION BY meter_id, quantity ORDER BY taken_at)))
            WHERE by_file IS NOT NULL AND {within})
        UNION ALL
        SELECT meter_id, {_of_each_flow("'{flow}'")}, before_at, minutes, value, quality, '{ReadingType.INTERVAL}',
               CAST(NULL AS STRING), '{Reason.REGISTER_BLIP}', {_words_of_both(words)}, by_file
        FROM (
            SELECT *, coalesce(file_number, after_file, before_file) AS by_file,
                   {words.minutes_between("before_at", "taken_at")} AS minutes
            FROM {_with_blips(reads, words)} WHERE is_blip)
        WHERE by_file IS NOT NULL"""


def _with_blips(reads: str, words: SqlWords) -> str:
    """Return SQL for reads, and whether one is a blip: the register stood elsewhere for it, and then as if it had not been.

    A read that lies below the one before it, where the next does not; or above both its neighbours, where the second
    behind it does not reach it. What the register rose by after such a fall never flowed.
    """
    away = words.minutes_between("before_at", "after_at")
    return f"""(
        SELECT *, coalesce({away} <= {_LONGEST_BLIP_MINUTES} AND after_value >= before_value AND (
                       value < before_value
                       OR (value > after_value AND coalesce(second_after_value < value, true))), false) AS is_blip
        FROM (
            SELECT *, lag(taken_at) OVER series AS before_at, lag(value) OVER series AS before_value,
                   lag(file_number) OVER series AS before_file, lead(taken_at) OVER series AS after_at,
                   lead(value) OVER series AS after_value, lead(file_number) OVER series AS after_file,
                   lead(value, 2) OVER series AS second_after_value
            FROM {reads}
            WINDOW series AS (PARTITION BY meter_id, quantity ORDER BY taken_at)))"""


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
