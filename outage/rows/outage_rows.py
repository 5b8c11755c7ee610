"""Judged outages as rows of outages and outage_meters."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from meterlake.outage.fleet import Fleet
from meterlake.outage.judged_outages import Outage, OutagePart
from meterlake.outage.places.neighbours import middle_of
from meterlake.outage.rows.outage_identity import Identity, StoredPart
from meterlake.outage.rows.row_types import OutageMeterRow, OutageRow


def stored_parts(rows: Iterable[OutageMeterRow]) -> list[StoredPart]:
    """Return rows of outage_meters as parts."""
    return [
        StoredPart(
            row.outage_id,
            row.meter_id,
            round(row.started_at.timestamp()),
            None if row.ended_at is None else round(row.ended_at.timestamp()),
        )
        for row in rows
    ]


def outage_rows(
    fleet: Fleet, outages: list[Outage], identities: list[Identity], stored: Iterable[OutageRow]
) -> list[OutageRow]:
    """Return the rows of outages; what went into an outage in earlier runs stays named in its evidence."""
    merged_before = {row.outage_id: json.loads(row.evidence).get("merged", []) for row in stored}
    rows = []
    for outage, identity in zip(outages, identities, strict=True):
        merged = sorted({*merged_before.get(identity.outage_id, []), *identity.merged})
        evidence = outage.evidence | ({"merged": merged} if merged else {})
        rows.append(_outage_row(fleet, outage, identity.outage_id, evidence))
    return rows


def _outage_row(fleet: Fleet, outage: Outage, outage_id: str, evidence: dict[str, Any]) -> OutageRow:
    meters = np.unique([part.meter for part in outage.parts])
    latitude, longitude, radius = middle_of(fleet.latitude[meters], fleet.longitude[meters])
    transformers = set(fleet.transformer_ids[meters].tolist())
    return OutageRow(
        outage_id=outage_id,
        cause=outage.cause.value,
        started_at=_moment(outage.started_s),
        ended_at=_moment_or_none(outage.ended_s),
        meters=int(meters.size),
        customer_minutes=_customer_minutes(fleet, outage),
        confidence=outage.confidence,
        evidence=json.dumps(evidence, sort_keys=True, ensure_ascii=False),
        site_id=_commonest(fleet.site_ids[meters].tolist()),
        transformer_id=transformers.pop() or None if len(transformers) == 1 else None,
        latitude=latitude,
        longitude=longitude,
        radius_m=radius,
    )


def _customer_minutes(fleet: Fleet, outage: Outage) -> float | None:
    """Return the minutes without power, added up over the meters; None where they had power."""
    if not outage.cause.is_without_power:
        return None
    ends = [fleet.newest_s if part.ended_s is None else part.ended_s for part in outage.parts]
    return sum(max(0, end - part.started_s) for end, part in zip(ends, outage.parts, strict=True)) / 60


def _commonest(names: list[str]) -> str | None:
    known = sorted(name for name in names if name)
    return max(known, key=known.count) if known else None


def meter_rows(fleet: Fleet, outages: list[Outage], identities: list[Identity]) -> list[OutageMeterRow]:
    """Return the rows of outage_meters; a meter that was lost twice in one outage has one row from first to last."""
    rows = []
    for outage, identity in zip(outages, identities, strict=True):
        by_meter = defaultdict(list)
        for part in outage.parts:
            by_meter[part.meter].append(part)
        rows += [_meter_row(fleet, identity.outage_id, meter, parts) for meter, parts in by_meter.items()]
    return rows


def _meter_row(fleet: Fleet, outage_id: str, meter: int, parts: list[OutagePart]) -> OutageMeterRow:
    is_open = any(part.ended_s is None for part in parts)
    lost = [part.lost_from_s for part in parts if part.lost_from_s is not None]
    return OutageMeterRow(
        outage_id=outage_id,
        meter_id=fleet.meter_ids[meter],
        started_at=_moment(min(part.started_s for part in parts)),
        ended_at=None if is_open else _moment(max(part.ended_s or 0 for part in parts)),
        first_lost_at=_moment(min(lost)) if lost else None,
        interval_minutes=int(fleet.interval_s[meter]) / 60,
        intervals_lost=sum(part.intervals_lost for part in parts),
        codes=" ".join(dict.fromkeys(code for part in parts for code in part.codes.split())) or None,
    )


def _moment(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _moment_or_none(seconds: int | None) -> dt.datetime | None:
    return None if seconds is None else _moment(seconds)
