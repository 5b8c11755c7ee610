"""What detectors give back can be counted, and says by whom."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from meterlake.anomaly.detectors.fleet_band import FleetBand
from meterlake.anomaly.readings.finding import Finding, finding_row, finding_rows
from meterlake.anomaly.registry import DETECTORS
from meterlake.anomaly.scores import FleetScores, ScoredBy
from meterlake.anomaly.scoring_lake import KnownMeter
from meterlake.lake.codes.verdicts import Verdict

BY = ScoredBy("stuck_value", "2-de196db8", "run-1")
DAY = dt.date(2013, 1, 1)


def rows_of(*findings: Finding) -> pa.Table:
    return finding_rows([finding_row(f"M{number}", DAY, finding, BY) for number, finding in enumerate(findings)])


def test_scores_are_counted_by_what_their_rows_say() -> None:
    scores = FleetScores(
        rows_of(
            Finding(True, "odd", -1),
            Finding(False, "ordinary"),
            Finding(False, "too few", verdict=Verdict.INCOMPLETE),
            Finding(False, "ZeroDivisionError", verdict=Verdict.ERROR),
        )
    )

    assert (scores.rows.num_rows, scores.anomalies, scores.not_judged, scores.errors) == (4, 1, 2, 1)
    assert (scores.rewidened.num_rows, scores.unchanged) == (0, 0)


def test_a_rule_without_a_direction_still_flags() -> None:
    (row,) = rows_of(Finding(True, "odd", 0, severity=2.0)).to_pylist()

    assert (row["anomaly"], row["importance"]) == (1, 2.0)
    assert (row["detector"], row["model_version"], row["run_id"]) == ("stuck_value", "2-de196db8", "run-1")


def test_what_could_not_be_judged_is_no_anomaly_however_it_was_flagged() -> None:
    (row,) = rows_of(Finding(True, "too few", verdict=Verdict.INCOMPLETE)).to_pylist()

    assert (row["anomaly"], row["importance"]) == (0, 0.0)


@pytest.mark.parametrize(
    ("name", "version"),
    [("fleet_band", "2-b6c44da7"), ("robust_zscore", "1-06b870e0"), ("stuck_value", "2-de196db8")],
)
def test_a_default_detector_s_version_stays_so_that_lakes_are_not_scored_anew(name: str, version: str) -> None:
    assert DETECTORS.named(name).scored_by("run-1") == ScoredBy(name, version, "run-1")


def test_a_width_changes_no_version_and_every_other_parameter_does() -> None:
    plain, wider, other = (
        one.scored_by("run-1").model_version
        for one in (FleetBand(), FleetBand(interval_width=0.5), FleetBand(mode="additive"))
    )
    assert plain == wider != other


def test_a_meter_s_days_are_those_of_its_zone() -> None:
    meter = KnownMeter("M1", time_zone="Europe/London")

    # midnight of a summer day is 23:00 UTC of the day before
    assert meter.midnight(dt.date(2013, 7, 2)) == dt.datetime(2013, 7, 1, 23, tzinfo=dt.UTC)
    assert meter.day_before(dt.datetime(2013, 7, 1, 23, tzinfo=dt.UTC)) == dt.date(2013, 7, 1)
    assert meter.day_before(dt.datetime(2013, 7, 1, 22, tzinfo=dt.UTC)) == dt.date(2013, 6, 30)
