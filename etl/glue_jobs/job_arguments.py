"""What a job was told: its arguments to the pipeline's own words.

Enters: names and texts, as Glue or a command line gives them. Leaves: what to take in and how. `METERLAKE_…` arguments are
settings, put where every setting is read from: a Glue job has no other way to set its environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from meterlake.etl.landing.recognition import AUTO
from meterlake.etl.pipeline import IngestJob
from meterlake.lake.errors import BadParameter

SETTINGS_PREFIX = "METERLAKE_"
_ADDRESS_BYTES = len("s3://")
KNOWN = ("landing", "format", "known_meters_only")


def ingest_job(arguments: Mapping[str, str]) -> IngestJob:
    """Return the job that arguments describe.

    Args:
        arguments: `landing`: locations separated by commas, or a text file that names one s3:// address a line;
            `format`: a format's name; `known_meters_only`: true or false.

    Raises:
        BadParameter: If there is no landing, or a word that is neither true nor false.
    """
    landing = arguments.get("landing", "")
    known_only = arguments.get("known_meters_only", "false").lower()
    if known_only not in ("true", "false"):
        raise BadParameter("known_meters_only", known_only, "true or false", "true")
    places = (place.strip() for place in landing.split(","))
    wanted = tuple(place for given in places if given for place in _listed(given))
    if not wanted:
        raise BadParameter(
            "landing", landing, "locations separated by commas, or a file of them", "s3://bucket/landing/"
        )
    return IngestJob(wanted, arguments.get("format") or AUTO, known_meters_only=known_only == "true")


def apply_settings(arguments: Mapping[str, str]) -> None:
    """Put the settings among arguments into the environment."""
    os.environ.update({name: value for name, value in arguments.items() if name.startswith(SETTINGS_PREFIX)})


def _listed(location: str) -> list[str]:
    """Return the addresses that a list names; any other location as it is. A list is text that holds addresses alone."""
    if not location.endswith(".txt"):
        return [location]
    # Only a list needs the reader.
    from meterlake.etl.glue_jobs.slices import files_at

    files, path = files_at(location)
    with files.open_input_stream(path) as stream:
        start = bytes(stream.read(_ADDRESS_BYTES))
        if not start.startswith(b"s3://"):
            return [location]
        lines = (start + bytes(stream.read())).decode("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip()]
