"""Brings the engines into build/engines, trimmed to what the tests use: what `make engines` runs.

    python -m tests.engines.bring_engines /usr/lib/jvm/temurin-25-jdk-amd64

Enters: pom.xml, which names the archives, and the home of a Java 25. Leaves: trino/, spark_jars/, bin/versitygw, and java, a link
to that home. The archives are unpacked without what an Iceberg table in Glue and S3 has no use for, and then removed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.engines.presence import ENGINES

VERSITYGW = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
# Other catalogues, other clouds, other machines: half of what the connector brings.
_UNUSED = ("snowflake", "rocksdb", "alluxio", "grpc", "conscrypt", "azure", "google-cloud", "native-quic")
_UNUSED += ("osx", "windows", "aarch_64", "riscv64")


def bring_engines(java_home: Path, into: Path = ENGINES) -> None:
    """Download, unpack and build everything; what is there already is replaced."""
    for name in ("trino", "spark_jars", "java"):
        _remove(into / name)
    into.mkdir(parents=True, exist_ok=True)
    (into / "java").symlink_to(java_home)
    with tempfile.TemporaryDirectory(dir=into) as folder:
        taken = _downloaded(Path(folder))
        _unpack_trino(taken, into / "trino")
        (into / "spark_jars").mkdir()
        for path in taken.glob("*.jar"):
            path.rename(into / "spark_jars" / path.name)
    subprocess.run(["go", "install", VERSITYGW], env={**os.environ, "GOBIN": str(into.resolve() / "bin")}, check=True)
    for name in ("trino", "spark_jars", "bin"):
        size_bytes = sum(path.stat().st_size for path in (into / name).rglob("*") if path.is_file())
        sys.stdout.write(f"{name}: {size_bytes / 1e6:.0f} MB\n")


def _downloaded(folder: Path) -> Path:
    """Have Maven download what pom.xml names, into a store of its own that goes with the folder."""
    taken, pom = folder / "taken", Path(__file__).with_name("pom.xml")
    given = [f"-Dmaven.repo.local={folder}/store", f"-DoutputDirectory={taken}"]
    subprocess.run(["mvn", "-q", "-B", "-ntp", "-f", str(pom), *given, _COPY], check=True)
    return taken


def _unpack_trino(taken: Path, into: Path) -> None:
    (server,) = taken.glob("trino-server-core-*.tar.gz")
    with tarfile.open(server) as archive:
        archive.extractall(into, list(_library_of(archive)), filter="data")
    (connector,) = taken.glob("trino-iceberg-*.zip")
    plugin = into / "plugin" / "iceberg"
    plugin.mkdir(parents=True)
    with zipfile.ZipFile(connector) as zipped:
        for member in zipped.namelist():
            name = Path(member).name
            if name.endswith(".jar") and not any(word in name for word in _UNUSED):
                with zipped.open(member) as source, (plugin / name).open("wb") as target:
                    shutil.copyfileobj(source, target)


def _library_of(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Give the server itself out of its archive, without its plugins and its launchers."""
    for member in archive.getmembers():
        _, _, path = member.name.partition("/")
        if path.startswith("lib/") and member.isfile():
            yield member.replace(name=path, deep=False)


def _remove(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


if __name__ == "__main__":
    bring_engines(Path(sys.argv[1]).resolve())
