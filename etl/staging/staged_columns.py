"""The columns of staged readings, with the engine's types.

What is the same in every row of a batch is stated once, and not stored: a column of that name is there all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.relations import Workbench
from meterlake.lake.codes.quality import Quality, ReadingType
from meterlake.lake.codes.quantities import QUANTITIES
from meterlake.lake.sql.table_sql import sql_texts

# Short types keep the rows small.
_CODES: dict[str, Sequence[str]] = {
    "quantity_code": tuple(QUANTITIES),
    "quality_code": tuple(Quality),
    "reading_type_code": tuple(ReadingType),
    "reason_code": tuple(Reason),
}
STAGED_COLUMNS = {
    "meter_id": "VARCHAR",
    "quantity": "quantity_code",
    "interval_start": "TIMESTAMP",
    "interval_minutes": "UINTEGER",
    "value": "DOUBLE",
    "quality": "quality_code",
    "reading_type": "reading_type_code",
    "event_code": "VARCHAR",
    "reason": "reason_code",
    "raw_text": "VARCHAR",
}


def create_codes(bench: Workbench) -> None:
    """Make the types of the codes known to the engine."""
    for name, values in _CODES.items():
        bench.connection.execute(f"CREATE TYPE {name} AS ENUM ({sql_texts(values)})")


def column_types(stated: Mapping[str, str]) -> dict[str, str]:
    """Return the type of each column and of file_number; for those that are stated, what they are."""
    virtual = {
        name: f"{STAGED_COLUMNS[name]} AS (CAST({value} AS {STAGED_COLUMNS[name]})) VIRTUAL"
        for name, value in stated.items()
    }
    return STAGED_COLUMNS | {"file_number": "USMALLINT"} | virtual
