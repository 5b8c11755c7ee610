from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from meterlake.api.admission import admission
from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.lake.duckdb_lake import DuckDBLake
from tests.asgi_client import ask

KEY = "open-sesame"
DAILY = "/consumption/daily/2013/MAC000005"
FOREIGN = {"server": "10.0.0.5", "client": "10.0.0.9"}


def settings(**more: Any) -> ApiSettings:
    return ApiSettings(host="0.0.0.0", key_hashes=(sha256(KEY.encode()).hexdigest(),), **more)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(text) for text in capsys.readouterr().err.splitlines() if text.startswith("{")]


def test_the_log_names_who_asked_and_from_where(
    small_lake: DuckDBLake, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "keys.toml").write_text(f'[[key]]\nname = "grafana"\nsha256 = "{sha256(KEY.encode()).hexdigest()}"\n')
    chosen = ApiSettings(host="0.0.0.0", keys_file=str(tmp_path / "keys.toml"))
    application = create_application(small_lake, chosen)
    ask(application, DAILY, headers={"x-api-key": KEY}, **FOREIGN)
    ask(application, DAILY, headers={"x-api-key": "wrong"}, **FOREIGN)
    ask(application, DAILY, **FOREIGN)
    known, wrong, none = lines(capsys)
    assert (known["caller"], known["client"], known["status"]) == ("grafana", "10.0.0.9", 200)
    assert (wrong["caller"], wrong["client"], wrong["status"]) == (None, "10.0.0.9", 401)
    assert none["status"] == 401


@pytest.mark.parametrize(
    "target",
    [
        f"{DAILY}?x-api-key={KEY}",
        f"{DAILY}?{KEY}",
        f"/v1/meters?next={KEY}",
        f"/v1/meters?limit={KEY}",
        f"/v1/meters/{KEY}",
        f"/{KEY}?a=b",
        f"/v1/meters/a%2F{KEY}",
    ],
)
def test_a_key_in_the_address_opens_nothing_and_is_not_written_down(
    small_lake: DuckDBLake, capsys: pytest.CaptureFixture[str], target: str
) -> None:
    application = create_application(small_lake, settings())
    for headers in ({}, {"x-api-key": KEY}):
        answer = ask(application, target, headers=headers, **FOREIGN)
        assert (answer.status, answer.json()["type"]) == (400, "urn:problem-type:meterlake:key-in-address")
        assert KEY not in answer.body.decode()
    assert KEY not in capsys.readouterr().err


@pytest.mark.parametrize("query", ["api_key=hunter2", "token=hunter2", "q=0123456789abcdef0123456789abcdef"])
def test_what_could_be_a_secret_is_not_written_down(
    small_lake: DuckDBLake, capsys: pytest.CaptureFixture[str], query: str
) -> None:
    for target in (f"{DAILY}?{query}&x=1", f"/v1/meters?limit=1&{query}"):
        ask(create_application(small_lake, ApiSettings()), target)
    first, second = lines(capsys)
    name, _, secret = query.partition("=")
    assert first["query"] == f"{name}=...&x=1"
    assert second["query"] == f"limit=1&{name}=..."
    assert secret not in json.dumps([first, second])


def test_a_key_as_correlation_id_is_replaced(small_lake: DuckDBLake, capsys: pytest.CaptureFixture[str]) -> None:
    headers = {"x-api-key": KEY, "x-correlation-id": KEY}
    answer = ask(create_application(small_lake, settings()), DAILY, headers=headers, **FOREIGN)
    assert answer.status == 200
    assert KEY not in str(answer.headers) + capsys.readouterr().err


def test_a_key_in_place_of_its_hash_is_refused_without_being_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METERLAKE_API_KEY_HASHES", "my-secret-key")
    with pytest.raises(ValidationError) as refused:
        ApiSettings()
    assert "my-secret-key" not in str(refused.value)
    assert sha256(KEY.encode()).hexdigest() not in repr(settings())


def test_wrong_keys_are_slowed_and_the_right_one_is_not(
    small_lake: DuckDBLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(admission.asyncio, "sleep", wait)
    application = create_application(small_lake, settings(request_log=False))
    tries = [ask(application, DAILY, headers={"x-api-key": f"wrong{n}"}, **FOREIGN).status for n in range(13)]
    assert tries == [401] * 10 + [429] * 3
    assert waited == [1.0] * 3
    assert ask(application, DAILY, headers={"x-api-key": KEY}, **FOREIGN).status == 200
    other = FOREIGN | {"client": "10.0.0.7"}
    assert ask(application, DAILY, headers={"x-api-key": "wrong"}, **other).status == 401


def test_a_fresh_forwarded_address_is_no_fresh_caller(small_lake: DuckDBLake) -> None:
    application = create_application(small_lake, ApiSettings(requests_per_minute=3, request_log=False))
    statuses = [
        # As a server that trusts every proxy hands it on: with the address that the header says.
        ask(application, DAILY, headers={"x-forwarded-for": f"10.1.1.{n}"}, client=f"10.1.1.{n}").status
        for n in range(5)
    ]
    assert statuses == [200, 200, 200, 429, 429]


def test_a_proxy_that_the_settings_name_says_who_the_caller_is(small_lake: DuckDBLake) -> None:
    chosen = ApiSettings(requests_per_minute=1, request_log=False, trusted_proxies=("10.0.0.1",))
    application = create_application(small_lake, chosen)
    statuses = [
        ask(application, DAILY, headers={"x-forwarded-for": f"10.1.1.{n}"}, client=f"10.1.1.{n}").status
        for n in range(3)
    ]
    assert statuses == [200, 200, 200]


def test_an_answer_says_what_is_left_of_the_minute(small_lake: DuckDBLake) -> None:
    application = create_application(small_lake, ApiSettings(requests_per_minute=60, request_log=False))
    first, second = ask(application, DAILY), ask(application, DAILY)
    assert (first.headers["ratelimit-limit"], first.headers["ratelimit-remaining"]) == ("60", "59")
    assert int(second.headers["ratelimit-remaining"]) in (58, 59)
    assert first.headers["ratelimit-reset"] == "1"
    unlimited = ask(create_application(small_lake, ApiSettings(request_log=False)), DAILY)
    assert "ratelimit-limit" not in unlimited.headers


def test_a_method_that_would_write_needs_the_right_to_write(small_lake: DuckDBLake) -> None:
    answer = ask(
        create_application(small_lake, settings(request_log=False)),
        "/v1/meters",
        method="POST",
        headers={"x-api-key": KEY},
        **FOREIGN,
    )
    assert (answer.status, answer.json()["type"]) == (403, "urn:problem-type:meterlake:right-missing")
