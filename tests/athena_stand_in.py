"""A lake on an emulated S3, Glue and Athena, for tests of what Meterlake sends there and makes of what comes back.

The emulator (moto) is spoken to over real HTTP. Its S3 and Glue do what AWS does; its Athena takes any SQL and runs
none, and gives out rows that were queued before. So the SQL text and the literals that were sent are caught on their way
out, an engine answers exactly those (tests/athena_answers.py), and its rows are queued as Athena would print them. What
this proves: the request and the way back; and where the engine is Trino, that the SQL means there what it means here.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer

from meterlake.lake.aws.athena_settings import AthenaSettings
from meterlake.lake.aws.glue_catalogue import GlueCatalogue, create_lake
from meterlake.lake.aws.s3_files import arrow_s3
from meterlake.lake.settings import LakeSettings
from meterlake.lake.snapshot import SnapshotReader
from meterlake.lake.tables import TABLES
from meterlake.lake.writing.transactions import TableChange
from tests.athena_answers import AthenaAnswers
from tests.emulated_glue import honour_table_versions

REGION = "us-east-1"
BUCKET = "meter-bucket"
LAKE = LakeSettings(lake=f"s3://{BUCKET}/lake")
ATHENA = AthenaSettings(region=REGION, poll_seconds=0.01)


@contextmanager
def emulated_aws() -> Iterator[str]:
    """Run the emulator, point the AWS libraries at it for a block, and give its address."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    with pytest.MonkeyPatch.context() as patch:
        honour_table_versions(patch)
        patch.setenv("AWS_ENDPOINT_URL", address)
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        try:
            # The emulator's state belongs to the process: what an earlier block left would be found here.
            urlopen(Request(f"{address}/moto-api/reset", method="POST")).close()
            boto3.client("s3").create_bucket(Bucket=BUCKET)
            yield address
        finally:
            server.stop()


def copy_lake(root: Path, address: str) -> GlueCatalogue:
    """Make the lake of a folder anew on the emulated S3, with the same files."""
    catalogue = create_lake(LAKE, ATHENA)
    store = boto3.client("s3")
    for path in sorted(root.glob("artefacts/**/*")):
        if path.is_file():
            store.upload_file(str(path), BUCKET, f"lake/{path.relative_to(root)}")
    changes = []
    for name, state in SnapshotReader(root).current().items():
        change = TableChange(TABLES[name])
        for file in state.files:
            key = f"lake/{name}/{file.name}"
            store.upload_file(file.location, BUCKET, key)
            change.added.append(f"s3://{BUCKET}/{key}")
        changes.append(change)
    catalogue.commit_changes(changes, properties={"meterlake.run": "copy"})
    return catalogue


class AthenaStandIn:
    """Answers what is sent to the emulated Athena through an engine.

    Attributes:
        sent: The requests, newest last.
    """

    def __init__(self, address: str, engine: AthenaAnswers, *, is_csv_on_s3: bool = False) -> None:
        self._address = address
        self._engine = engine
        self._is_csv_on_s3 = is_csv_on_s3
        self.sent: list[dict[str, Any]] = []

    def session(self) -> boto3.Session:
        """Return a session whose queries are answered."""
        session = boto3.Session(region_name=REGION)
        session.events.register("before-parameter-build.athena.StartQueryExecution", self.answer)
        return session

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Stand before the emulated Athena over HTTP for a block, for callers in another process; give the address."""
        stand_in, target = self, self._address

        class Forwarding(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers["X-Amz-Target"].endswith(".StartQueryExecution"):
                    stand_in.answer(json.loads(body))
                with urlopen(Request(target, body, dict(self.headers))) as taken:
                    answer = taken.read()
                self.send_response(200)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        server = HTTPServer(("127.0.0.1", 0), Forwarding)
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()

    def answer(self, params: dict[str, Any], **_: Any) -> None:
        """Run what was asked, and queue its rows before Athena is asked for them."""
        self.sent.append(params)
        columns, rows = self._engine.answer(params["QueryString"], params.get("ExecutionParameters", []))
        self._queue(columns, rows)

    def _queue(self, columns: list[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> None:
        text = [[name for name, _ in columns], *([self._cell(value) for value in row] for row in rows)]
        described = [
            {"Name": name, "Label": name, "Type": kind, "Precision": 0, "Scale": 0, "Nullable": "UNKNOWN"}
            | {"CatalogName": "hive", "SchemaName": "", "TableName": "", "CaseSensitive": kind == "varchar"}
            for name, kind in columns
        ]
        result = {
            "rows": [{"Data": [{} if cell is None else {"VarCharValue": cell} for cell in row]} for row in text],
            "column_info": described,
        }
        body = json.dumps({"region": REGION, "results": [result]}).encode()
        target = f"{self._address}/moto-api/static/athena/query-results"
        request = Request(target, body, {"Content-Type": "application/json"})
        with urlopen(request) as taken:
            assert taken.status == 201

    def _cell(self, value: Any) -> str | None:
        """Write a value as Athena prints it."""
        if value is None:
            return None
        if isinstance(value, dt.datetime):
            return f"{value.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f} UTC"
        if isinstance(value, float):
            return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(repr(value), repr(value))
        # Athena doubles quotes in its CSV files; the emulator writes texts into them as they are.
        return str(value).replace('"', '""') if self._is_csv_on_s3 else str(value)


def arrow_reads_from(patch: pytest.MonkeyPatch, address: str) -> None:
    """Let Arrow's reader of result files find the emulated S3; it knows no setting for another address."""
    from pyathena.arrow.result_set import AthenaArrowResultSetMetadataReader as Reader

    patch.setattr(Reader, "_create_s3_file_system", lambda _: arrow_s3(REGION, address))
