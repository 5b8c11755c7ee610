"""What a shell completes behind a command: names of the program, and of the lake where one lies in a folder.

Enters: what was typed so far. Leaves: what could follow, at most fifty of each, and never a message: whatever is wrong, the
command itself will say. A lake on S3 is not asked, for its engine takes seconds and has its price.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from meterlake.cli.terminal.lake_option import chosen_settings

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_MOST = 50
_NEWEST_INGESTS = 1000
_LAST_LETTER = chr(0x10FFFF)


def meters(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a meter's id from the lake."""
    # The question wants an id to go on from, and what was typed may be an id itself: the last text before it.
    before = incomplete and f"{incomplete[:-1]}{chr(max(ord(incomplete[-1]) - 1, 0))}{_LAST_LETTER}"
    found = _answer(context, "meters_page", after_meter_id=before, page_size=_MOST)
    return _beginning(incomplete, ((row["meter_id"], row["segment"]) for row in found))


def ingests(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete an ingest's id from the lake, the newest first, each with its file."""
    from meterlake.lake.time_bounds import LATEST

    found = _answer(context, "ingests_page", before_finished_at=LATEST, before_ingest_id="", page_size=_NEWEST_INGESTS)
    return _beginning(incomplete, ((row["ingest_id"], row["source_file"].rpartition("/")[2]) for row in found))


def model_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a model's name from the lake."""
    names = {row["name"]: row["forecaster"] for row in reversed(_answer(context, "models_all"))}
    return _beginning(incomplete, sorted(names.items()))


def model_versions(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a version of the model whose name stands before it."""
    of_name = [row for row in _answer(context, "models_all") if row["name"] == context.params.get("name")]
    return _beginning(incomplete, ((str(row["version"]), row["status"]) for row in of_name))


def detectors(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a detector's name."""
    from meterlake.anomaly.registry import DETECTORS

    return _beginning(incomplete, ((name, None) for name in DETECTORS.names))


def forecasters(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a forecaster's name."""
    from meterlake.forecasting.forecasters import FORECASTERS

    return _beginning(incomplete, ((name, None) for name in FORECASTERS.names))


def quantities(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a quantity."""
    from meterlake.lake.codes.quantities import QUANTITIES

    return _beginning(incomplete, ((name, one.unit) for name, one in QUANTITIES.items()))


def formats(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a raw format."""
    from meterlake.etl.formats import FORMATS
    from meterlake.etl.landing.recognition import AUTO

    return _beginning(incomplete, ((name, None) for name in (AUTO, *FORMATS.names)))


def _beginning(incomplete: str, known: Iterable[tuple[str, str | None]]) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    items = [CompletionItem(name, help=says) for name, says in known if name.startswith(incomplete)]
    return items[:_MOST]


def _answer(context: click.Context, question: str, **parameters: Any) -> list[dict[str, Any]]:
    from meterlake.lake.errors import MeterlakeError

    try:
        settings = chosen_settings(context)
        if settings.is_on_s3 or not settings.root.is_dir():
            return []
        from meterlake.lake.engine_choice import open_lake

        rows: list[dict[str, Any]] = open_lake(settings).ask(question, **parameters).to_pylist()
    except (MeterlakeError, ValueError):  # no lake yet, or settings that cannot be used
        return []
    return rows
