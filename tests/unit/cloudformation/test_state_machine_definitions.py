"""The state machines' definitions: two validators, and what each must have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from statelint.cli import main as statelint

from cloudformation.template_reading import DEFINITIONS, FOLDER, read_template

by_name = pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.name)


def states_of(definition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield all states, those inside of Maps too."""
    for name, state in definition["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from states_of(state["ItemProcessor"])


def test_there_are_the_three_published_machines() -> None:
    assert [path.name for path in DEFINITIONS] == ["forecast.asl.json", "ingest.asl.json", "train.asl.json"]


@by_name
def test_a_definition_is_amazon_states_language_by_two_validators(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (statelint([str(path)]), capsys.readouterr().out) == (0, "")
    AmazonStateLanguageParser.parse(path.read_text())


def test_the_validator_finds_a_state_that_leads_nowhere(tmp_path: Path) -> None:
    definition = json.loads(DEFINITIONS[0].read_text())
    definition["States"]["NotifyFailure"]["Next"] = "Nowhere"
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(definition))

    assert statelint([str(path)]) != 0


@by_name
def test_every_task_is_tried_again_and_ends_in_a_notice(path: Path) -> None:
    definition = json.loads(path.read_text())
    outer = definition["States"]

    for name, state in states_of(definition):
        if state["Type"] == "Task":
            assert state["Retry"], name
        if name in outer and state["Type"] in ("Task", "Map") and name != "NotifyFailure":
            assert [one["Next"] for one in state["Catch"] if one["ErrorEquals"] == ["States.ALL"]] == [
                "NotifyFailure"
            ], name
    assert outer["NotifyFailure"]["Resource"].endswith("sns:publish")
    assert outer[outer["NotifyFailure"]["Next"]]["Type"] == "Fail"


@by_name
def test_what_cannot_pass_is_not_tried_again(path: Path) -> None:
    # The names that stand for every error of a service: a missing right is one, and stays missing.
    wide = {"Glue.AWSGlueException", "SageMaker.AmazonSageMakerException", "States.ALL", "States.Timeout"}

    for name, state in states_of(json.loads(path.read_text())):
        if not name.startswith("Notify"):
            assert not {error for one in state.get("Retry", ()) for error in one["ErrorEquals"]} & wide, name


@by_name
def test_a_job_that_is_tried_again_has_another_name(path: Path) -> None:
    for name, state in states_of(json.loads(path.read_text())):
        for key, value in state.get("Parameters", {}).items():
            if key in ("TrainingJobName.$", "TransformJobName.$"):
                assert "$$.State.RetryCount" in value, name


@by_name
def test_the_template_fills_every_placeholder_and_no_other(path: Path) -> None:
    name = path.name.split(".")[0]
    template = read_template(FOLDER / ("etl.yaml" if name == "ingest" else "forecasting.yaml"))
    machine = template["Resources"][f"{name.capitalize()}Machine"]["Properties"]

    assert set(re.findall(r"\$\{(\w+)\}", path.read_text())) == set(machine["DefinitionSubstitutions"])


@by_name
def test_a_definition_names_no_partition(path: Path) -> None:
    assert "arn:aws" not in path.read_text()


def test_the_stages_that_machines_start_are_those_that_the_script_knows() -> None:
    from meterlake.cli.run_stage import STAGES

    started = {
        state["Parameters"]["Arguments"]["--stage"]
        for path in DEFINITIONS
        for _, state in states_of(json.loads(path.read_text()))
        if "--stage" in state.get("Parameters", {}).get("Arguments", {})
    }

    assert started == set(STAGES)
