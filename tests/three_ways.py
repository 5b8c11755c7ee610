"""A small lake that the command, the API and Python are asked of alike."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from click.testing import CliRunner

from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.cli.main import meterlake as command
from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from tests.asgi_client import ask
from tests.landing import take_in

Rows = list[dict[str, Any]]


def take_in_steps(
    root: Path,
    first: str,
    minutes: int,
    values: Iterable[float],
    *,
    meter: str = "M1",
    zone: str = "UTC",
    quantity: str = "energy",
) -> None:
    """Take in values that follow one another from a local time on."""
    declared = MappingDeclaration.model_validate(
        {
            "meter_id": "id",
            "time": {"column": "t"},
            "values": [{"column": "v", "quantity": quantity}],
            "interval_minutes": minutes,
        }
    )
    at, lines = first_moment(first, zone), []
    for value in values:
        lines.append(f"{meter},{at:%Y-%m-%dT%H:%M:%SZ},{value}\n")
        at += dt.timedelta(minutes=minutes)
    path = root.parent / f"{meter}_{first}_{minutes}_{quantity}.csv"
    path.write_text("id,t,v\n" + "".join(lines))
    take_in(root, path, mapping=declared, time_zone=zone)


def days_of(first: str, days: int, value: float, *, minutes: int = 60, zone: str = "UTC") -> list[float]:
    """Return a value for each interval of some local days."""
    begins = dt.datetime.fromisoformat(first).replace(tzinfo=ZoneInfo(zone))
    length = (begins + dt.timedelta(days=days)).astimezone(dt.UTC) - begins.astimezone(dt.UTC)
    return [value] * (length // dt.timedelta(minutes=minutes))


def first_moment(first: str, zone: str) -> dt.datetime:
    """Return the moment that a local time is."""
    return dt.datetime.fromisoformat(first).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def by_command(root: Path, *words: str) -> Rows:
    """Ask the command."""
    said = CliRunner().invoke(command, ["--lake", str(root), *words, "--json"])
    assert said.exit_code == 0, said.output
    return list(json.loads(said.stdout))


def by_api(root: Path, path: str, name: str) -> Rows:
    """Ask the API."""
    api = create_application(DuckDBLake(LakeSettings(lake=str(root), threads=1)), ApiSettings(request_log=False))
    return list(ask(api, path).json()[name])


def refusal(root: Path, *words: str) -> str:
    """Return what the command says against a question."""
    return str(CliRunner().invoke(command, ["--lake", str(root), *words]).exception)
