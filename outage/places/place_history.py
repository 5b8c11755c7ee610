"""Where meters stood at a time, and whom they served: what happened before a meter was handed on stays where it happened.

Enters: what is known of meters by days, and what ingests said of them without days. Leaves: the place of a meter at a moment. What
ingests say without days holds from ever if it is said first; what another says later holds from the newest reading that the
lake had then on, because whoever hands a meter on says no more than the new place.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import numpy as np
import pyarrow as pa

from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.sql.relations import named_rows
from meterlake.lake.tables import INGESTS, METER_FACTS, METER_SPELLS, METERS, READINGS
from meterlake.outage.fleet import NETWORK_LEVELS, Fleet

PLACE_COLUMNS = ("site_id", "building_id", "transformer_id", *(f"{level}_id" for level in NETWORK_LEVELS))
_COLUMNS = (*PLACE_COLUMNS, "service_point_id")
_EVER = -(1 << 40)

Place = dict[str, str | None]


@dataclass(frozen=True)
class PlaceHistory:
    """The places of a fleet's meters over time.

    Attributes:
        fleet: The meters, with where they stand now.
        stays: For a meter that was handed on, from when it stood where, in order; with the service point.
    """

    fleet: Fleet
    stays: dict[str, list[tuple[int, Place]]] = field(default_factory=dict)

    def of(self, meter: int) -> list[tuple[int, str, Place]]:
        """Return from when a meter served whom and where, in order; the first from ever."""
        own = self.stays.get(self.fleet.meter_ids[meter]) or [(_EVER, self._now(meter))]
        customer = self.fleet.customer_of(meter)
        return [
            (from_s, place.get("service_point_id") or customer, {name: place[name] for name in PLACE_COLUMNS})
            for from_s, place in own
        ]

    def at(self, meter: int, at_s: int) -> tuple[str, Place]:
        """Return whom a meter served at a moment, and where."""
        own = self.of(meter)
        _, customer, place = next((stay for stay in reversed(own) if stay[0] <= at_s), own[0])
        return customer, place

    def _now(self, meter: int) -> Place:
        fleet = self.fleet
        texts = {"site_id": fleet.site_ids, "building_id": fleet.building_ids, "transformer_id": fleet.transformer_ids}
        texts |= {f"{level}_id": names for level, names in fleet.network.items()}
        return {name: (texts[name][meter] or None) if name in texts else None for name in PLACE_COLUMNS}


def read_place_history(connection: duckdb.DuckDBPyConnection, lake: LakeSnapshot, fleet: Fleet) -> PlaceHistory:
    """Return the places of a fleet's meters: those that are known by days, else as ingests said them."""
    return PlaceHistory(fleet, _undated_stays(connection, lake) | _dated_stays(connection, lake))


def _dated_stays(connection: duckdb.DuckDBPyConnection, lake: LakeSnapshot) -> dict[str, list[tuple[int, Place]]]:
    columns = ", ".join(f"spells.{name}" for name in _COLUMNS)
    rows: pa.Table = connection.sql(
        f"""SELECT meter_id, epoch_us(timezone(coalesce(time_zone, 'UTC'), valid_from::TIMESTAMP)) // 1000000 AS from_s,
                   {columns}
            FROM {lake[METER_SPELLS.name].sql()} AS spells LEFT JOIN {lake[METERS.name].sql()} AS known USING (meter_id)
            ORDER BY meter_id, valid_from NULLS FIRST"""
    ).to_arrow_table()
    stays: dict[str, list[tuple[int, Place]]] = {}
    for row in rows.to_pylist():
        meter_id, from_s = row.pop("meter_id"), row.pop("from_s")
        own = stays.setdefault(meter_id, [])
        if not own or own[-1][1] != row:
            own.append((_EVER if from_s is None else from_s, row))
    return stays


def _undated_stays(connection: duckdb.DuckDBPyConnection, lake: LakeSnapshot) -> dict[str, list[tuple[int, Place]]]:
    facts = _changing_facts(connection, lake)
    if facts.num_rows == 0:
        return {}
    newest_before = _newest_before(connection, lake)
    stays: dict[str, list[tuple[int, Place]]] = {}
    for row in facts.to_pylist():
        meter_id, said_by = row.pop("meter_id"), row.pop("said_by")
        own = stays.setdefault(meter_id, [])
        before = own[-1][1] if own else dict.fromkeys(_COLUMNS)
        place = before | {name: text for name, text in row.items() if text is not None}
        # What becomes known of a place later was so before: it is no move.
        if own and all(before[name] in (None, place[name]) for name in _COLUMNS):
            own[:] = [(from_s, {name: was[name] or place[name] for name in _COLUMNS}) for from_s, was in own]
        else:
            own.append((newest_before.get(said_by, _EVER) if own else _EVER, place))
    return stays


def _changing_facts(connection: duckdb.DuckDBPyConnection, lake: LakeSnapshot) -> pa.Table:
    """Return what was said without days of meters of which different things were said, in order."""
    differs = " OR ".join(f"count(DISTINCT {name}) > 1" for name in _COLUMNS)
    facts = f"{lake[METER_FACTS.name].sql()} AS facts"
    undated = "counts = 'always' AND valid_from IS NULL AND valid_until IS NULL"
    some: pa.Table = connection.sql(
        f"SELECT meter_id FROM {facts} WHERE {undated} GROUP BY meter_id HAVING {differs}"
    ).to_arrow_table()
    with named_rows(connection, some) as moved:
        return connection.sql(
            f"""SELECT meter_id, said_by, {", ".join(_COLUMNS)} FROM {facts}
                SEMI JOIN {moved} USING (meter_id)
                LEFT JOIN {lake[INGESTS.name].sql()} AS ingests ON ingests.ingest_id = facts.said_by
                WHERE {undated} ORDER BY meter_id, finished_at NULLS FIRST, said_by"""
        ).to_arrow_table()


def _newest_before(connection: duckdb.DuckDBPyConnection, lake: LakeSnapshot) -> dict[str, int]:
    """Return for each ingest the end of the newest reading that the lake had before it."""
    newest_of = dict(
        connection.sql(
            "SELECT ingest_id, max(epoch_us(interval_end)) // 1000000"
            f" FROM {lake[READINGS.name].sql()} AS readings GROUP BY ingest_id"
        ).fetchall()
    )
    finished = connection.sql(
        f"SELECT ingest_id FROM {lake[INGESTS.name].sql()} AS ingests ORDER BY finished_at, ingest_id"
    ).fetchall()
    order = [str(ingest_id) for (ingest_id,) in finished]
    seen = np.maximum.accumulate([newest_of.get(ingest_id, _EVER) for ingest_id in order])
    return dict(zip(order, [_EVER, *seen[:-1].tolist()], strict=True))
