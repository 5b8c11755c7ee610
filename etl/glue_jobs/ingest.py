"""The script that AWS Glue starts: reads its arguments, takes in what has landed, prints the accounts.

A file that cannot be read is part of the result and no failure of the job: it is in the accounts, and where the job was given a
list on S3, in a report beside it.

    python -m meterlake.etl.glue_jobs.ingest --local 'local[2]' --landing raw/ --METERLAKE_LAKE .meterlake

does the same here. Without --local the arguments are read as Glue gives them, and the session is Glue's.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from meterlake.etl.glue_jobs.job_arguments import KNOWN, SETTINGS_PREFIX, apply_settings, ingest_job
from meterlake.etl.landing.batch_list import names_list, report_of
from meterlake.lake.aws.athena_settings import AthenaSettings
from meterlake.lake.aws.s3_objects import S3Objects
from meterlake.lake.settings import LakeSettings


def main(argv: Sequence[str]) -> None:
    """Run one ingest.

    Args:
        argv: The script's name and its arguments, `--name value` each.
    """
    given = _names(argv)
    if "local" in given:
        pairs = ((name.removeprefix("--"), value) for name, value in zip(argv[1::2], argv[2::2], strict=True))
        arguments = {name: value for name, value in pairs if name in given}
    else:
        from awsglue.utils import getResolvedOptions

        arguments = getResolvedOptions(list(argv), given)
    _run(arguments)


def _names(argv: Sequence[str]) -> list[str]:
    """Return the names among the arguments that this job knows; Glue adds some of its own."""
    names = (text.removeprefix("--").partition("=")[0] for text in argv[1:] if text.startswith("--"))
    return [name for name in names if name in (*KNOWN, "local") or name.startswith(SETTINGS_PREFIX)]


def _run(arguments: dict[str, str]) -> None:
    """Take in what the arguments name, and say what became of it."""
    apply_settings(arguments)
    # Imported here: settings are read when these are made.
    from meterlake.etl.glue_jobs.session import open_session
    from meterlake.etl.glue_jobs.spark_pipeline import SparkPipeline

    master = arguments.get("local")
    session = open_session(master=master, more=_for_s3() if master and LakeSettings().is_on_s3 else None)
    accounts = json.dumps(SparkPipeline(session).ingest(ingest_job(arguments)).as_json())
    landing = arguments.get("landing", "")
    if names_list(landing) and landing.startswith("s3://"):
        S3Objects().write(report_of(landing), accounts.encode())
    sys.stdout.write(f"{accounts}\n")


def _for_s3() -> dict[str, str]:
    """Return what a session that is started here has to be told of S3; Glue's own knows it."""
    from meterlake.etl.glue_jobs.s3_in_spark import s3_in_spark

    return s3_in_spark(AthenaSettings().region)


if __name__ == "__main__":
    main(sys.argv)
