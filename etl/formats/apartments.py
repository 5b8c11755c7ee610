"""Apartments' heating as nested JSON Lines: a record an apartment and time, with a list of sensors' readings.

    {"timestamp_str", "building_id", "apartment_id", "readings": [{"sensor_type", "value", "room_name"?}]}

Times are UTC. heating_energy_kwh and hot_water_litres are register reads, which meterlake.etl.merging.register_reads also turns into
what flowed between them; temperatures hold for the time they were taken. A meter is called building/apartment, a
room building/apartment/room.
"""

from __future__ import annotations

import json

import ibis
import ibis.expr.types as ir

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import Example, FileHead, Layout, Mismatch, ReadOptions
from meterlake.etl.conforming.reading_expressions import RawReading, first_reason, judged_readings, trim
from meterlake.etl.conforming.time_expressions import as_zoned_time
from meterlake.etl.conforming.unsaid_clock import shows_bare_times
from meterlake.lake.codes.quality import ReadingType
from meterlake.lake.codes.quantities import QUANTITIES

_PATHS = {
    "time": "timestamp_str",
    "building": "building_id",
    "apartment": "apartment_id",
    "sensor": "readings[].sensor_type",
    "value": "readings[].value",
    "room": "readings[].room_name",
}
_SENSORS = {
    "heating_energy_kwh": ("heating_energy_register", ReadingType.REGISTER),
    "hot_water_litres": ("hot_water_register", ReadingType.REGISTER),
    "room_temp_c": ("room_temperature", ReadingType.INSTANT),
    "setpoint_temp_c": ("setpoint_temperature", ReadingType.INSTANT),
}
_KEYS = ("timestamp_str", "building_id", "apartment_id", "readings")


class Apartments:
    """Nested records of apartments."""

    name = "apartments"
    meaning = "JSON Lines of apartments: heat and hot water registers, room and set point temperatures"
    target = "readings"
    holds = "JSON Lines: `timestamp_str, building_id, apartment_id, readings: [{sensor_type, value, room_name?}]`"
    times = "UTC, or the offset they say"
    described_at = ""
    example = Example(
        "apartments.jsonl",
        (
            '{"timestamp_str": "2024-01-01T00:00:00Z", "building_id": "B1", "apartment_id": "7",'
            ' "readings": [{"sensor_type": "heating_energy_kwh", "value": 1042.7},'
            ' {"sensor_type": "room_temp_c", "room_name": "bath", "value": 22.5}]}\n'
        ),
    )

    def recognise(self, head: FileHead) -> Layout | Mismatch:
        """Recognise a file by its first whole record."""
        if head.kind != "json":
            return Mismatch(1.0, f"expected JSON Lines, found {head.kind}")
        for line in head.lines:
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict) and isinstance(record.get("readings"), list) and set(_KEYS) <= set(record):
                return Layout(
                    self.name,
                    "json",
                    tuple(_PATHS),
                    header_lines=0,
                    encoding=head.encoding,
                    paths=tuple(_PATHS.values()),
                    has_registers=True,
                    unsaid_clock="UTC" if shows_bare_times([str(record["timestamp_str"])]) else "",
                )
        return Mismatch(0.5, f"expected a record a line with {', '.join(_KEYS)}, readings being a list")

    def conform(self, raw: ir.Table, layout: Layout, options: ReadOptions) -> ir.Table:
        """Turn each entry of a record's list into a reading."""
        sensor = trim(raw.sensor)
        parts = RawReading(
            meter_id=_meter(raw),
            time_text=raw.time,
            time=as_zoned_time(raw.time),
            value_text=raw.value,
            quantity=ibis.cases(
                *((sensor == name, what) for name, (what, _) in _SENSORS.items()), else_=ibis.null("string")
            ),
            quantities=tuple(QUANTITIES[what] for what, _ in _SENSORS.values()),
            interval_minutes=options.interval_minutes,
            reading_type=ibis.cases(
                *((sensor == name, kind.value) for name, (_, kind) in _SENSORS.items()),
                else_=ReadingType.INSTANT.value,
            ),
            early_reason=first_reason((raw.sensor.isnull(), Reason.BAD_RECORD)),
            is_on_grid=ibis.literal(True),
            fragments=(raw.line,),
            place_in_line=raw.place_in_line,
            place_name=raw.sensor.fill_null("no reading") + " = " + raw.value.fill_null(""),
        )
        return judged_readings(raw, parts, options)


def _meter(raw: ir.Table) -> ir.StringValue:
    """Return building/apartment or building/apartment/room; null where building or apartment is not named."""
    apartment = trim(raw.building).nullif("") + "/" + trim(raw.apartment).nullif("")
    room = trim(raw.room).nullif("")
    return room.isnull().ifelse(apartment, apartment + "/" + room)


FORMAT = Apartments()
