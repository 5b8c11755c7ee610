"""Announced outages as rows of planned_outages, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from meterlake.outage.evidence.announcements import PlannedOutage
from meterlake.outage.rows.row_types import PlannedOutageRow


def planned_rows(planned: Iterable[PlannedOutage]) -> list[PlannedOutageRow]:
    """Return announced outages as rows of planned_outages."""
    return [
        PlannedOutageRow(
            planned_id=one.planned_id,
            started_at=dt.datetime.fromtimestamp(one.start_s, dt.UTC),
            ended_at=dt.datetime.fromtimestamp(one.end_s, dt.UTC),
            meter_id=one.meter_id or None,
            building_id=one.building_id or None,
            transformer_id=one.transformer_id or None,
            site_id=one.site_id or None,
            note=one.note or None,
        )
        for one in planned
    ]


def planned_from_rows(rows: Iterable[PlannedOutageRow]) -> list[PlannedOutage]:
    """Return rows of planned_outages as announced outages."""
    return [
        PlannedOutage(
            start_s=round(row.started_at.timestamp()),
            end_s=round(row.ended_at.timestamp()),
            meter_id=row.meter_id or "",
            building_id=row.building_id or "",
            transformer_id=row.transformer_id or "",
            site_id=row.site_id or "",
            note=row.note or "",
        )
        for row in rows
    ]
