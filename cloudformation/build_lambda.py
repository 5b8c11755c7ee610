"""Builds the API's Lambda package: dist/lambda.zip, the same bytes from the same sources.

    python cloudformation/build_lambda.py

Enters: the rooms that the API needs, lambda_requirements.txt, constraints.txt. Leaves: the zip, and beside it the
unpacked folder, for tests. Wheels are taken for Lambda's own Linux, whatever this machine runs. Left out is what the
API never opens there: tests, headers, and the descriptions of AWS services that it does not call.
"""

from __future__ import annotations

import compileall
import hashlib
import py_compile
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "cloudformation" / "lambda_requirements.txt"
FOLDER = ROOT / "build" / "lambda"
PACKAGE = ROOT / "dist" / "lambda.zip"
ROOMS = ("api", "forecasting", "lake", "outage")
# Of the ETL only the step that plans a run and what it asks; a test holds that it imports nothing else of its room.
MODULES = (
    "__init__.py",
    "etl/__init__.py",
    "etl/plan_ingest.py",
    "etl/landing/__init__.py",
    "etl/landing/batch_list.py",
    "etl/landing/batch_plan.py",
    "etl/landing/raw_names.py",
    "etl/landing/upload_queue.py",
)
LARGEST_BYTES = 250 * 1024**2

# A zip knows no earlier time.
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_LEFT_OUT = (
    r"(^|/)(tests?|testing|include|examples|__pycache__)/",
    r"\.(pyx|pxd|pxi|h|hpp|c|cc|pyi|a|lib)$",
    r"/(RECORD|REQUESTED|INSTALLER|direct_url\.json|.*[Ll][Ii][Cc][Ee][Nn][Ss]e.*\.rst)$",
    r"^bin/",
    r"^numpy/(f2py|distutils|_pyinstaller)/",
    # libarrow_substrait stays: the core is linked to it.
    r"^pyarrow/.*(flight|gandiva|_cuda|parquet_encryption)",
    r"^pyarrow/src/",
    r"^pyathena/(spark|sqlalchemy|pandas|polars|aio)/",
    r"^boto3/data/",
    r"^botocore/data/(?!athena/|glue/|s3/|sagemaker/|sagemaker-runtime/|sqs/|stepfunctions/|sts/|[^/]+\.json)",
)


def main() -> int:
    """Build the package; return 1 where it is too large for Lambda."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    install_wheels(FOLDER)
    source, target = ROOT / "meterlake", FOLDER / "meterlake"
    for room in ROOMS:  # meterlake holds links to the rooms; what is copied is files
        shutil.copytree(source / room, target / room, ignore=shutil.ignore_patterns("__pycache__"))
    for module in MODULES:
        (target / module).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / module, target / module)
    prune(FOLDER)
    compile_sources(FOLDER)
    write_zip(FOLDER, PACKAGE)
    unzipped = sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file())
    digest = hashlib.sha256(PACKAGE.read_bytes()).hexdigest()
    print(f"{PACKAGE.relative_to(ROOT)}: {PACKAGE.stat().st_size / 1e6:.1f} MB, unzipped {unzipped / 1e6:.1f} MB")  # noqa: T201
    print(f"sha256 {digest}")  # noqa: T201
    return int(unzipped > LARGEST_BYTES)


def install_wheels(folder: Path) -> None:
    """Install the requirements for Lambda's Linux, at the versions that constraints.txt names."""
    pinned = set(re.findall(r"^([\w.-]+)==", REQUIREMENTS.read_text(), flags=re.MULTILINE))
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    with tempfile.TemporaryDirectory() as scratch:
        constraints = Path(scratch) / "constraints.txt"
        constraints.write_text("\n".join(line for line in lines if line.split("==")[0] not in pinned))
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        command += ["--no-warn-conflicts", "--no-compile"]
        target = ["--target", str(folder), "--platform", "manylinux2014_x86_64", "--implementation", "cp"]
        kind = ["--python-version", "3.11", "--only-binary", ":all:"]
        subprocess.run([*command, *target, *kind, "-c", str(constraints), "-r", str(REQUIREMENTS)], check=True)


def prune(folder: Path) -> None:
    """Remove what the API never opens."""
    patterns = [re.compile(pattern) for pattern in _LEFT_OUT]
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        name = path.relative_to(folder).as_posix()
        if any(pattern.search(name) for pattern in patterns):
            path.unlink()
    for path in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()


def compile_sources(folder: Path) -> None:
    """Compile all modules ahead, without times in the result: Lambda's folder cannot be written to."""
    is_whole = compileall.compile_dir(
        folder,
        quiet=1,
        stripdir=str(folder),
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    if not is_whole:
        raise SystemExit("a module of the package does not compile")


def write_zip(folder: Path, package: Path) -> None:
    """Write the folder as a zip in which nothing depends on when and where it was made."""
    package.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if path.suffix == ".so" else 0o644) << 16
            archive.writestr(entry, path.read_bytes())


if __name__ == "__main__":
    sys.exit(main())
