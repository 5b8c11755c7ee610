"""Where meters stood at a time: what happened before a meter was handed on stays where it happened.

Enters: what ingests said of meters. Leaves: the place of a meter at a moment. What is said of a meter first holds from ever; what
another ingest says later holds from the newest reading that the lake had then on. This is the one place to change for a lake
that knows from when to when a place holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import numpy as np
import pyarrow as pa

from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.sql.relations import named_rows
from meterlake.lake.tables import INGESTS, METER_FACTS, METERS, READINGS
from meterlake.outage.fleet import Fleet
from meterlake.outage.places.place_grouping import NETWORK_LEVELS

PLACE_COLUMNS = ("site_id", "building_id", "transformer_id", *(f"{level}_id" for level in NETWORK_LEVELS))
_EVER = -(1 << 40)


def _known_columns() -> list[str]:
    return [name for name in PLACE_COLUMNS if name in METERS.column_names]


Place = dict[str, str | None]


@dataclass(frozen=True)
class PlaceHistory:
    """The places of a fleet's meters over time.

    Attributes:
        fleet: The meters, with where they stand now.
        stays: For a meter that was handed on, from when it stood where, in order.
    """

    fleet: Fleet
    stays: dict[str, list[tuple[int, Place]]] = field(default_factory=dict)

    def of(self, meter: int) -> list[tuple[int, Place]]:
        """Return from when a meter stood where, in order; the first from ever."""
        return self.stays.get(self.fleet.meter_ids[meter]) or [(_EVER, self._now(meter))]

    def at(self, meter: int, at_s: int) -> Place:
        """Return where a meter stood at a moment."""
        return [place for from_s, place in self.of(meter) if from_s <= at_s][-1]

    def _now(self, meter: int) -> Place:
        fleet = self.fleet
        texts = {"site_id": fleet.site_ids, "building_id": fleet.building_ids, "transformer_id": fleet.transformer_ids}
        texts |= {f"{level}_id": names for level, names in fleet.network.items()}
        return {name: (texts[name][meter] or None) if name in texts else None for name in PLACE_COLUMNS}


def read_place_history(connection: duckdb.DuckDBPyConnection, lake: LakeSnapshot, fleet: Fleet) -> PlaceHistory:
    """Return the places of a fleet's meters, from what every ingest said of them."""
    facts = _changing_facts(connection, lake)
    if facts.num_rows == 0:
        return PlaceHistory(fleet)
    newest_of = dict(
        connection.sql(
            f"SELECT ingest_id, max(epoch_us(interval_end)) // 1000000 FROM {lake[READINGS.name].sql()} AS readings GROUP BY ALL"
        ).fetchall()
    )
    finished: list[tuple[object, str]] = connection.sql(
        f"SELECT finished_at, ingest_id FROM {lake[INGESTS.name].sql()} AS ingests ORDER BY finished_at, ingest_id"
    ).fetchall()
    order = [ingest_id for _, ingest_id in finished]
    seen = np.maximum.accumulate([newest_of.get(ingest_id, _EVER) for ingest_id in order])
    newest_before = dict(zip(order, [_EVER, *seen[:-1].tolist()], strict=True))
    stays: dict[str, list[tuple[int, Place]]] = {}
    for row in facts.to_pylist():
        meter_id, said_by = row.pop("meter_id"), row.pop("said_by")
        own = stays.setdefault(meter_id, [])
        before = own[-1][1] if own else dict.fromkeys(PLACE_COLUMNS)
        place = before | {name: text for name, text in row.items() if text is not None}
        # A place that becomes known later than another was there before: it is no move.
        learned = all(before[name] in (None, place[name]) for name in PLACE_COLUMNS)
        if learned and own:
            own[:] = [(from_s, {name: was[name] or place[name] for name in PLACE_COLUMNS}) for from_s, was in own]
        else:
            own.append((newest_before.get(said_by, _EVER) if own else _EVER, place))
    return PlaceHistory(fleet, stays)


def _changing_facts(connection: duckdb.DuckDBPyConnection, lake: LakeSnapshot) -> pa.Table:
    """Return what was said of the places of meters of which different things were said, in order."""
    columns = ", ".join(_known_columns())
    differs = " OR ".join(f"count(DISTINCT {name}) > 1" for name in _known_columns())
    facts = f"{lake[METER_FACTS.name].sql()} AS facts"
    some: pa.Table = connection.sql(
        f"SELECT meter_id FROM {facts} WHERE counts = 'always' GROUP BY meter_id HAVING {differs}"
    ).to_arrow_table()
    with named_rows(connection, some) as moved:
        return connection.sql(
            f"""SELECT meter_id, said_by, {columns} FROM {facts}
                SEMI JOIN {moved} USING (meter_id)
                LEFT JOIN {lake[INGESTS.name].sql()} AS ingests ON ingests.ingest_id = facts.said_by
                WHERE counts = 'always' ORDER BY meter_id, finished_at NULLS FIRST, said_by"""
        ).to_arrow_table()
