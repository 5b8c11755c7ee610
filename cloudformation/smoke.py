"""Asks every published route of a deployed API, and says which answer as published.

    METERLAKE_KEY=… python -m cloudformation.smoke https://….execute-api.eu-west-2.amazonaws.com/live

Enters: an API's address and a key. Leaves: a line a route: status, milliseconds, and whether the answer is as
docs/reference/openapi.json says. Routes, parameters and shapes are read there, so that a new route is asked too. A meter
and days with readings are taken from the API itself.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import click
import jsonschema

from cloudformation.template_reading import FOLDER

PUBLISHED = FOLDER.parent / "docs" / "reference" / "openapi.json"
_TIMEOUT_SECONDS = 40
# What a route answers where the lake holds nothing of the kind: no approved model, where the one that ships is switched off.
_OF_FORECASTS = (
    *("/forecast", "/forecast/{meter_id}", "/v1/meter/forecasts", "/v1/meters/{meter_id}/forecasts"),
    *("/v1/groups/{by}/forecasts", "/v1/groups/{by}/{group}/forecasts"),
)
_NOT_YET = dict.fromkeys(_OF_FORECASTS, (404, 409))


@dataclass(frozen=True)
class Finding:
    """What one route answered."""

    route: str
    status: int
    milliseconds: int
    problem: str = ""


class Smoke:
    """One deployed API, asked."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url.rstrip("/")
        self._key = key
        self._published = json.loads(PUBLISHED.read_text())

    def ask_all(self) -> Iterator[Finding]:
        """Ask every route; and one without a key, which must be refused where there are keys."""
        values = self._example_values()
        for route, methods in self._published["paths"].items():
            yield self._ask_route(route, methods["get"], values)
        if self._key:
            status, milliseconds, _ = self._get("/v1/meters?limit=1", key="")
            refused = "" if status in (401, 403) else "an answer without a key"
            yield Finding("/v1/meters without a key", status, milliseconds, refused)

    def _example_values(self) -> dict[str, str]:
        """Return a value for each parameter that a route cannot do without."""
        status, _, meters = self._get("/v1/meters?limit=1")
        if status != 200 or not meters.get("meters"):
            raise click.ClickException(
                f"/v1/meters answered {status} and names no meter: check the URL and the key, and that a file was ingested."
            )
        meter = str(meters["meters"][0]["meter_id"])
        _, _, detail = self._get(f"/v1/meters/{quote(meter, safe='')}")
        newest = _newest_moment(detail) or dt.datetime.now(dt.UTC)
        start, end = newest - dt.timedelta(days=7), newest
        return {
            "meter_id": meter,
            "by": "fleet",
            "group": "all",
            "aggregation": "daily",
            "outage_id": "out-000000000000",  # of which nobody has said anything
            "year": str(newest.year),
            **dict.fromkeys(("start", "since", "start_date_time", "data_start"), start.strftime("%Y-%m-%dT%H:%M:%SZ")),
            **dict.fromkeys(("end", "end_date_time", "data_end"), end.strftime("%Y-%m-%dT%H:%M:%SZ")),
        }

    def _ask_route(self, route: str, operation: Mapping[str, Any], values: Mapping[str, str]) -> Finding:
        path, query = route, {}
        for one in operation.get("parameters", ()):
            if not one.get("required"):
                continue
            value = _as_published(values[one["name"]], one)
            if one["in"] == "path":
                path = path.replace("{" + one["name"] + "}", quote(value, safe=""))
            else:
                query[one["name"]] = value
        status, milliseconds, body = self._get(f"{path}?{urlencode(query)}" if query else path)
        if status in _NOT_YET.get(route, ()):
            return Finding(route, status, milliseconds)
        if status != 200:
            return Finding(route, status, milliseconds, str(body)[:120])
        return Finding(route, status, milliseconds, self._misfit(operation, body))

    def _misfit(self, operation: Mapping[str, Any], body: Any) -> str:
        """Return in what the answer is not as published, empty where it is."""
        contents = operation["responses"]["200"].get("content", {})
        kind: dict[str, Any] = next(
            (contents[name] for name in ("application/json", "application/geo+json") if name in contents), {}
        )
        schema = {**kind.get("schema", {}), "components": self._published.get("components", {})}
        error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(body))
        return "" if error is None else f"{error.json_path}: {error.message}"[:160]

    def _get(self, path: str, key: str | None = None) -> tuple[int, int, Any]:
        sent = self._key if key is None else key
        request = Request(
            self._url + path, headers={"Accept": "application/json", **({"x-api-key": sent} if sent else {})}
        )
        began = time.monotonic()
        try:
            with urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:
                status, body = answer.status, answer.read()
        except HTTPError as error:
            status, body = error.code, error.read()
        milliseconds = round(1000 * (time.monotonic() - began))
        try:
            return status, milliseconds, json.loads(body)
        except ValueError:
            return status, milliseconds, body.decode(errors="replace")


def _newest_moment(detail: Any) -> dt.datetime | None:
    """Return the latest time that a meter's description names: the end of its readings."""
    moments = []
    for text in _texts(detail):
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            continue
        if moment.tzinfo is not None:
            moments.append(moment.astimezone(dt.UTC))
        elif len(text) == len("2013-01-02"):  # a day, which ends
            moments.append(moment.replace(tzinfo=dt.UTC) + dt.timedelta(days=1))
    return max(moments, default=None)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _as_published(value: str, parameter: Mapping[str, Any]) -> str:
    """Return a moment in the form of the parameter's example: some routes take days."""
    example = str(parameter.get("example") or next(iter(parameter.get("schema", {}).get("examples", [value])), value))
    return value[: len(example)] if value[:2] == "20" and len(example) == len("2013-01-02") else value


@click.command()
@click.argument("url")
@click.option("--key", envvar="METERLAKE_KEY", default="", help="The API key; METERLAKE_KEY otherwise.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def smoke(context: click.Context, url: str, key: str, as_json: bool) -> None:
    """Ask every published route of the API at URL; exit code 1 where one does not answer as published."""
    findings = list(Smoke(url, key).ask_all())
    if as_json:
        click.echo(json.dumps([asdict(one) for one in findings], indent=1))
    else:
        for one in findings:
            click.echo(f"{one.status}  {one.milliseconds:>6} ms  {one.route:<48} {one.problem or 'as published'}")
    if any(one.problem for one in findings):
        context.exit(1)


if __name__ == "__main__":
    smoke()
