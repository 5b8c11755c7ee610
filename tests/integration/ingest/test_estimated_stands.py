"""An estimate of a stand that later reads contradict says nothing of what flowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.undo import undo_ingest
from tests.landing import differences, lake_settings, select, take_in, whole_lake

DECLARED = MappingDeclaration.model_validate(
    {
        "meter_id": "id",
        "time": {"column": "t", "zone": "UTC"},
        "values": [{"column": "v", "register": True}],
        "quality": {"column": "q", "codes": {"A": "actual", "E": "estimated"}},
    }
)
FLOWS = (
    "SELECT CAST(interval_start AS DATE)::VARCHAR, value, quality FROM readings WHERE quantity = 'energy' ORDER BY 1"
)


def write(folder: Path, *reads: str) -> Path:
    path = folder / f"{abs(hash(reads))}.csv"
    path.write_text("id,t,v,q\n" + "".join(f"M1,{read}\n" for read in reads))
    return path


def test_an_estimate_above_the_next_actual_stand_is_passed_over_when_that_comes_and_back_with_an_undo(
    tmp_path: Path,
) -> None:
    """100, an estimate of 160, then 150: 50 kWh flowed in forty days."""
    root = tmp_path / "lake"
    first = write(tmp_path, "2024-06-01 00:00,100,A", "2024-07-01 00:00,160,E")
    take_in(root, first, mapping=DECLARED)
    assert select(root, FLOWS) == [("2024-06-01", 60.0, "estimated")]

    later = take_in(root, write(tmp_path, "2024-07-11 00:00,150,A"), mapping=DECLARED)
    assert select(root, FLOWS) == [("2024-06-01", 50.0, "actual")]
    assert select(root, "SELECT reason FROM quarantine") == [("register_blip",)]

    undo_ingest(later.accounts[0].ingest_id, lake_settings(root))
    take_in(tmp_path / "fresh", first, mapping=DECLARED)
    assert differences(*(whole_lake(one, leave_out=("ingests",)) for one in (root, tmp_path / "fresh"))) == {}


@pytest.mark.parametrize(
    ("reads", "flows"),
    [
        (("2024-06-01 00:00,100,A", "2024-07-01 00:00,130,E", "2024-07-11 00:00,150,A"), [30.0, 20.0]),
        (("2024-06-01 00:00,100,A", "2024-06-20 00:00,90,E", "2024-07-11 00:00,150,A"), [50.0]),
        (("2024-06-01 00:00,100,A", "2024-07-01 00:00,160,E", "2024-07-11 00:00,150,E"), [60.0]),
    ],
    ids=["between its neighbours it stands", "below the one before it", "of two estimates none is better"],
)
def test_an_estimate_counts_where_better_reads_do_not_contradict_it(
    tmp_path: Path, reads: tuple[str, ...], flows: list[float]
) -> None:
    take_in(tmp_path / "lake", write(tmp_path, *reads), mapping=DECLARED)

    assert [value for _, value, _ in select(tmp_path / "lake", FLOWS)] == flows
