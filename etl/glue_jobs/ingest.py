"""The script that AWS Glue starts: reads its arguments, takes in what has landed, prints the accounts.

    python -m meterlake.etl.glue_jobs.ingest --local 'local[2]' --landing raw/ --METERLAKE_LAKE .meterlake

does the same here. Without --local the arguments are read as Glue gives them, and the session is Glue's.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from meterlake.etl.glue_jobs.job_arguments import KNOWN, SETTINGS_PREFIX, apply_settings, ingest_job


def main(argv: Sequence[str]) -> None:
    """Run one ingest.

    Args:
        argv: The script's name and its arguments, `--name value` each.

    Raises:
        SystemExit: With 1, if a file was refused; the others are taken in.
    """
    given = _names(argv)
    if "local" in given:
        arguments = dict(zip(given, argv[2::2], strict=True))
    else:
        from awsglue.utils import getResolvedOptions

        arguments = getResolvedOptions(list(argv), given)
    refused = _run(arguments)
    if refused:
        raise SystemExit(1)


def _names(argv: Sequence[str]) -> list[str]:
    """Return the names among the arguments that this job knows; Glue adds some of its own."""
    names = (text.removeprefix("--").partition("=")[0] for text in argv[1:] if text.startswith("--"))
    return [name for name in names if name in (*KNOWN, "local") or name.startswith(SETTINGS_PREFIX)]


def _run(arguments: dict[str, str]) -> int:
    """Take in what the arguments name, print the accounts as JSON, and return how many files were refused."""
    apply_settings(arguments)
    # Imported here: settings are read when these are made.
    from meterlake.etl.glue_jobs.session import open_session
    from meterlake.etl.glue_jobs.spark_pipeline import SparkPipeline

    session = open_session(master=arguments.get("local"))
    report = SparkPipeline(session).ingest(ingest_job(arguments))
    sys.stdout.write(json.dumps(report.as_json()) + "\n")
    return len(report.refused)


if __name__ == "__main__":
    main(sys.argv)
