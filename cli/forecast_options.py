"""What the commands of forecasting share: which meters and days, a bar of progress, and what the figures mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from meterlake.cli.terminal.moments import MOMENT, Command

if TYPE_CHECKING:
    from meterlake.forecasting.panels.panel_loading import MeterChoice

WQL_MEANS = (
    "WQL: weighted quantile loss, what the quantiles missed by as a share of the energy; below seasonal naive's (a ratio"
    " below 1) it beats yesterday again."
)
MASE_MEANS = (
    "MASE: mean absolute scaled error, the median's error over that of the value a day before in the meter's own history;"
    " lower is better."
)
COVERAGE_MEANS = (
    "coverage_10_90: the share of readings within the band from the first quantile to the last; 0.8 is honest."
)


def with_options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Return a decorator that adds options to a command, in their order."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


# Named as the published pipelines name them.
which_meters = with_options(
    click.option("--meter-start", default=1, show_default=True, type=click.IntRange(1), help="First meter, by place."),
    click.option("--meter-end", type=click.IntRange(1), help="Last meter, inclusive; the last there is otherwise."),
    click.option("--data-start", type=MOMENT, help="First moment of history, UTC."),
    click.option("--data-end", type=MOMENT, help="End of history, UTC; the newest reading otherwise."),
)


def chosen_meters(first: int, last: int | None, meter_id: str | None = None) -> MeterChoice:
    """Return the meters that options choose."""
    from meterlake.forecasting.panels.panel_loading import MeterChoice

    return MeterChoice(first, last, meter_id)


@contextmanager
def shown_progress() -> Iterator[Callable[[str, float], None]]:
    """Show a bar on stderr, on a terminal; nothing otherwise."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda stage, done: bar.update(task, description=stage, completed=done)
