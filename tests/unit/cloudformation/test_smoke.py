"""The smoke script against the API itself, under a real server: a route that answers as published, and one that does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from cloudformation.smoke import Smoke, smoke
from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.lake.engine_choice import open_lake
from tests.running_server import running
from tests.small_lake import SmallLake

HEADER = "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped\n"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    lake = SmallLake(tmp_path_factory.mktemp("smoke"))
    times = (f"2013-01-02 {half // 2:02d}:{30 * (half % 2):02d}:00.0000000" for half in range(48))
    rows = "".join(f"MAC000002,Std,{time}, 0.25 ,ACORN-A,Affluent\n" for time in times)
    lake.ingest(lake.write("a.csv", HEADER + rows))
    with running(create_application(open_lake(lake.settings), ApiSettings(host="127.0.0.1"))) as client:
        yield str(client.base_url)


def test_every_published_route_answers_as_published(address: str) -> None:
    asked = Smoke(address, "")

    findings = list(asked.ask_all())

    assert [one for one in findings if one.problem] == []
    assert len(findings) == len(asked._published["paths"])


def test_an_answer_that_is_not_as_published_is_found(address: str) -> None:
    asked = Smoke(address, "")
    answer = asked._published["paths"]["/v1/models"]["get"]["responses"]["200"]
    answer["content"]["application/json"]["schema"] = {"type": "object", "required": ["colour"]}

    problems = [one for one in asked.ask_all() if one.problem]

    assert [(one.route, one.problem) for one in problems] == [("/v1/models", "$: 'colour' is a required property")]


def test_a_server_that_asks_for_no_key_is_found_where_one_was_given(address: str) -> None:
    ran = CliRunner().invoke(smoke, [address, "--key", "a-key"])

    assert ran.exit_code == 1
    assert "an answer without a key" in ran.output
