"""Trino, which is the engine that Athena is: started once a run of tests, over the Glue tables of whichever emulator.

Enters: the address of an emulator. Leaves: rows of the Iceberg tables that its Glue names, read from its S3.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from trino.dbapi import Connection, connect

from tests.engines.presence import ENGINES
from tests.engines.run_servers import served

_CONFIG = """
coordinator=true
node-scheduler.include-coordinator=true
node.environment=test
http-server.http.port={port}
discovery.uri=http://127.0.0.1:{port}
catalog.management=dynamic
plugin.dir={plugins}
web-ui.enabled=false
"""
# One small machine, and questions that are over before a better compiler would pay.
_JAVA = ["-Xmx1G", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djdk.attach.allowAttachSelf=true"]
_JAVA += ["--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"]
_JAVA += ["--sun-misc-unsafe-memory-access=allow", "--add-opens=java.base/java.nio=ALL-UNNAMED"]


def _command(port: int, folder: Path) -> list[str]:
    trino, config = ENGINES / "trino", folder / "config.properties"
    config.write_text(_CONFIG.format(port=port, plugins=trino / "plugin"))
    java = str(ENGINES / "java" / "bin" / "java")
    return [java, *_JAVA, f"-Dconfig={config}", "-cp", f"{trino}/lib/*", "io.trino.server.TrinoServer"]


def _is_up(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/v1/info", timeout=5) as answer:
            return not json.loads(answer.read())["starting"]
    except (URLError, ConnectionError, TimeoutError):
        return False


def trino_port() -> int:
    """Return where this run's Trino answers; it is started where it is not yet."""
    return served("trino", _command, _is_up)


def ask(connection: Connection, sql: str) -> tuple[list[tuple[str, str]], list[list[Any]]]:
    """Return an answer's columns, with Trino's names of their types, and its rows."""
    with closing(connection.cursor()) as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall()
        return [(column.name, column.type_code) for column in cursor.description or ()], rows


def answer_alone(sql: str) -> Any:
    """Return the one value of a query that asks no table."""
    with closing(connect(host="127.0.0.1", port=trino_port(), user="meterlake")) as connection:
        ((value,),) = ask(connection, sql)[1]
        return value


@contextmanager
def glue_in_trino(address: str, *, region: str, schema: str, s3_address: str | None = None) -> Iterator[Connection]:
    """Open for a block the tables of an emulated Glue.

    Args:
        address: Of the emulator.
        region: That it is asked in.
        schema: The Glue database that names without one are looked for in.
        s3_address: Where the files lie, if not on the emulator.
    """
    catalogue = f"glue_{uuid.uuid4().hex}"
    keys = {"aws-access-key": "testing", "aws-secret-key": "testing"}
    settings = {
        "iceberg.catalog.type": "glue",
        "hive.metastore.glue.endpoint-url": address,
        "hive.metastore.glue.region": region,
        **{f"hive.metastore.glue.{name}": value for name, value in keys.items()},
        "fs.native-s3.enabled": "true",
        "s3.endpoint": s3_address or address,
        "s3.region": region,
        "s3.path-style-access": "true",
        **{f"s3.{name}": value for name, value in keys.items()},
    }
    given = ", ".join(f"\"{name}\" = '{value}'" for name, value in settings.items())
    opened = connect(host="127.0.0.1", port=trino_port(), user="meterlake", catalog=catalogue, schema=schema)
    with closing(opened) as connection:
        ask(connection, f"CREATE CATALOG {catalogue} USING iceberg WITH ({given})")
        try:
            yield connection
        finally:
            ask(connection, f"DROP CATALOG {catalogue}")


def as_sent_to_athena(sql: str, literals: Sequence[str]) -> str:
    """Return the statement that runs SQL with `?` marks for literals, as Athena itself hands it to Trino."""
    if not literals:
        return sql
    text = sql.replace("'", "''")
    return f"EXECUTE IMMEDIATE '{text}' USING {', '.join(literals)}"
