"""A whole sample, read back from its files and held against its truth."""

import csv
import datetime as dt
import hashlib
import itertools
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from meterlake.sample_data import landing_folder
from meterlake.sample_data.landing_folder import write_landing_folder
from meterlake.sample_data.options import SampleOptions, SampleReport

START = dt.datetime(2013, 1, 1)
METERS, DAYS, SEED = 60, 40, 7
HALF_HOUR = dt.timedelta(minutes=30)

Row = tuple[dt.datetime, str]


def sample_options(out: Path, *, seed: int = SEED, workers: int = 1, files: int = 4) -> SampleOptions:
    return SampleOptions(meters=METERS, days=DAYS, start=START.date(), seed=seed, out=out, files=files, workers=workers)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("landing")
    write_landing_folder(sample_options(out))
    return out


@cache
def read_london(folder: Path) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for path in sorted((folder / "readings").glob("london-*.csv")):
        with path.open() as lines:
            header = next(lines).strip("\n").split(",")
            at, value = header.index("DateTime"), 3 if len(header) == 6 else 2
            for line in lines:
                cells = line.rstrip("\n").split(",")
                rows[cells[0]].append((dt.datetime.fromisoformat(cells[at][:19]), cells[value]))
    return rows


@cache
def read_truth(folder: Path) -> list[dict[str, str]]:
    with (folder / "truth.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def truth_of(folder: Path, kind: str) -> list[dict[str, str]]:
    return [row for row in read_truth(folder) if row["kind"] == kind]


def span(row: dict[str, str]) -> tuple[dt.datetime, dt.datetime]:
    assert row["start"].endswith("Z") and row["end"].endswith("Z")
    return dt.datetime.fromisoformat(row["start"][:-1]), dt.datetime.fromisoformat(row["end"][:-1])


def rows_within(folder: Path, row: dict[str, str]) -> list[Row]:
    start, end = span(row)
    return [(at, value) for at, value in read_london(folder)[row["meter_id"]] if start <= at < end and value != "Null"]


def fingerprint(out: Path) -> dict[str, str]:
    files = (path for path in sorted(out.rglob("*")) if path.is_file())
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_same_seed_gives_same_bytes_whatever_the_number_of_workers(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing_folder, "ROWS_WORTH_A_PROCESS", 50_000)
    write_landing_folder(sample_options(tmp_path, workers=2))
    assert fingerprint(tmp_path) == fingerprint(folder)


def test_different_seed_gives_different_readings(folder: Path, tmp_path: Path) -> None:
    write_landing_folder(sample_options(tmp_path, seed=SEED + 1))
    theirs, ours = fingerprint(tmp_path), fingerprint(folder)
    assert theirs.keys() == ours.keys()
    assert all(theirs[name] != ours[name] for name in ours)


def test_the_number_of_files_does_not_change_a_meters_readings(folder: Path, tmp_path: Path) -> None:
    write_landing_folder(sample_options(tmp_path, files=2))
    assert read_london(tmp_path) == read_london(folder)


def test_half_of_the_london_files_have_six_columns_and_half_have_three(folder: Path) -> None:
    paths = sorted((folder / "readings").glob("london-*.csv"))
    headers = [path.read_text().split("\n", 1)[0] for path in paths]
    six = "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped"
    three = "LCLid,DateTime,KWH/hh (per half hour)"
    assert headers == [six, six, three, three]


def test_the_other_files_have_their_headers(folder: Path) -> None:
    headers = {
        name: (folder / name).read_text().split("\n", 1)[0] for name in ("geodata.csv", "weather.csv", "households.csv")
    }
    assert headers == {
        "geodata.csv": "meter_id,latitude,longitude,building_id,transformer_id,site_id",
        "weather.csv": "visibility,windBearing,temperature,time,dewPoint,pressure,apparentTemperature,windSpeed,"
        "precipType,icon,humidity,summary",
        "households.csv": "LCLid,stdorToU,Acorn,Acorn_grouped",
    }


def test_the_report_counts_the_rows_that_the_files_hold(tmp_path: Path) -> None:
    report = write_landing_folder(sample_options(tmp_path))
    for name, rows in report.rows_by_file.items():
        headers = 0 if name in ("readings/default-001.csv", "readings/events-001.csv") else 1
        assert (tmp_path / name).read_bytes().count(b"\n") - headers == rows, name


def test_progress_counts_every_reading_file(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write_landing_folder(sample_options(tmp_path), progress=lambda done, total: told.append((done, total)))
    # Four London files and the default one.
    assert told == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


def test_london_rows_stand_in_meter_then_time_order(folder: Path) -> None:
    london = read_london(folder)
    assert list(london) == [f"MAC{number:06d}" for number in range(1, METERS + 1)]
    for rows in london.values():
        times = [at for at, _ in rows]
        assert times == sorted(times)


def test_every_london_meter_ends_with_one_null_row_off_the_grid(folder: Path) -> None:
    nulls = {row["meter_id"]: span(row)[0] for row in truth_of(folder, "null_row")}
    assert len(nulls) == METERS
    for meter_id, rows in read_london(folder).items():
        assert [at for at, value in rows if value == "Null"] == [nulls[meter_id]]
        assert rows[-1] == (nulls[meter_id], "Null")
        assert (nulls[meter_id].minute % 30, nulls[meter_id].second) != (0, 0)


def test_duplicates_are_exact_midnight_rows_and_truth_lists_them_all(folder: Path) -> None:
    found = set()
    for meter_id, rows in read_london(folder).items():
        found |= {(meter_id, first[0]) for first, second in itertools.pairwise(rows) if first == second}
    assert found == {(row["meter_id"], span(row)[0]) for row in truth_of(folder, "duplicate_row")}
    assert len(found) >= METERS / 2
    assert all((at.hour, at.minute) == (0, 0) for _, at in found)


def test_nothing_is_missing_but_what_truth_says(folder: Path) -> None:
    missing_kinds = {"gap", "head_end_loss", "meter_stopped", "late_commissioning", "power_cut_meter"}
    told: dict[str, set[dt.datetime]] = defaultdict(set)
    grid = [START + HALF_HOUR * slot for slot in range(48 * DAYS)]
    for row in read_truth(folder):
        if row["kind"] in missing_kinds:
            start, end = span(row)
            told[row["meter_id"]] |= {at for at in grid if start <= at < end}
    for meter_id, rows in read_london(folder).items():
        assert set(grid) - {at for at, _ in rows} == told[meter_id], meter_id


def test_no_meter_behind_a_cut_transformer_reports_in_the_dark(folder: Path) -> None:
    behind = truth_of(folder, "power_cut_meter")
    assert len(behind) >= 20
    assert [row for row in behind if rows_within(folder, row)] == []


def test_a_power_cut_counts_its_meters(folder: Path) -> None:
    cuts, behind = truth_of(folder, "power_cut"), truth_of(folder, "power_cut_meter")
    assert len(cuts) >= 1
    for cut in cuts:
        same = [row for row in behind if (row["transformer_id"], row["start"]) == (cut["transformer_id"], cut["start"])]
        assert cut["detail"] == f"meters={len(same)}"


def test_every_meter_of_a_cut_sends_the_power_back_event(folder: Path) -> None:
    lines = (folder / "readings" / "events-001.csv").read_text().split()
    lines += [line for line in (folder / "readings" / "default-001.csv").read_text().split() if line.endswith("ERR")]
    back = [line.split(",")[0] for line in lines if ",PWR_RESTORED," in line]
    assert sorted(back) == sorted(row["meter_id"] for row in truth_of(folder, "power_cut_meter"))
    lost = [line.split(",")[0] for line in lines if ",PWR_LOSS," in line]
    arrived = [row for row in truth_of(folder, "power_cut_meter") if row["detail"] == "last_gasp=arrived"]
    assert sorted(lost) == sorted(row["meter_id"] for row in arrived)


def test_a_stuck_meter_repeats_one_value(folder: Path) -> None:
    (stuck,) = truth_of(folder, "stuck")
    values = {float(value) for _, value in rows_within(folder, stuck)}
    assert values == {float(stuck["detail"].removeprefix("value_kwh="))}
    assert len(rows_within(folder, stuck)) > 7 * 48


def test_a_spike_stands_above_what_was_added(folder: Path) -> None:
    spikes = truth_of(folder, "spike")
    assert len(spikes) >= 1
    for spike in spikes:
        added_kwh = float(spike["detail"].removeprefix("added_kwh="))
        assert all(float(value) >= added_kwh - 0.001 for _, value in rows_within(folder, spike))


@pytest.mark.parametrize("kind", ["drop", "theft"])
def test_a_drop_and_a_theft_take_energy_away(folder: Path, kind: str) -> None:
    (row,) = truth_of(folder, kind)
    start, end = span(row)
    usual = [float(v) for at, v in read_london(folder)[row["meter_id"]] if v != "Null" and not start <= at < end]
    struck = [float(value) for _, value in rows_within(folder, row)]
    assert sum(struck) / len(struck) < 0.8 * sum(usual) / len(usual)


def test_default_rows_have_six_columns_and_the_literal_24_in_their_time(folder: Path) -> None:
    lines = (folder / "readings" / "default-001.csv").read_text().splitlines()
    assert lines[0].startswith("E0000001,1-0:1.8.0,2013010100240000,")
    assert {len(line.split(",")) for line in lines} == {6}
    assert {line.split(",")[2][10:12] for line in lines} == {"24"}
    # max(5, 2 % of 60) meters beyond the London ones.
    assert {line.split(",")[0] for line in lines} == {f"E000000{number}" for number in range(1, 6)}


def test_default_rows_stand_in_meter_then_time_order(folder: Path) -> None:
    lines = (folder / "readings" / "default-001.csv").read_text().splitlines()
    keys = [tuple(line.split(",")[:3:2]) for line in lines]
    assert keys == sorted(keys)


def test_an_error_row_has_a_code_and_no_value(folder: Path) -> None:
    lines = (folder / "readings" / "default-001.csv").read_text().splitlines()
    lines += (folder / "readings" / "events-001.csv").read_text().splitlines()
    errors = [line.split(",") for line in lines if line.endswith(",ERR")]
    assert errors
    assert all(value == "" and code != "" for _, _, _, value, code, _ in errors)
    assert all(code == "" for *_, code, kind in (line.split(",") for line in lines) if kind == "INT")


def test_weather_starts_a_week_before_the_readings_and_ends_with_them(folder: Path) -> None:
    with (folder / "weather.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert (rows[0]["time"], rows[-1]["time"]) == ("2012-12-25 00:00:00", "2013-02-09 23:00:00")
    assert len(rows) == (7 + DAYS) * 24
    assert 0 < sum(row["temperature"] == "" for row in rows) < 0.03 * len(rows)
    assert all(0 <= float(row["humidity"]) <= 1 for row in rows)


def test_an_earlier_sample_is_written_anew(tmp_path: Path) -> None:
    write_landing_folder(sample_options(tmp_path, files=5))
    write_landing_folder(sample_options(tmp_path, files=2))
    names = sorted(path.name for path in (tmp_path / "readings").iterdir())
    assert names == ["default-001.csv", "events-001.csv", "london-001.csv", "london-002.csv"]


def test_a_folder_of_somebody_elses_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear")
    with pytest.raises(ValueError, match="found other files"):
        write_landing_folder(sample_options(tmp_path))
    assert (tmp_path / "letters.txt").read_text() == "dear"


@pytest.mark.parametrize(("meters", "days"), [(1, 1), (2, 3), (5, 8)])
def test_the_smallest_samples_can_be_written(tmp_path: Path, meters: int, days: int) -> None:
    options = SampleOptions(meters=meters, days=days, start=START.date(), seed=1, out=tmp_path)
    report: SampleReport = write_landing_folder(options)
    assert report.injected["power_cut"] >= 1
    assert report.injected["null_row"] == meters
