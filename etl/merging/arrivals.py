"""The order in which ingests came."""

from __future__ import annotations

from meterlake.lake.snapshot import TableState


def arrivals_of(ingests: TableState) -> str:
    """Return a SELECT of every ingest with its `arrival`, a number that grows in the order in which they came.

    Those of one run share `at_once`.
    """
    return f"""
        SELECT ingest_id, format, finished_at AS at_once,
               row_number() OVER (ORDER BY finished_at, started_at, ingest_id)::INT AS arrival
        FROM {ingests.sql()} AS ingests"""
