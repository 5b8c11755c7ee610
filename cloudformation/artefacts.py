"""What a deployment uploads: code, definitions and templates, each under a key that its bytes decide.

Enters: the working tree. Leaves: artefacts. The same tree gives the same keys, so that a deployment in which nothing has
changed uploads nothing and asks CloudFormation for nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

from cloudformation.template_reading import DEFINITIONS, FOLDER, NESTED_TEMPLATES

PROJECT = FOLDER.parent
DIST = PROJECT / "dist"
# Holds a link for each room; what is copied from it is files.
PACKAGE = PROJECT / "meterlake"
_JOB_SCRIPTS = {"IngestScriptKey": "etl/glue_jobs/ingest.py", "StageScriptKey": "cli/run_stage.py"}
_SOURCE_ROOMS = ("forecasting", "lake")
# The first second that a zip knows, for the wheel's files.
_EPOCH = "315532800"
# The container's own, with what it needs; and the installer's.
_NOT_PINNED = ("torch", "setuptools")


@dataclass(frozen=True)
class Artefact:
    """One object that the stack reads.

    Attributes:
        parameter: The root template's parameter that takes its key; empty for a template.
        name: Its file's name.
        body: Its bytes.
    """

    parameter: str
    name: str
    body: bytes

    @property
    def key(self) -> str:
        """Return where it lies: its hash, then its name."""
        return f"{hashlib.sha256(self.body).hexdigest()[:20]}/{self.name}"


def build_packages() -> None:
    """Build the Lambda package and the wheel anew."""
    subprocess.run(
        [sys.executable, "-m", "cloudformation.build_lambda"], cwd=FOLDER.parent, check=True, stdout=sys.stderr
    )
    build_wheel()


def build_wheel() -> None:
    """Build the wheel anew: the same bytes from the same sources."""
    wheels = DIST / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    with tempfile.TemporaryDirectory() as scratch:
        # From a copy, so that nothing that setuptools leaves in the tree, or left there before, goes into the wheel.
        tree = Path(scratch) / "tree"
        tree.mkdir()
        for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(PROJECT / name, tree)
        shutil.copytree(PACKAGE, tree / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
        where = ["--no-build-isolation", "--wheel-dir", str(wheels), str(tree)]
        subprocess.run(
            [*command, *where], check=True, env={**os.environ, "SOURCE_DATE_EPOCH": _EPOCH}, stdout=sys.stderr
        )


def gather_artefacts(built: Path = DIST) -> list[Artefact]:
    """Return all that the stack reads, but for the root template.

    Args:
        built: The folder that holds the Lambda package and, in wheels/, the one wheel.

    Raises:
        FileNotFoundError: If a package was not built.
    """
    package = built / "lambda.zip"
    wheel = next(iter(sorted((built / "wheels").glob("*.whl"))), None)
    if wheel is None or not package.exists():
        missing = package if wheel else built / "wheels" / "*.whl"
        raise FileNotFoundError(f"{missing} is not there; leave out --built, so that it is built first.")
    found = [_artefact("PackageKey", package), _artefact("", wheel)]
    found += [_artefact(name, PROJECT / file) for name, file in _JOB_SCRIPTS.items()]
    found.append(Artefact("SourceKey", "source.tar.gz", source_archive()))
    for path in DEFINITIONS:
        found.append(_artefact(f"{path.name.split('.')[0].capitalize()}DefinitionKey", path))
    return [*found, *(_artefact("", path) for path in NESTED_TEMPLATES)]


def artefact_parameters(bucket: str, artefacts: Iterable[Artefact]) -> dict[str, str]:
    """Return the root template's parameters that name what was uploaded."""
    known = list(artefacts)
    wheel = next(one for one in known if one.name.endswith(".whl"))
    modules = [f"s3://{bucket}/{wheel.key}", *pinned_requirements(FOLDER / "glue_requirements.txt")]
    keys = {one.parameter: one.key for one in known if one.parameter}
    return {"ArtefactBucket": bucket, "JobModules": ",".join(modules), **keys}


def root_template(text: str, artefacts: Iterable[Artefact], base_url: str) -> str:
    """Return the root template with the uploaded templates' addresses in place of their files' names."""
    keys = {one.name: one.key for one in artefacts}
    return re.sub(r"TemplateURL: (\S+)", lambda found: f"TemplateURL: {base_url}/{keys[found[1]]}", text)


def pinned_requirements(names: Path) -> list[str]:
    """Return the libraries that a file names and what they need in turn, each at its version in constraints.txt.

    What they need is read from what is installed here, so it is right for the machine's Python, 3.11 as in Glue 5.
    """
    versions = {}
    for line in (PROJECT / "constraints.txt").read_text().splitlines():
        name, _, version = line.partition("==")
        versions[_plain(name)] = version
    lines = [line for line in names.read_text().splitlines() if line and not line.startswith("#")]
    waiting = [Requirement(line) for line in lines]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        one = waiting.pop()
        asked = (_plain(one.name), frozenset(one.extras))
        if asked in seen or asked[0] in _NOT_PINNED:
            continue
        seen.add(asked)
        needs = [Requirement(text) for text in distribution(one.name).requires or ()]
        extras = ["", *one.extras]
        waiting += [
            need
            for need in needs
            if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras)
        ]
    return [f"{name}=={versions[name]}" for name in sorted({name for name, _ in seen})]


def source_archive() -> bytes:
    """Return the code that SageMaker's containers unpack: a tar.gz in which nothing depends on when it was made."""
    files = {
        path.relative_to(PROJECT).as_posix(): path.read_bytes()
        for room in _SOURCE_ROOMS
        for path in (PACKAGE / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    files["meterlake/__init__.py"] = (PACKAGE / "__init__.py").read_bytes()
    pinned = pinned_requirements(FOLDER / "sagemaker_requirements.txt")
    files["requirements.txt"] = "".join(f"{line}\n" for line in pinned).encode()
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as opened:
        for name, body in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            opened.addfile(entry, io.BytesIO(body))
    return gzip.compress(archive.getvalue(), mtime=0)


def _artefact(parameter: str, path: Path) -> Artefact:
    return Artefact(parameter, path.name, path.read_bytes())


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.split("[")[0]).lower()
