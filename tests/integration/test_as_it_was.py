"""An answer as it would have been at an earlier time; values are worked out by hand, and by lakes that never got the rest."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pytest
from click.testing import CliRunner

import meterlake
from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.cli.main import meterlake as command
from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.undo import undo_ingest
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from tests.asgi_client import ask
from tests.examples import examples
from tests.landing import lake_settings, select, take_in
from tests.values_of_any_length import DECLARED, write_values

JUNE = "start=2024-06-01T00:00:00Z&end=2024-07-01T00:00:00Z"
HOURS = MappingDeclaration.model_validate(
    {"meter_id": "id", "time": {"column": "t"}, "values": [{"column": "v"}], "interval_minutes": 60}
)


def hours(path: Path, values: dict[int, float], day: int = 3) -> Path:
    """Write values of hours of a day in June."""
    path.write_text("id,t,v\n" + "".join(f"M1,2024-06-{day:02d}T{at:02d}:00:00Z,{v}\n" for at, v in values.items()))
    return path


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 hours of 1 kWh; then the hour of ten is 5 kWh, and the day after has one of 2; then the hour of ten is 7."""
    folder = tmp_path_factory.mktemp("as_it_was")
    first = hours(folder / "a.csv", dict.fromkeys(range(24), 1.0))
    second = hours(folder / "b.csv", {10: 5.0})
    second.write_text(second.read_text() + "M1,2024-06-04T00:00:00Z,2\n")
    for path in (first, second, hours(folder / "c.csv", {10: 7.0})):
        take_in(folder / "lake", path, mapping=HOURS)
    return folder / "lake"


@pytest.fixture(scope="module")
def came(root: Path) -> dict[str, tuple[str, str]]:
    """The id of each file's ingest, and when it was published."""
    rows = select(root, "SELECT source_file, ingest_id, strftime(finished_at, '%Y-%m-%dT%H:%M:%S.%fZ') FROM ingests")
    return {Path(file).stem: (ingest_id, moment) for file, ingest_id, moment in rows}


def by_api(root: Path, route: str, query: str) -> list[dict[str, Any]]:
    api = create_application(DuckDBLake(LakeSettings(lake=str(root), threads=1)), ApiSettings(request_log=False))
    answer = ask(api, f"/v1/meters/M1/{route}?{JUNE}&{query}")
    assert answer.status == 200, answer.json()
    rows: list[dict[str, Any]] = answer.json()[route]
    return rows


def by_command(root: Path, *words: str) -> list[dict[str, Any]]:
    ran = CliRunner().invoke(command, ["--lake", str(root), "consumption", "M1", *words, "--json"])
    assert ran.exit_code == 0, ran.output
    rows: list[dict[str, Any]] = json.loads(ran.stdout)
    return rows


@pytest.mark.parametrize(("file", "days"), [("a", [24.0]), ("b", [28.0, 2.0]), ("c", [30.0, 2.0])])
@pytest.mark.parametrize("is_time", [False, True])
def test_days_are_what_they_were_when_a_file_had_come(
    root: Path, came: dict[str, tuple[str, str]], file: str, days: list[float], is_time: bool
) -> None:
    as_of = came[file][is_time]
    lake = meterlake.open(root)

    assert [row["value"] for row in by_api(root, "consumption", f"as_of={quote(as_of)}")] == days
    assert [row["value"] for row in by_command(root, "--as-of", as_of)] == days
    assert lake.consumption("M1", as_of=as_of).arrow()["value"].to_pylist() == days
    assert [row["value"] for row in by_command(root, "--by", "month", "--as-of", as_of)] == [sum(days)]


def test_readings_are_those_of_then(root: Path, came: dict[str, tuple[str, str]]) -> None:
    for file, value in (("a", 1.0), ("b", 5.0), ("c", 7.0)):
        rows = by_api(root, "readings", f"as_of={came[file][0]}")
        of_ten = [row for row in rows if "T10:" in row["interval_start"]]
        frame = meterlake.open(root).readings("M1", as_of=came[file][0]).arrow()
        assert [row["value"] for row in of_ten] == [value]
        assert frame["kwh"].to_pylist() == [row["value"] for row in rows]
        hour = by_api(root, "readings", f"as_of={came[file][0]}&interval=PT1H")
        assert [row["value"] for row in hour] == [row["value"] for row in rows]


def test_before_the_first_file_there_was_nothing(root: Path) -> None:
    assert by_api(root, "consumption", "as_of=2000-01-01T00:00:00Z") == []
    assert by_command(root, "--as-of", "2000") == []


def test_what_is_no_ingest_and_no_time_is_refused_by_name(root: Path) -> None:
    api = create_application(DuckDBLake(LakeSettings(lake=str(root), threads=1)), ApiSettings(request_log=False))
    answer = ask(api, f"/v1/meters/M1/consumption?{JUNE}&as_of=yesterday")
    ran = CliRunner().invoke(command, ["--lake", str(root), "consumption", "M1", "--as-of", "yesterday"])

    assert (answer.status, answer.json()["parameter"]) == (422, "as_of")
    assert ran.exit_code != 0 and "as_of" in str(ran.exception)
    with pytest.raises(meterlake.MeterlakeError, match="as_of"):
        meterlake.open(root).consumption(as_of="yesterday").arrow()


def test_an_answer_is_made_anew_when_the_history_grows(tmp_path: Path) -> None:
    take_in(tmp_path / "lake", hours(tmp_path / "a.csv", {1: 1.0}), mapping=HOURS)
    api = create_application(
        DuckDBLake(LakeSettings(lake=str(tmp_path / "lake"), threads=1)), ApiSettings(request_log=False)
    )
    path = f"/v1/meters/M1/consumption?{JUNE}&as_of=2100-01-01T00:00:00Z"
    before = ask(api, path).json()["consumption"]

    take_in(tmp_path / "lake", hours(tmp_path / "b.csv", {1: 9.0}), mapping=HOURS)

    assert (before[0]["value"], ask(api, path).json()["consumption"][0]["value"]) == (1.0, 9.0)


@pytest.mark.parametrize("seed", range(examples(1)))
def test_a_lake_as_of_an_ingest_is_a_lake_of_the_files_up_to_it(tmp_path: Path, seed: int) -> None:
    """Files of random hours of three days correct each other; one in the middle is taken back."""
    numbers = random.Random(seed)
    files = []
    for place in range(5):
        values = {hour: float(numbers.randint(1, 9)) for hour in sorted(numbers.sample(range(24), 12))}
        files.append(hours(tmp_path / f"{place}.csv", values, day=numbers.choice([3, 4, 5])))
    for path in files:
        take_in(tmp_path / "whole", path, mapping=HOURS)
    ids = {
        Path(file).stem: one for file, one in select(tmp_path / "whole", "SELECT source_file, ingest_id FROM ingests")
    }
    undo_ingest(ids["1"], lake_settings(tmp_path / "whole"))

    for last in (0, 2, 3, 4):
        for place in range(last + 1):
            if place != 1:
                take_in(tmp_path / f"up_to_{last}", files[place], mapping=HOURS)
        then, part = meterlake.open(tmp_path / "whole"), meterlake.open(tmp_path / f"up_to_{last}")
        assert _rows(then.readings(as_of=ids[str(last)])) == _rows(part.readings())
        assert _rows(then.consumption(by="gas_day", as_of=ids[str(last)])) == _rows(part.consumption(by="gas_day"))


def test_what_was_covered_later_stands_whole(tmp_path: Path) -> None:
    first = write_values(tmp_path / "1.csv", [(0, 60, 4.0, "A"), (60, 120, 2.0, "E")])
    take_in(tmp_path / "lake", first, mapping=DECLARED)
    take_in(tmp_path / "part", first, mapping=DECLARED)
    then = write_values(tmp_path / "2.csv", [(0, 30, 1.0, "A"), (60, 120, 5.0, "A")])
    [(earlier,)] = select(tmp_path / "lake", "SELECT ingest_id FROM ingests")
    take_in(tmp_path / "lake", then, mapping=DECLARED)

    lake, part = meterlake.open(tmp_path / "lake"), meterlake.open(tmp_path / "part")
    assert [row["kwh"] for row in _rows(lake.readings())] == [1.0, 3.0, 5.0]
    assert _rows(lake.readings(as_of=earlier)) == _rows(part.readings())


def _rows(answer: Any) -> list[dict[str, Any]]:
    """Return an answer's rows in one order: readings of all meters come as they lie in the lake."""
    rows: list[dict[str, Any]] = pa.table(answer).to_pylist()
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])
