"""How register reads become what flowed between them; one text for an ingest and an undo, on both engines.

A file says of each of its reads what flowed since the read before it and until the one behind it, among those that were
known when it came. A read that comes late so takes the place of the difference that spanned it, and what nothing can be
said of any more is withdrawn. A blip, for which the register stood elsewhere and then as if it had not been, is passed
over: a read that lies below the one before it, where the next does not; or above both its neighbours, where the second
behind it does not reach it either. What the register rose by after such a fall never flowed. A read of a worse quality than
both its neighbours that does not lie between them was estimated wrongly, and is one, too, however far they are apart.

Enters everywhere: `reads` with meter_id, quantity, taken_at, value, quality and the file_number in whose order they came;
those without a number came before all others, and nothing is said of them. `highest` is the most of a flow that is plausible in
an hour, where not its own limit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.reading_expressions import PLACE_SEPARATOR
from meterlake.etl.merging.reading_rules import LAST_FIRST, quality_rank, worse_quality
from meterlake.etl.merging.sql_words import SqlWords
from meterlake.lake.codes.quality import Quality, ReadingType
from meterlake.lake.codes.quantities import LIMITS_HOLD_MINUTES, QUANTITIES
from meterlake.lake.sql.table_sql import sql_text, sql_texts

LONGEST_DAYS = 45
# Between reads further apart a register may have been exchanged and have come as far again.
_LONGEST_BLIP_MINUTES = 2 * 1440
# How many microseconds before it was taken the last read of a register stands that was exchanged then: as two reads of one moment
# they would be one.
AT_LAST = 1
# Which part of a register's turn may flow between two reads of which one is before its end and one behind it.
_OF_A_TURN = 0.02
# A register shows whole units, and its clock is not exact: what it seems to have moved in a moment says nothing.
_LEAST_MINUTES = 60
_SUFFIX = "_register"
FLOWS = {name: name.removesuffix(_SUFFIX) for name in QUANTITIES if name.endswith(_SUFFIX)}
# The formats whose files say themselves what flowed, and of what: such reads are kept as they are.
AS_READ = {"default": ("energy", "energy_export")}
_WITHIN = f"minutes BETWEEN 1 AND {LONGEST_DAYS * 1440}"
_SERIES = "meter_id, quantity"
_IS_SAID = "arrival = as_of OR before_arrival = as_of"


def is_differenced(formats: Mapping[int, str]) -> str:
    """Return SQL for whether of a read, or of what flowed, its file says a difference.

    Args:
        formats: The formats of the files with registers, by file_number.
    """
    said = [_is_of(formats, name, kept) for name, kept in AS_READ.items() if name in formats.values()]
    others = [number for number, name in formats.items() if name not in AS_READ]
    if others:
        said.append(f"file_number IN ({', '.join(map(str, others))})")
    return f"({' OR '.join(said)})"


def a_differenced_read(rows: str, formats: Mapping[int, str]) -> str:
    """Return a SELECT of one row where any good row is a read of which its file says a difference; else of none."""
    is_read = f"reason IS NULL AND reading_type = '{ReadingType.REGISTER}'"
    return f"SELECT 1 FROM {rows} WHERE {is_read} AND {is_differenced(formats)} LIMIT 1"


def _is_of(formats: Mapping[int, str], name: str, kept: Sequence[str]) -> str:
    numbers = ", ".join(str(number) for number, own in formats.items() if own == name)
    quantities = sql_texts([*kept, *(flow + _SUFFIX for flow in kept)])
    return f"file_number IN ({numbers}) AND quantity NOT IN ({quantities})"


def last_reads(rows: str) -> str:
    """Return a SELECT of file_number, place and quantity of the last reads of registers that were exchanged: both engines read it.

    Of two reads of one moment in a file the first goes on from the read before it, and the read behind them from the second,
    which lies lower. Of any others the last counts.

    Args:
        rows: What they are selected from; with file_number and place.
    """
    names = ("interval_start", "value", "quality")
    around = ", ".join(
        f"{step} OVER series AS {where}_{name}"
        for where, template in (("before", "lag({})"), ("next", "lead({})"), ("third", "lead({}, 2)"))
        for name, step in ((name, template.format(name)) for name in names)
    )
    return f"""
        SELECT file_number, place, quantity FROM (
            SELECT *, {around} FROM {rows} WHERE reason IS NULL AND reading_type = '{ReadingType.REGISTER}'
            WINDOW series AS (PARTITION BY {_SERIES}, file_number ORDER BY interval_start, place))
        WHERE next_interval_start = interval_start AND next_quality = quality AND next_value < value
          AND before_interval_start < interval_start AND before_value <= value
          AND third_interval_start > interval_start AND third_value >= next_value AND third_value < value"""


def latest_reads(rows: str) -> str:
    """Return a SELECT of the register reads among good rows, the last one of each key and file.

    Args:
        rows: What they are selected from; with file_number and place.
    """
    return f"""
        SELECT meter_id, CAST(quantity AS STRING) AS quantity, interval_start AS taken_at, value, quality, file_number
        FROM (
            SELECT *, row_number() OVER (
                       PARTITION BY meter_id, quantity, interval_start, file_number
                       ORDER BY {quality_rank("quality")}, {LAST_FIRST}) AS rank
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


def differences(reads: str, words: SqlWords, highest: Mapping[str, float]) -> str:
    """Return a SELECT of what each file says flowed between neighbouring reads, judged, and of the blips that it shows.

    A pair is said by the file that brought one of its reads, or made the two neighbours.
    """
    return f"""
        WITH {_as_known(reads, words, highest)}
        SELECT {_COMMON}, minutes AS interval_minutes, flowed AS value, worse AS quality,
               '{ReadingType.INTERVAL}' AS reading_type, CAST(NULL AS STRING) AS event_code, reason,
               CASE WHEN reason IS NOT NULL THEN {_words_of_both(words)} END AS raw_text, as_of AS file_number
        FROM judged
        WHERE as_of >= 0 AND {_WITHIN} AND ({_IS_SAID} OR coalesce(seen_as_of, -2) <> coalesce(last_as_of, -2))
        UNION ALL
        SELECT {_COMMON}, {_minutes(words, "before_at", "taken_at")}, value, quality, '{ReadingType.INTERVAL}',
               CAST(NULL AS STRING), '{Reason.REGISTER_BLIP}', {_words_of_both(words)}, as_of
        FROM seen
        WHERE as_of >= 0 AND is_blip AND (arrival = as_of OR after_arrival = as_of OR before_arrival = as_of)"""


def withdrawals(reads: str, words: SqlWords, highest: Mapping[str, float]) -> str:
    """Return a SELECT of the differences that cannot stand any longer since a file said so: readings without a value."""
    return f"""
        WITH {_as_known(reads, words, highest)},
        good AS (SELECT * FROM judged WHERE reason IS NULL AND {_WITHIN})
        SELECT {_COMMON}, minutes AS interval_minutes, CAST(NULL AS DOUBLE) AS value, worse AS quality,
               '{ReadingType.INTERVAL}' AS reading_type, CAST(NULL AS STRING) AS event_code, next_as_of AS file_number
        FROM good
        ANTI JOIN good AS later ON later.meter_id = good.meter_id AND later.quantity = good.quantity
            AND later.before_at = good.before_at AND later.taken_at = good.taken_at AND later.worse = good.worse
            AND later.as_of = good.next_as_of
        WHERE next_as_of IS NOT NULL"""


def _as_known(reads: str, words: SqlWords, highest: Mapping[str, float]) -> str:
    """Return the tables of a WITH: `seen`, reads as they were known when each file came, and `judged`, what flowed between.

    Each turn of a register, when a file with reads of it came, has the whole of it; pairs are of neighbours that are no blips.
    """
    hourly = _of_each_flow(lambda flow: repr(highest.get(flow, QUANTITIES[flow].highest)))
    most = f"CAST({hourly} AS DOUBLE) * greatest({_LEAST_MINUTES}, minutes) / {LIMITS_HOLD_MINUTES}"
    away = _minutes(words, "before_at", "after_at")
    neighbours = ", ".join(
        f"{step}({name}) OVER series AS {where}_{said}"
        for step, where in (("lag", "before"), ("lead", "after"))
        for name, said in (("taken_at", "at"), ("value", "value"), ("arrival", "arrival"), ("quality_rank", "rank"))
    )
    return f"""
        points AS (
            SELECT *, lead(arrival) OVER (PARTITION BY {_SERIES}, taken_at ORDER BY arrival) AS known_until
            FROM (
                SELECT *, min(quality_rank) OVER (
                           PARTITION BY {_SERIES}, taken_at ORDER BY arrival ROWS UNBOUNDED PRECEDING) AS best_rank
                FROM (SELECT *, coalesce(file_number, -1) AS arrival, {quality_rank("quality")} AS quality_rank FROM {reads}))
            WHERE quality_rank = best_rank),
        turns AS (
            SELECT *, lag(as_of) OVER (PARTITION BY {_SERIES} ORDER BY as_of) AS last_as_of,
                   lead(as_of) OVER (PARTITION BY {_SERIES} ORDER BY as_of) AS next_as_of
            FROM (SELECT DISTINCT {_SERIES}, arrival AS as_of FROM points)),
        seen AS (
            SELECT *, coalesce(after_value >= before_value AND (
                           ({away} <= {_LONGEST_BLIP_MINUTES} AND (
                               value < before_value OR (value > after_value AND second_after_value < value)))
                           OR ({away} <= {LONGEST_DAYS * 1440} AND quality_rank > greatest(before_rank, after_rank)
                               AND (value < before_value OR value > after_value))), false) AS is_blip
            FROM (
                SELECT *, {neighbours}, lead(value, 2) OVER series AS second_after_value
                FROM (
                    SELECT points.*, as_of, last_as_of, next_as_of FROM points JOIN turns USING ({_SERIES})
                    WHERE arrival <= as_of AND (known_until IS NULL OR known_until > as_of))
                WINDOW series AS (PARTITION BY {_SERIES}, as_of ORDER BY taken_at))),
        pairs AS (
            SELECT {_SERIES}, as_of, last_as_of, next_as_of, taken_at, value, quality, arrival,
                   lag(taken_at) OVER series AS before_at, lag(value) OVER series AS before_value,
                   lag(quality) OVER series AS before_quality, lag(arrival) OVER series AS before_arrival
            FROM seen WHERE NOT is_blip
            WINDOW series AS (PARTITION BY {_SERIES}, as_of ORDER BY taken_at)),
        judged AS (
            SELECT *, CASE WHEN flowed < 0 THEN '{Reason.REGISTER_RESET}'
                           WHEN flowed > {most} THEN '{Reason.IMPLAUSIBLE}' END AS reason
            FROM (
                SELECT *, {words.billionth.format(number="value - before_value + turned_over")} AS flowed,
                       CASE WHEN turned_over > 0 THEN '{Quality.SUSPECT}'
                            ELSE {worse_quality("quality", "before_quality")} END AS worse,
                       {_minutes(words, "before_at", "taken_at")} AS minutes,
                       lag(as_of) OVER (PARTITION BY {_SERIES}, before_at, taken_at, before_value, value, before_quality,
                                        quality ORDER BY as_of) AS seen_as_of
                FROM (SELECT *, {_turned_over("before_value", "value")} AS turned_over FROM pairs WHERE before_at IS NOT NULL)))"""


def _minutes(words: SqlWords, start: str, end: str) -> str:
    """Return SQL for the minutes between two reads, of which one may be a last one; see AT_LAST."""
    microseconds = f"({words.microseconds.format(time=end)} - {words.microseconds.format(time=start)} + {AT_LAST})"
    return words.quotient.format(dividend=microseconds, divisor="60000000")


def _turned_over(before: str, after: str) -> str:
    """Return SQL for what a register of five to eight digits holds where it went from its last numbers to its first, else 0.

    Nobody says how many digits it has, so what flowed is suspect. An exchanged meter seldom stood there.
    """
    turns = (
        f"WHEN {before} < {whole} AND {before} >= {(1 - _OF_A_TURN) * whole} AND {after} >= 0"
        f" AND {whole} - {before} + {after} <= {_OF_A_TURN * whole} THEN {whole}"
        for whole in (1e5, 1e6, 1e7, 1e8)
    )
    return f"CAST(CASE {' '.join(turns)} ELSE 0 END AS DOUBLE)"


def _words_of_both(words: SqlWords) -> str:
    """Return SQL for what a bad difference says of itself, put where other rows have their place in the line."""
    before, after = (words.shown.format(number=number) for number in ("before_value", "value"))
    return (
        f"concat('{PLACE_SEPARATOR}0{PLACE_SEPARATOR}', quantity, ' of ', meter_id, ' stood at ', {before}, ' at ',"
        f" CAST(before_at AS STRING), ' and at ', {after}, ' at ', CAST(taken_at AS STRING))"
    )


def _of_each_flow(said: Callable[[str], str]) -> str:
    """Return SQL that chooses by register: what is said of the flow of each."""
    cases = (f"WHEN {sql_text(register)} THEN {said(flow)}" for register, flow in FLOWS.items())
    return f"CASE quantity {' '.join(cases)} END"


_COMMON = f"""meter_id, {_of_each_flow(sql_text)} AS quantity, before_at AS interval_start"""
