"""Lines into the files that SageMaker's jobs read: the channels of a training, the questions of a batch transform."""

from __future__ import annotations

from collections.abc import Callable, Iterable

SERIES_A_FILE = 500
# A file of the training channel; one that the built-in image cannot take never lies there.
CHANNEL_FACTS = "panel.json"


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
