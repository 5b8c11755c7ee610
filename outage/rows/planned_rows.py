"""Announced outages as rows of planned_outages, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from meterlake.outage.evidence.announcements import PLACE_COLUMNS, PlannedOutage
from meterlake.outage.rows.row_types import PlannedOutageRow


def planned_rows(planned: Iterable[PlannedOutage]) -> list[PlannedOutageRow]:
    """Return announced outages as rows of planned_outages."""
    return [
        PlannedOutageRow(
            planned_id=one.planned_id,
            started_at=dt.datetime.fromtimestamp(one.start_s, dt.UTC),
            ended_at=dt.datetime.fromtimestamp(one.end_s, dt.UTC),
            note=one.note or None,
            **{name: getattr(one, name) or None for name in PLACE_COLUMNS},
        )
        for one in planned
    ]


def planned_from_rows(rows: Iterable[PlannedOutageRow]) -> list[PlannedOutage]:
    """Return rows of planned_outages as announced outages."""
    return [
        PlannedOutage(
            start_s=round(row.started_at.timestamp()),
            end_s=round(row.ended_at.timestamp()),
            note=row.note or "",
            **{name: getattr(row, name) or "" for name in PLACE_COLUMNS},
        )
        for row in rows
    ]
