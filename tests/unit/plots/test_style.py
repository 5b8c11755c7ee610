"""A picture goes where it was asked for, or one sentence says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.lake.errors import BadParameter
from meterlake.plots.style import BLUE, ORDERED_COLOURS, check_picture, coloured, new_figure, save_figure


@pytest.mark.parametrize("name", ["a.png", "a.SVG", "a.pdf"])
def test_the_ending_says_the_format(tmp_path: Path, name: str) -> None:
    save_figure(new_figure(2, 2), tmp_path / name)

    assert (tmp_path / name).stat().st_size > 100


@pytest.mark.parametrize(
    ("name", "says"), [("none/a.png", "a folder that is there"), ("a.docx", "ends in one of"), ("a", "ends in one of")]
)
def test_what_cannot_be_written_is_refused_by_name(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(BadParameter, match=says):
        check_picture(tmp_path / name)


def test_a_folder_that_takes_no_file_is_refused_and_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()

    with pytest.raises(BadParameter, match="a file that can be written"):
        save_figure(new_figure(2, 2), tmp_path / "a.png")


def test_more_names_than_colours_all_have_one() -> None:
    names = [f"s{number}" for number in range(len(ORDERED_COLOURS) + 1)]

    given = dict(coloured(names))

    assert list(given) == names
    assert given["s0"] == given[names[-1]] == BLUE
