"""A module from a template: where it is written, and what is refused before anything is."""

from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.lake.errors import BadParameter
from meterlake.lake.plug_ins.scaffold import Scaffold

FORECASTER = Scaffold("forecasting", "forecaster", "forecaster.py.txt", "forecaster_test.py.txt", "last_weeks")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "forecasting" / "forecasters").mkdir(parents=True)
    return tmp_path


def test_a_module_and_its_test_bear_the_name_in_both_spellings(root: Path) -> None:
    module, test = FORECASTER.write("two_words", root)

    assert module.relative_to(root).as_posix() == "forecasting/forecasters/two_words.py"
    assert test.relative_to(root).as_posix() == "tests/unit/forecasting/forecasters/test_two_words.py"
    assert 'name = "two_words"' in module.read_text() and "class TwoWords(Forecaster):" in module.read_text()
    assert "import FORECASTER, TwoWords, TwoWordsParameters" in test.read_text()


@pytest.mark.parametrize("name", ["Night", "night-owl", "2nights", "night__owl", "a/b", ""])
def test_a_name_that_no_module_could_bear_is_refused(root: Path, name: str) -> None:
    with pytest.raises(BadParameter, match="small letters"):
        FORECASTER.write(name, root)


def test_a_module_that_is_there_is_never_written_over(root: Path) -> None:
    module, _ = FORECASTER.write("mine", root)
    module.write_text("mine")

    with pytest.raises(BadParameter, match="a name that no forecaster has yet"):
        FORECASTER.write("mine", root)
    assert module.read_text() == "mine"


def test_a_folder_that_is_no_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match="a folder that holds forecasting/forecasters"):
        FORECASTER.write("mine", tmp_path)
