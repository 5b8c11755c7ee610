"""The reference pages that come from the code: tables, queries, settings, commands, reasons, errors, quantities.

    python docs/write_reference.py

Enters: the declarations. Leaves: pages in docs/reference, which a test compares with what this writes.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import inspect

import click

from meterlake.analysis.reference import python_page
from meterlake.cli.main import COMMANDS, meterlake
from meterlake.etl.conforming.mapping_declaration.reference import mapping_keys, meters_keys, weather_keys
from meterlake.etl.conforming.quarantine_reasons import MEANINGS
from meterlake.etl.formats import FORMATS
from meterlake.etl.guessing.known_exports import known_exports
from meterlake.forecasting.forecasters import FORECASTERS
from meterlake.forecasting.reference import reference_page
from meterlake.lake import errors
from meterlake.lake.codes.quantities import QUANTITIES
from meterlake.lake.codes.weather import WEATHER_MEASURES
from meterlake.lake.plug_ins.markdown_table import markdown_table
from meterlake.lake.questions import question_named, question_names
from meterlake.lake.settings import MeterlakeSettings
from meterlake.lake.settings_file import MODELS, models_of
from meterlake.lake.tables import TABLES

REFERENCE = Path(__file__).resolve().parent / "reference"
_WRITTEN = "Written by `docs/write_reference.py` from the code; change the code instead.\n"

_SETTINGS = """A setting is an environment variable, or a line of a file: `meterlake.toml` in the working directory, or the file that
`METERLAKE_SETTINGS` names. An option of a command wins over the variable, and that over the file.

```toml
lake = "my-lake"
time_zone = "Europe/London"

[api]
port = 9000
```

A key that is no setting is refused, with the nearest that is one. The file is read once a process. Keep keys and other
secrets out of it where others can read it.
"""


def pages() -> dict[str, str]:
    """Return each page's text by its file name."""
    return {
        "tables.md": tables_page(),
        "queries.md": queries_page(),
        "settings.md": settings_page(),
        "commands.md": commands_page(),
        "quarantine_reasons.md": reasons_page(),
        "errors.md": errors_page(),
        "quantities.md": quantities_page(),
        "formats.md": formats_page(),
        "python.md": python_page(_WRITTEN),
        "forecasters.md": reference_page(FORECASTERS.all().values()),
    }


def tables_page() -> str:
    """Return the data dictionary."""
    parts = ["# Tables\n", _WRITTEN]
    for table in TABLES.values():
        partitions = ", ".join(f"{part.transform}({part.column})" for part in table.partitions) or "not partitioned"
        sort = f"sorted by {', '.join(table.sort)}" if table.sort else "in order of arrival"
        parts.append(
            f"## {table.name}\n\n{table.meaning}\n\nKey: {', '.join(table.key)}. Files: {partitions}; {sort}.\n"
        )
        rows = [
            (str(number), f"`{column.name}`", column.type.value, column.meaning)
            for number, column in enumerate(table.columns, 1)
        ]
        parts.append(markdown_table(("id", "column", "type", "meaning"), rows))
    return "\n".join(parts)


def queries_page() -> str:
    """Return the questions that the lake answers."""
    rows = [
        (f"`{name}`", question_named(name).meaning, ", ".join(dict.fromkeys(question_named(name).parameters)))
        for name in question_names()
    ]
    return "\n".join(["# Queries\n", _WRITTEN, markdown_table(("file in lake/queries", "answer", "parameters"), rows)])


def settings_page() -> str:
    """Return every setting of every stage."""
    parts = ["# Settings\n", _WRITTEN]
    parts.append(_SETTINGS)
    for section in MODELS:
        for model in models_of(section):
            summary = (model.__doc__ or "").split("\n")[0]
            parts.append(f"## {model.__name__}\n\n{summary}\n")
            parts.append(
                markdown_table(("variable", "in the file", "default", "meaning"), setting_rows(model, section))
            )
    return "\n".join(parts)


def setting_rows(model: type[MeterlakeSettings], section: str) -> list[tuple[str, str, str, str]]:
    """Return a settings model's variables, their names in a settings file, defaults and meanings."""
    prefix = str(model.model_config.get("env_prefix", ""))
    rows = []
    for name, field in model.model_fields.items():
        default = "the machine's cores" if field.default_factory else _written(field.default)
        in_file = f"`[{section}] {name}`" if section else f"`{name}`"
        rows.append((f"`{prefix}{name.upper()}`", in_file, f"`{default}`", field.description or ""))
    return rows


def _written(default: object) -> str:
    """Return a default as it would stand in the environment."""
    return ", ".join(map(str, default)) if isinstance(default, tuple) else str(default)


def commands_page() -> str:
    """Return each command's help, as the command prints it."""
    parts = ["# Commands\n", _WRITTEN]
    context = meterlake.make_context("meterlake", [], resilient_parsing=True, terminal_width=100)
    parts.append(f"```\n{meterlake.get_help(context)}\n```\n")
    for name in COMMANDS:
        command = meterlake.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context)
        parts.append(f"## meterlake {name}\n\n```\n{command.get_help(inner)}\n```\n")
    return "\n".join(parts)


def reasons_page() -> str:
    """Return why a row may stand in quarantine."""
    rows = [(f"`{reason}`", meaning) for reason, meaning in MEANINGS.items()]
    return "\n".join(["# Reasons for quarantine\n", _WRITTEN, markdown_table(("reason", "what it means"), rows)])


def errors_page() -> str:
    """Return the errors raised on purpose."""
    classes = [
        (f"`{name}`", (inspect.getdoc(kind) or "").split("\n")[0])
        for name, kind in vars(errors).items()
        if inspect.isclass(kind) and issubclass(kind, errors.MeterlakeError)
    ]
    return "\n".join(["# Errors\n", _WRITTEN, markdown_table(("error", "what it means"), classes)])


def formats_page() -> str:
    """Return the page of raw formats with its table written anew; what surrounds the table is written by hand."""
    page = (REFERENCE / "formats.md").read_text()
    rows = [
        (f"`{one.name}`", one.holds, one.target, one.times, one.described_at or "here")
        for one in FORMATS.all().values()
    ]
    tables = {
        "formats": markdown_table(("format", "what a file holds", "goes to", "times", "described at"), rows),
        **{
            name: markdown_table(("key", "what it says", "default"), keys)
            for name, keys in (
                ("mapping", mapping_keys()),
                ("mapping of weather", weather_keys()),
                ("mapping of meters", meters_keys()),
            )
        },
        "units of weather": markdown_table(
            ("quantity", "column", "plausible", "units"),
            [
                (
                    f"`{one.name}`",
                    f"`{one.column}`",
                    f"{one.lowest:g} to {one.highest:g}",
                    f"`{'`, `'.join(one.units)}`",
                )
                for one in WEATHER_MEASURES.values()
            ],
        ),
        "known exports": markdown_table(
            ("export", "whose it is", "described at"),
            [(f"`{one.name}`", one.of, one.described_at) for one in known_exports()],
        ),
    }
    for name, table in tables.items():
        start, end = f"<!-- {name}: written by docs/write_reference.py -->", f"<!-- /{name} -->"
        head, _, rest = page.partition(start)
        page = f"{head}{start}\n\n{table}\n{end}{rest.partition(end)[2]}"
    return page


def quantities_page() -> str:
    """Return what can be measured."""
    rows = [
        (f"`{one.name}`", one.unit, f"{one.lowest:g} to {one.highest:g}", one.aggregation.value, one.label)
        for one in QUANTITIES.values()
    ]
    names = ("quantity", "unit", "plausible in an interval", "adds up by", "meaning")
    return "\n".join(["# Quantities\n", _WRITTEN, markdown_table(names, rows)])


if __name__ == "__main__":
    for file_name, text in pages().items():
        (REFERENCE / file_name).write_text(text)
