"""Files in the default layout, without a header: interval readings of a few meters, and events.

Enters: the plan, or events. Leaves: `meter_id, obis_code, reading_time, reading_value, error_value, reading_type`.
An INT row carries kWh of the half-hour that starts at its time; an ERR row carries a code (see event_codes).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from meterlake.sample_data.event_codes import MeterEvent
from meterlake.sample_data.london_file import FileOutcome
from meterlake.sample_data.meter_series import MeterSeries, make_series
from meterlake.sample_data.row_text import Column, default_time_texts, default_value_texts, render_rows
from meterlake.sample_data.sample_plan import SamplePlan

# Active energy taken from the grid, all tariffs (IEC 62056-61).
OBIS_CODE = "1-0:1.8.0"


def write_default_file(plan: SamplePlan, path: Path) -> FileOutcome:
    """Writes the meters of the default format, in meter and time order, events among the readings.

    Args:
        plan: what all meters share.
        path: the file.

    Returns:
        What it holds; its events are in the file already and are not handed back.
    """
    outcome = FileOutcome(path)
    times = default_time_texts(plan.calendar.interval_starts)
    with path.open("wb") as out:
        for number in range(plan.options.meters, len(plan.town)):
            series = make_series(plan, number)
            out.write(render_default_meter(plan, series, times))
            outcome.rows += int(series.is_reported.sum()) + len(series.events)
            outcome.truth += series.truth
    return outcome


def render_default_meter(plan: SamplePlan, series: MeterSeries, times: Column) -> bytes:
    """Renders one meter's INT rows with its ERR rows in their places by time.

    Args:
        plan: what all meters share.
        series: the meter.
        times: the half-hours as text, `(n_slots,)`.

    Returns:
        The rows' bytes.
    """
    reported = np.flatnonzero(series.is_reported)
    starts = plan.calendar.interval_starts[reported]
    before = f"{series.meter_id},{OBIS_CODE},".encode()
    parts = []
    begin = 0
    for event in series.events:
        end = int(np.searchsorted(starts, event.at, side="right"))
        parts += [_render_readings(series, reported[begin:end], before, times), render_event(event)]
        begin = end
    parts.append(_render_readings(series, reported[begin:], before, times))
    return b"".join(parts)


def _render_readings(series: MeterSeries, slots: np.ndarray, before: bytes, times: Column) -> bytes:
    """Renders INT rows of the given slots."""
    values = default_value_texts()[series.energy_wh[slots]]
    return render_rows(len(slots), [before, times[slots], b",", values, b",,INT\n"])


def render_event(event: MeterEvent) -> bytes:
    """Renders one ERR row: no value, the code in its place."""
    time = bytes(default_time_texts(np.array([event.at]))[0]).decode()
    return f"{event.meter_id},{OBIS_CODE},{time},,{event.code},ERR\n".encode()


def write_event_file(events: list[MeterEvent], path: Path) -> int:
    """Writes events alone, in the order given, and returns their rows."""
    path.write_bytes(b"".join(render_event(event) for event in events))
    return len(events)
