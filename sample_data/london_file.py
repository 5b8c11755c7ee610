"""One London CSV file: a block of meters, in either of the publisher's two layouts, with its quirks.

Enters: the plan and which meters. Leaves: the file, and what it holds. The quirks are those of the official files:
one `Null` row a meter off the half-hour grid, and the midnight row twice about every 31 days.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meterlake.sample_data.event_codes import MeterEvent
from meterlake.sample_data.household import draw_household
from meterlake.sample_data.meter_series import MeterSeries, make_series
from meterlake.sample_data.options import HALF_HOURS_PER_DAY
from meterlake.sample_data.random_streams import Purpose, open_stream
from meterlake.sample_data.row_text import london_time_texts, london_value_texts, render_rows
from meterlake.sample_data.sample_plan import SamplePlan
from meterlake.sample_data.truth import Kind, TruthRow

DUPLICATE_EVERY_DAYS = 31


class LondonLayout(Enum):
    """The publisher's two layouts, by their header lines; the trailing blank is the publisher's."""

    ACORN = b"LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped\n"
    PLAIN = b"LCLid,DateTime,KWH/hh (per half hour)\n"


@dataclass(frozen=True)
class LondonTask:
    """One file to write: its path and the numbers `[first_meter, end_meter)` of its meters."""

    path: Path
    layout: LondonLayout
    first_meter: int
    end_meter: int


@dataclass
class FileOutcome:
    """What a file holds: rows without the header, and the events and truth of its meters."""

    path: Path
    rows: int = 0
    events: list[MeterEvent] = field(default_factory=list)
    truth: list[TruthRow] = field(default_factory=list)


def write_london_file(plan: SamplePlan, task: LondonTask) -> FileOutcome:
    """Writes one London file, a meter at a time, so that memory does not grow with the file.

    Args:
        plan: what all meters share.
        task: which file.

    Returns:
        What it holds.
    """
    outcome = FileOutcome(task.path)
    times = london_time_texts(plan.calendar.interval_starts)
    with task.path.open("wb") as out:
        out.write(task.layout.value)
        for number in range(task.first_meter, task.end_meter):
            series = make_series(plan, number)
            rows, text = render_meter(plan, number, series, task.layout, times)
            out.write(text)
            outcome.rows += rows
            outcome.events += series.events
            outcome.truth += series.truth
    return outcome


def render_meter(
    plan: SamplePlan, number: int, series: MeterSeries, layout: LondonLayout, times: NDArray[np.bytes_]
) -> tuple[int, bytes]:
    """Renders one meter's rows and notes its quirks in the series' truth.

    Args:
        plan: what all meters share.
        number: the meter's number.
        series: its readings.
        layout: which of the two.
        times: the half-hours as text, `(n_slots,)`.

    Returns:
        The number of rows, and their bytes.
    """
    home = draw_household(open_stream(plan.options.seed, Purpose.HOUSEHOLD, number))
    if layout is LondonLayout.ACORN:
        before = f"{series.meter_id},{home.tariff},".encode()
        after = f",{home.acorn},{home.acorn_group}\n".encode()
    else:
        before, after = f"{series.meter_id},".encode(), b"\n"
    reported = np.flatnonzero(series.is_reported)
    if len(reported) == 0:
        return 0, b""
    is_twice = reported % HALF_HOURS_PER_DAY == 0
    is_twice &= (reported // HALF_HOURS_PER_DAY) % DUPLICATE_EVERY_DAYS == number * 7 % DUPLICATE_EVERY_DAYS
    for slot in reported[is_twice]:
        start = plan.calendar.interval_starts[slot]
        _note(series, Kind.DUPLICATE_ROW, start, start + np.timedelta64(1800, "s"))
    shown = np.repeat(reported, 1 + is_twice)
    values = london_value_texts()[series.energy_wh[shown]]
    text = render_rows(len(shown), [before, times[shown], b",", values, after])
    null_at = plan.calendar.interval_starts[reported[-1]] + np.timedelta64(61 + number * 397 % 1700, "s")
    _note(series, Kind.NULL_ROW, null_at, null_at + np.timedelta64(1, "s"))
    null_time = london_time_texts(np.array([null_at]))[0]
    return len(shown) + 1, text + before + bytes(null_time) + b",Null" + after


def _note(series: MeterSeries, kind: Kind, start: np.datetime64, end: np.datetime64) -> None:
    """Adds a quirk to the series' truth."""
    series.truth.append(TruthRow(kind, series.meter_id, series.transformer_id, start, end, ""))
