"""Lines into the files that SageMaker's jobs read, and what lies beside a training's: the meters' zone and categories."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from meterlake.forecasting.panels.categories import Categories
from meterlake.forecasting.sagemaker.document import Document

SERIES_A_FILE = 500
# A file of the training channel; one that the built-in image cannot take never lies there.
CHANNEL_FACTS = "panel.json"


class ChannelFacts(Document):
    """What a channel's lines do not say of their meters.

    Attributes:
        categories: For each `cat`, in order, its name and the texts that its numbers stand for; None where the numbers
            are their own texts.
        time_zone: Of the meters' days.
        country: Whose holidays count.
    """

    categories: Categories | None = None
    time_zone: str = "UTC"
    country: str = ""


def write_lines(write: Callable[[str, bytes], None], prefix: str, lines: Iterable[bytes], suffix: str) -> int:
    """Write lines into files below a prefix, some hundred a file; return how many there were.

    Args:
        write: Puts bytes at an address.
        prefix: What the addresses begin with; ends in a slash.
        lines: The lines.
        suffix: The files' kind, such as .json: the built-in DeepAR trains on no other.
    """
    count, waiting = 0, []
    for line in lines:
        waiting.append(line)
        count += 1
        if len(waiting) == SERIES_A_FILE:
            write(f"{prefix}part-{count // SERIES_A_FILE:05d}{suffix}", b"\n".join(waiting) + b"\n")
            waiting = []
    if waiting:
        write(f"{prefix}part-{count // SERIES_A_FILE + 1:05d}{suffix}", b"\n".join(waiting) + b"\n")
    return count
