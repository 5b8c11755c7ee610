"""Options mean one thing everywhere, and an answer without rows says why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from meterlake.cli.main import meterlake
from meterlake.lake.errors import BadParameter, UnknownMeter
from tests.landing import half_hours, write_london


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lake")
    rows = [*half_hours("M1", "2013-01-31", [0.5] * 48), *half_hours("M1", "2013-02-01", [1.0] * 48)]
    rows += half_hours("M2", "2013-01-31", [1.0] * 24)
    done(folder / "lake", "ingest", str(write_london(folder / "a.csv", rows)))
    return folder / "lake"


def done(root: Path, *words: str) -> tuple[str, str]:
    """Run a command on a lake, without an error; return what it wrote to stdout and stderr."""
    ran = CliRunner().invoke(meterlake, ["--lake", str(root), *words], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    return ran.stdout, ran.stderr


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2013-02", "2014", ["2013-02-01"]),
        ("2013", "2013-02-01", ["2013-01-31"]),
        ("2013-01-31", "2013-02-02", ["2013-01-31", "2013-02-01"]),
    ],
)
def test_days_may_be_written_as_months_and_years(lake: Path, start: str, end: str, days: list[str]) -> None:
    out, _ = done(lake, "consumption", "M1", "--start", start, "--end", end, "--json")

    assert [row["local_date"] for row in json.loads(out)] == days


@pytest.mark.parametrize(
    "words",
    [
        ("consumption", "M1"),
        ("quality",),
        ("anomalies",),
        ("outages", "--stored"),
        ("forecasts", "accuracy"),
        ("plot", "outages", "--out", "x.png"),
        ("detect",),
    ],
)
def test_a_range_that_ends_before_it_starts_is_refused_everywhere(lake: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(BadParameter, match="after the start, which is 2013-02-02"):
        done(lake, *words, "--start", "2013-02-02", "--end", "2013-02-01")


@pytest.mark.parametrize("words", [("consumption", "M1"), ("quality",), ("ingests",), ("query", "SELECT 1 AS one")])
def test_machines_are_answered_by_the_same_option_everywhere(lake: Path, words: tuple[str, ...]) -> None:
    assert json.loads(done(lake, *words, "--json")[0]) == json.loads(done(lake, *words, "--format", "json")[0])


def test_the_lake_may_be_named_behind_the_command(lake: Path, tmp_path: Path) -> None:
    assert done(tmp_path, "consumption", "M1", "--lake", str(lake))[0] == done(lake, "consumption", "M1")[0]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("consumption", "M1", "--start", "2014"),
            "M1 has no energy in this range; it has energy from 2013-01-31 to 2013-02-01.",
        ),
        (("consumption", "M1", "--quantity", "water"), "M1 has no water; it has energy from 2013-01-31 to 2013-02-01."),
        (("quality", "--quantity", "gas"), "No meter has gas in this range"),
        (("quality", "M1"), "M1 has no gap in energy between its readings in this range."),
        (("quality", "--by", "reason"), "Nothing is in quarantine."),
        (("anomalies",), "fleet_band has scored nothing yet: 'meterlake detect' does."),
        (("outages", "--stored"), "No outage touches this range."),
    ],
)
def test_an_answer_without_rows_says_why(lake: Path, words: tuple[str, ...], says: str) -> None:
    out, err = done(lake, *words)

    assert (out, err.strip()[: len(says)]) == ("", says)


def test_the_worst_meter_comes_first(lake: Path) -> None:
    rows = json.loads(done(lake, "quality", "--json")[0])

    # M2 sent half of the first of two days, and nothing since.
    assert [(row["meter_id"], row["completeness_fraction"]) for row in rows] == [("M2", 0.25), ("M1", 1.0)]


def test_unknown_names_are_refused_with_the_nearest(lake: Path) -> None:
    with pytest.raises(BadParameter, match="fleet_band"):
        done(lake, "anomalies", "--detector", "flet_band")
    with pytest.raises(BadParameter, match="energy"):
        done(lake, "quality", "--quantity", "enrgy")
    with pytest.raises(UnknownMeter):
        done(lake, "quality", "M9")
