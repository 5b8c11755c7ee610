"""Exports that are known: each is found by its header and read to its last row."""

from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.etl.guessing.known_exports import KnownExport, export_of, known_exports
from meterlake.etl.landing.landed_file import LandedFile
from tests.landing import select, take_in

EXPORTS = known_exports()

# Worked out by hand from the samples: quantity and kWh of each.
SUMS: dict[str, dict[str, float]] = {
    "ameren_electric": {"energy": 1.25},
    "ausgrid_solar_home": {"energy": 12.0, "energy_export": 24.0},
    "datadis_consumption": {"energy": 0.411},
    "e_distribucion_consumption": {"energy": 0.226},
    "elhub_hours": {"energy": 2.0},
    "engie_nl_hours": {"energy": 0.1, "energy_export": 1.25},
    "fingrid_datahub": {"energy": 0.73},
    "fluvius_quarter_hours": {"energy": 0.091, "energy_export": 0.02},
    "home_assistant_delta": {"energy": 2.0},
    "home_assistant_sum": {"energy": 1.6},
    "homewizard_p1": {"energy": 0.75},
    "ld2011_loads": {"energy": (2.5 + 3.75 + 22.25 + 21.5) / 4},
    "octopus_consumption": {"energy": 0.203},
    "smart_meter_texas": {"energy": 0.25, "energy_export": 0.125},
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


def test_each_export_says_whose_it_is_and_where_it_is_described() -> None:
    assert {export.name for export in EXPORTS} == set(SUMS)
    assert all(export.of and export.described_at for export in EXPORTS)
