"""What is uploaded: keys that bytes decide, versions that constraints.txt names, templates that find each other."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from cloudformation import artefacts
from cloudformation.artefacts import (
    PROJECT,
    Artefact,
    artefact_parameters,
    gather_artefacts,
    pinned_requirements,
    root_template,
    source_archive,
)
from cloudformation.deploy import GENERATED
from cloudformation.template_reading import FOLDER, NESTED_TEMPLATES, ROOT_TEMPLATE
from tests.emulated_stack import built_packages


def test_the_same_bytes_have_the_same_key_and_other_bytes_another() -> None:
    first, again, other = (Artefact("", "a.yaml", body) for body in (b"1", b"1", b"2"))

    assert first.key == again.key != other.key
    # The first 20 digits of SHA-256 of the text "1".
    assert first.key == "6b86b273ff34fce19d6b/a.yaml"


def test_every_parameter_that_deploy_sets_is_given(tmp_path: Path) -> None:
    found = gather_artefacts(built_packages(tmp_path))

    given = artefact_parameters("bucket", found)

    assert set(given) == set(GENERATED)
    modules = given["JobModules"].split(",")
    assert modules[0].startswith("s3://bucket/") and modules[0].endswith("/meterlake-0.2.0-py3-none-any.whl")
    # A parameter of CloudFormation holds 4,096 bytes.
    assert len(given["JobModules"]) < 4096


def test_the_root_template_finds_the_uploaded_ones(tmp_path: Path) -> None:
    found = gather_artefacts(built_packages(tmp_path))

    text = root_template(ROOT_TEMPLATE.read_text(), found, "https://there")

    for path in NESTED_TEMPLATES:
        key = next(one.key for one in found if one.name == path.name)
        assert f"TemplateURL: https://there/{key}" in text
    assert "TemplateURL: storage.yaml" not in text


def test_a_job_gets_what_our_code_needs_and_what_that_needs_at_the_projects_versions() -> None:
    pinned = pinned_requirements(FOLDER / "glue_requirements.txt")
    known = {line.lower().replace("_", "-") for line in (PROJECT / "constraints.txt").read_text().splitlines()}

    assert {"duckdb==2.0.0", "pyiceberg==0.12.0"} <= set(pinned)
    assert any(one.startswith("pydantic-core==") for one in pinned)
    assert {one.replace("_", "-") for one in pinned} <= known


def test_the_containers_get_our_code_but_not_their_own_torch() -> None:
    archive = source_archive()
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        names = opened.getnames()
        wanted = opened.extractfile("requirements.txt")
        assert wanted is not None
        requirements = wanted.read().decode()

    assert "meterlake/forecasting/sagemaker/training.py" in names
    assert "gluonts==" in requirements and "\ntorch==" not in requirements
    assert archive == source_archive()


def test_the_wheel_is_the_same_bytes_twice_and_holds_the_queries_and_the_jobs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artefacts, "DIST", tmp_path)
    built = []
    for _ in range(2):
        artefacts.build_wheel()
        (wheel,) = (tmp_path / "wheels").glob("*.whl")
        built.append(wheel.read_bytes())

    assert built[0] == built[1]
    with zipfile.ZipFile(io.BytesIO(built[0])) as archive:
        names = archive.namelist()
    assert {"meterlake/cli/run_stage.py", "meterlake/anomaly/detection.py"} <= set(names)
    assert any(name.startswith("meterlake/lake/queries/") and name.endswith(".sql") for name in names)
