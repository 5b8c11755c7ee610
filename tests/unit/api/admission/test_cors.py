from __future__ import annotations

import pytest

from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.lake.duckdb_lake import DuckDBLake
from tests.asgi_client import ask

PAGE = "https://console.example"
PREFLIGHT = {"origin": PAGE, "access-control-request-method": "GET", "access-control-request-headers": "x-api-key"}


def test_by_default_no_page_of_another_origin_reads_anything(small_lake: DuckDBLake) -> None:
    application = create_application(small_lake, ApiSettings(request_log=False))
    for method, headers in (("GET", {"origin": PAGE}), ("OPTIONS", PREFLIGHT)):
        answer = ask(application, "/v1/meters", method=method, headers=headers)
        assert "access-control-allow-origin" not in answer.headers


def test_a_page_of_the_settings_reads_answers_and_refusals_and_asks_before_it_has_a_key(small_lake: DuckDBLake) -> None:
    settings = ApiSettings(request_log=False, host="0.0.0.0", key_hashes=("0" * 64,), allowed_origins=(PAGE,))
    application = create_application(small_lake, settings)
    asked = ask(application, "/v1/meters", method="OPTIONS", headers=PREFLIGHT)
    assert (asked.status, asked.headers["access-control-allow-origin"]) == (204, PAGE)
    assert "x-api-key" in asked.headers["access-control-allow-headers"]
    refused = ask(application, "/v1/meters", headers={"origin": PAGE})
    assert (refused.status, refused.headers["access-control-allow-origin"]) == (401, PAGE)
    assert "etag" in refused.headers["access-control-expose-headers"]
    other = ask(application, "/v1/meters", headers={"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers
    assert other.headers["vary"] == "origin"


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_a_foreign_preflight_opens_nothing(small_lake: DuckDBLake, method: str) -> None:
    settings = ApiSettings(request_log=False, host="0.0.0.0", key_hashes=("0" * 64,), allowed_origins=(PAGE,))
    headers = PREFLIGHT | {"origin": "https://evil.example"}
    assert ask(create_application(small_lake, settings), "/v1/meters", method=method, headers=headers).status == 401
