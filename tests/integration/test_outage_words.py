"""What an engineer says of outages, by the command: it stands in every run after, and the indices follow.

Ten meters of transformer A lose the half-hours from 10:00 to 12:00, ten of B those from 16:00 to 17:00; each night is whole.
"""

from __future__ import annotations

import datetime as dt
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.cli.main import meterlake as command
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from meterlake.outage.outage_run import OutageRun
from tests.asgi_client import ask
from tests.integration.test_interruptions import reading_rows, write
from tests.landing import select, take_in
from tests.three_ways import refusal

METERS = {name: [f"{name}{number}" for number in range(10)] for name in "ABC"}
CUTS = "SELECT outage_id, cause, meters, customer_minutes FROM outages WHERE cause IN ('power_cut', 'rejected') ORDER BY transformer_id"
INTERRUPTED = "SELECT left(meter_id, 1) AS place, count(*), sum(minutes) FROM interruptions GROUP BY ALL ORDER BY ALL"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    places = ["meter_id,latitude,longitude,transformer_id,site_id,time_zone"]
    for name, meters in METERS.items():
        places += [f"{meter},{51.5 + 0.01 * 'ABC'.index(name)},-0.1,{name},S1,UTC" for meter in meters]
    rows = reading_rows(METERS["A"], dark=("10:00", "12:00")) + reading_rows(METERS["B"], dark=("16:00", "17:00"))
    take_in(tmp_path / "lake", write(tmp_path / "geodata.csv", places))
    take_in(tmp_path / "lake", write(tmp_path / "readings.csv", rows + reading_rows(METERS["C"])))
    OutageRun(LakeSettings(lake=str(tmp_path / "lake"), threads=1)).find()
    return tmp_path / "lake"


def say(root: Path, *words: str) -> str:
    said = CliRunner().invoke(command, ["--lake", str(root), "outage", *words, "--by", "A. Engineer"])
    assert said.exit_code == 0, said.output
    return said.stdout.strip()


def outages(root: Path) -> dict[str, tuple[Any, ...]]:
    """Return of each transformer its outage: id, cause, meters, customer-minutes."""
    rows = select(root, CUTS.replace("SELECT ", "SELECT transformer_id, ", 1))
    return {place: row for place, *row in rows}


def run_again(root: Path) -> None:
    """Judge anew, after new data of another day."""
    day = write(root.parent / "more.csv", ["C0,1-0:1.8.0,20240306000000,0.25,,INT"])
    take_in(root, day)
    OutageRun(LakeSettings(lake=str(root), threads=1)).find()


def test_a_rejected_outage_stays_rejected_and_no_index_counts_it(root: Path) -> None:
    before = outages(root)

    assert {place: (row[1], row[2]) for place, row in before.items()} == {
        "A": ("power_cut", 10),
        "B": ("power_cut", 10),
    }

    word = say(root, "reject", before["A"][0], "--note", "a concentrator was exchanged")
    run_again(root)

    assert outages(root)["A"][:2] == [before["A"][0], "rejected"]
    assert [row[0] for row in select(root, INTERRUPTED)] == ["B"]
    evidence = json.loads(select(root, "SELECT evidence FROM outages WHERE cause = 'rejected'")[0][0])
    assert [(one["act"], one["by"], one["note"]) for one in evidence["said"]] == [
        ("reject", "A. Engineer", "a concentrator was exchanged")
    ]

    say(root, "take-back", word)
    assert outages(root) == before
    assert select(root, "SELECT act FROM outage_words ORDER BY said_at") == [("reject",), ("take_back",)]


def test_corrected_times_are_those_of_each_customer_and_known_by_a_person(root: Path) -> None:
    outage_id = outages(root)["A"][0]
    say(root, "correct", outage_id, "--started", "2024-03-05T09:50:00Z", "--ended", "2024-03-05T12:10:00Z")
    run_again(root)

    known = "SELECT DISTINCT minutes_low, minutes, minutes_high, lost_known_by, returned_known_by FROM interruptions WHERE outage_id = '{}'"
    assert select(root, known.format(outage_id)) == [(140.0, 140.0, 140.0, "person", "person")]
    assert outages(root)["A"][3] == 1400.0


def test_one_of_two_merged_outages_keeps_its_name_and_a_part_can_be_split_off(root: Path) -> None:
    before = outages(root)
    say(root, "merge", before["B"][0], "--into", before["A"][0])
    run_again(root)

    (merged,) = select(root, CUTS)
    assert (merged[0] in (before["A"][0], before["B"][0]), merged[2]) == (True, 20)
    assert {row[:2] for row in select(root, INTERRUPTED)} == {("A", 10), ("B", 10)}

    apart = [word for meter in METERS["B"][:3] for word in ("--meter", meter)]
    say(root, "split", merged[0], *apart, "--reason", "vegetation")
    run_again(root)
    assert sorted(row[2] for row in select(root, CUTS)) == [3, 17]


def test_words_that_cannot_be_said_are_refused(root: Path) -> None:
    outage_id = outages(root)["A"][0]

    assert "one of equipment, lightning" in refusal(root, "outage", "reason", outage_id, "--reason", "gremlins")
    assert "There is no outage 'out-1'" in refusal(root, "outage", "confirm", "out-1")
    for times, expected in {
        ("--started", "2024-03-05", "--ended", "2024-03-04"): "a time after its beginning at 2024-03-05T00:00:00Z",
        ("--ended", "2024-03-05T09:00:00Z"): "a time after its beginning at 2024-03-05T09:55:00Z",
        ("--started", "2024-03-05T12:00:00Z"): "a time before its end at 2024-03-05T11:45:00Z",
    }.items():
        assert expected in refusal(root, "outage", "correct", outage_id, *times)
    assert "some of the outage's 10 meters" in refusal(root, "outage", "split", outage_id, "--meter", "C1")
    assert "another outage" in refusal(root, "outage", "merge", outage_id, "--into", outage_id)
    assert select(root, "SELECT count(*) FROM outage_words") == [(0,)]


def test_who_holds_a_key_that_may_approve_says_it_over_the_api_and_nobody_else(root: Path) -> None:
    """A words' author is the key's name; without a key, on loopback too, and with one that only reads nothing is kept."""
    outage_id = outages(root)["A"][0]
    entry = '[[key]]\nname = "{}"\nsha256 = "{}"\nrights = {}\n'
    keys = {"reader": ["read"], "control-room": ["read", "approve"]}
    file = write(
        root.parent / "keys.toml",
        [entry.format(name, sha256(name.encode()).hexdigest(), json.dumps(rights)) for name, rights in keys.items()],
    )
    api = create_application(
        DuckDBLake(LakeSettings(lake=str(root), threads=1)), ApiSettings(request_log=False, keys_file=str(file))
    )

    def post(key: str | None, outage: str = outage_id, **said: object) -> tuple[int, dict[str, Any]]:
        headers = {"host": "localhost"} | ({} if key is None else {"x-api-key": key})
        body = json.dumps(said).encode()
        answer = ask(api, f"/v1/outages/{outage}/words", method="POST", headers=headers, body=body)
        return answer.status, answer.json()

    def refused(key: str | None, outage: str = outage_id, **said: object) -> tuple[int, str]:
        status, problem = post(key, outage, **said)
        return status, problem["type"].rpartition(":")[2]

    assert refused(None, act="reject") == (401, "key-needed")
    assert refused("stranger", act="reject") == (401, "key-needed")
    assert refused("reader", act="reject") == (403, "right-missing")
    assert refused("control-room", "out-1", act="reject") == (404, "not-found")
    for said, parameter in (
        ({"act": "explode"}, "act"),
        ({}, "act"),
        ({"act": "reject", "when": "now"}, "when"),
        ({"act": "correct"}, "started"),
        ({"act": "correct", "ended_at": "2024-03-05T09:00:00"}, "ended_at"),
        ({"act": "reason", "reason": "gremlins"}, "reason"),
        ({"act": "split", "meters": ["C1"]}, "meters"),
        ({"act": "take_back", "word_id": "word-1"}, "word"),
    ):
        status, problem = post("control-room", **said)
        assert (status, problem["parameter"]) == (422, parameter)
    assert select(root, "SELECT count(*) FROM outage_words") == [(0,)]

    status, kept = post("control-room", act="reject", reason="equipment", note="a concentrator")
    run_again(root)

    assert (status, kept["said_by"]) == (201, "control-room")
    assert outages(root)["A"][:2] == [outage_id, "rejected"]
    [word] = ask(api, f"/v1/outages/{outage_id}/words", headers={"host": "localhost"}).json()["words"]
    assert [word[name] for name in ("word_id", "said_by", "act", "reason", "note")] == [
        *(kept["word_id"], "control-room", "reject", "equipment", "a concentrator")
    ]

    assert post("control-room", act="take_back", word_id=kept["word_id"])[0] == 201
    run_again(root)
    assert outages(root)["A"][1] == "power_cut"


def test_a_word_whose_outage_is_gone_is_named_and_kept(root: Path) -> None:
    outage_id = outages(root)["B"][0]
    word = say(root, "confirm", outage_id, "--reason", "weather")
    late = [
        f"{meter},1-0:1.8.0,2024030516{minute}00,0.25,,INT"
        for meter in METERS["B"]
        for hour in "0"
        for minute in ("00", "30")
    ]
    take_in(root, write(root.parent / "late.csv", late))

    report = OutageRun(LakeSettings(lake=str(root), threads=1)).find()

    assert report.words_without_outage == [word]
    assert list(outages(root)) == ["A"]


def test_a_year_as_a_page_has_what_stands_and_why(root: Path, tmp_path: Path) -> None:
    """Thirty customers, of whom ten lost an hour and a bit on two days' data: SAIFI is a third."""
    before = outages(root)
    say(root, "reject", before["A"][0])
    say(root, "reason", before["B"][0], "--reason", "wildlife", "--note", "a <squirrel>")
    page = tmp_path / "2024.html"

    written = CliRunner().invoke(
        command, ["--lake", str(root), "reliability-page", "2024", "--by", "transformer", "--out", str(page)]
    )

    assert written.exit_code == 0, written.output
    text = page.read_text()
    minutes = before["B"][3]
    assert f"<td>all interruptions</td><td>0.333</td><td>{minutes / 30:,.1f}</td><td>{minutes / 10:,.1f}</td>" in text
    assert f"<td>power cut</td><td>wildlife</td><td>1</td><td>10</td><td>{minutes:,.0f}</td>" in text
    assert before["B"][0] in text
    assert before["A"][0] not in text
    assert "Provisional:</b> readings reach 2024-03-06 00:00 UTC" in text
    assert "one with customers: 2024" in refusal(root, "reliability-page", "2030", "--out", str(page))


def test_a_year_on_a_page_is_that_of_the_customers_clock(tmp_path: Path) -> None:
    """At five on New Year's morning in Sydney it is still the old year in UTC."""
    root, meters = tmp_path / "lake", [f"{name}{number}" for name in "AB" for number in range(10)]
    places = [f"{meter},{-33.8 + 0.01 * 'AB'.index(meter[0])},151.2,{meter[0]},S1,Australia/Sydney" for meter in meters]
    take_in(
        root, write(tmp_path / "geodata.csv", ["meter_id,latitude,longitude,transformer_id,site_id,time_zone", *places])
    )
    days = (dt.date(2023, 12, 30), dt.date(2023, 12, 31), dt.date(2024, 1, 1))
    dark = ("202312311800", "202312311830", "202312311900")
    rows = [row for row in reading_rows(meters, days=days) if not (row[0] == "A" and any(at in row for at in dark))]
    take_in(root, write(tmp_path / "readings.csv", rows))

    old, new = (tmp_path / f"{year}.html" for year in (2023, 2024))
    for page in (old, new):
        done = CliRunner().invoke(command, ["--lake", str(root), "reliability-page", page.stem, "--out", str(page)])
        assert done.exit_code == 0, done.output

    assert "<td>power cut</td>" in new.read_text() and "<td>all interruptions</td><td>0.500</td>" in new.read_text()
    assert "<td>power cut</td>" not in old.read_text() and "<td>all interruptions</td><td>0.000</td>" in old.read_text()
