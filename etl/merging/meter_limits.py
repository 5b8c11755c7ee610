"""Rows beyond what can flow through their meter on that day, as lists of meters say it: good ones become bad ones.

Enters: judged rows, before anything is made of stands, and what the lake knows of meters. Leaves: the same rows. What the lake has
already is not judged again, and a difference between stands has the limits of its quantity alone.
"""

from __future__ import annotations

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.reading_expressions import PLACE_SEPARATOR
from meterlake.etl.merging.sql_words import DUCKDB, SqlWords
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.codes.quality import ReadingType
from meterlake.lake.codes.quantities import QUANTITIES, Aggregation
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.sql.table_sql import sql_texts

_FLOWS = [
    name
    for name, one in QUANTITIES.items()
    if one.aggregation is Aggregation.SUM and name.startswith("energy") and one.unit == "kWh"
]
_POWER = "power"
# What decimals leave.
_TOLERANCE = 1.000001


def limits_of_meters(meters: str, spells: str, words: SqlWords) -> str:
    """Return a SELECT of the most that can flow through meters, and from when until when; both engines read it.

    Args:
        meters: The lake's meters.
        spells: What was known of those that changed.
        words: The engine's.
    """
    zone = "coalesce(time_zone, 'UTC')"
    begins, ends = (words.midnight.format(date=day, zone="zone") for day in ("valid_from", "valid_until"))
    return f"""
        SELECT limited_id, highest_kw, {begins} AS limited_from, {ends} AS limited_until
        FROM (
            SELECT spells.meter_id AS limited_id, spells.highest_kw, {zone} AS zone, valid_from, valid_until
            FROM {spells} AS spells LEFT JOIN (SELECT meter_id, time_zone FROM {meters} AS known) AS zones USING (meter_id)
            UNION ALL
            SELECT meter_id, highest_kw, {zone}, CAST(null AS DATE), CAST(null AS DATE)
            FROM {meters} AS known ANTI JOIN (SELECT meter_id FROM {spells} AS changed) AS changing USING (meter_id)) AS every
        WHERE highest_kw IS NOT NULL"""


IS_LIMITED = """meter_id = limited_id
    AND (limited_from IS NULL OR interval_start >= limited_from) AND (limited_until IS NULL OR interval_start < limited_until)"""


def _power() -> str:
    """Return SQL for the power that a good row of an interval is; null of all others."""
    return f"""CASE WHEN reason IS NULL AND event_code IS NULL AND reading_type = '{ReadingType.INTERVAL}' AND interval_minutes > 0
        THEN CASE WHEN quantity = '{_POWER}' THEN value WHEN quantity IN ({sql_texts(_FLOWS)}) THEN value * 60 / interval_minutes END END"""


def is_beyond() -> str:
    """Return SQL for whether a row with its limit is beyond it."""
    return f"coalesce({_power()} > highest_kw * {_TOLERANCE}, false)"


def words_of_limit(words: SqlWords) -> str:
    """Return SQL for what such a row says of itself."""
    value, power, most = (
        words.shown.format(number=number) for number in ("value", words.billionth.format(number=_power()), "highest_kw")
    )
    return f"""concat('{PLACE_SEPARATOR}0{PLACE_SEPARATOR}', quantity, ' of ', meter_id, ' at ', CAST(interval_start AS STRING), ': ', {value},
        ' in ', CAST(interval_minutes AS STRING), ' minutes, ', {power}, ' kW where its meter has ', {most})"""


def judge_limits(bench: Workbench, rows: Relation, lake: LakeSnapshot) -> None:
    """Give the good rows beyond what their meters bear a reason."""
    limits = bench.table("limits", limits_of_meters(lake["meters"].sql(), lake["meter_spells"].sql(), DUCKDB))
    if bench.has_rows(limits):
        bench.connection.execute(f"""
            UPDATE {rows} SET reason = '{Reason.IMPLAUSIBLE}', raw_text = {words_of_limit(DUCKDB)}
            FROM {limits} WHERE {IS_LIMITED} AND {is_beyond()}""")
    bench.drop(limits)
