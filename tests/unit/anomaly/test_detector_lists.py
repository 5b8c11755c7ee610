from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.anomaly.detector_lists import chosen_meters, read_lists
from meterlake.anomaly.registry import DETECTORS
from meterlake.anomaly.scoring_lake import KnownMeter
from meterlake.lake.errors import BadParameter, UnreadableFile

METERS = [
    KnownMeter("MAC000001", site_id="s1", segment="Affluent"),
    KnownMeter("MAC000002", site_id="s2", segment="Affluent"),
    KnownMeter("E0000001", site_id="s1"),
]


def lists(tmp_path: Path, meters: str) -> list[str]:
    path = tmp_path / "lists.yaml"
    path.write_text(f"detectors:\n  - detector: fleet_band\n    meters: {meters}\n")
    return [meter.meter_id for meter in chosen_meters(read_lists(path).detectors[0], METERS)]


@pytest.mark.parametrize(
    ("meters", "chosen"),
    [
        ("all", ["MAC000001", "MAC000002", "E0000001"]),
        ("[E0000001]", ["E0000001"]),
        ("{pattern: 'MAC*'}", ["MAC000001", "MAC000002"]),
        ("{site: s1, segment: Affluent}", ["MAC000001"]),
        ("{ids: [MAC000002], site: s1}", []),
    ],
)
def test_meters_are_chosen_by_id_pattern_site_and_segment(tmp_path: Path, meters: str, chosen: list[str]) -> None:
    assert lists(tmp_path, meters) == chosen


def test_an_unknown_entry_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "lists.yaml"
    path.write_text("detectors:\n  - detector: fleet_band\n    metres: all\n")
    with pytest.raises(BadParameter, match="metres"):
        read_lists(path)


def test_a_file_that_is_no_yaml_is_said_to_be_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "lists.yaml"
    path.write_text("detectors: [")
    with pytest.raises(UnreadableFile):
        read_lists(path)


def test_an_unknown_parameter_names_those_that_exist() -> None:
    with pytest.raises(BadParameter, match="least_points"):
        DETECTORS.named("stuck_value").with_parameters({"dayz": 3})


def test_an_unknown_detector_names_those_that_exist() -> None:
    with pytest.raises(BadParameter, match="fleet_band"):
        DETECTORS.named("oracle")
