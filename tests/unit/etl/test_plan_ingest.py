"""What one run takes in: which objects, in which batches, from which kinds of input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudformation.build_lambda import MODULES
from meterlake.etl.landing.batch_plan import MOST_BATCHES, LandedObject, plan_batches
from meterlake.etl.landing.raw_names import kind_of
from meterlake.etl.plan_ingest import read_landed


def landed(key: str, size_bytes: int = 10) -> LandedObject:
    return LandedObject("bucket", key, size_bytes)


def test_objects_are_taken_in_order_until_a_batch_is_full() -> None:
    plan = plan_batches([landed("c.csv", 40), landed("a.csv", 60), landed("b.csv", 40)], batch_bytes=100)

    assert [[one.key for one in batch] for batch in plan.batches] == [["a.csv", "b.csv"], ["c.csv"]]


def test_an_object_larger_than_a_batch_is_a_batch_of_its_own() -> None:
    plan = plan_batches([landed("a.csv", 10), landed("b.csv", 500), landed("c.csv", 10)], batch_bytes=100)

    assert [len(batch) for batch in plan.batches] == [1, 1, 1]


def test_what_no_format_can_be_in_is_counted_and_left_out() -> None:
    keys = ["readme.pdf", "_tmp/a.csv", ".hidden.csv", "folder/", "a.csv", "a\nb.csv"]

    plan = plan_batches([*map(landed, keys), landed("empty.csv", 0)], batch_bytes=100)

    assert [[one.key for one in batch] for batch in plan.batches] == [["a.csv"]]
    assert plan.left_out == 6


def test_weather_is_left_out_where_none_is_wanted() -> None:
    uploads = [landed("weather/2013.csv"), landed("weather_hourly_darksky.csv"), landed("a.csv")]

    assert plan_batches(uploads, batch_bytes=100, with_weather=False).left_out == 2
    assert plan_batches(uploads, batch_bytes=100).left_out == 0


def test_an_object_that_is_named_twice_is_taken_in_once() -> None:
    assert len(plan_batches([landed("a.csv"), landed("a.csv")], batch_bytes=100).batches[0]) == 1


@given(st.lists(st.integers(1, 300), max_size=30), st.integers(1, 400))
def test_every_object_is_in_one_batch_and_no_batch_of_several_is_too_large(sizes: list[int], most: int) -> None:
    uploads = [landed(f"{number:03d}.csv", size) for number, size in enumerate(sizes)]

    plan = plan_batches(uploads, batch_bytes=most)

    assert [one for batch in plan.batches for one in batch] == uploads
    most_bytes = max(most, 2 * sum(sizes) / MOST_BATCHES)
    assert all(len(batch) == 1 or sum(one.size_bytes for one in batch) <= most_bytes for batch in plan.batches)


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=300))
def test_a_backfill_of_any_size_is_no_more_batches_than_a_state_machine_bears(sizes: list[int]) -> None:
    uploads = [landed(f"{number:03d}.csv", size) for number, size in enumerate(sizes)]

    plan = plan_batches(uploads, batch_bytes=1000)

    assert [one for batch in plan.batches for one in batch] == uploads
    assert len(plan.batches) <= MOST_BATCHES + 1


@pytest.mark.parametrize(
    "name", ["a.csv", "a.CSV", "a.csv.gz", "a.jsonl", "a.parquet", "a.orc", "a.avro", "a.pdf", "a"]
)
def test_the_plan_knows_the_kinds_of_files_that_the_landing_knows(name: str) -> None:
    is_planned = bool(plan_batches([landed(name)], batch_bytes=100).batches)

    assert is_planned == (kind_of(Path(name)) is not None)


def test_an_upload_is_understood_as_the_pipe_eventbridge_and_a_queue_write_it() -> None:
    event = {"source": "aws.s3", "detail": {"bucket": {"name": "bucket"}, "object": {"key": "a b.csv", "size": 10}}}
    queue = {"Records": [{"body": json.dumps(event)}]}
    pipe = [{"bucket": "bucket", "key": "a b.csv", "size": 10}]

    assert read_landed(event) == read_landed(queue) == read_landed(pipe) == [landed("a b.csv")]


def test_an_input_that_names_nothing_says_what_would() -> None:
    with pytest.raises(ValueError, match="Bucket"):
        read_landed({"hello": "world"})


def test_the_plan_imports_nothing_that_the_lambda_package_does_not_hold() -> None:
    code = "import json, sys, meterlake.etl.plan_ingest; print(json.dumps(sorted(sys.modules)))"

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    loaded = json.loads(ran.stdout)
    assert not {"duckdb", "pandas", "blake3", "pyarrow", "ibis"} & set(loaded)
    of_our_room = {name for name in loaded if f"{name}.".startswith("meterlake.etl.")}
    packaged = {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in MODULES}
    assert of_our_room == {f"meterlake.{name}" for name in packaged if name.startswith("etl")}
