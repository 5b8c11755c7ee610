"""`meterlake filing`: indices frozen as they were filed, and what differs since."""

from __future__ import annotations

from getpass import getuser

import click

from meterlake.cli.outages import by_level, find_outages
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.output import answer_format, print_rows
from meterlake.outage.reliability.periods import Level

_by_whom = click.option(
    "--by-whom", "who", default=getuser, show_default="the user of this machine", help="Who says it."
)


@click.group()
def filing() -> None:
    """Freeze indices as they are filed, and say what differs since."""


@filing.command()
@click.argument("period")
@by_level
@click.option("--exclude-major", is_flag=True, help="Leave out major event days.")
@click.option("--exclude-planned", is_flag=True, help="Leave out what was announced.")
@click.option("--provisional", is_flag=True, help="Freeze it though readings may still change it.")
@_by_whom
@click.option("--note", help="What else there is to say.")
@click.pass_context
def freeze(
    context: click.Context,
    period: str,
    by: str,
    exclude_major: bool,
    exclude_planned: bool,
    provisional: bool,
    who: str,
    note: str | None,
) -> None:
    """Keep the indices of a month (2024-03), quarter (2024-Q1) or year (2024) as they are now."""
    from meterlake.outage.filings import filing as filings
    from meterlake.outage.reliability.reliability import ReliabilityQuestion

    settings = chosen_settings(context)
    length, begin = filings.written_period(period)
    find_outages(settings)
    question = ReliabilityQuestion(Level(by), length, exclude_major, exclude_planned)
    click.echo(filings.freeze(settings, begin, question, who, takes_provisional=provisional, note=note))


@filing.command("list")
@answer_format
@click.pass_context
def list_filings(context: click.Context, form: str) -> None:
    """List all that was filed, withdrawn or not."""
    from meterlake.lake.engine_choice import open_lake

    rows = open_lake(chosen_settings(context)).ask("filed_indices")
    if form == "table":
        rows = rows.drop_columns(["indices", "settings", "snapshot"])
    print_rows(rows, form, otherwise="Nothing was filed yet: 'meterlake filing freeze 2024-03' does it.")


@filing.command()
@click.argument("filing_id", required=False)
@answer_format
@click.pass_context
def compare(context: click.Context, filing_id: str | None, form: str) -> None:
    """Say which indices are not any more what was filed; of all filings, or of one."""
    import pyarrow as pa

    from meterlake.lake.engine_choice import open_lake
    from meterlake.outage.filings.filing import FILED_DIFFERENCES, differences

    settings = chosen_settings(context)
    find_outages(settings)
    rows = [one.as_json() for one in differences(open_lake(settings), filing_id)]
    found = pa.Table.from_pylist(rows, schema=FILED_DIFFERENCES)
    print_rows(found, form, otherwise="Everything is as it was filed.")


@filing.command()
@click.argument("filing_id")
@_by_whom
@click.pass_context
def withdraw(context: click.Context, filing_id: str, who: str) -> None:
    """Withdraw a filing, so that its period can be frozen anew; what was filed stays to be read."""
    from meterlake.outage.filings.filing import withdraw as withdraw_filing

    withdraw_filing(chosen_settings(context), filing_id, who)
    click.echo(f"{filing_id} is withdrawn")
