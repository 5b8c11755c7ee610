from __future__ import annotations

import json

from tests.small_lake import SmallLake


def record(hour: int, heat_kwh: float, room_c: object = 20.0) -> str:
    readings = [
        {"sensor_type": "heating_energy_kwh", "value": heat_kwh},
        {"sensor_type": "room_temp_c", "value": room_c, "room_name": "bath"},
    ]
    time = f"2024-01-01T{hour:02d}:00:00"
    return json.dumps({"timestamp_str": time, "building_id": "b1", "apartment_id": "a1", "readings": readings})


def heat(lake: SmallLake) -> list[tuple[object, ...]]:
    return lake.rows("""
        SELECT strftime(interval_start, '%H') AS a, strftime(interval_end, '%H') AS b, value
        FROM readings WHERE quantity = 'heating_energy' ORDER BY ALL""")


def test_register_reads_temperatures_and_differences_are_stored(small_lake: SmallLake) -> None:
    report = small_lake.ingest(small_lake.write("a.jsonl", record(0, 100) + "\n" + record(2, 106.5) + "\n"))

    assert small_lake.readings() == [
        ("b1/a1", "heating_energy", "2024-01-01 00:00", 6.5),
        ("b1/a1", "heating_energy_register", "2024-01-01 00:00", 100.0),
        ("b1/a1", "heating_energy_register", "2024-01-01 02:00", 106.5),
        ("b1/a1/bath", "room_temperature", "2024-01-01 00:00", 20.0),
        ("b1/a1/bath", "room_temperature", "2024-01-01 02:00", 20.0),
    ]
    assert heat(small_lake) == [("00", "02", 6.5)]
    assert report.accounts[0].rows_read == 5


def test_first_read_of_an_upload_is_differenced_against_the_lake(small_lake: SmallLake) -> None:
    small_lake.ingest(small_lake.write("a.jsonl", record(0, 100)))

    small_lake.ingest(small_lake.write("b.jsonl", record(1, 103)))

    assert heat(small_lake) == [("00", "01", 3.0)]


def test_read_that_comes_late_splits_the_difference_that_was_there(small_lake: SmallLake) -> None:
    small_lake.ingest(small_lake.write("a.jsonl", record(0, 100) + "\n" + record(2, 106)))

    small_lake.ingest(small_lake.write("b.jsonl", record(1, 101)))

    assert heat(small_lake) == [("00", "01", 1.0), ("01", "02", 5.0)]
    assert small_lake.rows("SELECT value FROM superseded") == [(6.0,)]


def test_corrected_read_corrects_both_its_differences(small_lake: SmallLake) -> None:
    small_lake.ingest(small_lake.write("a.jsonl", "\n".join((record(0, 100), record(1, 101), record(2, 106)))))

    small_lake.ingest(small_lake.write("b.jsonl", record(1, 104)))

    assert heat(small_lake) == [("00", "01", 4.0), ("01", "02", 2.0)]


def test_corrected_read_takes_out_the_difference_that_cannot_stand_any_longer(small_lake: SmallLake) -> None:
    small_lake.ingest(small_lake.write("a.jsonl", "\n".join((record(0, 100), record(1, 103), record(2, 107)))))

    small_lake.ingest(small_lake.write("b.jsonl", record(1, 110)))

    assert heat(small_lake) == [("00", "01", 10.0)]
    assert [reason for _, reason, _ in small_lake.quarantine()] == ["register_reset"]
    flows = "SELECT value FROM superseded WHERE quantity = 'heating_energy' ORDER BY value"
    assert small_lake.rows(flows) == [(3.0,), (4.0,)]


def test_any_order_of_uploads_gives_what_one_upload_gives(small_lake: SmallLake) -> None:
    hours = [(0, 100.0), (1, 101.0), (2, 106.0), (3, 2.0), (4, 5.0)]
    for hour, read in (hours[place] for place in (2, 0, 4, 3, 1)):
        small_lake.ingest(small_lake.write(f"{hour}.jsonl", record(hour, read)))
    apart = small_lake.readings()
    together = SmallLake(small_lake.folder / "together")

    together.ingest(small_lake.write("all.jsonl", "\n".join(record(*hour) for hour in hours)))

    assert apart == together.readings()
    assert heat(together) == [("00", "01", 1.0), ("01", "02", 5.0), ("03", "04", 3.0)]


def test_register_that_went_back_says_nothing_of_the_interval(small_lake: SmallLake) -> None:
    small_lake.ingest(small_lake.write("a.jsonl", record(0, 100) + "\n" + record(1, 3)))

    assert heat(small_lake) == []
    details = small_lake.rows("SELECT reason, detail FROM quarantine")
    assert details[0][0] == "register_reset"
    assert "stood at 100.0 at 2024-01-01 00:00:00 and at 3.0 at 2024-01-01 01:00:00" in details[0][1]


def test_broken_lines_and_values_are_set_aside_with_their_lines(small_lake: SmallLake) -> None:
    torn = '{"timestamp_str": "2024-01-01T0'
    empty = '{"timestamp_str":"2024-01-01T05:00:00","building_id":"b1","apartment_id":"a1","readings":[]}'
    unknown = empty.replace("[]", '[{"sensor_type":"co2_ppm","value":400},{"sensor_type":"room_temp_c","value":99}]')
    nameless = empty.replace('"apartment_id":"a1",', "").replace("[]", '[{"sensor_type":"room_temp_c","value":20}]')

    small_lake.ingest(
        small_lake.write("a.jsonl", "\n".join((record(0, 1, "cold"), torn, "", empty, unknown, nameless)))
    )

    assert [(line, reason) for line, reason, _ in small_lake.quarantine()] == [
        (1, "bad_number"),
        (2, "bad_record"),
        (4, "bad_record"),
        (5, "unknown_quantity"),
        (5, "implausible"),
        (6, "missing_meter"),
    ]
    assert small_lake.quarantine()[1][2] == torn
