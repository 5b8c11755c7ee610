"""Upkeep of a lake on S3 by Athena: its own OPTIMIZE and VACUUM, which read and write beside the data.

Enters: the lake's settings. Leaves: fewer and larger files, and no snapshot older than wanted. What Athena does there,
meterlake.lake.writing.maintenance does for any lake with its own engine. The caller holds the lake's lock: a file that Athena
merges while a writer replaces it would break that one's commit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import awswrangler as wrangler
import boto3

from meterlake.lake.aws.athena_errors import naming_cloud_errors
from meterlake.lake.aws.athena_settings import AthenaSettings
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import TABLES


def optimize_tables(settings: LakeSettings, athena: AthenaSettings | None = None) -> tuple[str, ...]:
    """Have Athena merge the small files of every table.

    Returns:
        The tables' names.
    """
    _run(settings, athena, (f"OPTIMIZE {table} REWRITE DATA USING BIN_PACK" for table in TABLES))
    return tuple(TABLES)


def vacuum_tables(
    settings: LakeSettings, older_than: dt.timedelta, athena: AthenaSettings | None = None
) -> tuple[str, ...]:
    """Have Athena forget snapshots older than this, and remove what only they held.

    Returns:
        The tables' names.
    """
    seconds = max(1, int(older_than.total_seconds()))
    for table in TABLES:
        kept = f"ALTER TABLE {table} SET TBLPROPERTIES ('vacuum_max_snapshot_age_seconds'='{seconds}')"
        _run(settings, athena, (kept, f"VACUUM {table}"))
    return tuple(TABLES)


def _run(settings: LakeSettings, athena: AthenaSettings | None, statements: Iterable[str]) -> None:
    asked = athena or AthenaSettings()
    session = boto3.Session(region_name=asked.region)
    with naming_cloud_errors(settings.location):
        for statement in statements:
            wrangler.athena.start_query_execution(
                statement,
                database=asked.database,
                s3_output=asked.output,
                workgroup=asked.workgroup,
                boto3_session=session,
                wait=True,
            )
