"""Exports that are known: each is found by its header and read to its last row."""

from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.etl.conforming.sample_rows import sample_rows
from meterlake.etl.guessing.guess import guess_of
from meterlake.etl.guessing.known_exports import KnownExport, export_of, known_exports
from meterlake.etl.guessing.undeclared import understand
from meterlake.etl.landing.landed_file import LandedFile
from tests.landing import select, take_in

EXPORTS = known_exports()

# Worked out by hand from the samples: quantity and kWh of each.
SUMS: dict[str, dict[str, float]] = {
    "agl_usage": {"energy": 0.375, "energy_export": 0.5},
    "ameren_electric": {"energy": 1.25},
    "ausgrid_solar_home": {"energy": 12.0, "energy_export": 24.0},
    "bc_hydro_hours": {"energy": 0.5, "energy_export": 0.25},
    "corona_half_hours": {"energy": 36.0},
    "datadis_consumption": {"energy": 0.411},
    "dsmr_reader_hours": {"energy": 0.875, "energy_export": 0.375, "gas": 1.25},
    "e_distribucion_consumption": {"energy": 0.226},
    "e_redes_active_power": {"energy": 0.25},
    "e_redes_power": {"energy": 0.5},
    "elhub_hours": {"energy": 2.0},
    "eloverblik_hours": {"energy": 0.75},
    "energie_manager_tariffs": {"energy": 10.0, "energy_export": 0.75},
    "engie_nl_hours": {"energy": 0.1, "energy_export": 1.25},
    "enphase_net": {"energy": 0.025, "energy_export": 0.375},
    "enphase_production": {"energy_export": 1.5},
    "estonian_hours": {"energy": 0.256},
    "fingrid_datahub": {"energy": 0.73},
    "fluvius_quarter_hours": {"energy": 0.091, "energy_export": 0.02},
    "greenchoice_stands": {"energy": 8.0, "energy_export": 3.0},
    "home_assistant_delta": {"energy": 2.0},
    "home_assistant_sum": {"energy": 1.6},
    "homewizard_kwh_meter": {"energy": 0.5, "energy_export": 0.125},
    "homewizard_p1": {"energy": 0.75},
    "homewizard_water": {"water": 0.0025},
    "ld2011_loads": {"energy": (2.5 + 3.75 + 22.25 + 21.5) / 4},
    "liander_stands": {"energy": 2.5, "energy_export": 1.0},
    "netz_noe_consumption": {"energy": 0.145},
    "netz_noe_feed_in": {"energy_export": 0.5},
    "octopus_consumption": {"energy": 0.203},
    "opower_import_export": {"energy": 1.75, "energy_export": 1.0},
    "opower_usage": {"energy": 0.875},
    "opower_usage_units": {"energy": 1.0},
    "powerpal_usage": {"energy": 0.5},
    "sdge_green_button": {"energy": 0.375, "energy_export": 0.5},
    "smart_meter_texas": {"energy": 0.25, "energy_export": 0.125},
    "van_ons_stands": {"energy": 6.0, "energy_export": 1.0},
    "victorian_half_hours": {"energy": 36.0, "energy_export": 6.0},
    "wiener_netze_quarter_hours": {"energy": 1.125},
    "zappi_diverter": {"energy": 2.25},
}


@pytest.fixture(params=EXPORTS, ids=lambda export: export.name)
def export(request: pytest.FixtureRequest) -> KnownExport:
    found: KnownExport = request.param
    return found


def test_a_sample_is_found_by_its_header(export: KnownExport, tmp_path: Path) -> None:
    path = tmp_path / export.file_name
    path.write_text(export.sample)

    found = export_of(LandedFile.at(path).read_head())

    assert found is not None
    assert found.name == export.name


def test_a_sample_is_read_to_its_last_row(export: KnownExport, tmp_path: Path) -> None:
    path = tmp_path / export.file_name
    path.write_text(export.sample)

    report = take_in(tmp_path / "lake", path)

    assert [(one.layout.read_by.partition(":")[0], one.quarantined) for one in report.accounts] == [
        (f"known export {export.name}", 0)
    ]
    sums = select(
        tmp_path / "lake",
        "SELECT quantity, round(sum(value), 6) FROM readings WHERE reading_type = 'interval' GROUP BY ALL ORDER BY 1",
    )
    assert dict(sums) == pytest.approx(SUMS[export.name])


def test_a_sample_is_guessed_with_doubts_or_as_it_is_declared(export: KnownExport, tmp_path: Path) -> None:
    path = tmp_path / export.file_name
    path.write_text(export.sample)
    guess = guess_of(LandedFile.at(path).read_head())

    if guess is not None and not guess.doubts:
        zone = export.declaration.time.zone or "UTC"
        take_in(tmp_path / "known", path, time_zone=zone)
        take_in(tmp_path / "guessed", path, mapping=guess.declaration, time_zone=zone)
        values = "SELECT meter_id, quantity, interval_start, interval_end, value FROM readings ORDER BY ALL"
        assert select(tmp_path / "guessed", values) == select(tmp_path / "known", values)


@pytest.mark.parametrize("name", ["datadis_consumption", "fingrid_datahub", "fluvius_quarter_hours"])
def test_some_samples_are_guessed_without_a_doubt(name: str, tmp_path: Path) -> None:
    export = next(one for one in EXPORTS if one.name == name)
    path = tmp_path / export.file_name
    path.write_text(export.sample)

    guess = guess_of(LandedFile.at(path).read_head())

    assert guess is not None
    assert guess.doubts == ()


def test_of_two_exports_whose_columns_a_file_has_one_asks_for_more(export: KnownExport, tmp_path: Path) -> None:
    path = tmp_path / export.file_name
    path.write_text(export.sample)
    sample = sample_rows(LandedFile.at(path).read_head())
    assert sample is not None

    rivals = [one for one in EXPORTS if one != export and set(one.header) <= set(sample.names)]

    assert [one.name for one in rivals if len(one.header) >= len(export.header)] == []


def test_an_interval_that_the_first_rows_do_not_tell_is_doubted(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(
        "TYPE,DATE,START TIME,END TIME,USAGE (kWh),COST,NOTES\nElectric usage,2026-01-15,00:00,00:14,0.25,,\n"
    )

    understood = understand(LandedFile.at(path).read_head())

    assert understood is not None
    assert understood.source.startswith("known export opower_usage")
    assert "say `interval_minutes`" in understood.doubts[0]


@pytest.mark.parametrize(
    ("text", "format_", "minutes"),
    [
        (
            "DATE,START TIME,END TIME,IMPORT (kWh),EXPORT (kWh)\n1/2/2026,0:00,0:59,1,0\n1/2/2026,1:00,1:59,1,0\n",
            "%m/%d/%Y %H:%M",
            60,
        ),
        (
            # By the day first these would be a month apart.
            "Date/Time,Energy Produced (Wh)\n10/11/2022,8250\n10/12/2022,9000\n11/01/2022,500\n11/02/2022,500\n",
            "%m/%d/%Y",
            1440,
        ),
        (
            "Datum;Zeit von;Zeit bis;Verbrauch [kWh]\n01.01.2025;00:00;00:15;0,5\n01.01.2025;00:15;00:30;0,5\n",
            "%d.%m.%Y %H:%M",
            15,
        ),
    ],
)
def test_an_export_that_writes_its_times_in_several_ways_is_read_by_a_files_own(
    tmp_path: Path, text: str, format_: str, minutes: int
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(text)

    understood = understand(LandedFile.at(path).read_head())

    assert understood is not None
    assert understood.source.startswith("known export")
    assert understood.declaration.time.format == format_
    assert understood.declaration.interval_minutes == minutes
    assert understood.doubts == ()


def test_each_export_says_whose_it_is_and_where_it_is_described() -> None:
    assert {export.name for export in EXPORTS} == set(SUMS)
    assert all(export.of and export.described_at for export in EXPORTS)
