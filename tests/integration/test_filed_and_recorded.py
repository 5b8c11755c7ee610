"""What was recorded and filed elsewhere, by the commands and the routes, on one lake.

Of ten meters each, those of A report that they were out from 10:05 to 12:50, those of B from 16:10 to 17:00, those of C from 20:05
to 20:35; all readings of 4 and 5 March 2024 in UTC that did not begin in the dark are there.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from meterlake.cli.main import meterlake as command
from meterlake.lake.settings import LakeSettings
from meterlake.outage.outage_run import OutageRun
from tests.integration.test_interruptions import event_rows, reading_rows, write
from tests.landing import select, take_in
from tests.three_ways import by_api, by_command, refusal

METERS = {name: [f"{name}{number}" for number in range(10)] for name in "ABC"}
DARK = {"A": ("10:30", "13:00"), "B": ("16:30", "17:00"), "C": ("20:30", "20:45")}
SAID = {"A": ("-10:05", "+12:50"), "B": ("-16:10", "+17:00"), "C": ("-20:05", "+20:35")}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filed")
    places = ["meter_id,latitude,longitude,transformer_id,site_id,time_zone"]
    for name, meters in METERS.items():
        places += [f"{meter},{51.5 + 0.02 * 'ABC'.index(name)},-0.1,{name},S1,UTC" for meter in meters]
    take_in(folder / "lake", write(folder / "geodata.csv", places))
    for name, meters in METERS.items():
        take_in(folder / "lake", write(folder / f"{name}.csv", reading_rows(meters, dark=DARK[name])))
        take_in(folder / "lake", write(folder / f"{name}_said.csv", event_rows(meters, *SAID[name])))
    OutageRun(LakeSettings(lake=str(folder / "lake"), threads=1)).find()
    return folder / "lake"


def run(root: Path, *words: str) -> str:
    done = CliRunner().invoke(command, ["--lake", str(root), *words])
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def test_recorded_outages_beside_what_the_meters_say(root: Path) -> None:
    lines = ["OUTAGE_NO;OFF;ON;DEVICE;METER;CUSTOMERS;CAUSE", "4711;2024-03-05 11:00;2024-03-05 13:55;A;;12;tree"]
    lines += [f"4712;2024-03-05 17:10;2024-03-05 18:00;;B{number};;" for number in range(5)]
    # The transformer of a meter says where it is, and not that the others were out.
    lines += [f"4712;2024-03-05 17:10;2024-03-05 18:00;B;B{number};;" for number in (0, 1)]
    lines += ["4713;2024-03-04 09:00;2024-03-04 10:00;A;;;", "4714;2024-03-05 21:00;2024-03-05 22:00;Z;;3;"]
    columns = {
        "record_id": "OUTAGE_NO",
        "started": "OFF",
        "ended": "ON",
        "transformer_id": "DEVICE",
        "meter_id": "METER",
    }
    columns |= {"customers": "CUSTOMERS", "reason": "CAUSE"}
    mapping = write(root.parent / "oms.yaml", [f"{name}: {column}" for name, column in columns.items()])
    path = write(root.parent / "oms.csv", lines)
    # Berlin's clock is an hour ahead of UTC in March; taken in twice, nothing is twice.
    taken = ("outage-records", "import", str(path), "--columns", str(mapping), "--time-zone", "Europe/Berlin")
    assert run(root, *taken) == run(root, *taken) == "4 recorded outages taken in"

    rows = by_command(root, "outage-records", "compare")

    def told(row: dict[str, Any]) -> tuple[Any, ...]:
        return (
            *(row["outcome"], row["record_id"], row["start_minutes_apart"], row["end_minutes_apart"]),
            *(row["recorded_customers"], row["found_customers"]),
            *(row["recorded_customer_minutes"], row["found_customer_minutes"]),
        )

    assert [told(row) for row in rows] == [
        ("missed", "4713", None, None, 10, 0, 600.0, 0.0),
        # 10:00 to 12:55 was recorded of 12 customers; ten were found from 10:05 to 12:50
        ("found", "4711", 5.0, -5.0, 12, 10, 12 * 175.0, 10 * 165.0),
        ("found", "4712", 0.0, 0.0, 5, 5, 5 * 50.0, 5 * 50.0),
        ("no_meters", "4714", None, None, 3, 0, 180.0, 0.0),
        ("not_recorded", None, None, None, None, 10, None, 10 * 30.0),
    ]
    assert [row["reason"] for row in rows if row["record_id"] == "4711"] == ["tree"]
    by_route = by_api(root, "/v1/outage-records", "outage_records")
    assert [told(row) for row in by_route] == [told(row) for row in rows]
    assert [row["record_id"] for row in by_api(root, "/v1/outage-records?outcome=missed", "outage_records")] == ["4713"]
    assert "it lacks record_id for record_id" in refusal(root, "outage-records", "import", str(path))


def test_a_month_stays_as_it_was_filed_and_what_differs_since_is_said(root: Path) -> None:
    """Thirty customers and 1,650 + 500 + 300 minutes are filed; then the outage of C turns out to be none."""
    assert "whose data are complete" in refusal(root, "filing", "freeze", "2024-03")
    assert "a year, a quarter or a month" in refusal(root, "filing", "freeze", "March")
    assert "one with customers" in refusal(root, "filing", "freeze", "2023-Q4")
    filing = run(
        root, "filing", "freeze", "2024-03", "--provisional", "--by-whom", "A. Engineer", "--by", "transformer"
    )
    assert f"{filing} holds it" in refusal(root, "filing", "freeze", "2024-03", "--provisional", "--by", "transformer")
    assert by_command(root, "filing", "compare") == []

    [(outage,)] = select(root, "SELECT outage_id FROM outages WHERE transformer_id = 'C' AND cause = 'power_cut'")
    word = run(root, "outage", "reject", outage)
    rows = by_command(root, "filing", "compare", filing)

    apart = {(row["place_id"], row["index"]): (row["filed"], row["now"], row["difference"]) for row in rows}
    assert {place for place, _ in apart} == {"*", "C"}
    assert apart["*", "customers_interrupted"] == (30, 20, -10)
    assert apart["*", "customer_minutes"] == (2450.0, 2150.0, -300.0)
    assert apart["C", "saidi_minutes"] == (30.0, 0.0, -30.0)
    assert apart["C", "caidi_minutes"] == (30.0, None, None)
    assert by_api(root, "/v1/filings/differences", "filing_differences") == rows

    filed = "SELECT json_extract(indices, '$.customer_minutes')::DOUBLE, filed_by, json_extract_string(settings, '$.momentary_minutes')"
    assert select(root, f"{filed} FROM filed_indices WHERE place_id = '*'") == [(2450.0, "A. Engineer", "5.0")]
    run(root, "outage", "take-back", word)
    assert by_command(root, "filing", "compare") == []

    run(root, "filing", "withdraw", filing)
    assert "No filing" in refusal(root, "filing", "compare", filing)
    assert len(json.loads(run(root, "filing", "list", "--json"))) == 4
    assert run(root, "filing", "freeze", "2024-03", "--provisional", "--by", "transformer") != filing


def test_rows_say_that_they_are_provisional_by_the_command_and_the_route(root: Path) -> None:
    """Readings end with 5 March: that day is final, the month is not."""
    days = by_command(root, "reliability", "--period", "day", "--site", "*")
    months = by_command(root, "reliability", "--site", "*")

    assert [row["is_provisional"] for row in (*days, *months)] == [False, False, True]
    assert [row["is_provisional"] for row in by_api(root, "/v1/reliability?site_id=*", "reliability")] == [True]


def test_the_map_with_its_slider_is_one_file_that_loads_nothing(root: Path) -> None:
    page = root.parent / "map.html"
    run(root, "outage-map", "--start", "2024-03-05", "--end", "2024-03-06", "--out", str(page))

    text = page.read_text()

    told = json.loads(text.partition("const told = ")[2].partition(";\n")[0])
    moments = [dt.datetime.fromtimestamp(at, dt.UTC).strftime("%H:%M") for at in told["moments"]]
    steps = [[(moments[place], out) for place, out in one["steps"]] for one in told["outages"]]
    assert sorted(steps) == [
        [(lost, 10), (back, 0)] for lost, back in (("10:05", "12:50"), ("16:10", "17:00"), ("20:05", "20:35"))
    ]
    assert all(0 < one["x"] < 1000 and 0 < one["y"] < 560 for one in told["outages"])
    assert "src=" not in text and "href=" not in text and "http" not in text
    assert "a range in which power was out" in refusal(root, "outage-map", "--start", "2025-01-01", "--out", str(page))
