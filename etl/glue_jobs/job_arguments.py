"""What a job was told: its arguments to the pipeline's own words.

Enters: names and texts, as Glue or a command line gives them. Leaves: what to take in and how. `METERLAKE_…` arguments are
settings, put where every setting is read from: a Glue job has no other way to set its environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import chain

from meterlake.etl.landing.batch_list import BatchList, names_list
from meterlake.etl.landing.recognition import AUTO
from meterlake.etl.pipeline import IngestJob
from meterlake.lake.errors import BadParameter

SETTINGS_PREFIX = "METERLAKE_"
KNOWN = ("landing", "format", "known_meters_only")


def ingest_job(arguments: Mapping[str, str]) -> IngestJob:
    """Return the job that arguments describe.

    Args:
        arguments: `landing`: locations separated by commas; one that is a batch list stands for what it lists;
            `format`: a format's name; `known_meters_only`: true or false.

    Raises:
        BadParameter: If there is no landing, or a word that is neither true nor false.
    """
    landing = arguments.get("landing", "")
    known_only = arguments.get("known_meters_only", "false").lower()
    if known_only not in ("true", "false"):
        raise BadParameter("known_meters_only", known_only, "true or false", "true")
    places = (place.strip() for place in landing.split(","))
    given = (place for place in places if place)
    wanted = tuple(chain.from_iterable(BatchList.read(one).addresses if names_list(one) else [one] for one in given))
    if not wanted:
        raise BadParameter(
            "landing", landing, "locations separated by commas, or a list of them", "s3://bucket/landing/"
        )
    return IngestJob(wanted, arguments.get("format") or AUTO, known_meters_only=known_only == "true")


def apply_settings(arguments: Mapping[str, str]) -> None:
    """Put the settings among arguments into the environment."""
    os.environ.update({name: value for name, value in arguments.items() if name.startswith(SETTINGS_PREFIX)})
