"""Register reads of formats that are differenced and of one that is not, taken in at once and taken back."""

from __future__ import annotations

from pathlib import Path

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.undo import undo_ingest
from tests.landing import differences, lake_settings, select, take_in, whole_lake

STANDS = MappingDeclaration.model_validate(
    {"meter_id": "m", "time": {"column": "t"}, "values": [{"column": "v", "register": True}]}
)


def declared(path: Path, stands: dict[int, int]) -> Path:
    """Write stands at hours, which are differenced."""
    path.write_text("m,t,v\n" + "".join(f"M1,2013-01-01 {hour:02d}:00,{stand}\n" for hour, stand in stands.items()))
    return path


def of_head_end(path: Path, stands: dict[int, int]) -> Path:
    """Write stands at hours as a head-end does, whose intervals say themselves what flowed."""
    path.write_text("".join(f"M1,1-0:1.8.0,20130101{hour:02d}240000,{stand},,AGG\n" for hour, stand in stands.items()))
    return path


def bring(lake: Path, path: Path) -> None:
    assert not take_in(lake, path, mapping=STANDS if path.name.startswith("declared") else None).refused


def take_back(lake: Path, path: Path) -> None:
    [(ingest_id,)] = select(lake, f"SELECT ingest_id FROM ingests WHERE source_file = '{path}'")
    undo_ingest(ingest_id, lake_settings(lake))


def flows(lake: Path) -> list[tuple[int, int, float]]:
    """Return the hours between which so much flowed."""
    return select(
        lake,
        "SELECT hour(interval_start), hour(interval_end), value FROM readings WHERE quantity = 'energy' ORDER BY ALL",
    )


def assert_undone(folder: Path, paths: list[Path], gone: Path) -> None:
    """Take one of the files back and compare the lake with a fresh one of the others."""
    take_back(folder / "lake", gone)
    for path in paths:
        if path != gone:
            bring(folder / "fresh", path)
    assert differences(whole_lake(folder / "lake"), whole_lake(folder / "fresh")) == {}


def test_stands_that_are_not_differenced_came_when_they_came(tmp_path: Path) -> None:
    between = of_head_end(tmp_path / "head-end.csv", {3: 106})
    paths = [
        declared(tmp_path / "declared-1.csv", {2: 104, 4: 109}),
        between,
        declared(tmp_path / "declared-2.csv", {5: 112}),
    ]
    for path in paths:
        bring(tmp_path / "lake", path)
    assert flows(tmp_path / "lake") == [(2, 4, 5.0), (4, 5, 3.0)]

    assert_undone(tmp_path, paths, between)


def test_they_are_neighbours_of_the_reads_of_later_files(tmp_path: Path) -> None:
    last = declared(tmp_path / "declared-2.csv", {4: 108})
    paths = [
        of_head_end(tmp_path / "head-end.csv", {0: 100, 1: 102}),
        declared(tmp_path / "declared-1.csv", {2: 104}),
        last,
    ]
    for path in paths:
        bring(tmp_path / "lake", path)
    assert flows(tmp_path / "lake") == [(1, 2, 2.0), (2, 4, 4.0)]

    assert_undone(tmp_path, paths, last)
    assert flows(tmp_path / "lake") == [(1, 2, 2.0)]


def test_in_one_run_they_are_neighbours_of_the_reads_of_later_files_too(tmp_path: Path) -> None:
    early = tmp_path / "1-head-end.csv"
    early.write_text("10/A,1-0:1.8.0,2026010200240000,105,,AGG\n")
    late = tmp_path / "2-market.txt"
    late.write_text(
        "ZHV|1|D0010002|D|UDMS|X|AAAA|20260302153151||||OPER|\n026|10|V|\n028|A|R|\n030|S|20260103000000|112|||T|N|\n"
    )

    take_in(tmp_path / "at-once", early, late)
    for path in (early, late):
        take_in(tmp_path / "one-by-one", path)

    assert select(tmp_path / "at-once", "SELECT value FROM readings WHERE quantity = 'energy'") == [(7.0,)]
    assert differences(whole_lake(tmp_path / "at-once"), whole_lake(tmp_path / "one-by-one")) == {}


def exchanged(path: Path) -> Path:
    """Write the stands of a register that was exchanged at four: from 104 to 106, and from 0 on."""
    path.write_text(
        "m,t,v\n"
        + "".join(f"M1,2013-01-01 {at:02d}:00,{stand}\n" for at, stand in ((3, 104), (4, 106), (4, 0), (5, 3)))
    )
    return path


def test_an_exchanged_register_counts_on_both_sides_of_its_exchange(tmp_path: Path) -> None:
    paths = [
        declared(tmp_path / "declared-1.csv", {1: 100, 2: 101}),
        exchanged(tmp_path / "declared-2.csv"),
        declared(tmp_path / "declared-3.csv", {6: 7}),
    ]
    for path in paths:
        bring(tmp_path / "lake", path)

    assert flows(tmp_path / "lake") == [(1, 2, 1.0), (2, 3, 3.0), (3, 4, 2.0), (4, 5, 3.0), (5, 6, 4.0)]
    assert_undone(tmp_path, paths, paths[1])
    assert flows(tmp_path / "lake") == [(1, 2, 1.0)]


def test_what_lay_around_an_exchange_may_go(tmp_path: Path) -> None:
    paths = [declared(tmp_path / "declared-1.csv", {1: 100, 2: 101}), exchanged(tmp_path / "declared-2.csv")]
    for path in paths:
        bring(tmp_path / "lake", path)

    assert_undone(tmp_path, paths, paths[0])
    assert flows(tmp_path / "lake") == [(3, 4, 2.0), (4, 5, 3.0)]
