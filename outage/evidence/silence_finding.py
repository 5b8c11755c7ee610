"""The fleet and its silences, out of what meters sent.

Enters: spans of unbroken intervals, runs of zeros, the tables of meters, events and stands. Leaves: the fleet, and for each meter the
runs of whole intervals that it owed and did not send, or sent as zeros that are not usual for it. A meter owes from its first
interval to the newest of the fleet, or until another took its place. Who sends stands and messages alone owes none, and is there.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.sql.relations import named_rows
from meterlake.lake.sql.table_sql import sql_text
from meterlake.lake.tables import METER_EVENTS, METER_SPELLS, METERS, READINGS
from meterlake.outage.evidence.absences import Silences
from meterlake.outage.evidence.meter_exchanges import exchanged
from meterlake.outage.evidence.silence_joining import Runs, whole_silences, with_zero_runs
from meterlake.outage.fleet import NETWORK_LEVELS, NEVER_S, Fleet, Floats, Ints, Texts
from meterlake.outage.settings import OutageSettings

_FLEET = """
SELECT meter_id, first_s, last_s, interval_s, covered_s, seen_s, stand_s, coalesce(removed_s, {never}) AS removed_s, time_zone,
       site_id, building_id, transformer_id, latitude, longitude, service_point_id, feeder_id, substation_id, district_id
FROM (SELECT meter_id, min(start_s) AS first_s, max(end_s) AS last_s, mode(interval_s) AS interval_s,
             sum(end_s - start_s)::BIGINT AS covered_s, min(start_s) AS seen_s, 0 AS stand_s
      FROM {spans} GROUP BY meter_id
      UNION ALL
      SELECT meter_id, {never}, 0, 0, 0, coalesce(min(stand_s), any_value(begin_s), min(seen_s)), max(stand_s) FROM (
          SELECT meter_id, epoch_us(interval_start) // 1000000 AS stand_s, stand_s AS seen_s FROM {stands} AS stands
          WHERE quantity = {register}
          UNION ALL SELECT meter_id, NULL, epoch_us("at") // 1000000 FROM {events} AS events
          WHERE list_contains({codes}, upper(code)))
      -- Who sends messages alone was there before the first that was lost.
      CROSS JOIN (SELECT min(start_s) AS begin_s FROM {spans})
      WHERE meter_id NOT IN (SELECT meter_id FROM {spans}) GROUP BY meter_id) AS known
LEFT JOIN {meters} AS meters USING (meter_id)
LEFT JOIN ({removals}) AS removals USING (meter_id)
ORDER BY meter_id
"""
# A meter that had a service point, and has none any more, was taken away.
_REMOVALS = """
SELECT meter_id, epoch_us(timezone(coalesce(any_value(time_zone), 'UTC'), max(valid_until)::TIMESTAMP)) // 1000000 AS removed_s
FROM {spells} AS spells JOIN {meters} AS known USING (meter_id)
WHERE spells.service_point_id IS NOT NULL AND known.service_point_id IS NULL
GROUP BY meter_id
"""
_SILENCES = """
SELECT meter_id, before_s, start_s FROM (
    SELECT meter_id, start_s, max(end_s) OVER (PARTITION BY meter_id ORDER BY start_s
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_s
    FROM {spans}) AS neighbours
WHERE start_s > before_s ORDER BY meter_id, start_s
"""


@dataclass(frozen=True)
class Served:
    """From when to when meters served, `(n_meters,)` each.

    Attributes:
        from_s: Their first reading or message.
        until_s: When another took their place; NEVER_S for all others.
        time_zones: The zones of their days, "" where unknown.
    """

    from_s: Ints
    until_s: Ints
    time_zones: Texts


@dataclass(frozen=True)
class Sent:
    """What meters sent: spans of unbroken intervals, and runs of zeros among them."""

    spans: pa.Table
    zero_runs: pa.Table


def find_silences(
    connection: duckdb.DuckDBPyConnection, sent: Sent, lake: LakeSnapshot, settings: OutageSettings
) -> tuple[Fleet, Served, Silences]:
    """Return the fleet, when its meters served, and their silences."""
    register = f"{settings.quantity}_register"
    stands = lake[READINGS.name].files_within(quantity=(register, register))
    codes = ", ".join(map(sql_text, [*settings.loss_codes, *settings.restored_codes]))
    with named_rows(connection, sent.spans) as spans:
        words = {
            "spans": spans,
            "never": NEVER_S,
            "stands": lake[READINGS.name].sql(stands),
            "register": sql_text(register),
            "events": lake[METER_EVENTS.name].sql(),
            "codes": f"[{codes}]",
            "meters": lake[METERS.name].sql(),
        }
        words["removals"] = _REMOVALS.format(spells=lake[METER_SPELLS.name].sql(), meters=words["meters"])
        rows: pa.Table = connection.sql(_FLEET.format(**words)).to_arrow_table()
        between: pa.Table = connection.sql(_SILENCES.format(spans=spans)).to_arrow_table()
    last_s = _whole(rows, "last_s")
    fleet, until_s = exchanged(_fleet(rows, int(last_s.max()) if last_s.size else 0), last_s)
    until_s = np.minimum(until_s, _whole(rows, "removed_s"))
    places = _places(fleet, between)
    owing = np.flatnonzero((fleet.first_s < NEVER_S) & (until_s == NEVER_S))
    silences = whole_silences(
        fleet,
        np.concatenate([places, owing]),
        np.concatenate([_whole(between, "before_s"), last_s[owing]]),
        np.concatenate([_whole(between, "start_s"), np.full(owing.size, fleet.newest_s)]),
        np.concatenate([np.zeros(places.size, dtype=bool), np.ones(owing.size, dtype=bool)]),
    )
    runs = sent.zero_runs
    zeros = Runs(_places(fleet, runs), _whole(runs, "start_s"), _whole(runs, "end_s"))
    served = Served(_whole(rows, "seen_s"), until_s, _texts(rows, "time_zone"))
    return fleet, served, with_zero_runs(fleet, silences, zeros, _whole(rows, "covered_s"))


def _fleet(rows: pa.Table, newest_s: int) -> Fleet:
    first_s, interval_s = _whole(rows, "first_s"), np.maximum(_whole(rows, "interval_s"), 1)
    meter_ids, points = rows["meter_id"].to_pylist(), rows["service_point_id"].to_pylist()
    return Fleet(
        tuple(meter_ids),
        _texts(rows, "site_id"),
        _texts(rows, "building_id"),
        _texts(rows, "transformer_id"),
        _numbers(rows, "latitude"),
        _numbers(rows, "longitude"),
        first_s,
        interval_s,
        newest_s,
        {level: _texts(rows, f"{level}_id") for level in NETWORK_LEVELS},
        tuple(point or meter_id for meter_id, point in zip(meter_ids, points, strict=True)),
        last_stand_s=np.nan_to_num(_numbers(rows, "stand_s")).astype(np.int64),
    )


def _places(fleet: Fleet, rows: pa.Table) -> Ints:
    number = {meter_id: place for place, meter_id in enumerate(fleet.meter_ids)}
    return np.array([number[meter_id] for meter_id in rows["meter_id"].to_pylist()], dtype=np.int64)


def _whole(rows: pa.Table, name: str) -> Ints:
    return np.asarray(rows[name].to_numpy(), dtype=np.int64)


def _numbers(rows: pa.Table, name: str) -> Floats:
    return np.asarray(rows[name].to_numpy(), dtype=np.float64)


def _texts(rows: pa.Table, name: str) -> Texts:
    return np.array([text or "" for text in rows[name].to_pylist()], dtype=object)
