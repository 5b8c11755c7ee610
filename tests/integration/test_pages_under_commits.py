"""Pages while the lake grows: what stood all the time is given once, whatever comes in between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from meterlake.lake.tables import ANOMALY_SCORES, INGESTS, QUARANTINE, SERVICES, Table
from tests.asgi_client import ask
from tests.lake_fixture import NOWHERE, build_small_lake, publish

Rows = dict[Table, list[Sequence[Any]]]
FEW = settings(max_examples=8, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
MONTHS = st.builds(dt.date, st.integers(2012, 2014), st.integers(1, 12), st.just(1))
MOMENTS = st.datetimes(dt.datetime(2014, 2, 1), dt.datetime(2014, 4, 1), timezones=st.just(dt.UTC))
RANKS = st.sampled_from([0.1, 0.25, 0.375, 0.5, 1.0, 2.0, 3.0, 4.0, 9.5])


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake that grows from one example to the next."""
    root = tmp_path_factory.mktemp("lake")
    build_small_lake(root)
    publish(root, quarantined("in2", 2))
    publish(root, quarantined("in9", 2))
    publish(root, site("s7", dt.date(2013, 1, 1)))
    publish(root, site("s0", dt.date(2013, 2, 1)))
    return root


def quarantined(ingest_id: str, rows: int) -> Rows:
    """Return what one more file set aside."""
    text = (None, "not_a_number", "x", "raw")
    return {QUARANTINE: [(ingest_id, f"/srv/landing/{ingest_id}.csv", place + 1, *text) for place in range(rows)]}


def scored(meter_id: str, importance: float, severity: float) -> Rows:
    facts = (1, importance, severity, "judged", None, 48, 0.1, 0.5, 2.8, "1-test", "run-test")
    return {ANOMALY_SCORES: [(meter_id, "fleet_band", dt.date(2013, 3, 1), 9.0, 7.125, 6.875, 7.5, *facts)]}


def site(site_id: str, month: dt.date) -> Rows:
    meter = str(uuid4())
    begun = dt.datetime.combine(month, dt.time(), dt.UTC)
    return {SERVICES: [(meter, meter, begun, None, None, site_id, *NOWHERE)]}


def ingested(at: dt.datetime) -> Rows:
    return {INGESTS: [(str(uuid4()), "/srv/landing/b.csv", "00", "london", 1, 1, 0, 0, 0, at, at, 9, at, 0, None)]}


def walk(root: Path, target: str, name: str, limit: int, changes: list[Rows]) -> tuple[list[Any], list[Any]]:
    """Return the rows that stood before all changes, and those that pages of `limit` gave with a change after each."""
    application: FastAPI = create_application(
        DuckDBLake(LakeSettings(lake=str(root), threads=1)), ApiSettings(request_log=False)
    )
    separator = "&" if "?" in target else "?"
    before = ask(application, f"{target}{separator}limit=1000").json()[name]
    given_rows, token = [], ""
    while token is not None:
        more = f"&next={token}" if token else ""
        body = ask(application, f"{target}{separator}limit={limit}{more}").json()
        given_rows += body[name]
        token = body["next"]
        if changes:
            publish(root, changes.pop())
    return before, given_rows


# Hypothesis's own repeat from example to example, and a row of a key that is there would move what stood.
NEW_IDS = st.builds(lambda: str(uuid4()))
CASES: dict[str, tuple[str, Callable[[Any], Any], st.SearchStrategy[Rows]]] = {
    "/v1/quality?by=reason": (
        "quality",
        lambda row: tuple(row.values()),
        st.builds(quarantined, NEW_IDS, st.integers(1, 4)),
    ),
    "/v1/anomalies?by=severity": (
        "anomalies",
        lambda row: (row["meter_id"], row["local_date"]),
        st.builds(scored, NEW_IDS, RANKS, RANKS),
    ),
    "/v1/anomalies?by=importance": (
        "anomalies",
        lambda row: (row["meter_id"], row["local_date"]),
        st.builds(scored, NEW_IDS, RANKS, RANKS),
    ),
    "/v1/reliability": (
        "reliability",
        lambda row: (row["site_id"], row["month_start"]),
        st.builds(
            site, st.sampled_from(["a", "s1", "s5", "z"]), st.dates(dt.date(2012, 1, 1), dt.date(2014, 1, 1))
        ).map(lambda rows: rows),
    ),
    "/v1/ingests": ("ingests", lambda row: row["ingest_id"], st.builds(ingested, MOMENTS)),
}


@pytest.mark.parametrize("target", CASES)
def test_what_stood_all_the_time_is_given_exactly_once(root: Path, target: str) -> None:
    name, key, change = CASES[target]

    @given(st.integers(1, 2), st.lists(change, min_size=1, max_size=3))
    @FEW
    def hold(limit: int, changes: list[Rows]) -> None:
        before, rows = walk(root, target, name, limit, changes)
        stood, found = [key(row) for row in before], [key(row) for row in rows]
        assert len(stood) > limit
        assert [one for one in found if one in set(stood)] == stood

    hold()
