"""Builds the API's Lambda package: dist/lambda.zip, the same bytes from the same sources.

    python -m cloudformation.build_lambda

Enters: the rooms that the API needs, lambda_requirements.txt, constraints.txt. Leaves: the zip, and beside it the
unpacked folder, for tests. Wheels are taken for Lambda's own Linux and Python, whatever this machine runs. Left out is what
the API never opens there: tests, headers, the libraries' own symbols, and the descriptions of AWS services that it does
not call.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from cloudformation.other_pythons import find_python

ROOT = Path(__file__).resolve().parent.parent
# Lambda's runtime in the templates, on Amazon Linux 2023 (glibc 2.34).
PYTHON = "3.12"
_PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64")
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
# Where it pays. What numpy brings was put together in a way that strip breaks.
_WITH_SYMBOLS = ("pyarrow/*.so*", "zstandard/*.so", "pyroaring*.so")
LARGEST_BYTES = 250 * 1024**2

# A zip knows no earlier time.
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_LEFT_OUT = (
    r"(^|/)(tests?|testing|include|examples|__pycache__)/",
    r"\.(pyx|pxd|pxi|h|hpp|c|cc|pyi|a|lib)$",
    r"/(RECORD|REQUESTED|INSTALLER|direct_url\.json|.*[Ll][Ii][Cc][Ee][Nn][Ss]e.*\.rst)$",
    r"^bin/",
    r"^numpy/(f2py|distutils|_pyinstaller)/",
    r"^numpy/_core/_simd\.",
    # libarrow_substrait stays: the core is linked to it.
    r"^pyarrow/.*(flight|gandiva|_cuda|parquet_encryption)",
    r"^pyarrow/src/",
    # The same library under three names; it is loaded by the one between.
    r"^pyarrow/libarrow_python\.so(\.\d+\.\d+\.\d+)?$",
    # Other languages for the names of holidays, whose dates are all that is asked.
    r"^holidays/locale/",
    r"^(hive_metastore|pygments|rich|markdown_it|mdurl)/",
    # zstandard has two engines and takes the other.
    r"^zstandard/_cffi\.",
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
    if not strip_symbols(FOLDER):
        sys.stderr.write(
            "There is no strip (binutils) here: the package is built without DuckDB, and Athena answers all.\n"
        )
        leave_out_duckdb(FOLDER)
    compile_sources(FOLDER)
    write_zip(FOLDER, PACKAGE)
    unzipped = sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file())
    digest = hashlib.sha256(PACKAGE.read_bytes()).hexdigest()
    print(f"{PACKAGE.relative_to(ROOT)}: {PACKAGE.stat().st_size / 1e6:.1f} MB, unzipped {unzipped / 1e6:.1f} MB")  # noqa: T201
    print(f"sha256 {digest}")  # noqa: T201
    return int(unzipped > LARGEST_BYTES)


def install_wheels(folder: Path) -> None:
    """Install the requirements for Lambda's Linux, at the versions that constraints.txt names."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-warn-conflicts", "--no-compile", "--target", str(folder)]
    wanted = ["--implementation", "cp", "--python-version", PYTHON, "--only-binary", ":all:"]
    wanted += [word for platform in _PLATFORMS for word in ("--platform", platform)]
    subprocess.run([*command, *wanted, "-c", str(ROOT / "constraints.txt"), "-r", str(REQUIREMENTS)], check=True)


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


def strip_symbols(folder: Path) -> bool:
    """Take the symbols out of the libraries, a quarter of their size that only a debugger reads; say whether it could be done."""
    if shutil.which("strip") is None:
        return False
    libraries = [str(path) for pattern in _WITH_SYMBOLS for path in sorted(folder.glob(pattern))]
    subprocess.run(["strip", "--strip-unneeded", *libraries], check=True)
    return True


def leave_out_duckdb(folder: Path) -> None:
    """Remove the engine, without which the package fits as it is."""
    shutil.rmtree(folder / "duckdb")
    for library in folder.glob("_duckdb*.so"):
        library.unlink()


def compile_sources(folder: Path) -> None:
    """Compile all modules ahead, without times in the result: Lambda's folder cannot be written to."""
    python = find_python(PYTHON)
    if python is None:
        sys.stderr.write(
            f"There is no Python {PYTHON} here: the function compiles its modules each time that it starts.\n"
        )
        return
    compiling = [python, "-m", "compileall", "-q", "-s", str(folder), "--invalidation-mode", "unchecked-hash"]
    if subprocess.run([*compiling, str(folder)]).returncode:
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
