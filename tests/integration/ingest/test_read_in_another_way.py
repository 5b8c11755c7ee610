"""Content that was read by another mapping or format is read again, and the new ingest takes the old one's place."""

from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.etl import undo
from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.undo import undo_ingest
from tests.landing import adds_up, differences, lake_settings, select, take_in, whole_lake

TEXT = "id,t,v\nQ1,2024-01-01 00:00,500\nQ1,2024-01-01 00:30,600\n"


def mapping(unit: str, **more: object) -> MappingDeclaration:
    declared = {"meter_id": "id", "time": {"column": "t"}, "values": [{"column": "v", "unit": unit}], **more}
    return MappingDeclaration.model_validate(declared)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text(TEXT)
    return path


def test_a_mended_mapping_replaces_what_the_wrong_one_took_in(tmp_path: Path, raw: Path) -> None:
    wrong = take_in(tmp_path / "lake", raw, mapping=mapping("kWh")).accounts[0].ingest_id
    right = take_in(tmp_path / "lake", raw, mapping=mapping("Wh"))
    take_in(tmp_path / "fresh", raw, mapping=mapping("Wh"))

    assert [(one.ingest_id, one.replaced_by) for one in right.replaced] == [(wrong, right.accounts[0].ingest_id)]
    assert adds_up(right)
    assert select(tmp_path / "lake", "SELECT sum(energy_kwh) FROM consumption_daily") == [(1.1,)]
    assert differences(whole_lake(tmp_path / "lake"), whole_lake(tmp_path / "fresh")) == {}


def test_the_same_mapping_again_is_known(tmp_path: Path, raw: Path) -> None:
    take_in(tmp_path / "lake", raw, mapping=mapping("Wh"))

    again = take_in(tmp_path / "lake", raw, mapping=mapping("Wh"))
    plain = take_in(tmp_path / "lake", raw)

    assert (again.accounts, again.skipped, plain.skipped) == ([], [str(raw)], [str(raw)])


def test_a_mapping_takes_the_place_of_a_guess(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id;Datum;kWh\nA;03/04/2024 00:00;1\nA;03/04/2024 00:30;2\n")
    take_in(tmp_path / "lake", path, job={"takes_guesses": True})
    told = {"meter_id": "id", "time": {"column": "Datum", "format": "%m/%d/%Y %H:%M"}, "values": [{"column": "kWh"}]}
    declared = MappingDeclaration.model_validate(told)

    mended = take_in(tmp_path / "lake", path, mapping=declared)

    assert len(mended.replaced) == 1
    take_in(tmp_path / "fresh", path, mapping=declared)
    assert differences(whole_lake(tmp_path / "lake"), whole_lake(tmp_path / "fresh")) == {}
    assert take_in(tmp_path / "lake", path).skipped == [str(path)]


def test_values_that_stay_the_same_stay_and_others_go(tmp_path: Path, raw: Path) -> None:
    take_in(tmp_path / "lake", raw, mapping=mapping("kWh"))
    take_in(
        tmp_path / "lake",
        raw,
        mapping=mapping("kWh", interval_minutes=30, time={"column": "t", "zone": "Asia/Kolkata"}),
    )

    starts = select(tmp_path / "lake", "SELECT interval_start::VARCHAR FROM readings ORDER BY 1")
    assert starts == [("2023-12-31 18:30:00+00",), ("2023-12-31 19:00:00+00",)]
    assert select(tmp_path / "lake", "SELECT count(*) FROM superseded") == [(0,)]


def test_a_run_that_died_before_it_took_the_old_one_back_is_completed_by_the_next(
    tmp_path: Path, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(tmp_path / "lake", raw, mapping=mapping("kWh"))
    with monkeypatch.context() as dying:
        dying.setattr(undo, "undo_ingest", _die)
        with pytest.raises(SystemExit):
            take_in(tmp_path / "lake", raw, mapping=mapping("Wh"))

    completed = take_in(tmp_path / "lake", raw, mapping=mapping("Wh"))
    take_in(tmp_path / "fresh", raw, mapping=mapping("Wh"))

    assert (len(completed.replaced), completed.accounts) == (1, [])
    assert differences(whole_lake(tmp_path / "lake"), whole_lake(tmp_path / "fresh")) == {}


def _die(*_: object) -> None:
    raise SystemExit(9)


def test_a_mapping_by_which_nothing_can_be_read_leaves_what_stood(tmp_path: Path, raw: Path) -> None:
    take_in(tmp_path / "lake", raw, mapping=mapping("kWh"))

    nothing = take_in(tmp_path / "lake", raw, mapping=mapping("kWh", time={"column": "t", "format": "%d.%m.%Y"}))

    again = take_in(tmp_path / "lake", raw, mapping=mapping("kWh", time={"column": "t", "format": "%d.%m.%Y"}))

    assert (nothing.replaced, nothing.accounts[0].quarantined, again.replaced) == ([], 2, [])
    assert select(tmp_path / "lake", "SELECT sum(value) FROM readings") == [(1100.0,)]


def test_an_undone_reading_of_a_file_leaves_it_unknown(tmp_path: Path, raw: Path) -> None:
    taken = take_in(tmp_path / "lake", raw, mapping=mapping("kWh"))
    undo_ingest(taken.accounts[0].ingest_id, lake_settings(tmp_path / "lake"))

    assert len(take_in(tmp_path / "lake", raw, mapping=mapping("kWh")).accounts) == 1
