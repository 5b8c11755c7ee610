"""`meterlake outage`: what people know of an outage, said once and heeded in every run."""

from __future__ import annotations

from getpass import getuser
from typing import Any

import click

from meterlake.cli.forecast_options import with_options
from meterlake.cli.outages import find_outages
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.moments import MOMENT
from meterlake.cli.terminal.output import answer_format, print_rows

_said = with_options(
    click.argument("outage_id"),
    click.option("--by", "said_by", default=getuser, show_default="the user of this machine", help="Who says it."),
    click.option("--reason", help="What it came of: one of METERLAKE_OUTAGE_REASONS."),
    click.option("--note", help="What else there is to say."),
    click.pass_context,
)


@click.group()
def outage() -> None:
    """Say what is known of an outage: confirm, reject, correct it, give its reason, merge or split it."""


@outage.command()
@_said
def confirm(context: click.Context, outage_id: str, **said: Any) -> None:
    """Confirm that power was out."""
    _say(context, outage_id, "confirm", **said)


@outage.command()
@_said
def reject(context: click.Context, outage_id: str, **said: Any) -> None:
    """Reject an outage: power was on, and no index counts it."""
    _say(context, outage_id, "reject", **said)


@outage.command()
@_said
@click.option("--started", "started_at", type=MOMENT, help="When it began; UTC where it says no offset.")
@click.option("--ended", "ended_at", type=MOMENT, help="When it ended.")
def correct(context: click.Context, outage_id: str, **said: Any) -> None:
    """Correct when an outage began, ended, or both."""
    _say(context, outage_id, "correct", **said)


@outage.command()
@_said
def reason(context: click.Context, outage_id: str, **said: Any) -> None:
    """Say what an outage came of, with --reason."""
    _say(context, outage_id, "reason", **said)


@outage.command()
@_said
@click.option("--into", required=True, help="The outage that it is part of.")
def merge(context: click.Context, outage_id: str, **said: Any) -> None:
    """Make an outage part of another."""
    _say(context, outage_id, "merge", **said)


@outage.command()
@_said
@click.option("--meter", "meters", multiple=True, required=True, help="A meter of the new outage; once for each.")
def split(context: click.Context, outage_id: str, **said: Any) -> None:
    """Make an outage of its own of some of the meters."""
    _say(context, outage_id, "split", **said)


@outage.command("take-back")
@click.argument("word_id")
@click.option("--by", "said_by", default=getuser, show_default="the user of this machine", help="Who says it.")
@click.pass_context
def take_back(context: click.Context, word_id: str, said_by: str) -> None:
    """Take a word back, as if it had not been said; both are kept."""
    from meterlake.outage.words import saying

    click.echo(saying.take_back(chosen_settings(context), word_id, said_by))
    find_outages(chosen_settings(context))


@outage.command()
@answer_format
@click.pass_context
def words(context: click.Context, form: str) -> None:
    """List all that was said of outages, in order."""
    from meterlake.lake.engine_choice import open_engine
    from meterlake.outage.words.saying import words_said

    rows = words_said(open_engine(chosen_settings(context)))
    if form == "table":
        rows = rows.select(["word_id", "said_at", "said_by", "act", "outage_id", "reason", "note"])
    print_rows(rows, form, otherwise="Nobody has said anything yet.")


def _say(context: click.Context, outage_id: str, act: str, **said: Any) -> None:
    from meterlake.outage.words.heeding import Act
    from meterlake.outage.words.saying import Word, say

    settings = chosen_settings(context)
    click.echo(say(settings, Word(outage_id, Act(act), **said)))
    find_outages(settings)
