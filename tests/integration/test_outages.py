"""Outages of a real lake, from raw files through the judging to the commands and the API."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from urllib.parse import urljoin

import pytest
from click.testing import CliRunner

from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.cli.main import meterlake
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.snapshot import SnapshotReader
from meterlake.outage.outage_run import OutageReport, OutageRun
from meterlake.sample_data.landing_folder import write_landing_folder
from meterlake.sample_data.options import SampleOptions
from tests.asgi_client import Answer, ask
from tests.landing import lake_settings, select, take_in, write_london

DAY_1, DAY_2, DAY_3 = "2013-03-01", "2013-03-02", "2013-03-03"
HALF_HOURS = range(48)


def places(path: Path, transformers: str = "ABCDE", *, spacing_degrees: float = 0.005, sites: str = "s1") -> Path:
    """Write where five meters of each transformer stand; transformers are about 350 m apart, to the east."""
    lines = ["meter_id,latitude,longitude,building_id,transformer_id,site_id"]
    for number, transformer in enumerate(transformers):
        lines += [
            f"{transformer}{meter},51.5,{spacing_degrees * number:.4f},,{transformer},{sites}" for meter in range(5)
        ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return path


def day_file(path: Path, day: str, *, transformers: str = "ABCDE", dark: dict[str, range] | None = None) -> Path:
    """Write a day of 0.5 kWh in each half-hour; the dark half-hours of a transformer are not there."""
    rows = [
        (f"{transformer}{meter}", f"{day} {slot // 2:02d}:{slot % 2 * 30:02d}", "0.5")
        for transformer in transformers
        for meter in range(5)
        for slot in HALF_HOURS
        if slot not in (dark or {}).get(transformer, ())
    ]
    return write_london(path, rows)


def find(root: Path, planned: Path | None = None) -> OutageReport:
    return OutageRun(lake_settings(root)).find(planned)


def cuts(root: Path) -> list[tuple[object, ...]]:
    return select(
        root,
        "SELECT outage_id, meters, strftime(started_at, '%d %H:%M'), strftime(ended_at, '%d %H:%M')"
        " FROM outages WHERE cause IN ('power_cut', 'planned') ORDER BY started_at, outage_id",
    )


def request(root: Path, target: str) -> Answer:
    application = create_application(DuckDBLake(lake_settings(root)), ApiSettings(request_log=False))
    return ask(application, target)


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_landing_folder(
        SampleOptions(meters=120, days=40, start=dt.date(2013, 1, 1), seed=3, out=folder / "in", workers=1)
    )
    done = CliRunner().invoke(meterlake, ["--lake", str(folder / "lake"), "ingest", str(folder / "in")])
    assert done.exit_code == 0, done.output
    return folder


def truth_of(folder: Path, kind: str) -> list[dict[str, str]]:
    with (folder / "in" / "truth.csv").open() as lines:
        return [row for row in csv.DictReader(lines) if row["kind"] == kind]


def test_two_commands_find_the_cuts_of_a_sample_to_the_minute(sampled: Path) -> None:
    done = CliRunner().invoke(meterlake, ["--lake", str(sampled / "lake"), "outages", "--cause", "power_cut", "--json"])

    found = {row["transformer_id"]: row for row in json.loads(done.stdout)}
    true = {row["transformer_id"]: row for row in truth_of(sampled, "power_cut")}
    assert found.keys() == true.keys()
    for transformer, row in true.items():
        start, end = (dt.datetime.fromisoformat(row[name]) for name in ("start", "end"))
        assert abs(dt.datetime.fromisoformat(found[transformer]["started_at"]) - start) < dt.timedelta(minutes=1)
        assert abs(dt.datetime.fromisoformat(found[transformer]["ended_at"]) - end) < dt.timedelta(minutes=3)
        struck = {
            row["meter_id"] for row in truth_of(sampled, "power_cut_meter") if row["transformer_id"] == transformer
        }
        assert found[transformer]["meters"] == len(struck)


def test_the_samples_head_end_losses_and_stopped_meters_are_told_apart(sampled: Path) -> None:
    find(sampled / "lake")

    lost = {row["start"] for row in truth_of(sampled, "head_end_loss")}
    stopped = {row["meter_id"] for row in truth_of(sampled, "meter_stopped")}
    seen = select(
        sampled / "lake",
        "SELECT cause, strftime(o.started_at, '%Y-%m-%dT%H:%M:%SZ'), p.meter_id FROM outages AS o"
        " JOIN outage_meters AS p USING (outage_id)",
    )
    assert {start for cause, start, _ in seen if cause == "head_end_loss"} == lost
    assert stopped <= {meter for cause, _, meter in seen if cause == "meter_stopped"}


def test_running_again_writes_nothing(sampled: Path) -> None:
    root = sampled / "lake"
    find(root)
    before = SnapshotReader(root).current()

    report = find(root)

    assert (report.new, report.changed, report.gone, report.is_written) == (0, 0, 0, False)
    after = SnapshotReader(root).current()
    assert {name: state.version for name, state in before.items()} == {
        name: state.version for name, state in after.items()
    }


def test_an_outage_is_open_then_grows_then_closes_under_one_id(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    # on the first day B goes dark at 20:00 and stays so to midnight; on the second it comes back at 03:00
    take_in(root, places(tmp_path / "p.csv"), day_file(tmp_path / "1.csv", DAY_1, dark={"B": range(40, 48)}))
    find(root)
    ((first_id, meters, start, end),) = cuts(root)
    # no day to compare with: the middle of the half-hour before the silence
    assert (meters, start, end) == (5, "01 19:45", None)

    take_in(root, day_file(tmp_path / "2.csv", DAY_2, dark={"B": range(0, 6)}))
    report = find(root)

    # The second day shows what was usual at 19:30, and nothing is missing from it: five meters of ten draw the start
    # half of the way from the middle to the end. Nobody reported the end: the middle of the last dark half-hour.
    assert cuts(root) == [(first_id, 5, "01 19:52", "02 02:45")]
    assert (report.new, report.changed, report.gone) == (0, 1, 0)
    assert select(root, "SELECT DISTINCT intervals_lost FROM outage_meters") == [(14,)]


def test_late_readings_take_an_outage_away(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    take_in(root, places(tmp_path / "p.csv"), day_file(tmp_path / "1.csv", DAY_1, dark={"B": range(20, 24)}))
    assert find(root).by_cause == {"power_cut": 1}

    take_in(root, day_file(tmp_path / "late.csv", DAY_1, transformers="B"))
    report = find(root)

    assert (report.outages, report.gone) == (0, 1)
    assert select(root, "SELECT count(*) FROM outage_meters") == [(0,)]


def test_two_outages_become_one_when_what_lies_between_arrives(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    # about 1,040 m a step, where a district is 1,500 m
    far = places(tmp_path / "p.csv", "ABCDEFGHIJ", spacing_degrees=0.015, sites="")
    dark = {"A": range(20, 24), "B": range(20, 24), "C": range(20, 24)}
    # the middle transformer B has sent nothing yet, so it owes nothing
    take_in(root, far, day_file(tmp_path / "1.csv", DAY_1, transformers="ACDEFGHIJ", dark=dark))
    find(root)
    before = {row[0] for row in cuts(root)}
    assert len(before) == 2 and {row[1] for row in cuts(root)} == {5}

    take_in(root, day_file(tmp_path / "b.csv", DAY_1, transformers="B", dark=dark))
    find(root)

    ((kept, meters, _, _),) = cuts(root)
    assert (kept in before, meters) == (True, 15)
    ((evidence,),) = select(root, "SELECT evidence FROM outages")
    assert set(json.loads(str(evidence))["merged"]) == before - {kept}
    assert not find(root).is_written  # what was merged stays named


def test_an_announcement_is_remembered_by_later_runs(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    planned = tmp_path / "planned.csv"
    planned.write_text("start,end,transformer_id,note\n2013-03-01T10:00:00Z,2013-03-01T12:00:00Z,B,new switch\n")
    take_in(root, places(tmp_path / "p.csv"), day_file(tmp_path / "1.csv", DAY_1, dark={"B": range(20, 24)}))

    assert find(root, planned).by_cause == {"planned": 1}
    assert find(root).by_cause == {"planned": 1}
    assert find(root, planned).is_written is False


def test_the_order_of_files_does_not_matter(tmp_path: Path) -> None:
    dark = {"B": range(20, 24)}
    files = [
        places(tmp_path / "p.csv"),
        day_file(tmp_path / "1.csv", DAY_1),
        day_file(tmp_path / "2.csv", DAY_2, dark=dark),
        day_file(tmp_path / "3.csv", DAY_3),
    ]
    for name, order in (("one", files), ("other", files[::-1])):
        for path in order:
            take_in(tmp_path / name, path)
            find(tmp_path / name)

    columns = "SELECT cause, started_at, ended_at, meters, customer_minutes, confidence FROM outages ORDER BY ALL"
    assert select(tmp_path / "one", columns) == select(tmp_path / "other", columns) != []


def test_the_published_route_has_an_item_for_each_meter_and_dark_interval(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    take_in(root, places(tmp_path / "p.csv"), day_file(tmp_path / "1.csv", DAY_1, dark={"B": range(20, 22)}))
    events = tmp_path / "events.csv"
    events.write_text(
        "B0,1-0:1.8.0,2013030109245000,0,PWR_LOSS,ERR\n"
        "B0,1-0:1.8.0,2013030110245500,0,PWR_RESTORED,ERR\n"
        "X9,1-0:1.8.0,2013030109245000,0,COVER_OPEN,ERR\n"
    )
    take_in(root, events)
    find(root)
    target = "/outage?start_date_time=2013-03-01%2009:00:00.000&end_date_time=2013-03-01%2011:00:00.000"

    items = json.loads(request(root, target).body)["Items"]

    # five meters x two half-hours, and two reports outside of them: B0 before its first, X9, which stands nowhere;
    # B0's restoration lies in its dark half-hour of 10:30
    assert [item["reading_date_time"] for item in items] == [
        *["2013-03-01 09:50:00.000"] * 2, *["2013-03-01 10:00:00.000"] * 5, *["2013-03-01 10:30:00.000"] * 5
    ]  # fmt: skip
    assert items[1] == {
        "meter_id": "X9",
        "reading_date_time": "2013-03-01 09:50:00.000",
        "date_str": "20130301",
        "lat": None,
        "long": None,
    }
    of_code = json.loads(request(root, target + "&error_code=COVER_OPEN").body)["Items"]
    assert [item["meter_id"] for item in of_code] == ["X9"]
    of_loss = json.loads(request(root, target + "&error_code=PWR_LOSS").body)["Items"]
    assert {item["meter_id"] for item in of_loss} == {"B0"} and len(of_loss) == 3


def test_outages_are_geojson_with_box_time_cause_and_pages(sampled: Path) -> None:
    root = sampled / "lake"
    find(root)
    answer = request(root, "/v1/outages?limit=2")
    body = json.loads(answer.body)
    ((count,),) = select(root, "SELECT count(*) FROM outages")

    assert (answer.status, answer.headers["content-type"]) == (200, "application/geo+json")
    assert (body["type"], body["numberMatched"], body["numberReturned"]) == ("FeatureCollection", count, 2)
    assert [link["rel"] for link in body["links"]] == ["self", "next"]
    seen = [feature["id"] for feature in body["features"]]
    while body["next_url"]:
        body = json.loads(request(root, urljoin("/v1/outages", body["next_url"])).body)
        seen += [feature["id"] for feature in body["features"]]
    assert len(seen) == len(set(seen)) == count

    nowhere = json.loads(request(root, "/v1/outages?bbox=170,-10,-170,10").body)
    assert nowhere["numberMatched"] == 0
    early = json.loads(request(root, "/v1/outages?datetime=../2013-01-01T12:00:00Z").body)["features"]
    noon = "2013-01-01T12:00:00+00:00"
    assert all(feature["properties"]["started_at"] <= noon for feature in early)
    of_cause = json.loads(request(root, "/v1/outages?cause=power_cut").body)["features"]
    assert {feature["properties"]["cause"] for feature in of_cause} == {"power_cut"}
    plain = ask(
        create_application(DuckDBLake(lake_settings(root)), ApiSettings(request_log=False)),
        "/v1/outages?limit=1",
        headers={"accept": "application/json"},
    )
    assert plain.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("target", "status", "parameter"),
    [
        ("/outage?start_date_time=2013-01-01&end_date_time=2015-01-01", 413, "end_date_time"),
        ("/outage?start_date_time=2013-01-32&end_date_time=2013-02-01", 422, "start_date_time"),
        ("/outage?start_date_time=2013-02-01&end_date_time=2013-02-01", 422, "end_date_time"),
        ("/outage?start_date_time=2013-02-01", 422, "end_date_time"),
        ("/v1/outages?bbox=1,2,3", 422, "bbox"),
        ("/v1/outages?datetime=2013-01-02T00:00:00", 422, "datetime"),
        ("/v1/outages?datetime=../..", 422, "datetime"),
        ("/v1/outages?cause=storm", 422, "cause"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(sampled: Path, target: str, status: int, parameter: str) -> None:
    answer = request(sampled / "lake", target)

    assert (answer.status, json.loads(answer.body)["parameter"]) == (status, parameter)


def test_reliability_is_the_same_from_the_command_and_the_route(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    take_in(root, places(tmp_path / "p.csv"), day_file(tmp_path / "1.csv", DAY_1, dark={"B": range(20, 24)}))

    done = CliRunner().invoke(meterlake, ["--lake", str(root), "reliability", "--json", "--site", "s1"])
    (row,) = json.loads(done.stdout)
    (served,) = json.loads(request(root, "/v1/reliability?site_id=s1").body)["reliability"]

    # five meters from 09:45 to 11:45, the middles of the half-hours in which power failed and came back
    assert (row["customers_served"], row["customers_interrupted"]) == (25, 5)
    assert (row["customer_minutes"], row["saidi_minutes"], row["caidi_minutes"]) == (600.0, 24.0, 120.0)
    assert served == row


def test_the_map_is_drawn(sampled: Path, tmp_path: Path) -> None:
    out = tmp_path / "map.png"
    done = CliRunner().invoke(meterlake, ["--lake", str(sampled / "lake"), "plot", "outages", "--out", str(out)])

    assert done.exit_code == 0, done.output
    assert out.stat().st_size > 10_000


def test_a_lake_without_readings_has_no_outages(tmp_path: Path) -> None:
    take_in(tmp_path / "lake", places(tmp_path / "p.csv"))

    report = find(tmp_path / "lake")

    assert (report.outages, report.is_written) == (0, False)
