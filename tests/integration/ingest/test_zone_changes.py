"""A meter has one zone for all its days: a row without dates corrects it, and one with dates that says another is set aside."""

from __future__ import annotations

from pathlib import Path

from tests.landing import adds_up, half_hours, select, take_in, write_london

DAYS = "SELECT local_date::VARCHAR, energy_kwh FROM consumption_daily WHERE meter_id = 'M1' ORDER BY 1"


def test_a_zone_from_a_day_on_is_set_aside_with_its_line_and_moves_no_day(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    take_in(root, write_london(tmp_path / "a.csv", half_hours("M1", "2013-07-01", [1] * 48)))
    (tmp_path / "b.csv").write_text(
        "meter_id,tariff,time_zone,valid_from\nM1,Std,Europe/London,2012-01-01\nM1,ToU,Europe/Paris,2013-07-02\nM1,Flat,,2013-08-01\n"
    )

    report = take_in(root, tmp_path / "b.csv")

    assert adds_up(report)
    assert select(root, "SELECT line, reason, raw_text FROM quarantine") == [
        (3, "zone_changes", "M1,ToU,Europe/Paris,2013-07-02")
    ]
    assert select(root, "SELECT time_zone, tariff FROM meters") == [("Europe/London", "Flat")]
    assert select(root, DAYS) == [("2013-07-01", 46.0), ("2013-07-02", 2.0)]

    # Of all days it is a correction: Paris is two hours ahead of UTC in summer.
    (tmp_path / "c.csv").write_text("meter_id,time_zone\nM1,Europe/Paris\n")
    assert take_in(root, tmp_path / "c.csv").as_json()["quarantined"] == 0
    assert select(root, DAYS) == [("2013-07-01", 44.0), ("2013-07-02", 4.0)]

    # And what came before is one no longer.
    (tmp_path / "d.csv").write_text("meter_id,time_zone,valid_from\nM1,Europe/London,2014-01-01\n")
    assert take_in(root, tmp_path / "d.csv").as_json()["quarantine_reasons"] == {"zone_changes": 1}
