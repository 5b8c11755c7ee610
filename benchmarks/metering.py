"""What a bill asks of the lake, and how long that takes: a meter's year, a fleet's month by segment, an answer as it was.

    python benchmarks/metering.py                 # 5,566 meters in January, 400 of them the whole year
    python benchmarks/metering.py --meters 1000

Half-hours are made up. Each question is asked several times in turn with what it is compared with; medians count.
`year_of_a_meter_s`: a meter's year of days with shares and coverage. `fleet_month_by_segment_s`: what the meters of each segment
used in January, half of them having changed it in the middle of the month. `as_of_over_now`: a meter's year of months as it was
before a day was restated, over the same from readings as they are.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder's names (etl, http) must not hide the real ones

import argparse
import datetime as dt
import time
from collections.abc import Callable
from statistics import median

import duckdb

from benchmarks.parts.figures import print_figures, say, scratch_folder
from meterlake.etl.pipeline import IngestJob, Pipeline
from meterlake.lake.codes.quantities import QUANTITIES
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.metering.answers import PeriodQuestion, periods_of_meter
from meterlake.lake.metering.as_it_was import LakeAsItWas
from meterlake.lake.metering.calendars import BillingCalendar, PeriodKind
from meterlake.lake.metering.groups import GroupedBy, GroupQuestion, periods_of_groups
from meterlake.lake.metering.summaries import SUMMARIES
from meterlake.lake.settings import LakeSettings

FLOORS = {"year_of_a_meter_s": 0.02, "fleet_month_by_segment_s": 0.5, "as_of_over_now": 1.5}
_WHOLE_YEAR = 400
_ENERGY = QUANTITIES["energy"]
_JANUARY, _FEBRUARY, _NEXT_YEAR = dt.date(2013, 1, 1), dt.date(2013, 2, 1), dt.date(2014, 1, 1)


def main() -> None:
    """Build a lake, ask it and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--meters", type=int, default=5_566)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--scratch", type=Path, help="where to write; needs 2 GB")
    options = parser.parse_args()
    with scratch_folder(options.scratch) as scratch:
        settings = LakeSettings(lake=str(scratch / "lake"))
        before = _build(settings, scratch, options.meters)
        print_figures(_ask(DuckDBLake(settings), before, options.rounds) | {"floors": FLOORS})


def _build(settings: LakeSettings, scratch: Path, meters: int) -> dt.datetime:
    """Take in a year, segments that changed, and a day anew; return a moment before the last."""
    raw = scratch / "raw"
    raw.mkdir()
    _write_half_hours(raw / "january.csv", meters, _JANUARY, _FEBRUARY, 1)
    _write_half_hours(raw / "year.csv", min(meters, _WHOLE_YEAR), _FEBRUARY, _NEXT_YEAR, 2)
    duckdb.sql(f"""
        COPY (SELECT 'M' || lpad(meter::VARCHAR, 6, '0') AS meter_id, CASE part WHEN 0 THEN 'home' ELSE 'shop' END AS segment,
                     CASE part WHEN 0 THEN '2012-01-01' ELSE '2013-01-16' END AS valid_from
              FROM range({meters}) AS meters(meter), range(2) AS parts(part) WHERE part = 0 OR meter % 2 = 0)
        TO '{scratch}/segments.csv' (HEADER)""")
    pipeline = Pipeline(settings)
    report = pipeline.ingest(IngestJob((raw,)))
    say(f"{sum(account.rows_stored for account in report.accounts):,} rows in {report.seconds:.1f} s")
    pipeline.ingest(IngestJob((scratch / "segments.csv",)))
    before = dt.datetime.now(dt.UTC)
    _write_half_hours(scratch / "restated.csv", meters, _JANUARY, _JANUARY + dt.timedelta(days=1), 3)
    pipeline.ingest(IngestJob((scratch / "restated.csv",)))
    return before


def _write_half_hours(path: Path, meters: int, first: dt.date, end: dt.date, seed: int) -> None:
    slots = (end - first).days * 48
    with duckdb.connect() as connection:
        connection.execute(f"SELECT setseed({seed / 10})")
        connection.execute(f"""
            COPY (SELECT 'M' || lpad(meter::VARCHAR, 6, '0') AS LCLid, 'Std' AS stdorToU,
                         strftime(TIMESTAMP '{first}' + slot * INTERVAL 30 MINUTE, '%Y-%m-%d %H:%M:%S.0000000') AS "DateTime",
                         round(random(), 3) AS "KWH/hh (per half hour) ", 'ACORN-A' AS Acorn, 'Affluent' AS Acorn_grouped
                  FROM range({meters}) AS meters(meter), range({slots}) AS slots(slot) ORDER BY meter, slot)
            TO '{path}' (HEADER)""")


def _ask(lake: DuckDBLake, before: dt.datetime, rounds: int) -> dict[str, float]:
    months = PeriodQuestion(_ENERGY, BillingCalendar(PeriodKind.MONTH), _JANUARY, _NEXT_YEAR)
    by_segment = GroupQuestion(GroupedBy.SEGMENT, _ENERGY, BillingCalendar(PeriodKind.MONTH), _JANUARY, _FEBRUARY)
    meter, then = "M000007", LakeAsItWas(lake, before)
    days, groups, now, as_of = _in_turn(
        rounds,
        lambda: SUMMARIES[PeriodKind.DAY].of_meter(lake, meter, "energy", _JANUARY, _NEXT_YEAR),
        lambda: periods_of_groups(lake, by_segment),
        lambda: periods_of_meter(lake, meter, months),
        lambda: periods_of_meter(then, meter, months),
    )
    return {
        "year_of_a_meter_s": round(median(days), 4),
        "fleet_month_by_segment_s": round(median(groups), 3),
        "as_of_over_now": round(median(one / other for one, other in zip(as_of, now, strict=True)), 2),
        "months_from_readings_s": round(median(now), 4),
    }


def _in_turn(rounds: int, *asked: Callable[[], object]) -> list[list[float]]:
    """Ask in turn; return how long each took, without the first time."""
    seconds: list[list[float]] = [[] for _ in asked]
    for _ in range(rounds + 1):
        for place, ask in enumerate(asked):
            began = time.perf_counter()
            ask()
            seconds[place].append(time.perf_counter() - began)
    return [of_one[1:] for of_one in seconds]


if __name__ == "__main__":
    main()
