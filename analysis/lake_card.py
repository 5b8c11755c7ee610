"""The card that a notebook shows of a lake: where, how many meters and days, which zone, how complete, every table."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from meterlake.analysis.query_files import analysis_sql

if TYPE_CHECKING:
    from meterlake.analysis.asked_lake import AskedLake


def card_of(lake: AskedLake) -> str:
    """Return the card as HTML."""
    found = lake._rows(analysis_sql("lake_card")).to_pylist()[0]
    coverage = found["coverage"]
    facts = {
        "meters": f"{found['meters']:,}",
        "days": f"{found['first_date']} to {found['last_date']}" if found["first_date"] else "none",
        "zone": f"{lake.tz}, of most meters' days",
        "measured": "nothing" if coverage is None else f"{coverage:.1%} of the intervals that were due",
        "last ingest": found["last_ingest"] or "none",
        "opened": "to read" if lake.read_only else "to read and write",
    }
    known = "".join(f"<tr><th>{name}</th><td>{escape(str(value))}</td></tr>" for name, value in facts.items())
    counted = "".join(f"<tr><td>{name}</td><td>{rows:,}</td></tr>" for name, rows in lake.tables.items())
    return (
        f"<b>{escape(lake.settings.location)}</b><table>{known}</table>"
        f"<details open><summary>rows</summary><table><tr><th>table</th><th>rows</th></tr>{counted}</table></details>"
    )
