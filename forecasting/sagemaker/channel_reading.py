"""A training channel's files as a panel: what the training shell learns from.

Enters: a folder of JSON Lines, a series a line, as SageMaker's DeepAR takes them. Leaves: all series on one grid.
"""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from meterlake.forecasting.endpoint.questions import Instance, groups_of, numbers_of, start_of
from meterlake.forecasting.panels.categories import Categories
from meterlake.forecasting.panels.panel import Panel
from meterlake.forecasting.sagemaker.channels import CHANNEL_FACTS, ChannelFacts
from meterlake.lake.errors import UnreadableFile


def read_facts(channel: Path) -> ChannelFacts:
    """Return what lies beside a channel's series; nothing is known where nothing does."""
    file = channel / CHANNEL_FACTS
    return ChannelFacts.model_validate_json(file.read_bytes()) if file.exists() else ChannelFacts()


def read_channel(channel: Path, interval_minutes: int, facts: ChannelFacts) -> tuple[Panel, Categories, int]:
    """Read a channel's series onto one grid.

    Args:
        channel: A folder of files.
        interval_minutes: Length of an interval.
        facts: What the files do not say of the meters.

    Returns:
        The panel, the categories' names and texts, and how many dynamic features a series has.
    """
    series = list(_series(channel))
    if not series:
        raise UnreadableFile(channel, "no series in it", "Put files of one JSON object a line there.")
    step = dt.timedelta(minutes=interval_minutes)
    starts = [start_of(one, interval_minutes, f"series {number}") for number, one in enumerate(series, 1)]
    first = min(starts)
    ends = [(start - first) // step + len(one.target) for start, one in zip(starts, series, strict=True)]
    energy = np.full((len(series), max(ends)), np.nan, dtype=np.float32)
    for row, (start, one) in enumerate(zip(starts, series, strict=True)):
        at = (start - first) // step
        energy[row, at : at + len(one.target)] = numbers_of(one.target)
    categories = facts.categories if facts.categories is not None else _own_texts(series)
    groups = groups_of(series, categories)
    # The features of the longest series: weather is one for all meters of a channel.
    longest = max(series, key=lambda one: len(one.dynamic_feat[0]) if one.dynamic_feat else 0)
    temperature = None
    if longest.dynamic_feat:
        at = (starts[series.index(longest)] - first) // step
        known = numbers_of(longest.dynamic_feat[0])
        temperature = np.full(max(max(ends), at + len(known)), np.nan, dtype=np.float32)
        temperature[at : at + len(known)] = known
    ids = tuple(str(row) for row in range(len(series)))
    panel = Panel(ids, first, interval_minutes, energy, facts.time_zone, facts.country, groups, temperature)
    return panel, categories, len(longest.dynamic_feat)


def _own_texts(series: list[Instance]) -> Categories:
    """Return for each category that series have, the texts of its numbers: the numbers themselves."""
    count = max(len(one.categories) for one in series)
    largest = [max(one.categories[at] for one in series if at < len(one.categories)) for at in range(count)]
    return {f"cat{at}": [str(value) for value in range(most + 1)] for at, most in enumerate(largest)}


def _series(channel: Path) -> Iterator[Instance]:
    for path in sorted(channel.rglob("*")):
        if not path.is_file() or path.name == CHANNEL_FACTS:
            continue
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                try:
                    yield Instance.model_validate_json(line)
                except ValueError as error:
                    raise UnreadableFile(
                        path, f"line {number} is no series: {str(error)[:200]}", 'Write {"start": …, "target": […]}.'
                    ) from error
