"""What AWS starts imports nothing that is not pinned for it: neither as it starts, nor later inside a function.

The first half is read from the sources. The second imports all of it in a process in which no other library can be found.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field

import pytest

from cloudformation.artefacts import pinned_requirements
from cloudformation.template_reading import FOLDER
from tests.import_reading import distributions_of, libraries_of, plain, reached_from

# A lake on S3 alone is opened there.
_FOLDERS = frozenset(
    {
        "meterlake.lake.writing.folder_store",
        "meterlake.lake.writing.sqlite_catalogue",
        "meterlake.lake.writing.write_lock",
    }
)
# The API on Lambda asks Athena, and writes nothing.
_WRITERS = _FOLDERS | {
    "meterlake.lake.duckdb_lake",
    "meterlake.lake.sql.relations",
    "meterlake.lake.aws.s3_store",
    "meterlake.lake.writing.turn",
}


@dataclass(frozen=True)
class Entry:
    """What AWS starts.

    Attributes:
        module: Our module that is called or run.
        requirements: The file of its libraries.
        doors: Our modules that are not entered there.
        of_the_service: Libraries that the service brings.
    """

    module: str
    requirements: str
    doors: frozenset[str] = field(default_factory=frozenset)
    of_the_service: frozenset[str] = frozenset()


_OF_GLUE = frozenset({"pyspark", "py4j", "awsglue", "boto3", "botocore", "s3transfer", "jmespath"})
ENTRIES = [
    Entry("meterlake.etl.glue_jobs.ingest", "glue_requirements.txt", _FOLDERS, _OF_GLUE),
    Entry("meterlake.etl.glue_jobs.worker_daemon", "glue_requirements.txt", _FOLDERS, _OF_GLUE),
    Entry("meterlake.cli.run_stage", "glue_requirements.txt", _FOLDERS, _OF_GLUE),
    Entry("meterlake.etl.plan_ingest", "lambda_requirements.txt"),
    Entry("meterlake.api.lambda_handler", "lambda_requirements.txt", _WRITERS),
    Entry("meterlake.forecasting.sagemaker.steps", "lambda_requirements.txt", _WRITERS),
]
by_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.module)


def allowed_for(entry: Entry) -> set[str]:
    pinned = pinned_requirements(FOLDER / entry.requirements)
    return {plain(one.split("==")[0]) for one in pinned} | entry.of_the_service


@by_entry
def test_every_library_that_an_entry_can_import_is_pinned_for_it(entry: Entry) -> None:
    allowed = allowed_for(entry)

    missing = {
        library: sorted(modules)
        for library, modules in libraries_of(reached_from(entry.module, entry.doors)).items()
        if not distributions_of(library) & allowed
    }

    assert missing == {}


_IMPORTING = """
import importlib, importlib.metadata, json, sys
modules, allowed = json.loads(sys.stdin.read())
brings = importlib.metadata.packages_distributions()
plain = lambda name: name.lower().replace("_", "-").replace(".", "-")

class Refusing:
    def find_spec(self, name, path=None, target=None):
        found = brings.get(name.split(".")[0], ())
        if found and not {plain(one) for one in found} & {*allowed, "meterlake"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refusing())
for module in modules:
    importlib.import_module(module)
"""


@by_entry
def test_an_entry_and_all_it_reaches_are_imported_where_nothing_else_is_installed(entry: Entry) -> None:
    given = [sorted(reached_from(entry.module, entry.doors)), sorted(allowed_for(entry))]

    ended = subprocess.run(
        [sys.executable, "-c", _IMPORTING],
        input=json.dumps(given),
        env={**os.environ, "METERLAKE_LAKE": "s3://bucket/lake", "AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr[-2000:]


def test_a_library_that_is_imported_inside_a_function_alone_is_found() -> None:
    assert "holidays" in libraries_of(["meterlake.lake.metering.times_of_use"])
    assert "pyiceberg" not in libraries_of(["meterlake.lake.engine_choice"])
    assert "meterlake.lake.aws.s3_store" in reached_from("meterlake.lake.engine_choice")
