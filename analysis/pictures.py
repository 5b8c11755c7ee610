"""Which picture draws which answer; the picture's module is loaded when it is first drawn."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from meterlake.analysis.answer import Answer


def picture(module: str, function: str, **given: Any) -> Callable[..., Figure]:
    """Return how an answer is drawn: `meterlake.plots.<module>.<function>(rows, attrs=…, ax=…, title=…)`."""

    def draw(answer: Answer, **style: Any) -> Figure:
        drawn: Figure = getattr(import_module(f"meterlake.plots.{module}"), function)(
            answer.arrow(), attrs=answer.attrs, **given, **style
        )
        return drawn

    return draw


draw_lines = picture("time_lines", "draw_lines")
