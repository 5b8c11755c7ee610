"""The script that Glue starts for a stage: its arguments."""

from __future__ import annotations

import os

import pytest

from meterlake.cli import run_stage


def test_settings_among_the_arguments_go_into_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("METERLAKE_LAKE", "METERLAKE_TIME_ZONE"):
        monkeypatch.setenv(name, "before")

    left = run_stage.take_settings(
        [
            "--JOB_NAME",
            "job",
            "--METERLAKE_LAKE",
            "s3://bucket/lake",
            "--METERLAKE_TIME_ZONE=Europe/London",
            "--stage",
            "outages",
        ]
    )

    assert left == ["--JOB_NAME", "job", "--stage", "outages"]
    assert (os.environ["METERLAKE_LAKE"], os.environ["METERLAKE_TIME_ZONE"]) == ("s3://bucket/lake", "Europe/London")


def test_a_stage_that_is_not_known_is_refused_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run_stage.main(["--stage", "everything"])

    assert "anomalies" in capsys.readouterr().err


def test_a_forecasting_stage_asks_for_its_plan() -> None:
    with pytest.raises(run_stage.StageFailed, match="--plan"):
        run_stage.main(["--stage", "prepare_forecast"])
