"""Rows of meters that the lake does not hold, where only known meters are wanted: good ones become bad ones."""

from __future__ import annotations

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.reading_expressions import FRAGMENT_SEPARATOR
from meterlake.etl.relations import Relation, Workbench
from meterlake.lake.snapshot import TableState

# Both engines read it. The meter's name is what the line is found by.
SOUGHT_BY_METER = f"concat(meter_id, '{FRAGMENT_SEPARATOR}')"


def judge_unknown_meters(bench: Workbench, rows: Relation, meters: TableState) -> Relation:
    """Give the good rows of meters that are not in the lake a reason."""
    bench.connection.execute(f"""
        UPDATE {rows} SET reason = '{Reason.UNKNOWN_METER}', raw_text = {SOUGHT_BY_METER}
        WHERE reason IS NULL AND meter_id NOT IN (SELECT meter_id FROM {meters.sql()} AS meters)""")
    return rows
