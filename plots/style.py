"""One style for all pictures: colours that readers with any colour vision tell apart, few lines.

A title is a finding only where enough meters say it; else it says what is shown.

The colours are Okabe and Ito's ("Color Universal Design", 2008).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meterlake.lake.errors import BadParameter, MissingLibrary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, SKY, GREEN, YELLOW, PURPLE, GREY = (
    "#0072B2",
    "#D55E00",
    "#56B4E9",
    "#009E73",
    "#E69F00",
    "#CC79A7",
    "#555555",
)
# For things that are told apart by colour alone, in the order in which they are taken.
ORDERED_COLOURS = (BLUE, ORANGE, GREEN, PURPLE, YELLOW, SKY, GREY)
# Where there are more names than colours, the second round is dashed, and so on.
_LINES = ("-", "--", ":", "-.")
# What fewer meters say is shown, and is no finding.
FEWEST_FOR_A_FINDING = 5
# The title that a picture makes of its rows.
AUTO = "auto"


def new_figure(width_in: float = 11, height_in: float = 4.5) -> Figure:
    """Return an empty figure.

    Raises:
        MissingLibrary: If matplotlib is not installed.
    """
    _need_matplotlib()
    from matplotlib.figure import Figure

    return Figure(figsize=(width_in, height_in), layout="constrained")


def drawing_on(ax: Axes | None, width_in: float = 11, height_in: float = 4.5) -> tuple[Figure, Axes]:
    """Return the figure and the axes to draw on: those of the caller, or new ones."""
    if ax is None:
        figure = new_figure(width_in, height_in)
        return figure, figure.subplots()
    return ax.get_figure(root=True), ax  # type: ignore[return-value]


def title_of(title: str | None, made: str) -> str:
    """Return the title to write: the caller's, none where that is None, or the one that was made of the rows."""
    return made if title == AUTO else title or ""


def _need_matplotlib() -> None:
    if find_spec("matplotlib") is None:
        raise MissingLibrary("matplotlib", "plot", "meterlake plot")


def finish_axes(axes: Axes, title: str, y_label: str) -> None:
    """Write the finding above a chart and the unit beside it; take away the lines that say nothing."""
    axes.set_title(title, loc="left")
    axes.set_ylabel(y_label)
    axes.spines[["top", "right"]].set_visible(False)


def coloured(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give each name its colour, in the order of the names; the colours begin again where there are more names."""
    return zip(names, cycle(ORDERED_COLOURS), strict=False)


def lined(names: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each name a colour and a kind of line, so that no two of the first 28 look alike."""
    for place, name in enumerate(names):
        turn, colour = divmod(place, len(ORDERED_COLOURS))
        yield name, {"color": ORDERED_COLOURS[colour], "linestyle": _LINES[turn % len(_LINES)]}


def meters_said(count: int) -> str:
    """Return how many meters in words."""
    return f"{count:,} meter{'s' * (count != 1)}"


def hours_of_day(axes: Axes, time_zone: str) -> None:
    """Make the axis along the bottom one local day."""
    axes.set_xlim(0, 24)
    axes.set_xticks(range(0, 25, 3), [f"{hour:02d}:00" for hour in range(0, 25, 3)])
    axes.set_xlabel(f"hour of the day, {time_zone}")


def legend_below(axes: Axes, columns: int = 5, *, below: float = 0.08) -> None:
    """Put the legend under the chart, where it hides nothing; further below where the axis has a label."""
    axes.legend(frameon=False, ncols=columns, loc="upper left", bbox_to_anchor=(0, -below), fontsize=9)


def check_picture(out: Path) -> None:
    """Refuse a file that no picture can be written to; its ending says the format.

    Raises:
        BadParameter: If its folder is missing, or the ending is none of a picture.
        MissingLibrary: If matplotlib is not installed.
    """
    _need_matplotlib()
    from matplotlib.backend_bases import FigureCanvasBase

    known = FigureCanvasBase.get_supported_filetypes()
    if out.suffix.lower().removeprefix(".") not in known:
        raise BadParameter("out", str(out), f"a file that ends in one of {', '.join(sorted(known))}", "picture.png")
    if not out.parent.is_dir():
        raise BadParameter("out", str(out), "a file in a folder that is there", "picture.png")


def save_figure(figure: Figure, out: Path) -> None:
    """Write a picture; the file's ending says the format.

    Raises:
        BadParameter: If it cannot be written there.
    """
    check_picture(out)
    try:
        figure.savefig(out, dpi=130)
    except OSError as error:
        raise BadParameter("out", str(out), f"a file that can be written ({error.strerror})", "picture.png") from error
