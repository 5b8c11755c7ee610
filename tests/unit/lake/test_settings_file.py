"""Settings in a file: below the environment, checked whole, read once."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

import meterlake
from meterlake.api.settings import ApiSettings
from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.lake.errors import UnknownSetting, UnreadableFile
from meterlake.lake.settings import LakeSettings, MeterlakeSettings
from meterlake.lake.settings_file import MODELS, models_of
from meterlake.outage.settings import OutageSettings

ROOMS = ("api", "etl", "forecasting", "lake", "outage")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, with no variable that the tests ask for."""
    monkeypatch.chdir(tmp_path)
    for name in ("SETTINGS", "LAKE", "THREADS", "TIME_ZONE", "API_PORT"):
        monkeypatch.delenv(f"METERLAKE_{name}", raising=False)
    return tmp_path


def test_keys_at_the_top_and_in_sections_are_the_variables_of_the_same_name(here: Path) -> None:
    (here / "meterlake.toml").write_text(
        'lake = "mine"\nthreads = 3\ntime_zone = "Europe/London"\n'
        '[api]\nport = 9000\nkey_hashes = ["' + "a" * 64 + '"]\n[outage]\nloss_codes = "OFF, GONE"\n'
    )

    assert (LakeSettings().lake, LakeSettings().threads) == ("mine", 3)
    assert ReadOptions().time_zone == "Europe/London"
    assert (ApiSettings().port, ApiSettings().key_hashes) == (9000, ("a" * 64,))
    assert OutageSettings().loss_codes == ("OFF", "GONE")


def test_a_call_wins_over_the_environment_and_that_over_the_file(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "meterlake.toml").write_text('lake = "of-the-file"\nthreads = 3\n[api]\nport = 9000\n')
    monkeypatch.setenv("METERLAKE_LAKE", "of-the-environment")
    monkeypatch.setenv("METERLAKE_API_PORT", "9001")

    assert LakeSettings().lake == "of-the-environment"
    assert LakeSettings(lake="of-the-call").lake == "of-the-call"
    assert LakeSettings().threads == 3
    assert ApiSettings().port == 9001


def test_a_variable_names_another_file_which_must_be_there(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "other.toml").write_text('lake = "other"\n')
    monkeypatch.setenv("METERLAKE_SETTINGS", "other.toml")
    assert LakeSettings().lake == "other"

    monkeypatch.setenv("METERLAKE_SETTINGS", "none.toml")
    with pytest.raises(UnreadableFile, match="METERLAKE_SETTINGS names it, and it is not there"):
        LakeSettings()


def test_without_a_file_the_defaults_hold() -> None:
    assert LakeSettings().lake == ".meterlake"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("lak = 'mine'", "no setting lak. Nearest: lake"),
        ("time_zon = 'UTC'", "no setting time_zon. Nearest: time_zone"),
        ("[api]\nprot = 1", r"no setting prot of \[api\]. Nearest: port"),
        ("[outages]\nleast_meters = 4", r"no setting \[outages\]. Nearest: \[outage\]"),
    ],
)
def test_a_key_that_is_no_setting_is_refused_with_the_nearest_whoever_reads_the_file(
    here: Path, text: str, says: str
) -> None:
    (here / "meterlake.toml").write_text(text)

    for model in (LakeSettings, OutageSettings):
        with pytest.raises(UnknownSetting, match=says):
            model()


def test_what_is_no_toml_is_refused_with_its_place(here: Path) -> None:
    (here / "meterlake.toml").write_text("lake = mine")

    with pytest.raises(UnreadableFile, match=r"meterlake.toml: it is not TOML: .*line 1"):
        LakeSettings()


def test_the_file_is_read_once(here: Path) -> None:
    (here / "meterlake.toml").write_text("threads = 3")
    assert LakeSettings().threads == 3

    (here / "meterlake.toml").write_text("threads = 4")
    assert LakeSettings().threads == 3


def test_every_settings_model_has_its_section() -> None:
    for room in ROOMS:
        package = importlib.import_module(f"meterlake.{room}")
        for module in pkgutil.walk_packages(package.__path__, f"meterlake.{room}."):
            if "settings" in module.name or _declares_settings(module.name):
                importlib.import_module(module.name)

    declared = {model for section in MODELS for model in models_of(section)}
    assert declared == set(MeterlakeSettings.__subclasses__())
    for section in MODELS:
        prefix = f"METERLAKE_{section.upper()}_" if section else "METERLAKE_"
        assert {model.model_config["env_prefix"] for model in models_of(section)} == {prefix}


def _declares_settings(module: str) -> bool:
    path = Path(meterlake.__file__).parent.joinpath(*module.split(".")[1:]).with_suffix(".py")
    return path.is_file() and "(MeterlakeSettings)" in path.read_text()
