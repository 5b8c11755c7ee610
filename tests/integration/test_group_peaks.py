"""When groups draw the most together: values are worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.landing import take_in
from tests.three_ways import by_api, by_command, refusal, take_in_steps

LIST = """meter_id,time_zone,tariff,ct_ratio,valid_from
A,Europe/Berlin,Home,,
B,Europe/Berlin,Home,,
B,,Works,,2024-06-02
C,Europe/Berlin,Works,10,
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days of June by hours, in kWh: A draws 3 at seven and 1 else, B 4 at six and 1 else, C 2 always."""
    root = tmp_path_factory.mktemp("peaks") / "lake"
    (root.parent / "list.csv").write_text(LIST)
    take_in(root, root.parent / "list.csv")
    for meter, hour, most, least in (("A", 7, 3.0, 1.0), ("B", 6, 4.0, 1.0), ("C", 0, 2.0, 2.0)):
        day = [most if at == hour else least for at in range(24)]
        take_in_steps(root, "2024-06-01", 60, day * 2, meter=meter, zone="Europe/Berlin")
    return root


def test_a_group_has_its_peak_where_its_meters_together_draw_the_most(root: Path) -> None:
    """On the first A and B draw 5 kW at six, of which each alone has 3 and 4; on the second B is of the works."""
    rows = by_command(root, "peaks", "tariff", "--by", "day")

    names = ("group", "maximum", "maximum_at", "meters", "meters_expected", "own_maxima", "diversity")
    asked = "/v1/groups/tariff/peaks?start=2024-05-31T22:00:00Z&end=2024-06-02T22:00:00Z&period=day"
    answered = by_api(root, asked, "peaks")
    assert [[row[name] for name in names if name != "maximum_at"] for row in answered] == [
        [row[name] for name in names if name != "maximum_at"] for row in rows
    ]
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("Home", 5.0, "2024-06-01T04:00:00+00:00", 2, 2, 7.0, 1.4),
        ("Home", 3.0, "2024-06-02T05:00:00+00:00", 1, 1, 3.0, 1.0),
        ("Works", 2.0, "2024-05-31T22:00:00+00:00", 1, 1, 2.0, 1.0),
        ("Works", 6.0, "2024-06-02T04:00:00+00:00", 2, 2, 6.0, 1.0),
    ]


def test_all_together_and_behind_transformers(root: Path) -> None:
    """At six 1 + 4 + 2; C's 2 kW are 20 behind its transformers."""
    (shown,) = by_command(root, "peaks", "fleet", "--by", "month")
    (behind,) = by_command(root, "peaks", "fleet", "--by", "month", "--quantity", "energy_multiplied")

    assert (shown["maximum"], shown["own_maxima"], shown["window_minutes"]) == (7.0, 9.0, 60)
    assert (behind["maximum"], behind["own_maxima"]) == (25.0, 27.0)


def test_a_group_that_is_none_has_no_rows_and_a_window_that_parts_no_day_is_refused(root: Path) -> None:
    assert by_command(root, "peaks", "tariff", "--group", "Nobody") == []
    assert "minutes that part a day" in refusal(root, "peaks", "fleet", "--window", "7")
