"""`meterlake detect`, `anomalies`, `detectors` and `run`: odd days found, listed and explained."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from meterlake.cli.terminal import completion
from meterlake.cli.terminal.lake_option import chosen_settings
from meterlake.cli.terminal.moments import day_range, moment_of
from meterlake.cli.terminal.output import answer_format, print_facts, print_json, print_rows


@click.command()
@click.option("--lists", type=click.Path(path_type=Path), help="A YAML file: which detectors on which meters.")
@click.option(
    "--detector",
    shell_complete=completion.detectors,
    help="One detector on all meters, instead of lists.",
)
@day_range(
    "First day to score; as far back as the detector's history otherwise.",
    "The day after the last; after the newest day otherwise.",
)
@click.option("--rescore", is_flag=True, help="Score days again whose figures have not changed.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def detect(
    context: click.Context,
    lists: Path | None,
    detector: str | None,
    start: dt.date | None,
    end: dt.date | None,
    rescore: bool,
    as_json: bool,
) -> None:
    """Score what is new or changed; fleet_band on all meters unless lists say otherwise."""
    from meterlake.anomaly.detection import DetectionRun
    from meterlake.anomaly.detector_lists import DEFAULT_LISTS, Assignment, DetectorLists, read_lists

    wanted = read_lists(lists) if lists else DEFAULT_LISTS
    if detector:
        wanted = DetectorLists(detectors=(Assignment(detector=detector),))
    run_ = DetectionRun(chosen_settings(context), lambda stage: click.echo(stage, err=True))
    report = run_.detect(wanted, start=start, end=end, rescore=rescore)
    if as_json:
        print_json(report.as_json())
    else:
        for one in report.detectors:
            facts = f"{one.scored:,} scored, {one.unchanged:,} unchanged, {one.anomalies:,} anomalies"
            print_facts(
                [
                    (one.detector, f"{one.meters:,} meters, {facts}"),
                    ("", f"{one.not_judged:,} not judged, {one.rewidened:,} with new limits, {one.errors:,} errors"),
                    ("", f"{one.seconds:.1f} s"),
                ]
            )
    if any(one.errors for one in report.detectors):
        click.echo("Some meters could not be judged because a rule broke; their verdict is 'error'.", err=True)
        context.exit(1)


@click.command()
@click.argument("meter_id", required=False, shell_complete=completion.meters)
@click.option("--detector", default="fleet_band", show_default=True, shell_complete=completion.detectors)
@day_range("First day, inclusive.", "Last day, exclusive.")
@click.option("--all-days", is_flag=True, help="One meter's ordinary days too.")
@click.option("--by", type=click.Choice(["severity", "importance"]), default="severity", show_default=True)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="Rows of the fleet's list.")
@answer_format
@click.pass_context
def anomalies(
    context: click.Context,
    meter_id: str | None,
    detector: str,
    start: dt.date | None,
    end: dt.date | None,
    all_days: bool,
    by: str,
    limit: int,
    form: str,
) -> None:
    """List one meter's anomalies, or the fleet's worst."""
    import pyarrow.compute as pc

    from meterlake.anomaly.stored_scores import stored_scores, why_nothing_is_flagged
    from meterlake.lake.engine_choice import open_lake
    from meterlake.lake.open_bounds import EVERYWHERE, FROM_THE_WORST

    lake = open_lake(chosen_settings(context))
    if meter_id:
        rows = stored_scores(lake, meter_id, detector, start, end)
        rows = rows if all_days else rows.filter(pc.not_equal(rows["anomaly"], 0))
        left_out = ["detector", "model_version"]
    else:
        span = {"detector": detector, "start_date": start, "end_date": end, **EVERYWHERE, **FROM_THE_WORST}
        rows = lake.ask("worst_anomalies", **span, by_severity=by == "severity", page_size=limit)
        left_out = ["latitude", "longitude", "site_id"]
    otherwise = None if rows.num_rows else why_nothing_is_flagged(lake, detector)
    print_rows(rows.drop_columns(left_out), form, otherwise=otherwise)


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def detectors(context: click.Context, as_json: bool) -> None:
    """List the detectors with what they say; `detectors new NAME` begins one of your own."""
    if context.invoked_subcommand:
        return
    from meterlake.anomaly.registry import DETECTORS

    known = DETECTORS.all().values()
    if as_json:
        print_json([{"name": one.name, "looks_at": one.looks_at, "says": one.says} for one in known])
    else:
        print_facts([(one.name, f"({one.looks_at}) {one.says}") for one in known])


@detectors.command()
@click.argument("name")
@click.option(
    "--kind",
    type=click.Choice(["readings", "days"]),
    default="readings",
    show_default=True,
    help="What it looks at: one meter's readings before a moment, or the days of all meters in a band.",
)
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="The project's root.")
def new(name: str, kind: str, into: Path) -> None:
    """Write a detector's module, test and docs row from the template, ready to run."""
    from meterlake.anomaly.new_detector import write_new_detector

    for path in write_new_detector(name, into, kind):
        click.echo(str(path))


@click.command()
@click.argument("detector", shell_complete=completion.detectors)
@click.argument("meter_id", shell_complete=completion.meters)
@click.option("-t", "--time", "moment", help="RFC 3339 with offset; the end of the newest day otherwise.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing where all is well.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def run(context: click.Context, detector: str, meter_id: str, moment: str | None, quiet: bool, as_json: bool) -> None:
    """Run one detector on one meter at any time, past ones too; nothing is written.

    Exit code 0: clear or flagged; 1: the detector broke.
    """
    from meterlake.anomaly.one_run import run_detector
    from meterlake.lake.codes.verdicts import Verdict

    answer = run_detector(
        detector,
        meter_id,
        moment=moment_of("time", moment) if moment else None,
        settings=chosen_settings(context),
    )
    if as_json:
        print_json({name: getattr(answer, name) for name in answer.__dataclass_fields__})
    elif not (quiet and answer.anomaly == 0 and answer.verdict == Verdict.JUDGED):
        said = (
            {1: "above", -1: "below", 0: "clear"}[answer.anomaly]
            if answer.verdict == Verdict.JUDGED
            else answer.verdict
        )
        click.echo(f"{answer.local_date} {answer.meter_id} {answer.detector}: {said}. {answer.detail}")
    if answer.is_error:
        context.exit(1)
